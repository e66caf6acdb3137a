"""A long simulation of power: its button, its progress and how it ended."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planner.ui.charts.style import thousands
from planner.ui.fields import operating
from planner.ui.fields.names import TRIALS
from planner.ui.jobs import power_jobs

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.blocks import Step
    from planner.scenario import Scenario
    from planner.ui.jobs import Job

EVERY = 0.3
"""Seconds between two looks at a job under way."""
READING = (
    "It runs in one thread on this machine and goes on if the page is closed; the same scenario "
    "finds it again."
)


def show(
    button: "DeltaGenerator", below: "DeltaGenerator", scenario: "Scenario", n: int, n_trials: int
) -> "Step | None":
    """The last step of the longest finished run of a scenario at one size, if there is one.

    Parameters
    ----------
    n_trials : of the run that the button starts.
    """
    runs = {trials: scenario.with_changes({TRIALS: trials}) for trials in operating.LONG_RUNS}
    found = {trials: power_jobs().find(_key(run, n)) for trials, run in runs.items()}
    known = [job for job in found.values() if job is not None]
    chosen = found[n_trials]
    button.button(
        f"Run with {thousands(n_trials)} trials",
        on_click=_start,
        args=(runs[n_trials], n),
        disabled=chosen is not None and (chosen.active or chosen.status == "done"),
        help=f"Simulates under the planned truth and without an effect. {READING}",
    )
    for job in known:
        if job.active:
            with below:
                st.fragment(_progress, run_every=EVERY)(job)
    for ended in known:
        if ended is chosen or ended.status == "cancelled":
            _ending(below, ended)
    done = [job.latest for job in known if job.status == "done" and job.latest is not None]
    return max(done, key=lambda step: step.of) if done else None


def _key(scenario: "Scenario", n: int) -> str:
    return f"{scenario.fingerprint()} {n}"


def _start(scenario: "Scenario", n: int) -> None:
    from planner.operating.blocks import power_blocks

    power_jobs().start(_key(scenario, n), partial(power_blocks, scenario, n))


def _progress(job: "Job[Step]") -> None:
    """A bar with what is known so far; the page is run anew once when the job is over."""
    if not job.active:
        st.rerun()
    bar, cancel = st.columns([0.86, 0.14], vertical_alignment="bottom")
    bar.progress(job.latest.done / job.latest.of if job.latest else 0.0, _words(job))
    cancel.button(
        "Cancel",
        on_click=job.cancel,
        key=f"cancel {job.key}",
        width="stretch",
        help="Stops after the block of 1 000 trials under way.",
    )


def _words(job: "Job[Step]") -> str:
    step = job.latest
    if job.status == "waiting":
        return "Waiting for another simulation to end"
    if step is None:
        return "Starting"
    first = step.so_far.hypotheses[0]
    return (
        f"{thousands(step.done)} of {thousands(step.of)} trials · {first.hypothesis}: power "
        f"{first.success}, type I error {step.so_far.null[first.hypothesis].success} (± MCSE)"
    )


def _ending(below: "DeltaGenerator", job: "Job[Step]") -> None:
    match job.status:
        case "failed":
            below.error(job.problem)
        case "cancelled":
            done = thousands(job.latest.done if job.latest else 0)
            below.info(
                f"Cancelled after {done} trials. A run that is stopped when its numbers please is "
                "no result, so the tables show the trials before it."
            )
        case "done":
            below.caption(f"Simulated in {job.seconds:.0f} s.")
