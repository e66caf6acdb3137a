"""The Streamlit front end: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from planner import ui
from planner.ui import link, page_turn, state

PAGES = {
    "start": "Start",
    "design": "Design",
    "assumptions": "Assumptions",
    "evidence": "Evidence",
    "women_and_men": "Women and men",
    "operating": "Operating characteristics",
    "compare": "Compare",
    "batch": "Batch",
    "report": "Report",
}


def main() -> None:
    """Set up the browser tab and run the chosen page."""
    st.set_page_config(
        page_title="planner: sample size of crossover trials",
        page_icon="📐",
        layout="wide",
        initial_sidebar_state=310,
    )
    state.warm()
    link.read()
    folder = Path(ui.__file__).parent / "pages"
    pages = [st.Page(folder / f"{name}.py", title=title) for name, title in PAGES.items()]
    page_turn.run(st.navigation(pages, position="top"))


main()
