"""Batch: everything crossed with everything, as a file, a run here, or an earlier run."""

import streamlit as st

from planner.ui.in_hand import in_hand
from planner.ui.sections import batch_earlier, batch_run, batch_vary


def main() -> None:
    """A new batch around the scenario in hand, and a finished run."""
    held = in_hand()
    st.title("What if several things differ at once?", anchor=False)
    new, earlier = st.tabs(["New batch", "Earlier runs"])
    asked = batch_vary.show(new, held)
    if asked is not None:
        batch_run.show(new, asked)
    batch_earlier.show(earlier, asked.key if asked else "")


main()
