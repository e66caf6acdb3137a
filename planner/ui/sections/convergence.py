"""How power and type I error settle as trials are added."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planner.charts.convergence import convergence_chart, convergence_table, takeaway
from planner.operating.convergence import NULL, PLANNING, Trace
from planner.ui import state
from planner.ui.drawing import draw_chart
from planner.words.hypotheses import level_in_words, planned_level

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.characteristics import OperatingCharacteristics
    from planner.scenario import Scenario

READING = (
    "Lines: running estimates, simulated, ± 2 MCSE: a band for the first analysis, thin lines for "
    "the other. It narrows with the square root of the trials: four times as many halve it. It is "
    "the simulation's error alone; how wrong the assumptions may be does not shrink with it. "
    "Neighbouring points share their trials."
)


def show(
    tab: "DeltaGenerator",
    trace: Trace,
    trial: "OperatingCharacteristics",
    hypothesis: str,
    scenario: "Scenario",
) -> None:
    """Power and type I error of a hypothesis beside each other."""
    lines = {
        PLANNING: ("Power (%)", _formula(trial, hypothesis)),
        NULL: ("Type I error (%)", _level(scenario, hypothesis)),
    }
    tables = {truth: convergence_table(trace, hypothesis, truth) for truth in lines}
    for place, (truth, (title, line)) in zip(
        tab.columns(2, gap="medium"), lines.items(), strict=True
    ):
        draw_chart(
            place,
            convergence_chart(tables[truth], title, line, state.theme()),
            key=f"convergence {truth}",
            alt=takeaway(tables[truth], title.removesuffix(" (%)")),
        )
    tab.caption(READING)
    with tab.expander("Show data"):
        named = [table.assign(measure=lines[truth][0]) for truth, table in tables.items()]
        st.dataframe(pd.concat(named).round(3), hide_index=True, key="convergence data")


def _formula(trial: "OperatingCharacteristics", hypothesis: str) -> tuple[float, str] | None:
    """Closed-form power of the first analysis that has one, in %, with its name."""
    for result in (trial, *trial.others):
        oracle = result[hypothesis].oracle
        if oracle is not None:
            of = "" if result is trial else " of the test"
            return 100 * oracle.value, f"formula{of} {100 * oracle.value:.1f} %"
    return None


def _level(scenario: "Scenario", hypothesis: str) -> tuple[float, str]:
    """What the type I error is compared with, in %, with its name."""
    return 100 * planned_level(scenario, hypothesis), level_in_words(scenario, hypothesis)
