"""Power over people × true effect."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts import heat_map
from planner.charts.style import percent, thousands
from planner.errors import PlannerError
from planner.ui import compare_answers, state
from planner.ui.drawing import draw_chart
from planner.ui.fields.truth import effect_unit

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.search.effect_grid import EffectGrid
    from planner.ui.in_hand import InHand

READING = (
    "Number in a cell: power in %, rounded, {source}. Heavy line: from there on power reaches the "
    "target of {target}. Ring: the planned effect and the size found. The effect is that assumed "
    "of nature, not what a trial will estimate; a size is chosen for the smallest effect worth "
    "finding, not for the largest that would be welcome."
)
FORMULA = "by the formula, with the assumed dropout"


def show(tab: "DeltaGenerator", held: "InHand") -> None:
    """The map; behind a button where every cell has to be simulated."""
    scenario, hypothesis = held.scenario, held.hypothesis
    formula = compare_answers.has_formula(scenario, hypothesis)
    tab.markdown(
        f"Power for **{held.shown}** by number of people and true effect, all else as planned."
    )
    key = f"compare:map:{scenario.fingerprint()}:{hypothesis}"
    if not formula and not st.session_state.get(key):
        tab.caption("This decision rule has no closed form, so every cell is simulated.")
        if not tab.button("Simulate the map", help="Takes several seconds."):
            return
        st.session_state[key] = True
    answer = state.sample_size(scenario, hypothesis)
    size = answer.n_randomised if answer.status == "found" else None
    middle = size or state.formula_size(scenario, hypothesis)
    try:
        with tab, st.spinner("Computing the map", show_time=True):
            grid = compare_answers.effect_grid(scenario, hypothesis, middle)
    except PlannerError as problem:
        tab.error(f"The map cannot be drawn: {problem}")
        return
    draw(tab, held, grid, size)
    tab.caption("The same numbers from the command line:")
    line = compare_answers.grid_command(held.draft, hypothesis, middle)
    tab.code(line, language=None, wrap_lines=True)


def draw(tab: "DeltaGenerator", held: "InHand", grid: "EffectGrid", size: int | None) -> None:
    """Chart, reading and data of a map; `size` is the one found."""
    table = heat_map.grid_table(grid)
    target = held.scenario.plan.power_targets[0]
    unit = "ratio" if held.scenario.truth.endpoint.scale == "log" else effect_unit(held.scenario)
    draw_chart(
        tab,
        heat_map.heat_map(
            table,
            f"True effect, {held.shown} ({unit})",
            100 * target,
            None if size is None else (size, grid.planned),
            state.theme(),
        ),
        key="map",
        alt=heat_map.takeaway(grid, target, held.shown),
    )
    source = FORMULA if grid.mcse is None else _simulated(grid)
    tab.caption(READING.format(source=source, target=percent(target)))
    with tab.expander("Show data"):
        st.dataframe(heat_map.data_shown(table, grid.mcse is not None), hide_index=True, height=320)


def _simulated(grid: "EffectGrid") -> str:
    assert grid.mcse is not None
    return (
        f"simulated, {thousands(grid.n_trials)} trials per cell, up to "
        f"± {100 * float(grid.mcse.max()):.1f} MCSE"
    )
