"""Runs made earlier: since the app was started, or opened from an archive."""

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import PlannerError
from planner.ui.batch import archive, runs
from planner.ui.sections import batch_results, batch_run
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

UPLOAD, OPENED, PROBLEM = "batch:upload", "batch:opened", "batch:problem"
LARGEST = 32
"""MB of an archive."""
READING = (
    "A run of `planner batch`, here or elsewhere, is a folder. As a zip archive, with batch.json, "
    "results.parquet and manifest.json in it, it can be looked at here. Its files must be the ones "
    "that its manifest tells of; nothing is computed again."
)


def show(tab: "DeltaGenerator", shown: str) -> None:
    """Batches run here, and the control to open another run.

    Parameters
    ----------
    shown : key of the batch that the page shows elsewhere.
    """
    _of_this_app(tab, shown)
    tab.header("Open a run", anchor=False)
    _of_an_archive(tab)


def _of_this_app(tab: "DeltaGenerator", shown: str) -> None:
    """Batches of this app, so that a reload or another scenario loses none."""
    tab.header("Run since the app was started", anchor=False)
    others = {batch.key: batch for batch in runs.earlier() if batch.key != shown}
    if not others:
        tab.caption("None but what the first tab shows.")
        return
    key = tab.selectbox(
        "Batch",
        list(others),
        index=None,
        format_func=lambda key: f"{others[key].file} · {others[key].batch.label}",
        placeholder="Choose one",
        help="Batches that were run on this page, the latest first, in any tab of the browser.",
    )
    if key is not None:
        batch_run.watch(tab, others[key])


def _of_an_archive(tab: "DeltaGenerator") -> None:
    tab.markdown(READING)
    tab.file_uploader(
        "Open a finished run (zip)",
        type=["zip"],
        key=UPLOAD,
        on_change=_open,
        max_upload_size=LARGEST,
        help="It is read on this machine, kept while the app runs, and never changed.",
    )
    problem = st.session_state.get(PROBLEM, "")
    if problem:
        tab.error(escaped(problem))
    opened = st.session_state.get(OPENED)
    if opened is None:
        return
    key, name = opened
    try:
        run = runs.finished_run(key)
    except PlannerError as gone:
        tab.error(f"Open it again: {escaped(str(gone))}")
        return
    tab.header(escaped(name), anchor=False)
    batch_results.show(tab, key, run, PurePath(name).stem[:60] or "run")


def _open() -> None:
    """Unpack the archive; a bad one leaves a sentence."""
    upload = st.session_state.get(UPLOAD)
    st.session_state.pop(PROBLEM, None)
    if upload is None:
        st.session_state.pop(OPENED, None)
        return
    content, name = upload.getvalue(), upload.name
    key = f"{runs.OPENED}{hashlib.sha256(content).hexdigest()}"
    try:
        archive.unpack(content, name, runs.folder(key))
    except PlannerError as problem:
        st.session_state.pop(OPENED, None)
        st.session_state[PROBLEM] = str(problem)
    else:
        st.session_state[OPENED] = (key, name)
