"""Design: how many people, and how power grows with them."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts import power, power_table
from planner.charts.style import thousands
from planner.errors import PlannerError
from planner.ui import opened, recent, sidebar, state
from planner.ui.draft import Draft, all_changes, grid
from planner.ui.drawing import draw_chart
from planner.ui.fields.names import HYPOTHESIS, POSTERIOR, RULE, SIZES
from planner.ui.fields.panel import Panel
from planner.ui.fields.plan import planned
from planner.ui.fields.protocol import said
from planner.ui.fields.simulation import nearest_sizes, simulated, sizes_shown
from planner.ui.fields.solve import GIVEN_N, PEOPLE, SOLVE, given_people, solved_for
from planner.ui.sections import controls, numbers, schedule, solved
from planner.words.conclusions import NOT_A_DIFFERENCE
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario

ANY_SIZE = 40


def main() -> None:
    """Widgets → draft → simulate → show."""
    name = sidebar.starter()
    base, panel = opened.base(name), Panel(name)
    title, working = st.columns([0.75, 0.25], vertical_alignment="center")
    title.title("How many people, and with what design?", anchor=False)
    for place, item in zip(
        st.columns([0.18, 0.25, 0.16, 0.19, 0.22]), planned(base, panel), strict=True
    ):
        panel.draw(place, item)
    left, right = st.columns([0.34, 0.66], gap="medium")
    controls.show(left, base, panel)
    start = starting_size(base)
    fitting = state.around(start)
    solve, given = right.columns([0.75, 0.25])
    panel.draw(solve, solved_for())
    if panel.values[SOLVE] != PEOPLE:
        panel.draw(given, given_people(start))
    results, below = right.container(), st.container()
    settings = [sizes_shown(fitting), *simulated(base, panel.values)]
    for place, item in zip(right.columns([0.5, 0.25, 0.25]), settings, strict=True):
        panel.draw(place, item)
    panel.recall(said(base))
    try:
        draft = Draft(name, base, all_changes(panel, base))
        with working, st.spinner("Simulating", show_time=True):
            show(draft, panel, results, below)
    except PlannerError as problem:
        panel.report(problem, results)


def starting_size(base: "Scenario") -> int:
    """Where the controls of N start; some number where the scenario allows none, as `show` says."""
    try:
        return state.formula_size(base, base.plan.hypotheses[0].name)
    except PlannerError:
        return ANY_SIZE


def show(draft: Draft, panel: Panel, results: "DeltaGenerator", below: "DeltaGenerator") -> None:
    """Simulate the draft and show what it says."""
    scenario, hypothesis = draft.build(), panel.values[HYPOTHESIS]
    shown, both = hypothesis_label(hypothesis), panel.values[RULE] == POSTERIOR
    sidebar.identity(draft, scenario, panel)
    answer = state.sample_size(scenario, hypothesis)
    sidebar.headline(answer, shown)
    recent.note(draft.name, scenario, shown, answer)
    match panel.values[SOLVE]:
        case "power":
            solved.power(results, scenario, hypothesis, panel.values[GIVEN_N])
        case "effect":
            solved.effect(results, scenario, hypothesis, panel.values[GIVEN_N])
        case _:
            numbers.show(results, answer, scenario, both=both)
    low, high = panel.values[SIZES]
    sizes = state.sizes_between(low, high, scenario)
    curve = state.power_curve(scenario, sizes)
    table = power_table.power_table(curve, hypothesis_label, both=both)
    lines, main_line = power_table.drawn(table, shown), power_table.POSTERIOR if both else shown
    marked = answer.n_randomised if answer.status == "found" else None
    draw_chart(
        results,
        power.power_chart(lines, main_line, 100 * answer.power_target, marked, state.theme()),
        key="power",
        alt=power_table.takeaway(lines, shown, answer),
    )
    words = power_table.reading(curve, both=both)
    results.caption(words + (f" {NOT_A_DIFFERENCE}" if scenario.by_sex else ""))
    if marked and not sizes[0] <= marked <= sizes[-1]:
        results.button(
            f"Show the range around N = {thousands(marked)}",
            on_click=panel.put,
            args=(SIZES, nearest_sizes(state.around(marked))),
        )
    grounds = below.expander("Schedule and formula", key="grounds", on_change="rerun")
    if grounds.open:
        schedule.show(grounds, scenario, answer, hypothesis)
    with below.expander("Show data"):
        st.dataframe(power_table.data_shown(table), hide_index=True, height=320)
    below.caption("The same numbers from the command line, those of the chart first:")
    for line in (draft.command("power", "--n", grid(sizes)), solved.command(draft, panel.values)):
        below.code(line, language=None, wrap_lines=True)


main()
