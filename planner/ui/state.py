"""The scenario in hand, and the engine's answers about it, remembered by fingerprint."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.design.allocation import balanced_at_least
from planner.plan.hypothesis import TwoSided
from planner.scenario import Scenario, built_in_names, load_scenario

if TYPE_CHECKING:
    from planner.operating.characteristics import OperatingCharacteristics
    from planner.search.result import SampleSize

STARTER = "starter"
FIRST_STARTER = "confirmatory"
N_POINTS = 20
"""Sample sizes along a power curve."""
_REMEMBERED = 256
_RUN_OPTIONS = {"monte_carlo.n_trials": "--n-trials", "monte_carlo.seed": "--seed"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A starter scenario and what the user has changed in it.

    Parameters
    ----------
    name : the built-in scenario it started from.
    base : that scenario.
    changes : dotted path → new value.
    """

    name: str
    base: Scenario
    changes: Mapping[str, Any]

    def build(self) -> Scenario:
        """The changed scenario; a changed number loses the source of the old one.

        Raises
        ------
        InvalidInput : a value breaks a rule; its key says which.
        """
        sources = {path: cited.plain() for path, cited in self.base.citations.items()}
        for path in sources.keys() & self.changes.keys():
            sources[path] = {"flag": "assumed", "note": "set in the app"}
        return self.base.with_changes({**self.changes, "citations": sources})

    def command(self, sizes: Sequence[int]) -> str:
        """The command line that computes the same power curve."""
        words = ["planner", "power", self.name, "--n", _grid(sizes)]
        for path, value in self.changes.items():
            text = value if isinstance(value, str) else json.dumps(value)
            option = _RUN_OPTIONS.get(path)
            words += [option, text] if option else ["--set", f"{path}={text}"]
        return shlex.join(words)


def _grid(sizes: Sequence[int]) -> str:
    if len(sizes) == 1:
        return str(sizes[0])
    return f"{sizes[0]}:{sizes[-1]}:{sizes[1] - sizes[0]}"


def starter_names() -> list[str]:
    """Built-in scenarios, the main one first."""
    return sorted(built_in_names(), key=lambda name: name != FIRST_STARTER)


def sizes_between(low: int, high: int, scenario: Scenario) -> tuple[int, ...]:
    """About `N_POINTS` balanced sample sizes from `low` to `high`, evenly spaced."""
    weights = scenario.plan.weights
    first, step = balanced_at_least(low, weights), sum(weights)
    stride = step * max(1, round((high - first) / (N_POINTS - 1) / step))
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


def sample_size(scenario: Scenario, hypothesis: str) -> "SampleSize":
    """The smallest trial that shows `hypothesis` with the plan's first power target."""
    return _sample_size(scenario.fingerprint(), hypothesis, scenario)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _sample_size(fingerprint: str, hypothesis: str, _scenario: Scenario) -> "SampleSize":
    from planner.search.sample_size import SizeSearch

    return SizeSearch(_scenario).find(hypothesis, _scenario.plan.power_targets[0])


def fitting_range(scenario: Scenario, hypothesis: str) -> tuple[int, int]:
    """Sizes well below and above the closed form's answer for a hypothesis; quick."""
    n = _formula_size(scenario.fingerprint(), hypothesis, scenario)
    return max(4, n // 4), 3 * n


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _formula_size(fingerprint: str, hypothesis: str, _scenario: Scenario) -> int:
    from planner.search.sample_size import PowerCurve

    plan = _scenario.plan
    column = plan.hypothesis_names.index(hypothesis)
    return PowerCurve(_scenario).first(
        column, plan.power_targets[0], sum(plan.weights), plan.n_limit
    )


def planned_level(scenario: Scenario, hypothesis: str) -> float:
    """Planned type I error of a hypothesis: α, two-sided or one-sided as it is tested."""
    objective = next(h.objective for h in scenario.plan.hypotheses if h.name == hypothesis)
    return objective.alpha if isinstance(objective, TwoSided) else objective.one_sided_alpha


def theme() -> str:
    """``light`` or ``dark``, as the browser shows the page."""
    return st.context.theme.type or "light"


@st.cache_resource(show_spinner=False)
def warm() -> Thread:
    """Load the engine and its compiled kernels in the background, once per process."""
    thread = Thread(target=_rehearse, name="warm", daemon=True)
    thread.start()
    return thread


def _rehearse() -> None:
    from planner.operating.power import power_curve as simulate

    scenario = load_scenario(FIRST_STARTER).with_changes({"monte_carlo.n_trials": 100})
    simulate(scenario, [40], workers=1)
