"""What stands beside every page: the scenario, its file, and the number of people."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planner.scenario import scenario_toml
from planner.ui import state
from planner.ui.charts import figures
from planner.ui.charts.style import error, percent

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.search.result import SampleSize
    from planner.ui.draft import Draft
    from planner.ui.fields.panel import Panel


def starter() -> str:
    """The starter scenario that the user has chosen."""
    return st.sidebar.selectbox(
        "Starter scenario",
        state.starter_names(),
        key=state.STARTER,
        persist_state="session",
        help="A complete trial to start from. Each keeps your changes until you reset it.",
    )


def identity(draft: "Draft", scenario: "Scenario", panel: "Panel") -> None:
    """Which scenario this is, and its file."""
    side, short = st.sidebar, scenario.short_fingerprint
    side.caption(f"{scenario.label}  \nFingerprint `{short}`")
    row = side.container(horizontal=True)
    row.download_button(
        "Save (TOML)",
        partial(scenario_toml, scenario),
        file_name=f"{draft.name}-{short}.toml",
        mime="application/toml",
        on_click="ignore",
        help="The scenario with your changes, as a file for the command line.",
    )
    row.button("Reset", on_click=panel.reset, help="Back to the starter scenario.")
    side.divider()


def headline(answer: "SampleSize", shown: str) -> None:
    """The number of people, and how sure."""
    side = st.sidebar
    side.metric(
        "People to randomise · simulated",
        figures.people(answer),
        f"power {percent(answer.power.value)} {error(answer.power)}",
        delta_color="off",
        delta_arrow="off",
        help="Smallest balanced trial that reaches the power target, found and confirmed by "
        "simulation with fresh trials, with the assumed dropout.",
    )
    side.markdown(figures.breakdown(answer, shown))
