"""The answers of the Compare page, remembered by fingerprint."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planner.ui.draft import Draft, inline_toml
from planner.ui.fields.names import SEED, TRIALS, hypothesis_label

if TYPE_CHECKING:
    from planner.plan.costs import Costs
    from planner.scenario import Scenario
    from planner.search.compare import ComparedPlan, Comparison
    from planner.search.cost_power import PlanCurve
    from planner.search.effect_grid import EffectGrid
    from planner.search.one_way import OneWay

N_SIZES, N_EFFECTS = 16, 11
"""Columns and rows of the map where power has a formula."""
N_SIZES_SIMULATED, N_EFFECTS_SIMULATED = 7, 7
MOST_TRIALS = 1000
"""Simulated trials per end of a range where power has no formula."""
_REMEMBERED = 64


def has_formula(scenario: "Scenario", hypothesis: str) -> bool:
    """Whether the power of a hypothesis has a closed form."""
    from planner.search.quick_power import has_formula as found

    return found(scenario, hypothesis)


def effect_grid(scenario: "Scenario", hypothesis: str, n: int, formula: bool) -> "EffectGrid":
    """Power around a size over true effects."""
    return _effect_grid(scenario.fingerprint(), hypothesis, n, formula, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _effect_grid(
    fingerprint: str, hypothesis: str, n: int, formula: bool, _scenario: "Scenario"
) -> "EffectGrid":
    from planner.search.effect_grid import effect_grid as compute
    from planner.search.effect_grid import effects_around, sizes_around

    columns, rows = (N_SIZES, N_EFFECTS) if formula else (N_SIZES_SIMULATED, N_EFFECTS_SIMULATED)
    sizes = sizes_around(_scenario, n, columns)
    return compute(_scenario, hypothesis, sizes, effects_around(_scenario, hypothesis, rows))


def one_way(scenario: "Scenario", hypothesis: str, n: int, ranges: str) -> "OneWay":
    """Power with `n` people at both ends of the ranges of `planner.ui.fields.compare`."""
    return _one_way(scenario.fingerprint(), hypothesis, n, ranges, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _one_way(
    fingerprint: str, hypothesis: str, n: int, ranges: str, _scenario: "Scenario"
) -> "OneWay":
    from planner.search.assumption_range import prior_ranges, relative_ranges
    from planner.search.one_way import one_way as compute

    kind, size = ranges.split()
    find = prior_ranges if kind == "prior" else relative_ranges
    trials = min(_scenario.monte_carlo.n_trials, MOST_TRIALS)
    return compute(_scenario, n, hypothesis, find(_scenario, int(size) / 100), n_trials=trials)


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
    """Designs sized and stressed; takes several seconds."""
    return _compared(identity(scenario, designs, hypothesis), scenario)


@st.cache_data(max_entries=16, show_spinner=False)
def _compared(identity: tuple[str, ...], _scenario: "Scenario") -> Compared:
    from planner.search.compare import compare, left_out, vary_design
    from planner.search.cost_power import plan_curve

    _, hypothesis, *designs = identity
    scenarios = vary_design(_scenario, designs)
    missing = left_out(scenarios)
    possible = {name: s for name, s in scenarios.items() if name not in missing}
    comparison = compare(possible, hypothesis=hypothesis)
    curves = [
        plan_curve(plan.name, possible[plan.name], hypothesis, plan.n_randomised)
        for plan in comparison.plans
        if plan.status == "found"
    ]
    return Compared(identity, comparison, tuple(curves), missing)


def command(draft: Draft, designs: Sequence[str], hypothesis: str, costs: "Costs") -> str:
    """The command line that compares the same designs."""
    words = ["planner", "compare", draft.file, "--hypothesis", hypothesis]
    for design in designs:
        words += ["--design", design]
    for key, value in costs.plain().items():
        words += [
            f"--{key.replace('_', '-')}",
            value if isinstance(value, str) else f"{value:.15g}",
        ]
    options = {TRIALS: "--n-trials", SEED: "--seed"}
    for path, value in draft.changes.items():
        shown = value if isinstance(value, str) else inline_toml(value)
        words += [options[path], shown] if path in options else ["--set", f"{path}={shown}"]
    return shlex.join(words)


def with_pins(
    current: "Sequence[ComparedPlan]", pinned: "Mapping[str, ComparedPlan]"
) -> "dict[str, ComparedPlan]":
    """Plans by the name they are shown under: those compared now, then pins of other scenarios."""
    shown = {plan.name: plan for plan in current}
    now = {pin_label(plan) for plan in current}
    return shown | {f"{label} (pinned)": pinned[label] for label in pinned if label not in now}


def pin_label(plan: "ComparedPlan") -> str:
    """Design, scenario and hypothesis of a plan."""
    return f"{plan.name} · {plan.fingerprint[:6]} · {hypothesis_label(plan.hypothesis)}"
