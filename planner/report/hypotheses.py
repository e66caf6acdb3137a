"""What a hypothesis compares and claims, in words."""

import math
from typing import TYPE_CHECKING

from planner.plan.hypothesis import (
    Criterion,
    Equivalence,
    Hypothesis,
    NonInferiority,
    PosteriorRule,
    Superiority,
    TwoSided,
)
from planner.words.prose import given, joined, number, with_unit

if TYPE_CHECKING:
    from planner.plan.hypothesis import Objective
    from planner.report.results import Results
    from planner.scenario import Scenario
    from planner.search.result import SampleSize

_WHOM = {"overall": "everybody", "female": "women", "male": "men"}


def whose(hypothesis: Hypothesis, scenario: "Scenario") -> str:
    """Whose effect a hypothesis is about."""
    if hypothesis.sex != "interaction":
        return _WHOM[hypothesis.sex]
    log = scenario.truth.endpoint.scale == "log"
    return "men divided by women" if log else "men minus women"


def claim(objective: "Objective", scenario: "Scenario") -> str:
    """What is to be shown of the effect, e.g. ``effect > 0``."""
    none = scenario.truth.endpoint.neutral
    what = "ratio" if scenario.truth.endpoint.scale == "log" else "effect"
    match objective:
        case Superiority(direction=direction):
            return f"{what} {'>' if direction == 'greater' else '<'} {given(none)}"
        case TwoSided():
            return f"{what} ≠ {given(none)}, in either direction"
        case NonInferiority(margin=margin):
            return f"{what} {'>' if margin < none else '<'} {given(margin)} (margin)"
        case Equivalence(lower=lower, upper=upper):
            return f"{given(lower)} < {what} < {given(upper)}"
        case PosteriorRule(go=go):
            return joined([_within(criterion, what) for criterion in go])


def _within(criterion: Criterion, what: str) -> str:
    low = "" if criterion.above is None else f"{given(criterion.above)} < "
    high = "" if criterion.below is None else f" < {given(criterion.below)}"
    return f"{low}{what}{high}"


def effect_number(scenario: "Scenario", effect: float) -> str:
    """A planned effect, natural scale: as given, or rounded where it follows from others."""
    stated = _numbers(scenario.truth.plain().get("effect"))
    as_given = any(math.isclose(effect, value, rel_tol=1e-9) for value in stated)
    return given(round(effect, 9)) if as_given else number(round(effect, 9))


def _numbers(plain: object) -> list[float]:
    if isinstance(plain, dict):
        return [value for part in plain.values() for value in _numbers(part)]
    return [float(plain)] if isinstance(plain, float | int) else []


def effect_in_words(scenario: "Scenario", effect: float) -> str:
    """`effect_number` with its unit."""
    return with_unit(effect_number(scenario, effect), scenario)


def answers(results: "Results") -> "dict[str, SampleSize]":
    """The size of every hypothesis at the first power target; the report's own for its own."""
    target = results.scenario.plan.power_targets[0]
    found = {r.hypothesis: r for r in results.sizes if r.power_target == target}
    return found | {results.hypothesis: results.found.answer}
