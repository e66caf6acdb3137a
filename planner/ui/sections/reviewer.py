"""Reviewer mode: one assumption changed, everything else as the sponsor has it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from planner.charts import figures
from planner.charts.style import error, percent, signed, thousands
from planner.errors import PlannerError
from planner.plan.analysis import Posterior
from planner.ui import assumptions_answers, state
from planner.ui.fields import reviewer
from planner.ui.fields.panel import Panel
from planner.ui.sections import figures as row
from planner.ui.sections.citations import bare, unit_of

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.power_difference import PowerDifference
    from planner.scenario import Scenario
    from planner.search.result import SampleSize
    from planner.ui.draft import Draft
    from planner.ui.fields.field import Field
    from planner.ui.in_hand import InHand

READING = (
    "Simulated, with the same seed under both values, so that the difference of the powers is more "
    "precise than the powers are. The size searched anew is the smallest that reaches the target; "
    "a size that follows from an assumption does not make the assumption true."
)
SAME = "Both values are the same: move the reviewer's value to see what hangs on it."
_ASKED = "assumptions:asked"
"""Where the session keeps the comparison that was asked for, where it takes long."""


def show(place: "DeltaGenerator", held: "InHand", items: "Sequence[Field]") -> None:
    """Choose an assumption and a value; see size and power under both."""
    panel = Panel("assumptions")
    left, right = place.columns([0.36, 0.64], gap="medium")
    panel.draw(left.container(), reviewer.assumption(items, held.name))
    item = reviewer.chosen(items, panel)
    sponsor = held.panel.values[item.path]
    panel.draw(left.container(), reviewer.value(item, held.name, sponsor))
    value = panel.values[reviewer.VALUE]
    left.caption("The scenario in hand keeps the sponsor's value.")
    right.table(values_table(items, held.panel.values, item.path, value), border="horizontal")
    changed = replace(held.draft, changes={**held.draft.changes, **item.write(value)})
    try:
        scenario = changed.build()
        if scenario.fingerprint() == held.scenario.fingerprint():
            place.caption(SAME)
        elif asked(place, scenario):
            with place, st.spinner("Simulating", show_time=True):
                compare(place, held, changed)
    except PlannerError as problem:
        panel.report(problem, place)


def asked(place: "DeltaGenerator", scenario: "Scenario") -> bool:
    """Whether to simulate: at once for a test, on request where every trial has a posterior."""
    if not isinstance(scenario.plan.analysis, Posterior):
        return True
    if place.button(
        "Compare",
        help="Simulates the posterior rule under both values, which takes some seconds.",
    ):
        st.session_state[_ASKED] = scenario.fingerprint()
    return bool(st.session_state.get(_ASKED) == scenario.fingerprint())


def compare(place: "DeltaGenerator", held: "InHand", changed: "Draft") -> None:
    """Size and power under both values, with their command lines."""
    scenario, hypothesis = changed.build(), held.hypothesis
    before = state.sample_size(held.scenario, hypothesis)
    after = state.sample_size(scenario, hypothesis)
    n = before.n_randomised
    both = assumptions_answers.difference(held.scenario, scenario, n, hypothesis)
    row.show(place, of_sizes(before, after))
    row.show(place, of_powers(both))
    place.caption(f"{sentence(held.shown, before, after, both)} {READING}")
    for who, draft in (("sponsor", held.draft), ("reviewer", changed)):
        place.caption(f"The {who}'s power from the command line:")
        place.code(draft.command("power", "--n", str(n)), language=None, wrap_lines=True)


def values_table(
    items: "Sequence[Field]", sponsor: "dict[str, Any]", path: str, value: float
) -> pd.DataFrame:
    """The sponsor's values, and the reviewer's beside them where it differs."""
    rows = [
        {
            "Assumption": f"{item.label} ({unit})" if unit else item.label,
            "Sponsor": number,
            "Reviewer": f"{bare(item, value)} (changed)"
            if item.path == path and value != sponsor[path]
            else number,
        }
        for item in items
        for unit, number in [(unit_of(item), bare(item, sponsor[item.path]))]
    ]
    return pd.DataFrame(rows).set_index("Assumption")


def of_sizes(before: "SampleSize", after: "SampleSize") -> list[figures.Figure]:
    """People under either value, and how many more the reviewer's asks for."""
    found = "Smallest balanced trial that reaches the power target under the {}'s value."
    both = before.status == after.status == "found"
    gap = signed(after.n_randomised - before.n_randomised, 0)
    return [
        _figure(
            "People, sponsor", figures.people(before), _reached(before), found.format("sponsor")
        ),
        _figure(
            "People, reviewer", figures.people(after), _reached(after), found.format("reviewer")
        ),
        _figure(
            "People, difference",
            f"{gap} people" if both else "–",
            "reviewer − sponsor",
            "People that the trial would need more, or fewer, under the reviewer's value.",
        ),
    ]


def of_powers(both: "PowerDifference") -> list[figures.Figure]:
    """Power at the sponsor's size under either value, and the paired difference."""
    n, gap = thousands(both.n_subjects), both.difference
    at = f"Share of simulated trials with N = {n} that show the effect under the {{}}'s value."
    return [
        _figure(f"Power at {n}, {who}", percent(power.value), error(power), at.format(who))
        for who, power in (("sponsor", both.planned), ("reviewer", both.changed))
    ] + [
        _figure(
            "Power, difference",
            f"{signed(100 * gap.value, 1)} points",
            f"± {100 * gap.mcse:.1f} MCSE, paired",
            "Reviewer's minus sponsor's power in percentage points; the error is that of the "
            "paired difference, trial by trial on the same random numbers.",
        )
    ]


def _reached(answer: "SampleSize") -> str:
    return f"power {percent(answer.power.value)} {error(answer.power)}"


def _figure(label: str, value: str, below: str, meaning: str) -> figures.Figure:
    return {"label": f"{label} · simulated", "value": value, "delta": below, "help": meaning}


def sentence(label: str, before: "SampleSize", after: "SampleSize", both: "PowerDifference") -> str:
    """What hangs on the assumption, in a sentence."""
    goal = f"{100 * before.power_target:.0f} % power"
    return (
        f"{label.capitalize()}: {figures.people(before)} people reach {goal} under the sponsor's "
        f"value and {figures.people(after)} would be needed under the reviewer's; the sponsor's "
        f"trial would then have {percent(both.changed.value)}."
    )
