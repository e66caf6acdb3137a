"""What every page starts from: the scenario in hand, shown in the sidebar."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import PlannerError
from planner.ui import recent, sidebar, state
from planner.ui.draft import recall
from planner.ui.fields.names import HYPOTHESIS
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.ui.draft import Draft
    from planner.ui.fields.panel import Panel


@dataclass(frozen=True, slots=True)
class InHand:
    """A scenario that can be used.

    Parameters
    ----------
    name : of the scenario it started from.
    draft, panel : what the controls have changed, and the controls.
    scenario : with these changes.
    hypothesis, shown : the hypothesis that the size is for, and its label.
    """

    name: str
    draft: "Draft"
    panel: "Panel"
    scenario: "Scenario"
    hypothesis: str
    shown: str


def in_hand() -> InHand:
    """The scenario of the session with its headline; a bad one ends the page in one sentence."""
    name = sidebar.starter()
    try:
        draft, panel = recall(name)
        scenario = draft.build()
        hypothesis = panel.values[HYPOTHESIS]
        shown = hypothesis_label(hypothesis)
        sidebar.identity(draft, scenario, panel)
        answer = state.sample_size(scenario, hypothesis)
        sidebar.headline(answer, shown)
        recent.note(name, scenario, shown, answer)
    except PlannerError as problem:
        st.error(f"The scenario cannot be used: {problem}. Change it under Design.")
        st.stop()
    return InHand(name, draft, panel, scenario, hypothesis, shown)
