"""Start: what the app is for, where to begin, and what was looked at."""

import streamlit as st

from planner.ui.in_hand import in_hand
from planner.ui.sections import starters

QUESTION = (
    "A crossover trial gives every person both treatments, so each is their own control. This app "
    "computes the number of people such a trial needs, simulates the planned analysis to say how "
    "sure that number is, and shows what becomes of it in women, in men and when an assumption is "
    "wrong."
)
PRIVATE = (
    "Nothing leaves this machine: the app runs here, loads nothing from elsewhere, and keeps what "
    "you open only while the tab is open."
)
STEPS = (
    ("Choose", "Open a scenario below, or a file of your own in the sidebar."),
    (
        "Ask",
        "Under Design and Assumptions, move what you would plan or believe otherwise; the sidebar "
        "follows.",
    ),
    (
        "Read",
        "Every number says where it is from: *formula*, *simulated* with its Monte-Carlo standard "
        "error (± MCSE), or *assumed*.",
    ),
)


def main() -> None:
    """The question, three steps, the scenarios and the runs of the session."""
    in_hand()
    st.title("How many people does a crossover trial need?", anchor=False)
    st.markdown(QUESTION)
    st.markdown(PRIVATE)
    for number, (place, (verb, words)) in enumerate(
        zip(st.columns(3, gap="medium"), STEPS, strict=True), start=1
    ):
        place.markdown(f"**{number}. {verb}.** {words}")
    st.header("Start from a scenario", anchor=False)
    starters.show(st.container())
    st.header("Looked at in this session", anchor=False)
    starters.recent_runs(st.container())


main()
