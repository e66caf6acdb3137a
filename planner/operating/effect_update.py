"""What one trial does to the prior of an effect: prior, likelihood and posterior as densities.

All three come from the model of the planned Bayesian analysis, with everything else integrated
out. The likelihood is what the posterior would be under a flat prior of the effects.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.engines.posterior_model import PosteriorModel, Regions
from planner.engines.prepare import planned_posterior
from planner.engines.protocol import AnalysisBatch
from planner.engines.quadrature import Quadrature
from planner.errors import InvalidInput, NotEstimable
from planner.evidence.distribution import Flat, NormalComponents, NormalMixture, quantile
from planner.operating.contrast_prior import analysis_prior, design_prior, mean_density
from planner.operating.evaluate import Case, Simulation
from planner.plan.analysis import Posterior
from planner.rng import BLOCK_SIZE
from planner.scenario import Scenario
from planner.trials.moments import FloatArray, Moments

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
    analysis, n_trials = scenario.plan.analysis, scenario.monte_carlo.n_trials
    if not isinstance(analysis, Posterior):
        raise InvalidInput(
            f"the analysis is {analysis.kind}, which has no posterior; set plan.analysis.kind to "
            "posterior",
            key="plan.analysis.kind",
        )
    if not 0 <= trial < n_trials:
        raise InvalidInput(
            f"trial is {trial} but the simulation has trials 0 to {n_trials - 1}; choose one of "
            "these",
            key="trial",
        )
    fast = scenario.with_changes({"plan.analysis.engine": "quadrature"})
    simulation = Simulation(Case(fast, n_subjects))
    block, place = divmod(trial, BLOCK_SIZE)
    drawn, _ = simulation.simulate(block, place + 1)
    one = Moments(drawn.n[place:], drawn.mean[place:], drawn.scatter[place:])
    return _updated(simulation, analysis, one, (trial, hypothesis))


def _updated(
    simulation: Simulation, analysis: Posterior, one: Moments, which: tuple[int, str]
) -> EffectUpdate:
    """The update by one trial; `which` is its number and the hypothesis."""
    scenario, (trial, name) = simulation.case.scenario, which
    h = scenario.plan.hypothesis_names.index(name)
    model = planned_posterior(scenario, analysis, simulation.layout)
    flat = analysis.priors.model_copy(update={"effect": Flat()})
    alone = planned_posterior(
        scenario, analysis.model_copy(update={"priors": flat}), simulation.layout
    )
    found, said = _fit(model, one, trial), _fit(alone, one, trial)
    prior, design = analysis_prior(model, h), design_prior(scenario, name)
    edges = _edges([found, said], h, [p for p in (prior, design) if p is not None])
    criteria = simulation.rule.criteria
    row = int(criteria.primary[h])
    posterior = found.posterior
    assert posterior is not None
    return EffectUpdate(
        trial=trial,
        hypothesis=name,
        edges=edges,
        design=None if design is None else mean_density(design, edges),
        prior=None if prior is None else mean_density(prior, edges),
        likelihood=_density(alone, one, h, edges),
        posterior=_density(model, one, h, edges),
        mean=float(found.estimate[0, h]),
        interval=(float(posterior.lower[0, h]), float(posterior.upper[0, h])),
        success=float(posterior.probability[0, row]),
        region=(float(criteria.lower[row]), float(criteria.upper[row])),
    )


def _fit(model: PosteriorModel, one: Moments, trial: int) -> AnalysisBatch:
    batch = Quadrature(model).fit(one)
    if batch.failed[0] or batch.posterior is None:
        raise NotEstimable(f"trial {trial} has no posterior; choose another one")
    return batch


def _edges(fits: list[AnalysisBatch], h: int, priors: list[NormalComponents]) -> FloatArray:
    """Ends of intervals that reach over likelihood and posterior, and the middle of the priors."""
    middles = [(float(f.estimate[0, h]), REACH * float(f.se[0, h])) for f in fits]
    low, high = min(m - r for m, r in middles), max(m + r for m, r in middles)
    room = FARTHEST * (high - low)
    for prior in priors:
        mixture = NormalMixture(
            weights=tuple(prior.weights.tolist()),
            means=tuple(prior.means.tolist()),
            sds=tuple(prior.sds.tolist()),
        )
        ends = [quantile(mixture, tail) for tail in PRIOR_TAILS]
        low, high = max(low - room, min(low, ends[0])), min(high + room, max(high, ends[1]))
    return np.linspace(low, high, POINTS + 1)


def _density(model: PosteriorModel, one: Moments, h: int, edges: FloatArray) -> FloatArray:
    """Mean posterior density in every interval, [K]."""
    rows = np.full(len(edges) - 1, h, dtype=np.int64)
    asked = Regions(rows, edges[:-1], edges[1:], model.regions.tail)
    found = _fit(replace(model, regions=asked), one, 0).posterior
    assert found is not None
    return np.asarray(found.probability[0] / np.diff(edges))
