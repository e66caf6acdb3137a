"""What a design report asks for and a scenario does not say, item by item.

The document marks these gaps, and the list of items counts them: both read them here.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.plan.decision import NoMultiplicity, needs_all
from planner.report.basis import CORRELATION, EFFECT, LOSS, SD, SHARE, sourced, used_bases
from planner.report.model import Gap
from planner.report.planned_range import varied_inputs
from planner.report.statement_gaps import leaves, place_of, statement_gaps
from planner.report.text_gaps import text_gaps
from planner.truth.truth import BySex
from planner.words.prose import one_line

if TYPE_CHECKING:
    from planner.scenario import Scenario

Gaps = Iterator[tuple[str, Gap]]
AS_TABLE = "write its value in the scenario as { value, evidence, flag, note }"


def gaps(scenario: "Scenario") -> dict[str, tuple[Gap, ...]]:
    """Item → what the scenario leaves out of it; items that lack nothing are not listed."""
    found: dict[str, list[Gap]] = {}
    for item, gap in _all(scenario):
        found.setdefault(item, []).append(gap)
    return {item: tuple(missing) for item, missing in found.items()}


def _all(scenario: "Scenario") -> Gaps:
    yield from text_gaps(scenario)
    yield from _mix(scenario)
    yield from _outcome(scenario)
    yield from _variation(scenario)
    yield from _loss(scenario)
    yield from _time(scenario)
    yield from _by_sex(scenario)
    yield from _decision(scenario)
    yield from _sources(scenario)
    yield from (("R90", gap) for gap in statement_gaps(scenario))


def _mix(s: "Scenario") -> Gaps:
    if s.truth.female_share is None:
        yield (
            "R24",
            Gap(
                what="how many women and men are planned, and why",
                add="give truth.female_share with its evidence",
            ),
        )
    elif not one_line(s.protocol.female_share) and not sourced(s, SHARE):
        yield (
            "R24",
            Gap(
                what="why this mix of women and men",
                add="write it as protocol.female_share in the scenario",
            ),
        )


def _outcome(s: "Scenario") -> Gaps:
    endpoint = s.truth.endpoint
    if one_line(endpoint.name) in {"", "outcome"}:
        yield "R30", Gap(what="the primary outcome", add="give truth.endpoint.name")
    if not one_line(endpoint.unit) and endpoint.scale == "raw":
        yield "R30", Gap(what="unit of the primary outcome", add="give truth.endpoint.unit")


def _variation(s: "Scenario") -> Gaps:
    crossover = s.plan.design.n_periods > 1
    yield from _unsourced(s, "R31", "the target difference and its SD", EFFECT, SD)
    if crossover:
        yield from _unsourced(s, "R33", "the SD and of the correlation between periods", SD,
                              CORRELATION)  # fmt: skip
    else:
        yield from _unsourced(s, "R33", "the SD", SD)
    if not varied_inputs(s):
        yield (
            "R39",
            Gap(
                what="power over the ranges that the cited evidence gives",
                add="cite entries with an interval or range for the SD and the loss (planner "
                "evidence list)",
            ),
        )


def _unsourced(s: "Scenario", item: str, what: str, *groups: tuple[str, ...]) -> Gaps:
    """A gap unless every group of numbers has citations, each with a source or reason."""
    lacking = [group for group in groups if not sourced(s, group)]
    if lacking:
        yield (
            item,
            Gap(
                what=f"source of {what}",
                add=f"write {place_of(s, lacking[0])} as {{ value, evidence, flag, note }} in the "
                "scenario",
            ),
        )


def _loss(s: "Scenario") -> Gaps:
    if s.plan.design.n_periods == 1:
        return
    if leaves(s):
        yield from _unsourced(s, "R35", "the share that leaves", LOSS)
    elif not used_bases(s, LOSS):
        yield (
            "R35",
            Gap(
                what="how many people leave",
                add="give truth.attrition with its evidence, or say why nobody does",
            ),
        )


def _time(s: "Scenario") -> Gaps:
    """Period effects and carry-over that are given need a source, unless they are none."""
    if s.plan.design.n_periods == 1:
        return
    neutral = s.truth.endpoint.neutral
    for path, what, value in (
        ("truth.period_effects", "the period effects", s.truth.period_effects),
        ("truth.carryover", "the carry-over", s.truth.carryover),
    ):
        listed = value.values() if isinstance(value, dict) else value
        numbers = [listed] if isinstance(listed, float) else list(listed or ())
        if any(number != neutral for number in numbers):
            yield from _unsourced(s, "R36", what, (path,))


def _by_sex(s: "Scenario") -> Gaps:
    if s.truth.female_share is None:
        yield (
            "R37",
            Gap(
                what="effects in women and in men",
                add="give truth.effect = { female, male } and truth.female_share, even if equal",
            ),
        )
    elif not isinstance(s.truth.effect, BySex):
        yield (
            "R37",
            Gap(
                what="effects in women and in men, each with its basis",
                add="give truth.effect = { female, male }, even if equal",
            ),
        )
    elif not used_bases(s, EFFECT):
        yield (
            "R37",
            Gap(
                what="source of the effects by sex",
                add="write truth.effect.female and truth.effect.male as { value, evidence, flag, "
                "note }",
            ),
        )


def _decision(s: "Scenario") -> Gaps:
    plan = s.plan
    unadjusted = isinstance(plan.multiplicity, NoMultiplicity) and len(plan.hypotheses) > 1
    if unadjusted and needs_all(plan.success_rule) is None:
        yield (
            "R42",
            Gap(
                what="why hypotheses are not adjusted for each other although the success rule can "
                "be met in more than one way",
                add="set plan.multiplicity in the scenario",
            ),
        )
    if s.truth_prior is None:
        yield (
            "R45",
            Gap(
                what="a design prior, over which the probability of success is averaged",
                add="add [truth_prior] to the scenario",
            ),
        )


def _sources(s: "Scenario") -> Gaps:
    """Values of the planning truth that are used and have no source."""
    crossover = s.plan.design.n_periods > 1
    used = {
        "the effect": EFFECT,
        "the SD": SD,
        **({"the correlation between periods": CORRELATION} if crossover else {}),
        **({"the loss": LOSS} if crossover and leaves(s) else {}),
        **({"the share of women": SHARE} if s.truth.female_share is not None else {}),
    }
    for what, paths in used.items():
        if not sourced(s, paths):
            yield "R52", Gap(what=f"the source of {what}", add=AS_TABLE)
