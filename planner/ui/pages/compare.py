"""Compare: designs beside each other, and what if the assumptions are wrong."""

import streamlit as st

from planner.ui.fields.compare import PANEL
from planner.ui.fields.panel import Panel
from planner.ui.in_hand import in_hand
from planner.ui.sections import compare_designs, compare_grid, compare_tornado


def main() -> None:
    """Designs, the map of people × effect, and the tornado."""
    held, panel = in_hand(), Panel(PANEL)
    st.title("Which design, and what if we are wrong?", anchor=False)
    designs, grid, swings = st.tabs(["Designs", "People × effect", "One assumption at a time"])
    compare_designs.show(designs, held, panel)
    compare_grid.show(grid, held)
    compare_tornado.show(swings, held, panel)


main()
