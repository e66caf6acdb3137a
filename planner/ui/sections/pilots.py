"""The pilots looked back on: what they could find, and what becomes of an estimate."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts.pilots import PANELS, pilots_chart
from planner.ui import state
from planner.ui.drawing import draw_chart
from planner.ui.evidence import pilots

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

READING = (
    "Derived from each pilot's size, two-sided level 5 %, for assumed true effects. It judges what "
    "a study of that size could find, not whether its result is true: a large type M does not show "
    "that there is no effect, and power at a pilot's own estimate says nothing that its p-value "
    "does not. It says that a significant estimate from so few people is too large on average, and "
    "so no basis for a sample size as it stands."
)
WILLIAMS = (
    "Williams 2018 published no test statistic and stopped early, so only its size is judged. "
    "Effects are in SDs of the within-person difference (d_z); points at the planning SD."
)


def show(tab: "DeltaGenerator") -> None:
    """Power, type M and type S side by side, then the numbers and the readings."""
    table, planned = pilots.curve_table(), pilots.planned_effect()
    tab.markdown(pilots.takeaway())
    for place, column in zip(tab.columns(len(PANELS)), PANELS, strict=True):
        draw_chart(
            place,
            pilots_chart(table, column, planned, state.theme()),
            key=column,
            alt=f"{PANELS[column]} by true effect. {pilots.takeaway()}",
        )
    tab.caption(f"{READING} {WILLIAMS}")
    tab.header("How the planned effect follows from the pilot", anchor=False)
    tab.table(pilots.readings_shown().set_index("reading"))
    tab.caption(pilots.planned_words())
    with tab.expander("Show data"):
        st.dataframe(pilots.table_shown().round(3), hide_index=True, key="retrodesign")
