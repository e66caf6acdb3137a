"""Power and size over the ranges that the cited evidence gives (ICH E9, section 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from planner.evidence.study import Entry
from planner.operating.characteristics import MonteCarloEstimate
from planner.operating.evaluate import Case, evaluate
from planner.report.basis import bases, value_at
from planner.scenario import Scenario
from planner.search.sample_size import PowerCurve

INPUTS: Mapping[str, tuple[str, str]] = {
    "truth.standardised_effect": ("standardised_effect", "standardised difference"),
    "truth.covariance.sd_difference": ("sd_difference", "SD of the within-participant difference"),
    "truth.covariance.sd_within": ("sd_within", "within-participant SD"),
    "truth.attrition.after_period_1": ("dropout", "share leaving after period 1"),
}
"""Inputs that are varied: dotted path → (quantity of the library, words)."""


@dataclass(frozen=True, slots=True)
class Varied:
    """An input with the range of the entry that it cites.

    Parameters
    ----------
    low, high : limits, in the unit of the input; the scenario's value lies between them.
    """

    path: str
    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PowerRange:
    """Power of a hypothesis over all combinations of the inputs' limits.

    Parameters
    ----------
    varied : what was varied.
    lowest, highest : simulated power at `n_randomised`.
    sizes : balanced numbers of people for the power target at the best and worst combination by
        the closed form, None where it exceeds the search; None where no closed form applies.
    """

    varied: tuple[Varied, ...]
    n_randomised: int
    lowest: MonteCarloEstimate
    highest: MonteCarloEstimate
    sizes: tuple[int | None, int | None] | None


def varied_inputs(scenario: Scenario) -> tuple[Varied, ...]:
    """Inputs whose citation has a range or interval for the same quantity around the value.

    An SD beside a given standardised difference only sets the unit and is left out.
    """
    plain = scenario.plain(full=True)
    only_unit = scenario.truth.effect is None
    found = []
    for path, (quantity, name) in INPUTS.items():
        value = value_at(plain, path)
        cited = [basis.entry for basis in bases(scenario, (path,)) if basis.path == path]
        if not isinstance(value, float) or (only_unit and path.startswith("truth.covariance")):
            continue
        for entry in cited:
            limits = _limits(entry) if entry and entry.quantity == quantity else None
            if limits and limits[0] <= value <= limits[1]:
                found.append(Varied(path, name, *limits))
    return tuple(found)


def _limits(entry: Entry) -> tuple[float, float] | None:
    return entry.interval or entry.range


def power_range(
    scenario: Scenario, hypothesis: str, n_randomised: int, *, workers: int | None = None
) -> PowerRange | None:
    """Simulated power at one size over the ranges of `varied_inputs`; None if none varies."""
    varied = varied_inputs(scenario)
    if not varied:
        return None
    corners = [
        scenario.with_changes({v.path: value for v, value in zip(varied, values, strict=True)})
        for values in product(*((v.low, v.high) for v in varied))
    ]
    cases = [Case(corner, n_randomised) for corner in corners]
    results = evaluate(cases, scenario.monte_carlo, workers=workers)
    powers = sorted((r[hypothesis].success for r in results), key=lambda p: p.value)
    sizes = _sizes(corners, hypothesis)
    return PowerRange(varied, n_randomised, powers[0], powers[-1], sizes)


def _sizes(corners: list[Scenario], hypothesis: str) -> tuple[int | None, int | None] | None:
    """Fewest and most people that the first power target needs, by the closed form."""
    plan = corners[0].plan
    column, target = plan.hypothesis_names.index(hypothesis), plan.power_targets[0]
    curves = [PowerCurve(corner) for corner in corners]
    if not curves[0].has_level(column):
        return None
    step = sum(plan.weights)
    sizes = [curve.first(column, target, step, plan.n_limit) for curve in curves]
    reached = [
        n if curve.power(n, column) >= target else None
        for n, curve in zip(sizes, curves, strict=True)
    ]
    within = [n for n in reached if n is not None]
    return (min(within) if within else None), (max(within) if None not in reached else None)
