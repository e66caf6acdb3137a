"""The answers of the Compare page, remembered by fingerprint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planner.ui.draft import Draft
from planner.ui.fields.costs import PATH as PRICES
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.search.compare import ComparedPlan, Comparison
    from planner.search.cost_power import PlanCurve
    from planner.search.effect_grid import EffectGrid
    from planner.search.one_way import OneWay

_REMEMBERED = 64


def has_formula(scenario: "Scenario", hypothesis: str) -> bool:
    """Whether the power of a hypothesis has a closed form."""
    from planner.search.quick_power import has_formula as found

    return found(scenario, hypothesis)


def effect_grid(scenario: "Scenario", hypothesis: str, n: int) -> "EffectGrid":
    """Power around a size over true effects."""
    return _effect_grid(scenario.fingerprint(), hypothesis, n, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _effect_grid(fingerprint: str, hypothesis: str, n: int, _scenario: "Scenario") -> "EffectGrid":
    from planner.search.effect_grid import usual_effect_grid

    return usual_effect_grid(_scenario, hypothesis, n)


def one_way(scenario: "Scenario", hypothesis: str, n: int, ranges: str) -> "OneWay":
    """Power with `n` people at both ends of the ranges of `planner.ui.fields.compare`."""
    return _one_way(scenario.fingerprint(), hypothesis, n, ranges, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _one_way(
    fingerprint: str, hypothesis: str, n: int, ranges: str, _scenario: "Scenario"
) -> "OneWay":
    from planner.search.one_way import usual_one_way

    basis, size = ranges.split()
    return usual_one_way(_scenario, n, hypothesis, basis, int(size) / 100)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison that was asked for, and of what.

    Parameters
    ----------
    identity : hypothesis, and design with fingerprint of every scenario.
    curves : power by size of every plan.
    left_out : designs that cannot estimate a hypothesis, with the reason.
    """

    identity: tuple[str, ...]
    comparison: "Comparison"
    curves: "tuple[PlanCurve, ...]"
    left_out: dict[str, str]


def identity(scenario: "Scenario", designs: Sequence[str], hypothesis: str) -> tuple[str, ...]:
    """What a comparison depends on; prices are applied afterwards."""
    return (scenario.fingerprint(), hypothesis, *designs)


def compared(scenario: "Scenario", designs: Sequence[str], hypothesis: str) -> Compared:
    """Designs sized and stressed; takes several seconds.

    Raises
    ------
    NotEstimable : no design can estimate every hypothesis; says why of each.
    """
    return _compared(identity(scenario, designs, hypothesis), scenario)


@st.cache_data(max_entries=16, show_spinner=False)
def _compared(identity: tuple[str, ...], _scenario: "Scenario") -> Compared:
    from planner.plan.costs import Costs
    from planner.search.compare import compare, estimable, vary_design
    from planner.search.cost_power import plan_curve

    _, hypothesis, *designs = identity
    possible, missing = estimable(vary_design(_scenario, designs))
    comparison = compare(possible, Costs(), hypothesis)
    curves = [
        plan_curve(plan.name, possible[plan.name], hypothesis, plan.n_randomised)
        for plan in comparison.plans
        if plan.status == "found"
    ]
    return Compared(identity, comparison, tuple(curves), missing)


def command(draft: Draft, designs: Sequence[str], hypothesis: str) -> str:
    """The command line that compares the same designs; prices that were changed are options."""
    options = ["--hypothesis", hypothesis]
    for design in designs:
        options += ["--design", design]
    for path, value in draft.changes.items():
        if path.startswith(f"{PRICES}."):
            name = path.removeprefix(f"{PRICES}.").replace("_", "-")
            options += [f"--{name}", value if isinstance(value, str) else f"{value:.15g}"]
    return draft.command("compare", *options)


def swings_command(draft: Draft, hypothesis: str, n: int, ranges: str) -> str:
    """The command line that moves the same assumptions over the same ranges."""
    basis, size = ranges.split()
    option = "--central" if basis == "prior" else "--around"
    return draft.command("sensitivity", "--hypothesis", hypothesis, "--n", str(n), option, size)


def grid_command(draft: Draft, hypothesis: str, n: int) -> str:
    """The command line that computes the same map around a size."""
    return draft.command("sensitivity", "--grid", "--hypothesis", hypothesis, "--n", str(n))


def with_pins(
    current: "Sequence[ComparedPlan]", pinned: "Mapping[str, ComparedPlan]"
) -> "dict[str, ComparedPlan]":
    """Plans by the name they are shown under: those compared now, then pins of other scenarios."""
    shown = {plan.name: plan for plan in current}
    now = {pin_label(plan) for plan in current}
    return shown | {f"{label} (pinned)": pinned[label] for label in pinned if label not in now}


def pin_label(plan: "ComparedPlan") -> str:
    """Design, scenario, hypothesis and power target of a plan."""
    aim = f"{hypothesis_label(plan.hypothesis)} {100 * plan.power_target:g}\u00a0%"
    return f"{plan.name} · {plan.fingerprint[:6]} · {aim}"
