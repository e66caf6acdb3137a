"""Answers of the Operating characteristics page, remembered by fingerprint and size."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from planner.operating.assurance_result import Assurance
    from planner.operating.convergence import Trace
    from planner.operating.replay import ReplayedTrial
    from planner.scenario import Scenario

_REMEMBERED = 64


def assurance_at(scenario: "Scenario", n: int) -> "Assurance | None":
    """Assurance of all analyses at one size; None without a design prior."""
    if scenario.truth_prior is None:
        return None
    return _assurance_at(scenario.fingerprint(), n, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _assurance_at(fingerprint: str, n: int, _scenario: "Scenario") -> "Assurance":
    from planner.operating.assurance import assurance

    return assurance(_scenario, n)


def trace_at(scenario: "Scenario", n: int) -> "Trace":
    """How power and type I error settle over the scenario's own number of trials."""
    return _trace_at(scenario.fingerprint(), n, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _trace_at(fingerprint: str, n: int, _scenario: "Scenario") -> "Trace":
    from planner.operating.blocks import power_blocks

    *_, last = power_blocks(_scenario, n)
    return last.trace


def replayed(scenario: "Scenario", n: int, trial: int) -> "ReplayedTrial":
    """One of the simulated trials, person by person."""
    return _replayed(scenario.fingerprint(), n, trial, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _replayed(fingerprint: str, n: int, trial: int, _scenario: "Scenario") -> "ReplayedTrial":
    from planner.operating.replay import replay

    return replay(_scenario, n, trial)
