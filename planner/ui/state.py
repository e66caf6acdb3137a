"""The engine's answers about a scenario, remembered by fingerprint."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

import altair as alt
import streamlit as st
from altair.utils import schemapi

from planner.design.allocation import balanced_at_least
from planner.plan.analysis import Posterior
from planner.plan.hypothesis import one_sided_level
from planner.scenario import Scenario, load_scenario
from planner.ui.opened import FIRST_STARTER

if TYPE_CHECKING:
    from planner.operating.characteristics import OperatingCharacteristics
    from planner.search.detect import Detectable
    from planner.search.result import SampleSize

N_POINTS, N_POINTS_POSTERIOR = 20, 8
"""Sample sizes along a power curve of tests, and of posteriors, which take longer."""
_REMEMBERED = 256


def sizes_between(low: int, high: int, scenario: Scenario) -> tuple[int, ...]:
    """Balanced sample sizes from `low` to `high`, evenly spaced, fewer for posteriors."""
    weights = scenario.plan.weights
    bayesian = isinstance(scenario.plan.analysis, Posterior)
    gaps = (N_POINTS_POSTERIOR if bayesian else N_POINTS) - 1
    first, step = balanced_at_least(low, weights), sum(weights)
    stride = step * max(1, round((high - first) / gaps / step))
    return tuple(range(first, max(high, first) + 1, stride))


def power_curve(scenario: Scenario, sizes: Sequence[int]) -> "list[OperatingCharacteristics]":
    """Simulated operating characteristics at several sizes."""
    return _power_curve(scenario.fingerprint(), tuple(sizes), scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _power_curve(
    fingerprint: str, sizes: tuple[int, ...], _scenario: Scenario
) -> "list[OperatingCharacteristics]":
    from planner.operating.power import power_curve as simulate

    return simulate(_scenario, sizes, nulls=False)


def power_at(scenario: Scenario, n: int) -> "OperatingCharacteristics":
    """Operating characteristics at one size with the type I error, of all analyses."""
    return _power_at(scenario.fingerprint(), n, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _power_at(fingerprint: str, n: int, _scenario: Scenario) -> "OperatingCharacteristics":
    from planner.operating.power import power

    return power(_scenario, n)


def sample_size(scenario: Scenario, hypothesis: str) -> "SampleSize":
    """The smallest trial that shows `hypothesis` with the plan's first power target."""
    return _sample_size(scenario.fingerprint(), hypothesis, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _sample_size(fingerprint: str, hypothesis: str, _scenario: Scenario) -> "SampleSize":
    from planner.search.sample_size import SizeSearch

    return SizeSearch(_scenario).find(hypothesis, _scenario.plan.power_targets[0])


def formula_size(scenario: Scenario, hypothesis: str) -> int:
    """Balanced number of people by the closed form."""
    return _formula_size(scenario.fingerprint(), hypothesis, scenario)


def around(n: int) -> tuple[int, int]:
    """Sizes well below and above a number of people."""
    return max(4, n // 4), 3 * n


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _formula_size(fingerprint: str, hypothesis: str, _scenario: Scenario) -> int:
    from planner.search.sample_size import PowerCurve

    plan = _scenario.plan
    column = plan.hypothesis_names.index(hypothesis)
    return PowerCurve(_scenario).first(
        column, plan.power_targets[0], sum(plan.weights), plan.n_limit
    )


@dataclass(frozen=True, slots=True)
class Formula:
    """The closed form with its numbers put in; effect and SE on the scale of the analysis."""

    effect: float
    se: float
    df: float
    power: float


def closed_form(scenario: Scenario, hypothesis: str, n: int) -> Formula | None:
    """The closed form of one hypothesis at one size, where the rule has one; quick."""
    from planner.engines.closed_form import ClosedForm, power_of

    precision = ClosedForm(scenario).precision(n)
    if precision is None or isinstance(scenario.plan.analysis, Posterior):
        return None
    h = scenario.plan.hypothesis_names.index(hypothesis)
    effect, se, df = (float(x[h]) for x in (precision.estimate, precision.se, precision.df))
    return Formula(effect, se, df, float(power_of(scenario, precision)[h]))


def detectable(scenario: Scenario, hypothesis: str, n: int) -> "Detectable":
    """The smallest effect of one hypothesis that `n` people show at the first power target."""
    return _detectable(scenario.fingerprint(), hypothesis, n, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _detectable(fingerprint: str, hypothesis: str, n: int, _scenario: Scenario) -> "Detectable":
    from planner.search.detect import detectable_effect

    first = _scenario.plan.power_targets[0]
    found = detectable_effect(_scenario, n)
    return next(d for d in found if (d.hypothesis, d.power_target) == (hypothesis, first))


def interval_level(scenario: Scenario, hypothesis: str) -> float:
    """Level of the interval that matches the decision on a hypothesis, rounded to 12 digits."""
    objective = next(h.objective for h in scenario.plan.hypotheses if h.name == hypothesis)
    return round(1 - 2 * one_sided_level(objective), 12)


def theme() -> str:
    """``light`` or ``dark``, as the browser shows the page."""
    return st.context.theme.type or "light"


@st.cache_resource(show_spinner=False)
def warm() -> Thread:
    """Load the engine and its compiled kernels in the background, once per process.

    Charts are not checked against their schema again: the tests do that, at a third of the time
    it takes to draw one. Nor do they get Altair's own theme, as the page has one.
    """
    schemapi.disable_debug_mode()
    alt.theme.enable("none")
    thread = Thread(target=_rehearse, name="warm", daemon=True)
    thread.start()
    return thread


def _rehearse() -> None:
    from planner.operating.power import power_curve as simulate

    scenario = load_scenario(FIRST_STARTER).with_changes({"monte_carlo.n_trials": 100})
    simulate(scenario, [40], workers=1)
    simulate(scenario.with_changes({"plan.analysis": {"kind": "posterior"}}), [40], workers=1)
