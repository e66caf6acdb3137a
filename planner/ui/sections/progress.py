"""A job under way: a bar, what is known so far, and a button that cancels it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from planner.ui.jobs import Job, Step

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

EVERY = 0.3
"""Seconds between two looks."""


def watch[S: Step](
    place: "DeltaGenerator", job: Job[S], words: Callable[[Job[S]], str], cancelling: str
) -> None:
    """Show a job until it is over; then the page is run anew, once.

    Parameters
    ----------
    words : what is known so far.
    cancelling : what the button does.
    """
    with place.container():
        st.fragment(_look, run_every=EVERY)(job, words, cancelling)


def _look[S: Step](job: Job[S], words: Callable[[Job[S]], str], cancelling: str) -> None:
    if not job.active:
        st.rerun()
    bar, cancel = st.columns([0.8, 0.2], vertical_alignment="bottom")
    step = job.latest
    bar.progress(step.done / step.of if step and step.of else 0.0, words(job))
    cancel.button(
        "Cancel", on_click=job.cancel, key=f"cancel {job.key}", width="stretch", help=cancelling
    )
