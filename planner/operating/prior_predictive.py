"""What a Bayesian analysis expects before it sees data: its prior, and its prior predictive.

The prior of a contrast is a mixture of normals, its parts those of the effect prior. An estimate
with standard error s then has the same mixture with s² added to every variance (Box 1980, J R
Stat Soc A 143:383); s is taken at the planning SDs.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from planner.engines.closed_form import ClosedForm
from planner.engines.model import bounds_of
from planner.engines.prepare import planned_posterior
from planner.evidence.distribution import NormalComponents
from planner.operating.contrast_prior import analysis_prior
from planner.plan.analysis import Posterior
from planner.scenario import Scenario
from planner.trials.layout import lay_out

LEVELS = (0.025, 0.5, 0.975)
"""Quantiles that are given: the limits of a central 95 % interval, and the median."""


@dataclass(frozen=True, slots=True)
class PriorPredictive:
    """Prior of a contrast and prior predictive of its estimate, on the scale of the analysis.

    Parameters
    ----------
    effect, estimate : 2.5 %, 50 % and 97.5 % quantiles of the effect, and of its estimate.
    claim : prior probability of what the hypothesis claims; of a positive effect if two-sided.
    se : standard error of the estimate at the planning SDs; None without a closed form.
    """

    hypothesis: str
    effect: tuple[float, float, float]
    estimate: tuple[float, float, float] | None
    claim: float
    se: float | None


def prior_predictive(scenario: Scenario, n_subjects: int) -> tuple[PriorPredictive, ...]:
    """Prior and prior predictive of every hypothesis with `n_subjects` randomised.

    Empty for a test, and where the prior of the effects is flat: an improper prior predicts
    nothing.
    """
    analysis = scenario.plan.analysis
    if not isinstance(analysis, Posterior) or analysis.priors.effect.kind == "flat":
        return ()
    model = planned_posterior(scenario, analysis, lay_out(scenario, n_subjects))
    precision = ClosedForm(scenario).precision(n_subjects)
    bounds = zip(*bounds_of(scenario), strict=True)
    found = []
    for h, (name, (lower, upper)) in enumerate(
        zip(scenario.plan.hypothesis_names, bounds, strict=True)
    ):
        prior = analysis_prior(model, h)
        if prior is None:
            continue
        se = None if precision is None else float(precision.se[h])
        ends = (lower, upper) if lower < upper else (0.0, np.inf)
        found.append(
            PriorPredictive(
                hypothesis=name,
                effect=_quantiles(prior, 0.0),
                estimate=None if se is None else _quantiles(prior, se),
                claim=_below(prior, ends[1]) - _below(prior, ends[0]),
                se=se,
            )
        )
    return tuple(found)


def _below(prior: NormalComponents, x: float, se: float = 0.0) -> float:
    """P(effect + error ≤ x) with an error of standard deviation `se`."""
    sds = np.maximum(np.hypot(prior.sds, se), 1e-300)
    return float(prior.weights @ special.ndtr((x - prior.means) / sds))


def _quantiles(prior: NormalComponents, se: float) -> tuple[float, float, float]:
    low, middle, high = (_quantile(prior, p, se) for p in LEVELS)
    return low, middle, high


def _quantile(prior: NormalComponents, probability: float, se: float) -> float:
    """By bisection between the quantiles of the components."""
    ends = prior.means + np.hypot(prior.sds, se) * special.ndtri(probability)
    low, high = float(ends.min()), float(ends.max())
    for _ in range(100):
        middle = (low + high) / 2
        if _below(prior, middle, se) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2
