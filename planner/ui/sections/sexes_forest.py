"""One simulated trial: the sexes by themselves, and each drawn towards the other."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts.sex_forest import (
    ROWS,
    SEPARATE,
    data_shown,
    forest_table,
    sex_forest,
    takeaway,
)
from planner.charts.style import signed, thousands
from planner.errors import InvalidInput, PlannerError
from planner.ui import sexes_answers as answers
from planner.ui import state
from planner.ui.drawing import draw_chart
from planner.ui.fields import operating, sexes
from planner.ui.fields.truth import effect_unit
from planner.ui.sections.sexes_questions import RATIO_OF_RATIOS
from planner.words.conclusions import NOT_A_DIFFERENCE

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.sex_estimates import SexEstimates
    from planner.operating.sex_questions import SexQuestions
    from planner.ui.fields.panel import Panel


def show(place: "DeltaGenerator", asked: "SexQuestions", n: int, panel: "Panel") -> None:
    """Controls, forest and the reading of the trial."""
    place.header("What does one trial look like?", anchor=False)
    scenario = asked.scenario
    controls = (operating.trial(scenario.monte_carlo.n_trials), sexes.tau_scale(scenario))
    for column, item in zip(place.columns(2), controls, strict=True):
        panel.draw(column, item)
    trial, tau = int(panel.values[operating.TRIAL]), float(panel.values[sexes.TAU_SCALE])
    try:
        found = answers.estimates(asked, n, trial, tau)
    except PlannerError as problem:
        place.info(problem.message if isinstance(problem, InvalidInput) else str(problem))
        return
    endpoint = scenario.truth.endpoint
    table = forest_table(found, endpoint)
    log = endpoint.scale == "log"
    title = "Ratio, B / A" if log else f"Effect, B − A ({effect_unit(scenario)})"
    draw_chart(
        place,
        sex_forest(table, title, endpoint.neutral, state.theme()),
        key="sex_forest",
        alt=takeaway(table, found.trial),
    )
    difference = f"difference, {RATIO_OF_RATIOS}" if log else "difference, men − women"
    place.markdown(in_words(found, table, difference))
    place.caption(
        "Simulated. Separate: estimates and intervals of the test. Shrunken: posterior means and "
        "intervals under exchangeable sexes, which borrow from each other the more the nearer they "
        "lie. Tall tick: the true value, assumed."
    )
    with place.expander("Show data"):
        st.dataframe(data_shown(table), hide_index=True)


def in_words(found: "SexEstimates", table: "pd.DataFrame", difference: str) -> str:
    """What the trial shows, and of the `difference`, as it is called, what its interval says."""
    _, female, male, interaction = found.shown
    where = {
        (True, True): "in women and in men",
        (True, False): "in women and not in men",
        (False, True): "in men and not in women",
        (False, False): "in neither sex",
    }[female, male]
    rows = table[(table["series"] == SEPARATE) & (table["row"] == ROWS[3])].to_dict("records")
    own = rows[0]
    verdict = "is shown" if interaction else "is not shown"
    return (
        f"With {thousands(found.women)} women and {thousands(found.men)} men, trial "
        f"{thousands(found.trial)} shows an effect "
        f"{where}. The {difference}, {verdict}: {signed(own['estimate'])} "
        f"({signed(own['lower'])} to {signed(own['upper'])}). {NOT_A_DIFFERENCE}"
    )
