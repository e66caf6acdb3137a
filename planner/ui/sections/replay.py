"""One of the simulated trials, person by person, and what its analyses say."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planner.charts.style import signed, thousands
from planner.charts.trial_replay import groups, people_chart, people_table, takeaway
from planner.errors import PlannerError
from planner.ui import operating_answers, state
from planner.ui.drawing import draw_chart
from planner.ui.fields.operating import TRIAL, trial
from planner.ui.fields.truth import effect_unit
from planner.words.conclusions import NOT_A_DIFFERENCE
from planner.words.hypotheses import hypothesis_label, planned_level
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.replay import Reading, ReplayedTrial
    from planner.scenario import Scenario
    from planner.ui.fields.panel import Panel

READING = (
    "One simulated trial under the planned truth, the same that the tables count. Thin lines: "
    "people; thick: their mean. Where the simulation draws group means, the people are drawn to "
    "have exactly these. Its power at its own estimate (observed power) is a function of its p "
    "value and tells nothing more; one trial says nothing of how often trials succeed. Where a "
    "trial shows an effect, its estimate is too large on average (type M, Side by side). Level: "
    "what the p value is compared with, before any multiplicity procedure."
)
PER_ROW = 4


def show(tab: "DeltaGenerator", panel: "Panel", scenario: "Scenario", n: int) -> None:
    """The trial's number, its people by sequence and sex, and its readings."""
    left, right = tab.columns([0.22, 0.78], vertical_alignment="bottom")
    panel.draw(left, trial(scenario.monte_carlo.n_trials))
    try:
        found = operating_answers.replayed(scenario, n, panel.values[TRIAL])
    except PlannerError as problem:
        panel.report(problem, tab)
        return
    right.markdown(_in_words(found, scenario))
    table = people_table(found)
    _draw(tab, table, scenario)
    tab.table(readings_shown(found, scenario))
    tab.caption(f"{READING} {NOT_A_DIFFERENCE}" if scenario.by_sex else READING)
    with tab.expander("Show data"):
        st.dataframe(pd.DataFrame(found.table).round(3), hide_index=True, key="people")


def _draw(tab: "DeltaGenerator", table: pd.DataFrame, scenario: "Scenario") -> None:
    """A panel per sequence and sex, in rows that share their axes."""
    endpoint, names = scenario.truth.endpoint, groups(table)
    outcome = f"{endpoint.name}" + (f" ({endpoint.unit})" if endpoint.unit else "")
    for start in range(0, len(names), PER_ROW):
        row = names[start : start + PER_ROW]
        for place, group in zip(tab.columns(len(row)), row, strict=True):
            title = outcome if group == row[0] else None
            draw_chart(
                place,
                people_chart(table, group, title, state.theme()),
                key=f"people {group}",
                alt=takeaway(table, group),
            )


def _in_words(found: "ReplayedTrial", scenario: "Scenario") -> str:
    says = "; ".join(
        f"**{'success' if success else 'no success'}** by the {analysis}"
        for analysis, success in found.success.items()
    )
    plan = scenario.plan
    letters = plan.design.treatments if plan.treatments else ()
    named = "; ".join(f"{k}: {escaped(plan.label(k))}" for k in letters)
    return f"Trial {thousands(found.trial)}: {says}.  \n{named}"


def readings_shown(found: "ReplayedTrial", scenario: "Scenario") -> pd.DataFrame:
    """Estimate, interval, p value and decision per hypothesis and analysis."""
    unit = escaped(effect_unit(scenario))
    rows = [
        {
            "hypothesis": hypothesis_label(r.hypothesis),
            "analysis": r.analysis,
            f"estimate ({unit})": signed(r.estimate) if not r.failure else "–",
            "interval": _interval(r, scenario),
            "p, or 1 − P(region | data)": _p(r),
            "level": f"{100 * planned_level(scenario, r.hypothesis):g}\u00a0%",
            "decision": r.failure or ("shown" if r.shown else "not shown"),
        }
        for r in sorted(found.readings, key=lambda r: _place(found, r.hypothesis))
    ]
    return pd.DataFrame(rows).set_index("hypothesis")


def _interval(reading: "Reading", scenario: "Scenario") -> str:
    if reading.failure:
        return "–"
    level = state.interval_level(scenario, reading.hypothesis)
    return f"{signed(reading.lower)} to {signed(reading.upper)} ({100 * level:g}\u00a0%)"


def _place(found: "ReplayedTrial", name: str) -> int:
    return [r.hypothesis for r in found.readings].index(name)


def _p(reading: "Reading") -> str:
    if reading.failure:
        return "–"
    return "< 0.0001" if reading.p_value < 0.0001 else f"{reading.p_value:.4f}"
