"""The scenario in hand: a starter scenario and what the controls have changed in it."""

import json
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from planner.design.catalogue import CATALOGUE
from planner.design.crossover import MAX_PERIODS
from planner.scenario import Scenario
from planner.ui import opened
from planner.ui.fields.analysis import analysis_changes, hypotheses_left
from planner.ui.fields.criteria import criteria, criteria_changes
from planner.ui.fields.field import Changes
from planner.ui.fields.names import DESIGN, LEVEL, POSTERIOR, RULE, SEED, TRIALS
from planner.ui.fields.panel import Panel
from planner.ui.fields.plan import planned
from planner.ui.fields.prior import EFFECT, POOLED, analysis_prior
from planner.ui.fields.protocol import PROTOCOL, is_text, said
from planner.ui.fields.simulation import simulated
from planner.ui.fields.truth import assumed

_QUOTING = ("statement", "report", "bundle")
"""Commands that print what the protocol says."""
_RUN_OPTIONS = {TRIALS: "--n-trials", SEED: "--seed"}
_ONE_PERIOD = ("correlation", "dropout", "carryover")
"""What a design prior cannot vary where there is one period."""


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

    @property
    def file(self) -> str:
        """What the command line calls the scenario: its name, or the file it was opened from."""
        return opened.file(self.name)

    @property
    def saved(self) -> str:
        """Name of the file that Save writes."""
        return f"{self.name}-{self.build().short_fingerprint}.toml"

    def command(self, name: str, *options: str) -> str:
        """The command line of ``planner NAME`` for this scenario.

        Where the command quotes the protocol, with its texts changed, it names the file that Save
        writes, as they are too long; elsewhere the protocol changes no number and is left out.
        """
        changes = self.changes
        if name not in _QUOTING:
            changes = {path: v for path, v in changes.items() if not path.startswith(PROTOCOL)}
        elif any(is_text(path) for path in changes):
            return shlex.join(["planner", name, self.saved, *options])
        words = ["planner", name, self.file, *options]
        for path, value in changes.items():
            text = value if isinstance(value, str) and _bare(value) else inline_toml(value)
            option = _RUN_OPTIONS.get(path)
            words += [option, text] if option else ["--set", f"{path}={text}"]
        return shlex.join(words)


def grid(sizes: Sequence[int]) -> str:
    """Evenly spaced sizes as a value of ``--n``."""
    if len(sizes) == 1:
        return str(sizes[0])
    return f"{sizes[0]}:{sizes[-1]}:{sizes[1] - sizes[0]}"


def _bare(text: str) -> bool:
    """Whether the command line takes a text for one without quotes, and not for a number."""
    try:
        tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return True
    return False


def inline_toml(value: Any) -> str:
    """Plain data as a TOML value on one line."""
    match value:
        case Mapping():
            return f"{{{', '.join(f'{key} = {inline_toml(v)}' for key, v in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(inline_toml, value))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def pooled_key(name: str) -> str:
    """Where the session keeps a prior that the Evidence page has handed over."""
    return f"{name}:pooled"


def pooled_prior(name: str) -> dict[str, Any] | None:
    """The prior that the Evidence page has handed over to a scenario, if it has."""
    found: dict[str, Any] | None = st.session_state.get(pooled_key(name))
    return found


def hand_over(name: str, prior: Mapping[str, Any]) -> None:
    """Make a prior the analysis prior of a scenario, under the Bayesian rule."""
    panel = Panel(name)
    st.session_state[pooled_key(name)] = dict(prior)
    panel.put(RULE, POSTERIOR)
    panel.put(EFFECT, POOLED)


def recall(name: str) -> tuple[Draft, Panel]:
    """The draft as the controls of the Design page were left, and their panel."""
    base, panel = opened.base(name), Panel(name)
    panel.recall(planned(base, panel))
    panel.recall(assumed(base, panel.values[DESIGN]))
    if panel.values[RULE] == POSTERIOR:
        panel.recall(analysis_prior(base, panel, pooled_prior(name)))
        panel.recall(criteria(base, panel))
    panel.recall(simulated(base, panel.values))
    panel.recall(said(base))
    return Draft(name, base, all_changes(panel, base)), panel


def all_changes(panel: Panel, base: Scenario) -> Changes:
    """What the controls say that the starter scenario does not."""
    left = hypotheses_left(base, panel.values)
    changes = {
        **left,
        TRIALS: panel.values[TRIALS],
        SEED: int(panel.values[SEED]),
        **panel.changes,
        **_fewer_periods(base, panel.values[DESIGN]),
        **analysis_changes(base, panel.values, pooled_prior(panel.name)),
    }
    rule = criteria_changes(base, panel.values)
    gone = set(base.plan.hypothesis_names) - {h["name"] for h in left.get(LEVEL, ())}
    replaced = (*rule, *(f"{LEVEL}.{name}" for name in gone if left))
    kept = {k: v for k, v in changes.items() if not k.startswith(tuple(f"{p}." for p in replaced))}
    return kept | rule


def _fewer_periods(base: Scenario, design: str) -> Changes:
    """Nobody can leave after the last period, nor periods correlate where there is but one."""
    n_periods = CATALOGUE[design].n_periods if design in CATALOGUE else base.plan.design.n_periods
    changes: Changes = {
        f"truth.attrition.after_period_{p}": 0.0
        for p in range(n_periods, MAX_PERIODS)
        if getattr(base.truth.attrition, f"after_period_{p}", 0.0)
    }
    prior = base.truth_prior.plain() if base.truth_prior else {}
    if n_periods == 1 and any(name in prior for name in _ONE_PERIOD):
        changes["truth_prior"] = {k: v for k, v in prior.items() if k not in _ONE_PERIOD}
    return changes
