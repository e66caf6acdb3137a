"""Scenarios looked at in this session, the latest first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planner.charts import figures
from planner.charts.style import error, percent

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.search.result import SampleSize

MOST = 12
_KEY = "recent runs"


@dataclass(frozen=True, slots=True)
class Run:
    """A size found for a scenario, in the words of the pages.

    Parameters
    ----------
    name : of the scenario it started from.
    identity : short fingerprint with the hypothesis, so that a run is listed once.
    """

    name: str
    identity: str
    design: str
    hypothesis: str
    people: str
    power: str


def note(name: str, scenario: "Scenario", shown: str, answer: "SampleSize") -> None:
    """Put a run on top of the list; the oldest goes when the list is full.

    Parameters
    ----------
    shown : label of the hypothesis.
    """
    run = Run(
        name=name,
        identity=scenario.short_fingerprint,
        design=scenario.plan.design.name,
        hypothesis=f"{shown}, {100 * answer.power_target:.0f} % power",
        people=figures.people(answer),
        power=f"{percent(answer.power.value)} {error(answer.power)}",
    )
    st.session_state[_KEY] = [run, *(other for other in runs() if other != run)][:MOST]


def runs() -> list[Run]:
    """The runs of this session, the latest first."""
    found: list[Run] = st.session_state.get(_KEY, [])
    return found
