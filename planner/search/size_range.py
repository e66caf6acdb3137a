"""How many people a plan would need if one assumption after another were otherwise.

Sizes are found as `planner.search.sample_size` finds them: the smallest balanced number that
reaches the target if all complete, inflated for those who leave, and enlarged if that should not
do. By the closed form where it is the power of the decision, by simulation elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.design.allocation import balanced_at_least
from planner.operating.evaluate import expected_completers
from planner.scenario import Scenario
from planner.search.assumption_range import AssumptionRange, prior_ranges, relative_ranges
from planner.search.carryover_price import SHARES
from planner.search.moved_truth import planned_value, with_assumption
from planner.search.one_way import SWING_TRIALS, Swing, one_way
from planner.search.quick_power import column_of, has_formula
from planner.search.sample_size import PowerCurve, SizeSearch

_MANY = 1000
"""Allocation sets over which the share of completers is taken."""


@dataclass(frozen=True, slots=True)
class SizeSwing:
    """People randomised for the power target at both ends of the range of one assumption.

    Parameters
    ----------
    swing : the range, and power of the planned size at its ends.
    at_low, at_high : people; None where the target needs more than the search considers.
    """

    swing: Swing
    at_low: int | None
    at_high: int | None


@dataclass(frozen=True, slots=True)
class SizeRange:
    """Sizes over the ranges of all assumptions, the widest swing of power first.

    Parameters
    ----------
    planned : people randomised if everything is as planned, found like the others.
    n_subjects : people whose power is looked at.
    n_limit : most people considered.
    n_trials : simulated trials behind every size; 0 for a formula.
    power_trials, power_mcse : simulated trials behind every power, and the largest Monte-Carlo
        standard error; 0 for a formula.
    """

    hypothesis: str
    power_target: float
    planned: int | None
    n_subjects: int
    n_limit: int
    swings: tuple[SizeSwing, ...]
    n_trials: int
    power_trials: int
    power_mcse: float

    @property
    def extremes(self) -> tuple[int | None, int | None]:
        """Fewest and most people over all ends; None for more than the search considers."""
        ends = [end for s in self.swings for end in (s.at_low, s.at_high)] + [self.planned]
        within = [end for end in ends if end is not None]
        return (min(within) if within else None), (None if None in ends else max(within))


def usual_ranges(scenario: Scenario, probability: float = 0.95) -> list[AssumptionRange]:
    """Central ranges of the design prior, or ranges around the plan, and of carry-over.

    Where nobody says how much carry-over there is, none to the largest share of the effect that
    `planner.search.carryover_price` looks at.
    """
    found = (
        prior_ranges(scenario, probability) if scenario.truth_prior else relative_ranges(scenario)
    )
    if any(r.name == "carryover" for r in found):
        return found
    planned, effect = planned_value(scenario, "carryover"), planned_value(scenario, "effect")
    if planned is None or not effect:
        return found
    low, high = sorted((0.0, SHARES[-1] * effect))
    basis = f"assumed, 0 to {100 * SHARES[-1]:g} % of the effect"
    return [*found, AssumptionRange("carryover", planned, low, high, basis)]


def size_range(
    scenario: Scenario,
    hypothesis: str,
    n_subjects: int,
    ranges: Sequence[AssumptionRange],
    *,
    workers: int | None = None,
) -> SizeRange:
    """People needed at both ends of every range, for the first power target.

    Parameters
    ----------
    n_subjects : people randomised, whose power at the same ends is shown beside it.

    Raises
    ------
    InvalidInput : an unknown hypothesis, or too few people.
    TooManyFailures : too many simulated trials could not be analysed.
    """
    trials = min(scenario.monte_carlo.n_trials, SWING_TRIALS)
    power = one_way(scenario, n_subjects, hypothesis, ranges, n_trials=trials, workers=workers)
    formula = has_formula(scenario, hypothesis)
    settings = {"monte_carlo.n_trials": trials}

    def needed(truth: Scenario) -> int | None:
        if formula:
            return size_by_formula(truth, hypothesis)
        search = SizeSearch(truth.with_changes(settings), workers)
        found = search.find(hypothesis, truth.plan.power_targets[0])
        return found.n_randomised if found.status == "found" else None

    planned = needed(scenario)

    def at(found: AssumptionRange, end: float) -> int | None:
        if end == found.planned:
            return planned
        return needed(with_assumption(scenario, found.name, end))

    return SizeRange(
        hypothesis=hypothesis,
        power_target=scenario.plan.power_targets[0],
        planned=planned,
        n_subjects=n_subjects,
        n_limit=scenario.plan.n_limit,
        swings=tuple(
            SizeSwing(s, at(s.range, s.range.low), at(s.range, s.range.high)) for s in power.swings
        ),
        n_trials=0 if formula else trials,
        power_trials=power.n_trials,
        power_mcse=power.mcse,
    )


def size_by_formula(scenario: Scenario, hypothesis: str) -> int | None:
    """People randomised for the first power target by the closed form; None beyond the search.

    ``planner size`` confirms and may move this number by simulation.
    """
    plan, column = scenario.plan, column_of(scenario, hypothesis)
    target, step = plan.power_targets[0], sum(plan.weights)
    complete = PowerCurve(scenario.with_changes({"truth.attrition": {"kind": "none"}}))
    evaluable = complete.first(column, target, step, plan.n_limit)
    if complete.power(evaluable, column) < target:
        return None
    share = expected_completers(scenario, _MANY * step) / (_MANY * step)
    inflated = balanced_at_least(evaluable / share, plan.weights)
    curve = PowerCurve(scenario)
    if curve.power(inflated, column) >= target:
        return inflated
    enlarged = curve.first(column, target, step, plan.n_limit, inflated)
    return enlarged if curve.power(enlarged, column) >= target else None
