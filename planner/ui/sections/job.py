"""A long simulation of power: its button, its progress and how it ended."""

from functools import partial
from typing import TYPE_CHECKING

from planner.charts.style import share, thousands
from planner.ui.fields import operating
from planner.ui.fields.names import TRIALS
from planner.ui.jobs import power_jobs
from planner.ui.sections import progress
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.blocks import Step
    from planner.scenario import Scenario
    from planner.ui.fields.panel import Panel
    from planner.ui.jobs import Job

CANCELLING = "Stops after the block of 1 000 trials under way."
READING = (
    "It runs in one thread on this machine and goes on if the page is closed; the same scenario "
    "finds it again."
)


def show(
    button: "DeltaGenerator",
    below: "DeltaGenerator",
    scenario: "Scenario",
    n: int,
    panel: "Panel",
) -> "Step | None":
    """The last step of the longest finished run of a scenario at one size, if there is one.

    Parameters
    ----------
    panel : of the page; how many trials the button starts, and the hypothesis in view.
    """
    n_trials, shown = panel.values[operating.RUN], panel.values[operating.SHOWN]
    runs = {trials: scenario.with_changes({TRIALS: trials}) for trials in operating.LONG_RUNS}
    found = {trials: power_jobs().find(_key(run, n)) for trials, run in runs.items()}
    known = {trials: job for trials, job in found.items() if job is not None}
    chosen = found[n_trials]
    button.button(
        f"Run with {thousands(n_trials)} trials",
        on_click=_start,
        args=(runs[n_trials], n),
        disabled=chosen is not None and (chosen.active or chosen.status == "done"),
        help=f"Simulates under the planned truth and without an effect. {READING}",
    )
    for trials, job in known.items():
        if job.active:
            progress.watch(below, job, partial(_words, n_trials=trials, shown=shown), CANCELLING)
    for trials, ended in known.items():
        if ended is chosen or ended.status == "cancelled":
            _ending(below, ended, trials)
    done = [job.latest for job in known.values() if job.status == "done" and job.latest is not None]
    return max(done, key=lambda step: step.of) if done else None


def _key(scenario: "Scenario", n: int) -> str:
    return f"{scenario.fingerprint()} {n}"


def _start(scenario: "Scenario", n: int) -> None:
    from planner.operating.blocks import power_blocks

    power_jobs().start(_key(scenario, n), partial(power_blocks, scenario, n))


def _words(job: "Job[Step]", n_trials: int, shown: str) -> str:
    step = job.latest
    if job.status == "waiting":
        return f"{thousands(n_trials)} trials · waiting for another simulation to end"
    if step is None:
        return f"{thousands(n_trials)} trials · starting"
    power, mistake = step.so_far[shown].success, step.so_far.null[shown].success
    return (
        f"{thousands(step.done)} of {thousands(step.of)} trials · {hypothesis_label(shown)}: power "
        f"{share(power)}, type I error {share(mistake)} (± MCSE)"
    )


def _ending(below: "DeltaGenerator", job: "Job[Step]", n_trials: int) -> None:
    match job.status:
        case "failed":
            below.error(job.problem)
        case "cancelled":
            done = thousands(job.latest.done if job.latest else 0)
            below.info(
                f"Cancelled after {done} of {thousands(n_trials)} trials. A run that is stopped "
                "when its numbers please is no result, so the tables leave it out."
            )
        case "done":
            below.caption(f"Simulated in {job.seconds:.0f} s.")
