"""What moves the power at a fixed size: one assumption at a time."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts import tornado
from planner.charts.style import percent, thousands
from planner.errors import PlannerError
from planner.ui import compare_answers, state
from planner.ui.drawing import draw_chart
from planner.ui.fields import compare
from planner.ui.fields.names import DESIGN
from planner.ui.fields.truth import CARRYOVER, assumed, on_design

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.search.one_way import OneWay
    from planner.ui.fields.panel import Panel
    from planner.ui.in_hand import InHand

READING = (
    "One assumption moves at a time and the others stay as planned, so the bars do not add up, and "
    "together things can be worse: see the stress scenarios under Designs. A wide bar may mean "
    "that the assumption matters or that little is known of it. Solid line: power as planned, "
    "{planned}. Dashed line: target, {target}. All power is {source}."
)


def show(tab: "DeltaGenerator", held: "InHand", panel: "Panel") -> None:
    """The assumptions' sliders at the left, the bars at the right."""
    left, right = tab.columns([0.3, 0.7], gap="medium")
    for item in assumed(held.draft.base, held.panel.values[DESIGN]):
        if on_design(item) or item.path == CARRYOVER:
            held.panel.draw(left.container(), item)
    scenario, hypothesis = held.scenario, held.hypothesis
    found = state.sample_size(scenario, hypothesis).n_randomised
    first, second = right.columns(2)
    panel.draw(first, compare.fixed_size(held.name, found))
    panel.draw(second, compare.ranges(scenario, held.name))
    n = panel.values[compare.N]
    if n != found:
        right.button(
            f"Fix N at the size found, {thousands(found)}",
            on_click=panel.put,
            args=(compare.N, found, held.name),
        )
    try:
        result = compare_answers.one_way(scenario, hypothesis, n, panel.values[compare.RANGES])
    except PlannerError as problem:
        panel.report(problem, right)
        return
    draw(right, held, result)
    right.caption("The same numbers from the command line:")
    right.code(
        compare_answers.swings_command(held.draft, hypothesis, n, panel.values[compare.RANGES]),
        language=None,
        wrap_lines=True,
    )


def draw(place: "DeltaGenerator", held: "InHand", result: "OneWay") -> None:
    """Chart, reading and data."""
    scenario = held.scenario
    table = tornado.swing_table(result, scenario.truth.endpoint)
    planned, target = 100 * result.planned, 100 * scenario.plan.power_targets[0]
    place.markdown(
        f"Power for **{held.shown}** with N = {thousands(result.n_subjects)}, over the range of "
        "each assumption."
    )
    draw_chart(
        place,
        tornado.tornado_chart(table, planned, target, state.theme()),
        key="tornado",
        alt=tornado.takeaway(table, planned),
    )
    simulated = result.n_trials > 0
    source = (
        f"simulated, {thousands(result.n_trials)} trials, up to ± {100 * result.mcse:.1f} MCSE"
        if simulated
        else "by the formula, with the assumed dropout"
    )
    place.caption(
        READING.format(planned=percent(result.planned), target=percent(target / 100), source=source)
    )
    with place.expander("Show data"):
        st.dataframe(tornado.data_shown(table, simulated), hide_index=True)
