"""How much a batch simulates, how long that takes, and whether it is run on the page."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planner.batch.batch import batch_from
from planner.charts.style import thousands

if TYPE_CHECKING:
    from planner.ui.batch.asked import Asked

MOST_HERE = 2_000_000
"""Simulated trials of a run on this page."""
MOST_LOOKED_AT = 200
"""Points that are looked at one by one while the page is drawn."""
PACE: Mapping[bool, float] = {False: 100_000.0, True: 2_000.0}
"""Trials a second in one thread, with and without posteriors, before any run was timed."""
_OF_POINT = " (point "
"""Begins the place of a point at the end of a reason."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How much a batch simulates.

    Parameters
    ----------
    points : that can be simulated.
    cases : different ones, each of them simulated once.
    impossible : why points are left out, a reason for each of them.
    exact : whether every point was looked at; otherwise the numbers are at most so large.
    """

    points: int
    cases: int
    trials: int
    impossible: tuple[str, ...]
    exact: bool


@st.cache_data(max_entries=64, show_spinner=False)
def counted(text: str) -> Counted:
    """Points, cases and trials of a batch file.

    Raises
    ------
    InvalidInput : none of its points can be simulated.
    """
    from planner.batch.points import lean, scenario_at, truths
    from planner.batch.points import points as all_points
    from planner.batch.schedule import schedule

    batch = batch_from(tomllib.loads(text))
    n_trials = batch.scenario.monte_carlo.n_trials
    if batch.n_points > MOST_LOOKED_AT:
        first = scenario_at(lean(batch.scenario), next(all_points(batch)))
        cases = batch.n_points * sum(map(len, truths(first, batch.truths)))
        return Counted(batch.n_points, cases, cases * n_trials, (), exact=False)
    plan = schedule(batch)
    left_out = tuple(left.reason for left in plan.impossible)
    cases = len(plan.cases)
    return Counted(len(plan.points), cases, cases * n_trials, left_out, exact=True)


@st.cache_resource(show_spinner=False)
def pace() -> dict[bool, float]:
    """Trials a second of the last run here, with and without posteriors."""
    return dict(PACE)


def why_not_here(batch: "Asked", found: Counted) -> str:
    """Why a batch is not run on the page; empty if it may be."""
    if batch.samples:
        return (
            "Its posteriors are sampled by NUTS, some trials a second and in processes of their "
            "own; run the file by the command line."
        )
    if found.trials > MOST_HERE:
        return (
            f"{thousands(found.trials)} simulated trials are more than the {thousands(MOST_HERE)} "
            "that are run here, in one thread; run the file by the command line, which takes as "
            "many workers as you give it, or ask for fewer points or trials."
        )
    return ""


def reasons_in_words(reasons: Sequence[str]) -> list[str]:
    """Every reason once, with the number of points that it is of."""
    found = Counter(reason.rpartition(_OF_POINT)[0] or reason for reason in reasons)
    return [f"{reason} ({points_in_words(n)})" for reason, n in found.items()]


def points_in_words(n: int) -> str:
    """A number of points."""
    return f"{thousands(n)} point{'s' * (n != 1)}"


def in_words(seconds: float) -> str:
    """A time, about."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"
