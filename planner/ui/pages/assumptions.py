"""Assumptions: what is taken for granted about nature, and what hangs on it."""

import streamlit as st

from planner.ui import state
from planner.ui.fields.names import DESIGN
from planner.ui.fields.truth import assumed
from planner.ui.in_hand import in_hand
from planner.ui.sections import citations, flow, reviewer

READING = (
    "Assumed: a judgement. Derived: computed from reported numbers by a formula that is kept. "
    "Reported: read in the source. Once moved, a value is assumed. Most of these controls stand on "
    "the Design page as well."
)


def main() -> None:
    """Controls with their sources; participant flow; one assumption changed by a reviewer."""
    held = in_hand()
    st.title("What is assumed, on what grounds, and what hangs on it?", anchor=False)
    answer = state.sample_size(held.scenario, held.hypothesis)
    grounds, people, review = st.tabs(["Assumptions", "Participant flow", "As a reviewer"])
    base = held.draft.base
    items = assumed(base, held.panel.values[DESIGN])
    grounds.caption(citations.setting(held.scenario))
    numbers = citations.show(grounds, items, base, held.panel)
    grounds.caption(READING)
    people.header("How many people are expected to be there in every period?", anchor=False)
    flow.show(people, held.scenario, answer.n_randomised)
    people.caption("The same numbers from the command line:")
    line = held.draft.command("flow", "--n", str(answer.n_randomised))
    people.code(line, language=None, wrap_lines=True)
    review.header("As a reviewer: change one assumption", anchor=False)
    reviewer.show(review, held, numbers)


main()
