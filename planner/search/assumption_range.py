"""Over which range each assumption of a scenario is uncertain."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
from scipy import special

from planner.evidence.distribution import (
    Beta,
    Fixed,
    LogNormal,
    Normal,
    ProperEffect,
    ScaledInverseChi,
    Uniform,
    quantile,
)
from planner.scenario import Scenario
from planner.search.moved_truth import Assumption, planned_value
from planner.truth.truth_prior import EffectPrior, PilotEstimate, SdPrior, SharePrior

SPREAD = 0.25
"""Assumed relative range of what no design prior describes."""
_HIGHEST = {"correlation": 0.99, "dropout": 0.95, "female_share": 0.95}
_VARIED: tuple[Assumption, ...] = get_args(Assumption)


@dataclass(frozen=True, slots=True)
class AssumptionRange:
    """The range of one assumption, on the scale of the analysis.

    Parameters
    ----------
    planned : value in the scenario's truth; it need not lie within the range.
    low, high : ends.
    basis : where the range is from, in words.
    """

    name: Assumption
    planned: float
    low: float
    high: float
    basis: str


def prior_ranges(
    scenario: Scenario, probability: float = 0.95, spread: float = SPREAD
) -> list[AssumptionRange]:
    """Central ranges of the design prior; what it does not vary, by `spread` around the plan."""
    prior, sd = scenario.truth_prior, scenario.truth.sd_difference
    relative = {found.name: found for found in relative_ranges(scenario, spread)}
    ranges = []
    for name in _VARIED:
        planned = planned_value(scenario, name)
        known = getattr(prior, name, None)
        if planned is not None and known is not None:
            low, high = (prior_quantile(known, p, sd) for p in _tails(probability))
            basis = f"central {probability:.0%} of the design prior".replace("%", " %")
            ranges.append(AssumptionRange(name, planned, low, high, basis))
        elif name in relative:
            ranges.append(relative[name])
    return ranges


def relative_ranges(scenario: Scenario, spread: float = SPREAD) -> list[AssumptionRange]:
    """Every assumption from (1 − spread) to (1 + spread) of its planned value, unless that is 0."""
    ranges = []
    for name in _VARIED:
        planned = planned_value(scenario, name)
        if planned:
            ends = planned * (1 - spread), planned * (1 + spread)
            low, high = sorted(min(end, _HIGHEST.get(name, np.inf)) for end in ends)
            basis = f"assumed, ± {spread:.0%} of the plan".replace("%", " %")
            ranges.append(AssumptionRange(name, planned, low, high, basis))
    return ranges


def _tails(probability: float) -> tuple[float, float]:
    return (1 - probability) / 2, (1 + probability) / 2


def prior_quantile(
    prior: EffectPrior | ProperEffect | SdPrior | SharePrior, p: float, sd: float
) -> float:
    """Quantile of a distribution in a design prior; `sd` is that of the difference."""
    match prior:
        case PilotEstimate(mean=mean, n_subjects=n):
            return quantile(Normal(mean=mean, sd=float(sd / np.sqrt(n))), p)
        case Fixed(value=value):
            return value
        case LogNormal(median=median, sd_log=sd_log):
            return float(median * np.exp(sd_log * special.ndtri(p)))
        case ScaledInverseChi(value=value, df=df):
            return float(value * np.sqrt(df / special.chdtri(df, p)))
        case Beta(a=a, b=b):
            return float(special.betaincinv(a, b, p))
        case Uniform(lower=lower, upper=upper):
            return lower + p * (upper - lower)
        case _:
            return quantile(prior, p)
