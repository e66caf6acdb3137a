"""What one trial does to the prior of an effect: prior, likelihood and posterior as densities.

All three come from the model of the planned Bayesian analysis, with everything else integrated
out. The likelihood is what the posterior would be under a flat prior of the effects.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.engines.posterior_model import PosteriorModel, Regions
from planner.engines.prepare import planned_posterior
from planner.engines.protocol import AnalysisBatch
from planner.evidence.distribution import Flat, NormalComponents
from planner.operating.contrast_prior import analysis_prior, design_prior, mean_density
from planner.operating.example_trial import DrawnTrial, drawn_trial
from planner.scenario import Scenario
from planner.trials.moments import FloatArray

POINTS = 240
"""Intervals over which densities are averaged."""
REACH = 4.0
"""SDs of likelihood and posterior that are looked at on both sides."""
PRIOR_TAILS, FARTHEST = (0.005, 0.995), 1.5
"""Ends of the priors that are looked at, unless they are this many times further away."""


@dataclass(frozen=True, slots=True, eq=False)
class EffectUpdate:
    """Densities of one hypothesis' contrast, on the scale of the analysis.

    Parameters
    ----------
    edges : ends of the intervals, [K + 1].
    design : mean density of the design prior in each interval, [K]; None without one.
    prior : of the analysis prior, likewise; None where it is flat.
    likelihood, posterior : likewise.
    mean, interval : posterior mean and credible interval that matches the decision.
    success : posterior probability of what the hypothesis is to show.
    region : ends of it.
    """

    trial: int
    hypothesis: str
    edges: FloatArray
    design: FloatArray | None
    prior: FloatArray | None
    likelihood: FloatArray
    posterior: FloatArray
    mean: float
    interval: tuple[float, float]
    success: float
    region: tuple[float, float]


def effect_update(
    scenario: Scenario, n_subjects: int, hypothesis: str, trial: int = 0
) -> EffectUpdate:
    """Trial number `trial` of those that a simulation of the scenario sees.

    Raises
    ------
    InvalidInput : the planned analysis is not Bayesian, or the simulation has fewer trials.
    NotEstimable : the trial has no posterior.
    """
    drawn = drawn_trial(scenario, n_subjects, trial)
    simulation, analysis = drawn.simulation, drawn.analysis
    h = scenario.plan.hypothesis_names.index(hypothesis)
    model = planned_posterior(scenario, analysis, simulation.layout)
    flat = analysis.priors.model_copy(update={"effect": Flat()})
    alone = planned_posterior(
        scenario, analysis.model_copy(update={"priors": flat}), simulation.layout
    )
    found, said = drawn.fit(model), drawn.fit(alone)
    prior, design = analysis_prior(model, h), design_prior(scenario, hypothesis)
    edges = _edges([found, said], h, [p for p in (prior, design) if p is not None])
    criteria = simulation.rule.criteria
    row = int(criteria.primary[h])
    posterior = found.posterior
    assert posterior is not None
    return EffectUpdate(
        trial=trial,
        hypothesis=hypothesis,
        edges=edges,
        design=None if design is None else mean_density(design, edges),
        prior=None if prior is None else mean_density(prior, edges),
        likelihood=_density(drawn, alone, h, edges),
        posterior=_density(drawn, model, h, edges),
        mean=float(found.estimate[0, h]),
        interval=(float(posterior.lower[0, h]), float(posterior.upper[0, h])),
        success=float(posterior.probability[0, row]),
        region=(float(criteria.lower[row]), float(criteria.upper[row])),
    )


def _edges(fits: list[AnalysisBatch], h: int, priors: list[NormalComponents]) -> FloatArray:
    """Ends of intervals that reach over likelihood and posterior, and the middle of the priors."""
    middles = [(float(f.estimate[0, h]), REACH * float(f.se[0, h])) for f in fits]
    low, high = min(m - r for m, r in middles), max(m + r for m, r in middles)
    room = FARTHEST * (high - low)
    for prior in priors:
        ends = [_quantile(prior, tail) for tail in PRIOR_TAILS]
        low, high = max(low - room, min(low, ends[0])), min(high + room, max(high, ends[1]))
    return np.linspace(low, high, POINTS + 1)


def _quantile(prior: NormalComponents, probability: float) -> float:
    """Quantile of a mixture of normals; no component's own quantile is a scale further out."""
    from scipy import optimize, special

    def excess(x: float) -> float:
        return float(special.ndtr((x - prior.means) / prior.sds) @ prior.weights) - probability

    ends, scale = prior.means + prior.sds * special.ndtri(probability), float(prior.sds.max())
    low, high = float(ends.min()) - scale, float(ends.max()) + scale
    return float(optimize.brentq(excess, low, high, xtol=1e-12 * scale))


def _density(drawn: DrawnTrial, model: PosteriorModel, h: int, edges: FloatArray) -> FloatArray:
    """Mean posterior density in every interval, [K]."""
    rows = np.full(len(edges) - 1, h, dtype=np.int64)
    asked = Regions(rows, edges[:-1], edges[1:], model.regions.tail)
    found = drawn.fit(replace(model, regions=asked)).posterior
    assert found is not None
    return np.asarray(found.probability[0] / np.diff(edges))
