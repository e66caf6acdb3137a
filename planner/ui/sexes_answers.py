"""The engine's answers about women and men, remembered by fingerprint."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from planner.plan.analysis import Posterior
from planner.ui import state

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.operating.characteristics import OperatingCharacteristics
    from planner.operating.sex_estimates import SexEstimates
    from planner.operating.sex_questions import SexQuestions, SexTable
    from planner.scenario import Scenario
    from planner.search.result import SampleSize
    from planner.search.sex_map import SexMap

_REMEMBERED = 64


def bayesian(scenario: "Scenario") -> bool:
    """Whether searches and maps integrate posteriors, and so take longer than a moment."""
    return isinstance(scenario.plan.analysis, Posterior)


def questions(scenario: "Scenario", hypothesis: str) -> "SexQuestions":
    """The four questions about the comparison of treatments in a hypothesis."""
    from planner.operating.sex_questions import sex_questions

    return sex_questions(scenario, hypothesis)


def characteristics(asked: "SexQuestions", n: int) -> "OperatingCharacteristics":
    """Operating characteristics of the questions with `n` people."""
    return state.power_curve(asked.scenario, [n])[0]


def both(asked: "SexQuestions") -> "Scenario":
    """The questions with success in both sexes as the success rule."""
    return asked.scenario.with_changes({"plan.success": both_rule(asked)})


def both_rule(asked: "SexQuestions") -> str:
    """Success in both sexes, as an expression."""
    return f"{asked.female} and {asked.male}"


def both_size(asked: "SexQuestions") -> "SampleSize":
    """The smallest trial that shows an effect in both sexes."""
    from planner.search.sample_size import SUCCESS

    return state.sample_size(both(asked), SUCCESS)


def conclusions(asked: "SexQuestions", n: int) -> "SexTable":
    """What the plan concludes of women and men under the truth in hand."""
    return _conclusions(asked.scenario.fingerprint(), asked.names, n, asked)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _conclusions(
    fingerprint: str, names: tuple[str, ...], n: int, _asked: "SexQuestions"
) -> "SexTable":
    from planner.operating.sex_questions import sex_conclusions

    return sex_conclusions(_asked, n)


def decision_map(asked: "SexQuestions", n: int) -> "SexMap":
    """What the plan concludes over true effects in women and in men."""
    return _decision_map(asked.scenario.fingerprint(), asked.names, n, asked)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _decision_map(
    fingerprint: str, names: tuple[str, ...], n: int, _asked: "SexQuestions"
) -> "SexMap":
    from planner.search.sex_map import usual_sex_map

    return usual_sex_map(_asked, n)


def by_share(asked: "SexQuestions", n: int) -> "NDArray[np.float64]":
    """Closed-form power of the four questions at the `SHARES` of the chart, axes [S, 4]."""
    return _by_share(asked.scenario.fingerprint(), asked.names, n, asked)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _by_share(
    fingerprint: str, names: tuple[str, ...], n: int, _asked: "SexQuestions"
) -> "NDArray[np.float64]":
    from planner.operating.sex_questions import SHARES, power_by_share

    return power_by_share(_asked, n, SHARES)


def estimates(asked: "SexQuestions", n: int, trial: int, tau_scale: float) -> "SexEstimates":
    """Separate and shrunken estimates of one simulated trial."""
    place = (n, trial, tau_scale)
    return _estimates(asked.scenario.fingerprint(), asked.names, place, asked)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _estimates(
    fingerprint: str,
    names: tuple[str, ...],
    place: tuple[int, int, float],
    _asked: "SexQuestions",
) -> "SexEstimates":
    from planner.operating.sex_estimates import sex_estimates

    return sex_estimates(_asked, *place)
