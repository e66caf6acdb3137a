"""The check of this installation as a job: groups of checks, one by one, in a process beside."""

import json
import queue
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Thread
from typing import IO, Any

import streamlit as st

from planner.errors import PlannerError
from planner.ui.jobs import installation_jobs
from planner.validation.check import Check
from planner.validation.groups import GROUPS
from planner.validation.installation import installed_versions, platform_in_words
from planner.validation.results import GroupResult, Validation
from planner.version import __version__

KEY = f"installation {__version__}"
WORKER = (sys.executable, "-m", "planner.ui.installation_worker")
LOOK = 0.5
"""Seconds after which a step is given although nothing new is known, to be cancelled by."""


@dataclass(frozen=True, slots=True)
class InstallationStep:
    """How far the check is.

    Parameters
    ----------
    group : under way; empty before the first.
    """

    group: str
    groups: tuple[GroupResult, ...]

    @property
    def done(self) -> int:
        """Groups that ended."""
        return len(self.groups)

    @property
    def of(self) -> int:
        """Groups in all."""
        return len(GROUPS)


def start() -> None:
    """Begin the check."""
    installation_jobs().start(KEY, steps)


def steps() -> Iterator[InstallationStep]:
    """The groups as they end; closing the generator ends the process.

    Raises
    ------
    PlannerError : the process ended before all groups did.
    """
    step = InstallationStep("", ())
    pipe = subprocess.PIPE
    with subprocess.Popen(WORKER, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            for line in _lines(process.stdout):
                step = _after(step, line)
                yield step
        finally:
            process.kill()
    if step.done < step.of:
        at = f" in group {step.group}" if step.group else ""
        raise PlannerError(
            f"the check ended{at} after {step.done} of {step.of} groups; run `planner validate`, "
            "which shows why"
        )


def _lines(stdout: IO[str]) -> Iterator[str]:
    """Lines as they come, and an empty one whenever there was none for a while."""
    waiting: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in stdout:
            waiting.put(line)
        waiting.put(None)

    Thread(target=read, name="installation check", daemon=True).start()
    while True:
        try:
            line = waiting.get(timeout=LOOK)
        except queue.Empty:
            line = ""
        if line is None:
            return
        yield line


def _after(step: InstallationStep, line: str) -> InstallationStep:
    """The step after a line of the worker."""
    if not line.strip():
        return step
    told: dict[str, Any] = json.loads(line)
    if "begins" in told:
        return replace(step, group=told["begins"])
    ended = told["ended"]
    checks = tuple(Check(**check) for check in ended.pop("checks"))
    return replace(step, groups=(*step.groups, GroupResult(**ended, checks=checks)))


def validation(step: InstallationStep) -> Validation:
    """What the groups that ended found, as `planner validate` has it."""
    return Validation(step.groups, __version__, installed_versions(), platform_in_words())


@st.cache_data(max_entries=8, show_spinner=False)
def document(begun: float, _found: Validation, suffix: str) -> bytes:
    """The installation qualification in one format, written when it is asked for.

    Parameters
    ----------
    begun : when the check began, which tells two checks apart.
    """
    from planner.report.qualification.files import qualification_files

    return qualification_files(_found, [suffix])[suffix]
