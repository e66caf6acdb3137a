"""Design: how many people, and how power grows with them."""

from functools import partial

import streamlit as st

from planner.errors import PlannerError
from planner.plan.hypothesis import TwoSided
from planner.scenario import Scenario, scenario_toml
from planner.search.result import SampleSize
from planner.ui import charts, fields, state

CAPTION = (
    "A result significant in one sex and not in the other is not a difference between them."
)


def main() -> None:
    """Widgets → draft → simulate → show."""
    name = st.sidebar.selectbox(
        "Starter scenario",
        state.starter_names(),
        key=state.STARTER,
        persist_state="session",
        help="A complete trial to start from; each keeps your changes until you reset it.",
    )
    base = state.starter(name)
    st.title("Design", anchor=False)
    panel = fields.Panel(name)
    for place, item in zip(st.columns(4), fields.planned(base), strict=True):
        panel.draw(place, item)
    left, right = st.columns([0.34, 0.66], gap="medium")
    for item in fields.assumed(base, panel.values[fields.DESIGN]):
        panel.draw(left.container(), item)
    answer, picture = right.container(), right.container()
    panel.draw(right.container(), fields.sizes_shown(state.fitting_range(base)))
    for place, item in zip(right.columns(2), fields.simulated(base), strict=True):
        panel.draw(place, item)
    draft = state.Draft(name, base, panel)
    try:
        scenario = draft.build()
        show_headline(panel, scenario)
        ...
    except PlannerError as problem:
        panel.report(problem, picture)


main()
