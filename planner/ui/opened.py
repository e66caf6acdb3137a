"""Scenarios of the session: the built-in ones and those opened from files or links."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import streamlit as st

from planner.errors import PlannerError
from planner.scenario import Scenario, built_in_names, load_scenario, parse_scenario, scenario_from

STARTER = "starter"
"""Where the session keeps the name of the scenario in hand."""
FIRST_STARTER = "confirmatory"
UPLOAD = "upload"
_OPENED, _FILES, _PROBLEM = "opened", "opened:files", "upload:problem"
MOST_OPENED = 20


def names() -> list[str]:
    """The main built-in scenario, the other ones, and those that were opened."""
    built_in = sorted(built_in_names(), key=lambda name: name != FIRST_STARTER)
    return [*built_in, *_opened()]


def base(name: str) -> Scenario:
    """A scenario of the session as it was before any control moved.

    Raises
    ------
    UnknownName : it is neither built in nor open.
    """
    plain = _opened().get(name)
    return load_scenario(name) if plain is None else scenario_from(plain)


def opened_plain(name: str) -> Mapping[str, Any] | None:
    """An opened scenario as plain data; None if it is built in."""
    return _opened().get(name)


def file(name: str) -> str:
    """What the command line calls a scenario: its name, or the file that it was opened from."""
    return name if opened_plain(name) is None else _files().get(name, f"{name}.toml")


def keep(name: str, scenario: Scenario, source: str) -> str:
    """Open a scenario under a name of its own, which is returned, and take it in hand.

    Parameters
    ----------
    source : the file it is from; empty if that is not known.
    """
    taken, kept = set(built_in_names()), _opened()
    free = name if name not in taken else f"{name} (file)"
    kept.pop(free, None)
    while len(kept) >= MOST_OPENED:
        del kept[next(iter(kept))]
    for key in [key for key in st.session_state if str(key).startswith(f"{free}:")]:
        del st.session_state[key]
    kept[free] = scenario.plain()
    st.session_state[_OPENED] = kept
    st.session_state[_FILES] = {**_files(), free: source or f"{free}.toml"}
    st.session_state[STARTER] = free
    return free


def open_upload() -> None:
    """Open the uploaded file, from the callback of its control; a bad one leaves a sentence."""
    upload = st.session_state.get(UPLOAD)
    st.session_state.pop(_PROBLEM, None)
    if upload is None:
        return
    try:
        scenario = parse_scenario(upload.getvalue(), upload.name)
        keep(PurePath(upload.name).stem[:60] or "scenario", scenario, upload.name)
    except PlannerError as problem:
        st.session_state[_PROBLEM] = str(problem)


def upload_problem() -> str:
    """What was wrong with the last uploaded file, in a sentence; empty if nothing."""
    return str(st.session_state.get(_PROBLEM, ""))


def _opened() -> dict[str, Any]:
    found: dict[str, Any] = st.session_state.get(_OPENED, {})
    return found


def _files() -> dict[str, str]:
    found: dict[str, str] = st.session_state.get(_FILES, {})
    return found
