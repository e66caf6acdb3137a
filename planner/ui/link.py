"""The scenario in hand as a part of the page's address, so that a reload or a link brings it back.

The address holds the name of the scenario, the controls that were moved and, if it came from a
file, the file: JSON, compressed, in letters that need no escaping. What comes in is checked like a
file: a bad link is a sentence, and a value that a control cannot show is left out by the control.
"""

import base64
import binascii
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.errors import InvalidInput, PlannerError
from planner.scenario import load_scenario, scenario_from
from planner.ui import opened
from planner.ui.draft import pooled_key, pooled_prior

if TYPE_CHECKING:
    from planner.ui.fields.panel import Panel

PARAMETER = "scenario"
AT_START = "PLANNER_SCENARIO"
"""Environment variable: name or file of the scenario that the app opens with."""
_LONGEST, _LARGEST = 30_000, 1_000_000
_READ, _PROBLEM = "link:read", "link:problem"


@dataclass(frozen=True, slots=True)
class Linked:
    """What an address says.

    Parameters
    ----------
    name : of the scenario.
    values : of the controls that were moved, by their keys in the session without the name.
    plain : the scenario itself, if it is not built in.
    pooled : analysis prior that the Evidence page has handed over, if it has.
    file : what the command line calls the scenario.
    """

    name: str
    values: Mapping[str, Any]
    plain: Mapping[str, Any] | None = None
    pooled: Mapping[str, Any] | None = None
    file: str = ""


def encode(linked: Linked) -> str:
    """The text in the address."""
    data = [linked.name, dict(linked.values), linked.plain, linked.pooled, linked.file]
    packed = zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str) -> Linked:
    """What a text in an address says.

    Raises
    ------
    InvalidInput : it is too long, damaged or not of this program.
    """
    damaged = InvalidInput(
        "the link is damaged; copy it again or open the scenario's file", key=PARAMETER
    )
    if len(text) > _LONGEST:
        raise damaged
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpack = zlib.decompressobj()
        data = json.loads(unpack.decompress(packed, _LARGEST))
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise damaged from None
    if not unpack.eof:  # its checksum is missing
        raise damaged
    match data:
        case [
            str(name),
            dict(values),
            (dict() | None) as plain,
            (dict() | None) as pooled,
            str(file),
        ]:
            return Linked(name, values, plain, pooled, file)
        case _:
            raise damaged


def read() -> None:
    """Once a session: take in hand what the address, or the command that started it, names."""
    if _READ in st.session_state:
        return
    st.session_state[_READ] = True
    text, named = st.query_params.get(PARAMETER), os.environ.get(AT_START)
    try:
        if text:
            _hydrate(decode(text))
        elif named:
            _start_with(named)
    except PlannerError as problem:
        st.session_state[_PROBLEM] = str(problem)


def problem() -> str:
    """What was wrong with the link, in a sentence; empty if nothing."""
    return str(st.session_state.get(_PROBLEM, ""))


def write(panel: "Panel") -> str:
    """Put the scenario in hand into the address; returns the text."""
    name = panel.name
    linked = Linked(
        name, panel.moved(), opened.opened_plain(name), pooled_prior(name), opened.file(name)
    )
    text = encode(linked)
    if st.query_params.get(PARAMETER) != text:
        st.query_params[PARAMETER] = text
    return text


def _hydrate(linked: Linked) -> None:
    name = linked.name
    if linked.plain is not None:
        name = opened.keep(name, scenario_from(linked.plain), linked.file)
    base = opened.base(name)
    st.session_state[opened.STARTER] = name
    if linked.pooled is not None:
        priors = {"effect": dict(linked.pooled)}
        base.with_changes({"plan.analysis": {"kind": "posterior", "priors": priors}})
        st.session_state[pooled_key(name)] = dict(linked.pooled)
    for key, value in linked.values.items():
        if f"{name}:{key}" != pooled_key(name):
            st.session_state[f"{name}:{key}"] = tuple(value) if isinstance(value, list) else value


def _start_with(named: str) -> None:
    if named in opened.names():
        st.session_state[opened.STARTER] = named
    else:
        opened.keep(PurePath(named).stem, load_scenario(named), named)
