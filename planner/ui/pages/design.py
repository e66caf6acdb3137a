"""Design: how many people, and how power grows with them."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import PlannerError
from planner.scenario import Scenario, load_scenario, scenario_toml
from planner.ui import charts, fields, state

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.search.result import SampleSize

NOT_A_DIFFERENCE = (
    "A result significant in one sex and not in the other is not a difference between them."
)


def main() -> None:
    """Widgets → draft → simulate → show."""
    name = st.sidebar.selectbox(
        "Starter scenario",
        state.starter_names(),
        key=state.STARTER,
        persist_state="session",
        help="A complete trial to start from. Each keeps your changes until you reset it.",
    )
    base, panel = load_scenario(name), fields.Panel(name)
    st.title("How many people, and with what design?", anchor=False)
    for place, item in zip(st.columns(4), fields.planned(base), strict=True):
        panel.draw(place, item)
    left, right = st.columns([0.34, 0.66], gap="medium")
    for item in fields.assumed(base, panel.values[fields.DESIGN]):
        panel.draw(left.container(), item)
    results, below = right.container(), st.container()
    fitting = state.fitting_range(base, base.plan.hypotheses[0].name)
    settings = [fields.sizes_shown(fitting), *fields.simulated(base)]
    for place, item in zip(right.columns([0.5, 0.25, 0.25]), settings, strict=True):
        panel.draw(place, item)
    draft = state.Draft(name, base, fields.all_changes(panel, base))
    try:
        show(draft, panel, results, below)
    except PlannerError as problem:
        panel.report(problem, results)


def show(
    draft: state.Draft, panel: fields.Panel, results: "DeltaGenerator", below: "DeltaGenerator"
) -> None:
    """Simulate the draft and show what it says."""
    scenario, hypothesis = draft.build(), panel.values[fields.HYPOTHESIS]
    shown = fields.hypothesis_label(hypothesis)
    identity(draft, scenario, panel)
    answer = state.sample_size(scenario, hypothesis)
    headline(answer, shown)
    numbers(results, answer, scenario)
    low, high = panel.values[fields.SIZES]
    sizes = state.sizes_between(low, high, scenario)
    table = charts.power_table(state.power_curve(scenario, sizes), fields.hypothesis_label)
    marked = answer.n_randomised if answer.status == "found" else None
    results.altair_chart(
        charts.power_chart(table, shown, 100 * answer.power_target, marked, state.theme()),
        key="power",
        alt=charts.takeaway(table, shown, answer),
    )
    results.caption(charts.READING + (f" {NOT_A_DIFFERENCE}" if scenario.by_sex else ""))
    if marked and not sizes[0] <= marked <= sizes[-1]:
        fit = fields.nearest_sizes(state.fitting_range(scenario, hypothesis))
        results.button(
            f"Show the range around N = {charts.thousands(marked)}",
            on_click=panel.put,
            args=(fields.SIZES, fit),
        )
    with below.expander("Show data"):
        st.dataframe(charts.data_shown(table), hide_index=True, height=320)
    below.caption("The same numbers from the command line:")
    below.code(draft.command(sizes), language=None, wrap_lines=True)


def identity(draft: state.Draft, scenario: Scenario, panel: fields.Panel) -> None:
    """Which scenario this is, and its file."""
    side, short = st.sidebar, scenario.short_fingerprint
    side.caption(f"{scenario.label}  \nFingerprint `{short}`")
    row = side.container(horizontal=True)
    row.download_button(
        "Save (TOML)",
        partial(scenario_toml, scenario),
        file_name=f"{draft.name}-{short}.toml",
        mime="application/toml",
        on_click="ignore",
        help="The scenario with your changes, as a file for the command line.",
    )
    row.button("Reset", on_click=panel.reset, help="Back to the starter scenario.")
    side.divider()


def headline(answer: "SampleSize", shown: str) -> None:
    """The number of people, and how sure."""
    side = st.sidebar
    side.metric(
        "People to randomise · simulated",
        charts.people(answer),
        f"power {charts.percent(answer.power.value)} {charts.error(answer.power)}",
        delta_color="off",
        delta_arrow="off",
        help="Smallest balanced trial that reaches the power target, found and confirmed by "
        "simulation with fresh trials, with the assumed dropout.",
    )
    side.markdown(charts.breakdown(answer, shown))


def numbers(place: "DeltaGenerator", answer: "SampleSize", scenario: Scenario) -> None:
    """Power, its closed form, type I error and interval at the size found."""
    figures = charts.numbers_at(answer, state.planned_level(scenario, answer.hypothesis))
    for column, figure in zip(place.columns(len(figures)), figures, strict=True):
        column.metric(delta_color="off", delta_arrow="off", **figure)


main()
