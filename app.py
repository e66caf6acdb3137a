"""The Streamlit front end: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from planner import ui
from planner.ui import state

PAGES = ("design", "evidence")


def main() -> None:
    """Set up the browser tab and run the chosen page."""
    st.set_page_config(
        page_title="planner: sample size of crossover trials",
        page_icon="📐",
        layout="wide",
        initial_sidebar_state=270,
    )
    state.warm()
    folder = Path(ui.__file__).parent / "pages"
    pages = [st.Page(folder / f"{name}.py", title=name.capitalize()) for name in PAGES]
    st.navigation(pages, position="top").run()


main()
