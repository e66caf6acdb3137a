"""The controls of the Batch page."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.batch.points import NULL, PLANNING
from planner.charts.style import thousands
from planner.errors import InvalidInput
from planner.ui.batch.settings import PEOPLE, Setting
from planner.ui.batch.typed import listed, typed
from planner.ui.fields.field import Field
from planner.ui.fields.panel import Panel

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario

PANEL = "batch"
VARIED, TRUTHS, RUN = "varied", "truths", "trials"
MOST_VARIED = 4
BOTH = "both"
_TRUTHS = {
    BOTH: "Power and type I error",
    PLANNING: "Power alone",
    NULL: "Type I error alone",
}
LONGEST = 400
"""Characters of a list of values."""


def varied(found: Mapping[str, Setting], name: str) -> Field:
    """What takes several values."""
    first = (PEOPLE, "truth.covariance.sd_difference")
    return Field(
        path=VARIED,
        label=f"What varies (up to {MOST_VARIED})",
        start=[path for path in first if path in found],
        slot=name,
        kind="many",
        options=tuple(found),
        show=lambda path: found[path].label,
        help="Every combination of the values below is a point, simulated by itself. What is not "
        "chosen stays as in the scenario in hand. Unit: none. Typical: people and one or two "
        "assumptions. Source: chosen here.",
    )


def values(setting: Setting, name: str) -> Field:
    """The values of a setting: options, or numbers with commas between them."""
    if setting.options:
        return Field(
            path=setting.path,
            label=setting.label,
            start=list(setting.start),
            slot=name,
            kind="many",
            options=tuple(setting.options),
            help=setting.help,
        )
    unit = f", {setting.unit}" if setting.unit else ""
    return Field(
        path=setting.path,
        label=f"{setting.label}{unit}",
        start=listed(setting.start),
        slot=name,
        kind="line",
        bounds=(0, LONGEST, 1),
        help=f"{setting.help} Numbers with commas between them, a point before decimals; "
        "from:to:step is a range.",
    )


def truths(name: str) -> Field:
    """Under which truths every point is simulated."""
    return Field(
        path=TRUTHS,
        label="Simulated at every point",
        start=BOTH,
        slot=name,
        kind="switch",
        options=tuple(_TRUTHS),
        show=lambda key: _TRUTHS[key],
        help="Power under the planned truth; type I error at the edge of the null of every "
        "hypothesis. Unit: none. Typical: both. Source: chosen here.",
    )


def trials(scenario: "Scenario", name: str) -> Field:
    """Simulated trials of every point and truth."""
    own = scenario.monte_carlo.n_trials
    return Field(
        path=RUN,
        label="Simulated trials",
        start=own,
        slot=name,
        kind="choice",
        options=tuple(sorted({own, 1000, 2000, 5000, 10_000, 20_000, 100_000})),
        show=thousands,
        help="Of every point under every truth; four times as many halve the Monte-Carlo standard "
        "error (MCSE). With more trials later, only new ones are simulated. Unit: trials. "
        "Typical: 2 000 to explore, 10 000 to report. Source: as in the scenario in hand.",
    )


def draw(place: "DeltaGenerator", panel: Panel, item: Field) -> Any:
    """Show a control and return its value; untouched, it follows where it starts.

    What the user has set stays while the scenario in hand changes.
    """
    key = panel.key(item.path, item.slot)
    followed = f"{key}:start"
    before = st.session_state.get(followed)
    if before != item.start:
        if before is not None and st.session_state.get(key) == before:
            st.session_state[key] = item.start
        st.session_state[followed] = item.start
    panel.draw(place, item)
    return panel.values[item.path]


def chosen(setting: Setting, value: Any) -> list[Any]:
    """The values of a setting as the scenario has them, from those of its control.

    Raises
    ------
    InvalidInput : there are none, or one is no number.
    """
    if not setting.options:
        return [setting.write(number) for number in typed(value, setting)]
    if not value:
        raise InvalidInput("nothing is chosen; choose at least one", key=setting.path)
    return [setting.options[label] for label in setting.options if label in value]
