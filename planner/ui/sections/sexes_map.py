"""The sex decision map, and what its colours are worth at two points of it."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts.sex_map import (
    data_shown,
    map_table,
    sex_map_chart,
    takeaway,
)
from planner.charts.style import error, percent, share, signed, thousands
from planner.ui import sexes_answers as answers
from planner.ui import state
from planner.ui.drawing import draw_chart
from planner.words.conclusions import CONCLUSIONS, NOT_A_DIFFERENCE

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.characteristics import MonteCarloEstimate
    from planner.operating.sex_questions import SexQuestions, SexTable
    from planner.search.sex_map import SexMap
    from planner.ui.fields.panel import Panel

ASKED, NARROW = "map", "\u00a0"
"""Where the session keeps the fingerprint whose map of posteriors is wanted; a kept space."""


def show(place: "DeltaGenerator", asked: "SexQuestions", n: int, panel: "Panel") -> None:
    """Map and table side by side; a Bayesian map when it is asked for."""
    place.header("What would the plan conclude?", anchor=False)
    fingerprint = asked.scenario.fingerprint()
    wanted = st.session_state.get(panel.key(ASKED)) == fingerprint
    if answers.bayesian(asked.scenario) and not wanted:
        place.button(
            "Simulate the map",
            on_click=panel.put,
            args=(ASKED, fingerprint),
            help="Every point of it is simulated by itself, which takes some seconds.",
        )
        return
    found = answers.decision_map(asked, n)
    left, right = place.columns([0.58, 0.42], gap="medium")
    draw(left, asked, found)
    right.markdown(
        f"**Probability of each conclusion with N = {thousands(n)}**, at the truth in hand and at "
        "equal effects (simulated, ± MCSE)"
    )
    right.markdown(table_in_words(found, answers.conclusions(asked, n)))
    right.markdown(reading(found))


def draw(place: "DeltaGenerator", asked: "SexQuestions", found: "SexMap") -> None:
    """The map with its data."""
    endpoint = asked.scenario.truth.endpoint
    unit = "ratio" if endpoint.scale == "log" else endpoint.unit or "units of the outcome"
    table = map_table(found)
    draw_chart(
        place,
        sex_map_chart(table, found.truth, unit, state.theme()),
        key="sex_map",
        alt=takeaway(found, table),
    )
    place.caption(
        f"Simulated: the most probable conclusion at every pair of true effects, of "
        f"{thousands(found.n_trials)} trials each (MCSE at most "
        f"{50 / found.n_trials**0.5:.1f} percentage points); the stronger the colour, the more "
        "probable. Ring: the truth in hand, assumed. Dashed: equal effects. W, M, WM and 0 say in "
        "whom an effect is shown while no difference is; W>M and M>W that the test of the "
        "difference shows one."
    )
    with place.expander("Show data"):
        st.dataframe(data_shown(table), hide_index=True, height=320)


def table_in_words(found: "SexMap", here: "SexTable") -> str:
    """A table of the six conclusions at the truth in hand and at equal effects, as Markdown."""
    women, men = found.truth
    lines = [
        f"| Conclusion | {signed(women)} in women, {signed(men)} in men "
        f"| {signed(found.equal)} in both |",
        "|:--|--:|--:|",
    ]
    for name in CONCLUSIONS:
        cells = (_cell(conclusion_of(table, name)) for table in (here, found.at_equal))
        lines.append(f"| {CONCLUSIONS[name][1]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def conclusion_of(table: "SexTable", name: str) -> "MonteCarloEstimate":
    """Probability of a conclusion of the map."""
    from planner.search.sex_map import conclusion

    return conclusion(table, name)


def _cell(value: "MonteCarloEstimate") -> str:
    return share(value).replace(" ", NARROW)


def reading(found: "SexMap") -> str:
    """What must not be read into success in one sex, with its probability at equal effects."""
    one = found.at_equal.only_one_sex
    return (
        f"If the effects were equal, {signed(found.equal)} in women and in men, "
        f"**{percent(one.value).replace(' ', NARROW)}** ({error(one)}) of such trials would still "
        f"succeed in exactly one sex. {NOT_A_DIFFERENCE}"
    )
