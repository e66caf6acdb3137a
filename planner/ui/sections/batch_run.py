"""A batch run on this page: button, progress, how it ended, and its numbers."""

from typing import TYPE_CHECKING

from planner.charts.style import thousands
from planner.errors import PlannerError
from planner.ui.batch import counted as counting
from planner.ui.batch import runs
from planner.ui.jobs import batch_jobs
from planner.ui.sections import batch_results, progress
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.batch.runner import BatchStep
    from planner.ui.batch.asked import Asked
    from planner.ui.jobs import Job

CANCELLING = "Stops after the blocks under way; blocks that are done are kept."


def show(tab: "DeltaGenerator", batch: "Asked") -> None:
    """Run a batch as a job, watch it, and show its numbers."""
    tab.header("Run it here", anchor=False)
    reason = counting.why_not_here(batch, counting.counted(batch.text))
    if reason:
        tab.info(reason)
        return
    watch(tab, batch)


def watch(tab: "DeltaGenerator", batch: "Asked") -> None:
    """Button, progress and numbers of one batch."""
    job = batch_jobs().find(batch.key)
    again = job is not None and job.status in ("cancelled", "failed")
    tab.button(
        "Go on with the run" if again else "Run the batch",
        on_click=runs.start,
        args=(batch,),
        key=f"run {batch.key}",
        disabled=job is not None and (job.active or job.status == "done"),
        help="It runs in one thread on this machine and goes on if the page is closed; the same "
        "batch finds it again until the app is ended. Blocks are kept when it is cancelled.",
    )
    if job is None:
        tab.caption("Not run yet with these values.")
    elif job.active:
        progress.watch(tab, job, _words, CANCELLING)
    else:
        _ended(tab, job, batch)


def _words(job: "Job[BatchStep]") -> str:
    """Blocks and time left."""
    step = job.latest
    if job.status == "waiting":
        return "Waiting for another batch to end"
    if step is None:
        return "Looking at every point"
    blocks = f"{thousands(step.done)} of {thousands(step.of)} blocks"
    if step.done + step.failed >= step.of:
        return f"{blocks} · writing the table"
    left = step.seconds_left
    return blocks if left is None else f"{blocks} · about {counting.in_words(left)} left"


def _ended(tab: "DeltaGenerator", job: "Job[BatchStep]", batch: "Asked") -> None:
    step = job.latest
    if job.status == "failed":
        tab.error(escaped(job.problem))
    elif step is None or step.outcome is None:
        done, of = (step.done, step.of) if step else (0, 0)
        tab.info(
            f"Cancelled after {thousands(done)} of {thousands(of)} blocks, which are kept. A run "
            "that is stopped on the way has no results; go on with it to see them."
            if of
            else "Cancelled before it began."
        )
    else:
        tab.caption(f"Simulated in {max(1, round(job.seconds))} s.")
        try:
            run = runs.finished_run(job.key)
        except PlannerError as problem:
            tab.error(escaped(str(problem)))
            return
        batch_results.show(tab, job.key, run, batch.file.removesuffix(".toml"))
