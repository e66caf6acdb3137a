"""Priors of a hypothesis' contrast: what its analysis assumes, and what its planners believe."""

import numpy as np
from scipy import special

from planner.engines.kernels.tau import TAU_REACH
from planner.engines.posterior_model import PosteriorModel
from planner.evidence.distribution import Fixed, NormalComponents
from planner.operating.prior_nodes import normals_of
from planner.plan.hypothesis import sex_weights
from planner.plan.priors import ExchangeableSexes
from planner.scenario import Scenario
from planner.trials.moments import FloatArray

TAU_NODES = 60
ROUNDING = 1e-12
"""Weights below it are 0."""


def mean_density(prior: NormalComponents, edges: FloatArray) -> FloatArray:
    """Mean density of a mixture of normals in every interval, [K]."""
    z = (edges[:, None] - prior.means) / prior.sds
    return np.asarray(np.diff(special.ndtr(z) @ prior.weights) / np.diff(edges))


def analysis_prior(model: PosteriorModel, h: int) -> NormalComponents | None:
    """Prior of a contrast of the effects as a mixture of normals; None where it is flat.

    Effects of independent sexes are independent. Of exchangeable ones, δ_kg ~ N(δ_k, τ²) given
    the effect δ_k of the treatment; τ is integrated by the midpoint rule.
    """
    row = model.contrasts[h]
    shared, weights, locations, sds = model.effect_components()
    by_effect = row.reshape(-1, shared).sum(axis=1)
    used = by_effect != 0
    if np.any(np.isinf(sds[:, used])):
        return None
    means = locations[:, used] @ by_effect[used]
    variances = sds[:, used] ** 2 @ by_effect[used] ** 2
    tau, tau_weights = _tau_nodes(model)
    between = tau**2 * float(row @ row)
    return NormalComponents(
        np.outer(weights, tau_weights).ravel(),
        np.repeat(means, len(between)),
        np.sqrt(np.add.outer(variances, between)).ravel(),
    )


def _tau_nodes(model: PosteriorModel) -> tuple[FloatArray, FloatArray]:
    """Values of the SD between the sexes beside what their components share, with weights."""
    sexes = model.priors.sexes
    if model.n_sexes == 1 or not isinstance(sexes, ExchangeableSexes):
        return np.zeros(1), np.ones(1)
    if isinstance(sexes.tau, Fixed):
        return np.array([sexes.tau.value]), np.ones(1)
    z = (np.arange(TAU_NODES) + 0.5) * TAU_REACH / TAU_NODES
    weights = np.exp(-(z**2) / 2)
    return sexes.tau.scale * z, weights / weights.sum()


def design_prior(scenario: Scenario, hypothesis: str) -> NormalComponents | None:
    """Design prior of a hypothesis' contrast as a mixture of normals, at the planned SD.

    None where nothing is varied that the contrast is about, or where it compares other treatments
    than the one that the prior is about with the reference.
    """
    prior, plan = scenario.truth_prior, scenario.plan
    if prior is None:
        return None
    treatments = plan.design.treatments
    asked = next(h for h in plan.hypotheses if h.name == hypothesis)
    k = treatments.index(prior.treatment or treatments[1])
    weights = asked.treatment_weights(treatments)
    if weights[k] != 1 or weights[0] != -1 or np.count_nonzero(weights) != 2:
        return None
    sexes = sex_weights(asked.sex, scenario.population_share)
    sd = scenario.truth.sd_difference
    parts = []
    for name, (slope, planned) in _slopes(scenario, k, sexes).items():
        varied = getattr(prior, name)
        parts.append(
            _constant(slope * planned)
            if varied is None or abs(slope) < ROUNDING
            else _scaled(normals_of(varied, sd), slope)
        )
    total = parts[0] if len(parts) == 1 else _sum(*parts)
    return total if np.all(total.sds > 0) else None


def _slopes(scenario: Scenario, k: int, sexes: FloatArray) -> dict[str, tuple[float, float]]:
    """Change of a contrast per unit of overall effect and of sex difference, and their plans.

    With population weights w the sexes have θ − w₁d and θ + w₀d, for the overall effect θ of
    treatment number `k` and the sex difference d.
    """
    treatments = scenario.plan.design.treatments
    planned = scenario.truth.treatment_effects(treatments, treatments[1])[:, k]
    share = sex_weights("overall", scenario.population_share)
    slopes = {"effect": (float(sexes.sum()), float(share @ planned))}
    if len(share) > 1:
        moves = np.array([-share[1], share[0]])
        slopes["sex_difference"] = (float(sexes @ moves), float(planned[1] - planned[0]))
    return slopes


def _constant(value: float) -> NormalComponents:
    return NormalComponents(np.ones(1), np.array([value]), np.zeros(1))


def _scaled(c: NormalComponents, slope: float) -> NormalComponents:
    return NormalComponents(c.weights, slope * c.means, abs(slope) * c.sds)


def _sum(one: NormalComponents, two: NormalComponents) -> NormalComponents:
    """The sum of two independent mixtures."""
    return NormalComponents(
        np.outer(one.weights, two.weights).ravel(),
        np.add.outer(one.means, two.means).ravel(),
        np.hypot.outer(one.sds, two.sds).ravel(),
    )
