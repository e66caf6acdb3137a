"""How the plan fares if the truth is kinder or harsher than assumed."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planner.charts.style import share, thousands
from planner.operating.stress import STRESSES, stress_scenarios
from planner.truth.attrition import NoAttrition
from planner.ui import state
from planner.ui.sections.side_by_side import number
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.characteristics import OperatingCharacteristics as Trial
    from planner.scenario import Scenario

READING = (
    "The same size, design and analyses under other truths, with the same random numbers. The "
    "factors are assumed, all at once, and stand for no probability: the columns are not the ends "
    "of an interval. Type I error is judged without an effect, under the same spread and dropout. "
    "With a margin, the effect's factor is on its distance from the margin. Whatever its factor, a "
    "correlation goes at most half of the way to 1, and a negative one stays as it is; at most 95 "
    "% of the people leave between two periods."
)


def show(tab: "DeltaGenerator", scenario: "Scenario", n: int, hypothesis: str) -> None:
    """A column per stress: what it assumes, then what the analyses do."""
    found = {name: state.power_at(s, n) for name, s in stress_scenarios(scenario).items()}
    rows = {**_assumed(scenario), **_simulated(found, hypothesis)}
    columns = [name.capitalize() for name in found]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    tab.table(table.rename_axis(hypothesis_label(hypothesis).capitalize()))
    trials = f"{thousands(scenario.monte_carlo.n_trials)} trials per truth"
    tab.caption(f"×: assumed factors. The rest: simulated, {trials}, ± MCSE. {READING}")
    with tab.expander("Show data"):
        st.dataframe(_data(found), hide_index=True, key="stress data")


def _assumed(scenario: "Scenario") -> dict[str, list[str]]:
    """The factors on what the scenario assumes, in the order of the stresses."""
    truth = scenario.truth
    factors = {
        "Effect": [s.effect for s in STRESSES],
        "SD of an outcome": [s.sd for s in STRESSES],
        "Correlation of periods": [s.correlation for s in STRESSES],
    }
    if not isinstance(truth.attrition, NoAttrition):
        factors["Dropout"] = [s.dropout for s in STRESSES]
    if truth.carryover is not None:
        factors["Carry-over"] = [s.carryover for s in STRESSES]
    return {
        label: ["as planned" if value == 1 else f"× {value:g}" for value in values]
        for label, values in factors.items()
    }


def _simulated(found: "dict[str, Trial]", hypothesis: str) -> dict[str, list[str]]:
    """Power, type I error and coverage per analysis, and the people left."""
    by_stress = [(trial, *trial.others) for trial in found.values()]
    rows: dict[str, list[str]] = {}
    for results in zip(*by_stress, strict=True):
        own, analysis = [r[hypothesis] for r in results], results[0].analysis
        rows[f"Power, {analysis}"] = [share(h.success) for h in own]
        rows[f"Type I error, {analysis}"] = [share(r.null[hypothesis].success) for r in results]
        rows[f"Coverage, {analysis}"] = [share(h.coverage) for h in own]
    rows["People in every period"] = [number(trial.completers) for trial in found.values()]
    return rows


def _data(found: "dict[str, Trial]") -> pd.DataFrame:
    frames = [
        r.to_frame().assign(scenario=name, analysis=r.analysis)
        for name, trial in found.items()
        for r in (trial, *trial.others)
    ]
    full = pd.concat(frames).dropna(axis="columns", how="all")
    first = ["scenario", "analysis"]
    return full[[*first, *(c for c in full.columns if c not in first)]]
