"""The library of studies: a forest plot of one quantity, and its table."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts.forest import forest_chart, takeaway
from planner.ui import state
from planner.ui.drawing import draw_chart
from planner.ui.evidence import library
from planner.ui.fields.evidence import QUANTITY, quantity

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.ui.fields.panel import Panel

READING = (
    "Point and line: value and its interval, standard errors or range as the source has them; no "
    "line: none given. Reported: read in the source. Reported, secondary: read in a report about "
    "it. Derived: computed by a formula that is kept. Assumed: a judgement. Signs are those of the "
    "source."
)


def show(tab: "DeltaGenerator", panel: "Panel") -> None:
    """A chart per unit, and everything that is known of the numbers as a table."""
    panel.draw(tab.columns([0.34, 0.66])[0], quantity())
    name = panel.values[QUANTITY]
    label, table = library.quantity_label(name), library.entry_table(name)
    tab.caption(f"{library.quantity_meaning(name)} {READING}")
    for i, unit in enumerate(library.units(table)):
        rows = table[table["unit"] == unit]
        legend = library.flags(table) if i == 0 else ()
        draw_chart(
            tab,
            forest_chart(rows, f"{label} ({unit})", state.theme(), legend),
            key=f"forest {unit}",
            alt=takeaway(rows, label),
        )
    with tab.expander("Show data"):
        link = st.column_config.LinkColumn(display_text=r"https://doi\.org/(.*)")
        st.dataframe(
            library.table_shown(table), hide_index=True, column_config={"DOI": link}, key="entries"
        )
