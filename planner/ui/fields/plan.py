"""What the sponsor chooses: design, decision rule, hypothesis, power target and level."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.design.catalogue import CATALOGUE
from planner.plan.analysis import Posterior
from planner.ui.fields.field import Field
from planner.ui.fields.level import alpha, carry_level, threshold
from planner.ui.fields.names import (
    DESIGN,
    HYPOTHESIS,
    POSTERIOR,
    RULE,
    TARGET,
    TEST,
)
from planner.ui.fields.panel import Panel
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from planner.scenario import Scenario

_RULES = {TEST: "Test", POSTERIOR: "Posterior probability"}


def planned(base: "Scenario", panel: Panel) -> Iterator[Field]:
    """The controls in their order; later ones depend on the values of those before."""
    yield _design(base)
    yield _rule(base, panel)
    yield _hypothesis(base)
    yield _target(base)
    yield threshold(base) if panel.values[RULE] == POSTERIOR else alpha(base)


def _design(base: "Scenario") -> Field:
    plan = base.plan
    names = [name for name, design in CATALOGUE.items() if len(design.treatments) == 2]
    return Field(
        path=DESIGN,
        label="Design",
        start=plan.design.name,
        kind="choice",
        options=tuple(dict.fromkeys([plan.design.name, *names])),
        write=lambda name: {DESIGN: name},
        help="Which treatments in which order: one group of letters per sequence, one letter per "
        "period. "
        + " ".join(f"{letter} is {label}." for letter, label in plan.treatments.items())
        + " Unit: none. Typical: AB/BA; more periods need fewer people. Source: Jones & Kenward "
        "2014.",
    )


def _rule(base: "Scenario", panel: Panel) -> Field:
    return Field(
        path=RULE,
        label="Decision rule",
        start=POSTERIOR if isinstance(base.plan.analysis, Posterior) else TEST,
        kind="switch",
        options=(TEST, POSTERIOR),
        show=lambda name: _RULES[name],
        on_change=lambda: carry_level(panel),
        help="What counts as success. Test: a p-value below α. Posterior probability: the "
        "probability of an effect, given data and analysis prior, at or above a threshold; the "
        "test of the same simulated trials is shown beside it. Unit: none. Typical: Test; a "
        "posterior probability with its type I error shown. Source: chosen by the sponsor.",
    )


def _hypothesis(base: "Scenario") -> Field:
    return Field(
        path=HYPOTHESIS,
        label="Hypothesis",
        start=base.plan.hypotheses[0].name,
        kind="choice",
        options=base.plan.hypothesis_names,
        show=hypothesis_label,
        help="The hypothesis whose sample size is shown: the effect overall (sexes weighted by "
        "their share), in women, in men, or the difference between men and women. Typical: "
        "overall. Unit: none. Source: the plan.",
    )


def _target(base: "Scenario") -> Field:
    target, *others = base.plan.power_targets
    return Field(
        path=TARGET,
        label="Power target",
        start=target,
        bounds=(0.5, 0.99, 0.01),
        format="percent",
        write=lambda value: {TARGET: [value, *(t for t in others if t != value)]},
        help="Probability that the trial shows the effect if it is as assumed. Unit: %. "
        "Typical: 80 to 90 %. Source: chosen by the sponsor (ICH E9, section 3.5).",
    )
