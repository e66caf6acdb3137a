"""Evidence: what is known, and what follows from it for the plan."""

import streamlit as st

from planner.errors import PlannerError
from planner.ui import sidebar, state
from planner.ui.draft import pooled_prior, recall
from planner.ui.fields.names import HYPOTHESIS
from planner.ui.fields.panel import Panel
from planner.ui.sections import library, pilots, pooling, two_priors
from planner.words.hypotheses import hypothesis_label


def main() -> None:
    """The library, the pooled prior, the pilots, and the two priors of the plan."""
    name, panel = sidebar.starter(), Panel("evidence")
    st.title("What is known, and what follows from it?", anchor=False)
    notice = st.container()
    known, pool, pilot, two = st.tabs(
        ["Library", "Pooled prior", "Pilots", "Design and analysis prior"]
    )
    library.show(known, panel)
    pilots.show(pilot)
    try:
        draft, design = recall(name)
        scenario = draft.build()
        sidebar.identity(draft, scenario, design)
        two_priors.show(two, scenario, pooled_prior(name))
        pooling.show(pool, panel, scenario, name)
        hypothesis = design.values[HYPOTHESIS]
        sidebar.headline(state.sample_size(scenario, hypothesis), hypothesis_label(hypothesis))
    except PlannerError as problem:
        notice.error(f"The scenario cannot be used: {problem}. Change it under Design.")


main()
