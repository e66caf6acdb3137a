"""What the Report page asks the engine, remembered by everything it depends on."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.report.planned_range import varied_inputs
from planner.report.writing import Findings
from planner.ui import state

if TYPE_CHECKING:
    from planner.report.planned_range import PowerRange
    from planner.scenario import Scenario

_REMEMBERED = 64


def found(scenario: "Scenario", hypothesis: str) -> Findings:
    """The size of a hypothesis, and its power over the ranges of the evidence."""
    answer = state.sample_size(scenario, hypothesis)
    ranges = tuple((v.path, v.low, v.high) for v in varied_inputs(scenario))
    span = _power_range(scenario.fingerprint(), ranges, hypothesis, answer.n_randomised, scenario)
    return Findings(scenario, answer, span)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _power_range(
    fingerprint: str,
    ranges: tuple[tuple[str, float, float], ...],
    hypothesis: str,
    n: int,
    _scenario: "Scenario",
) -> "PowerRange | None":
    """The ranges come from citations, which are not part of the fingerprint."""
    from planner.report.planned_range import power_range

    return power_range(_scenario, hypothesis, n)


def bundle(scenario: "Scenario", hypothesis: str) -> bytes:
    """The archive, made when it is asked for."""
    from planner.report.bundle import bundle as build

    return build(scenario, hypothesis)


def scenario_json(scenario: "Scenario") -> str:
    """The scenario as a JSON file that loads to the same fingerprint."""
    from planner.report.payload import dump

    return dump(scenario.plain()) + "\n"
