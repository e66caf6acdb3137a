"""Runs of batches on this server, made here or opened: their folders, jobs and files.

Folders are temporary: they outlive pages and sessions, and go when the server ends.
"""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st

from planner.rng import BLOCK_SIZE
from planner.ui.batch.counted import pace
from planner.ui.jobs import batch_jobs

if TYPE_CHECKING:
    from planner.batch.runner import BatchStep
    from planner.report.batch_run.stored_run import StoredRun
    from planner.ui.batch.asked import Asked

OPENED = "opened-"
"""Begins the key of a run that was opened."""
MOST_KEPT = 24
"""Folders of runs, and of those that were opened; more than jobs, which are forgotten first."""
FEWEST = 20
"""Blocks of a run that tell the pace."""


@st.cache_resource(show_spinner=False)
def _home() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="planner-batch-")


def folder(key: str) -> Path:
    """Where a run is, whether or not it has begun; the longest unused folders are removed."""
    home = Path(_home().name)
    place = home / key
    place.mkdir(exist_ok=True)
    place.touch()
    kind = key.startswith(OPENED)
    alike = (path for path in home.iterdir() if path.name.startswith(OPENED) == kind)
    used = sorted(alike, key=lambda path: path.stat().st_mtime)
    for old in used[: max(0, len(used) - MOST_KEPT)]:
        job = batch_jobs().find(old.name)
        if job is None or not job.active:
            shutil.rmtree(old, ignore_errors=True)
    return place


@st.cache_resource(show_spinner=False)
def _begun() -> "dict[str, Asked]":
    return {}


def earlier() -> "list[Asked]":
    """The batches that were run since the server was started, the latest first."""
    begun = _begun()
    return [begun[job.key] for job in batch_jobs().every() if job.key in begun]


def start(batch: "Asked") -> None:
    """Run a batch as a job; blocks of an earlier, cancelled one are taken over."""
    known = {job.key for job in batch_jobs().every()}
    for gone in _begun().keys() - known:
        _begun().pop(gone, None)
    _begun()[batch.key] = batch
    batch_jobs().start(batch.key, partial(_steps, batch, folder(batch.key)))


def _steps(batch: "Asked", place: Path) -> "Iterator[BatchStep]":
    from planner.batch.backends import Threads
    from planner.batch.runner import batch_steps

    begun = monotonic()
    for step in batch_steps(batch.batch, place, Threads(1), resume=True):
        new = step.done - step.found
        if step.outcome is not None and new >= FEWEST:
            pace()[batch.bayesian] = new * BLOCK_SIZE / (monotonic() - begun)
        yield step


@st.cache_resource(max_entries=8, show_spinner=False)
def finished_run(key: str) -> "StoredRun":
    """The numbers of a finished run.

    Raises
    ------
    InvalidInput : it has none, or a file was changed.
    """
    from planner.report.batch_run.stored_run import stored_run

    return stored_run(folder(key))


@st.cache_data(max_entries=16, show_spinner=False)
def document(key: str, suffix: str) -> bytes:
    """The report on a finished run in one format, written when it is asked for."""
    from planner.report.batch_report import batch_report
    from planner.report.formats import render

    return render(batch_report(folder(key)), [suffix])[suffix]


def file(key: str, name: str) -> bytes:
    """A file of a run."""
    return (folder(key) / name).read_bytes()


def archive(key: str) -> bytes:
    """All files of a finished run as a zip archive, always the same bytes."""
    from planner.report.bundle import zipped

    place = folder(key)
    files = (p for p in place.rglob("*") if p.is_file() and p.suffix != ".lock")
    return zipped({path.relative_to(place).as_posix(): path.read_bytes() for path in files})
