"""What the Assumptions page asks of the engine, remembered by fingerprint."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from planner.operating.participant_flow import FlowCell
    from planner.operating.power_difference import PowerDifference
    from planner.scenario import Scenario

_REMEMBERED = 64


def flow(scenario: "Scenario", n: int) -> "tuple[FlowCell, ...]":
    """Expected people in every period with `n` randomised; a formula, so not worth keeping."""
    from planner.operating.participant_flow import participant_flow

    return participant_flow(scenario, n)


def difference(
    planned: "Scenario", changed: "Scenario", n: int, hypothesis: str
) -> "PowerDifference":
    """Power under two scenarios at one size, on the same random numbers."""
    keys = planned.fingerprint(), changed.fingerprint()
    return _difference(keys, n, hypothesis, planned, changed)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _difference(
    fingerprints: tuple[str, str],
    n: int,
    hypothesis: str,
    _planned: "Scenario",
    _changed: "Scenario",
) -> "PowerDifference":
    from planner.operating.power_difference import power_difference

    return power_difference(_planned, _changed, n, hypothesis)
