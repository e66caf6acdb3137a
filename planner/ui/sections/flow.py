"""Expected participant flow by sequence, period and sex: chart, formula and table."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts.flow import flow_chart, flow_shown, flow_table, takeaway
from planner.ui import assumptions_answers, state
from planner.ui.drawing import draw_chart

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario

FORMULA = (
    "Formula: of n people of a sequence and sex, n × (1 − h₁) × … × (1 − hₚ₋₁) have an outcome in "
    "period p, where h is the assumed share that leaves after a period. Exact for leaving "
    "completely at random; a single trial varies around it, by the SD and the range in the "
    "tooltip. People who leave still count with what was observed of them, if the analysis uses it."
)


def show(place: "DeltaGenerator", scenario: "Scenario", n: int) -> None:
    """Who is expected to be there in every period, with `n` people randomised."""
    table = flow_table(assumptions_answers.flow(scenario, n), scenario.plan.treatments)
    place.markdown(takeaway(table, n))
    left, right = place.columns([0.58, 0.42], gap="medium")
    draw_chart(left, flow_chart(table, state.theme()), key="flow", alt=takeaway(table, n))
    with right:
        shown = flow_shown(table)
        tenths = st.column_config.NumberColumn(format="%.1f")
        columns = dict.fromkeys(shown.columns[2:], tenths)
        st.dataframe(shown, hide_index=True, column_config=columns, key="flow table")
    place.caption(FORMULA)
