"""What stands beside every page: the scenario, its file, and the number of people."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planner.charts import figures
from planner.charts.style import error, percent
from planner.scenario import scenario_toml
from planner.ui import link, opened
from planner.words.prose import escaped

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.search.result import SampleSize
    from planner.ui.draft import Draft
    from planner.ui.fields.panel import Panel


def starter() -> str:
    """The scenario that the user has chosen, or opened from a file."""
    side = st.sidebar
    name: str = side.selectbox(
        "Scenario",
        opened.names(),
        key=opened.STARTER,
        persist_state="session",
        help="A complete trial to start from. Each keeps your changes until you reset it.",
    )
    with side.expander("Open a file"):
        st.file_uploader(
            "Open a scenario",
            type=["toml", "json"],
            key=opened.UPLOAD,
            on_change=opened.open_upload,
            max_upload_size=5,
            help="A scenario file (TOML or JSON), as Save or `planner scenario init` writes it. "
            "It is read on this machine and not kept.",
        )
    for problem in (opened.upload_problem(), link.problem()):
        if problem:
            side.error(problem)
    return name


def identity(draft: "Draft", scenario: "Scenario", panel: "Panel") -> None:
    """Which scenario this is, and its file."""
    side, short = st.sidebar, scenario.short_fingerprint
    side.caption(
        f"{escaped(scenario.label)}  \nFingerprint `{short}`",
        help="Letters and digits computed from everything in the scenario, the simulated trials "
        "and the seed: the same fingerprint gives the same numbers.",
    )
    row = side.container(horizontal=True)
    row.download_button(
        "Save (TOML)",
        partial(scenario_toml, scenario),
        file_name=draft.saved,
        mime="application/toml",
        on_click="ignore",
        help="The scenario with your changes, as a file for the command line.",
    )
    row.button("Reset", on_click=panel.reset, help="Back to the scenario as it was opened.")
    text = link.write(panel)
    with row.popover("Link", help="An address that brings this scenario back, on this machine."):
        st.code(f"{st.context.url or ''}?{link.PARAMETER}={text}", language=None, wrap_lines=True)
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
    side.markdown(
        figures.breakdown(answer, shown),
        help="Evaluable: people who complete every period, without dropout. Randomised: so many "
        "more that the power is reached with the assumed dropout. The interval of the evaluable "
        "number is from the finite number of simulated trials; it says nothing of wrong "
        "assumptions.",
    )
