"""What the share of women does to the four questions."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts.sex_share import data_shown, share_chart, share_table, takeaway
from planner.charts.style import thousands
from planner.ui import sexes_answers as answers
from planner.ui import state
from planner.ui.drawing import draw_chart

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.sex_questions import SexQuestions
    from planner.ui.fields.field import Field
    from planner.ui.fields.panel import Panel


def show(
    place: "DeltaGenerator", asked: "SexQuestions", n: int, control: "tuple[Panel, Field]"
) -> None:
    """The slider of the scenario, and power along it at the N in hand."""
    from planner.operating.sex_questions import SHARES

    place.header("What does the share of women do?", anchor=False)
    panel, item = control
    panel.draw(place.container(), item)
    scenario = asked.scenario
    planned = scenario.truth.female_share
    assert planned is not None
    table = share_table(SHARES, answers.by_share(asked, n))
    target = 100 * scenario.plan.power_targets[0]
    draw_chart(
        place,
        share_chart(table, 100 * planned, target, state.theme()),
        key="sex_share",
        alt=takeaway(table, n),
    )
    of_test = " of the test with the same likelihood" if answers.bayesian(scenario) else ""
    place.caption(
        f"Formula{of_test}, each question at its own level, with N = {thousands(n)}, which stays "
        "as it is along the chart; steps come from whole people. The effects in women and in men "
        "stay too, so the overall effect moves with the share. The difference is best seen with "
        "as many women as men. The slider is that of the Design page: moving it changes the "
        "scenario, and N."
    )
    with place.expander("Show data"):
        st.dataframe(data_shown(table), hide_index=True, height=320)
