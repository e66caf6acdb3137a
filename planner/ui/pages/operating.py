"""Operating characteristics: how often the plan decides rightly, by both schools."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import PlannerError
from planner.operating.both_schools import with_both_schools
from planner.ui import operating_answers, state
from planner.ui.fields import operating
from planner.ui.fields.names import TRIALS
from planner.ui.fields.panel import Panel
from planner.ui.in_hand import InHand, in_hand
from planner.ui.sections import convergence, job, replay, side_by_side, stress

if TYPE_CHECKING:
    from planner.operating.blocks import Step
    from planner.operating.characteristics import OperatingCharacteristics
    from planner.scenario import Scenario

TABS = ("Side by side", "Convergence", "Stress scenarios", "Replay a trial")
ADDED = (
    "The plan's rule is a test. The posterior beside it has priors that say as little as possible; "
    "choose the Bayesian rule under Design for others."
)


def main() -> None:
    """Controls, a quick answer at once, a long run on demand, and the tabs."""
    held, panel = in_hand(), Panel("operating")
    st.title("How often does the plan decide rightly?", anchor=False)
    both = with_both_schools(held.scenario)
    found = state.sample_size(held.scenario, held.hypothesis).n_randomised
    row = st.columns([0.17, 0.18, 0.24, 0.41])
    run = row[2].container(height="stretch", vertical_alignment="bottom")
    panel.draw(row[0], operating.people(both, held.name, found))
    panel.draw(row[1], operating.long_run())
    panel.draw(row[3], operating.hypothesis(both, held.name, held.hypothesis))
    below, n = st.container(), int(panel.values[operating.N])
    try:
        with st.spinner("Simulating", show_time=True):
            quick = state.power_at(both, n)
    except PlannerError as problem:
        panel.report(problem, below)
        return
    step = job.show(run, below, both, n, panel)
    show(panel, both, quick, step)
    if both is not held.scenario:
        st.caption(ADDED)
    st.caption("The same power and type I error from the command line:")
    st.code(command(held, both, n, step), language=None, wrap_lines=True)


def show(
    panel: Panel, both: "Scenario", quick: "OperatingCharacteristics", step: "Step | None"
) -> None:
    """The tabs; only the open one computes."""
    shown, n = panel.values[operating.SHOWN], quick.n_subjects
    result = step.so_far if step else quick
    one, two, three, four = st.tabs(TABS, key="operating:tab", on_change="rerun")
    open_tab = next(tab for tab in (one, two, three, four) if tab.open)
    try:
        with st.spinner("Simulating", show_time=True):
            if one.open:
                assurance = operating_answers.assurance_at(both, n)
                side_by_side.show(one, result, shown, both, assurance)
            elif two.open:
                trace = step.trace if step else operating_answers.trace_at(both, n)
                convergence.show(two, trace, result, shown, both)
            elif three.open:
                stress.show(three, both, n, shown)
            else:
                replay.show(four, panel, both.with_changes({TRIALS: result.n_trials}), n)
    except PlannerError as problem:
        panel.report(problem, open_tab)


def command(held: InHand, both: "Scenario", n: int, step: "Step | None") -> str:
    """The command line that prints the same table."""
    others = [other.plain() for other in both.plan.other_analyses]
    changes = {**held.draft.changes, "plan.other_analyses": others}
    if step:
        changes[TRIALS] = step.of
    return replace(held.draft, changes=changes).command("power", "--n", str(n))


main()
