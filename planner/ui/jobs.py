"""Long simulations that outlive a page: one at a time per process, step by step, to be cancelled.

A job runs in one thread, so that other sessions keep the other processors; a second job waits for
its turn. Its key says what it computes, so a refreshed page, or another session with the same
scenario, finds it again.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Literal, Protocol

import streamlit as st

from planner.errors import PlannerError

if TYPE_CHECKING:
    from planner.batch.runner import BatchStep
    from planner.operating.blocks import Step as PowerStep
    from planner.report.results import ReportStep
    from planner.ui.installation import InstallationStep

Status = Literal["waiting", "running", "done", "cancelled", "failed"]
MOST_KEPT = 32
logger = logging.getLogger(__name__)


class Step(Protocol):
    """What a job knows after a step."""

    @property
    def done(self) -> int: ...

    @property
    def of(self) -> int: ...


@dataclass(slots=True, eq=False)
class Job[S: Step]:
    """A computation under way or over.

    Parameters
    ----------
    key : what is computed.
    latest : its last step; None before the first.
    problem : what went wrong, in a sentence.
    """

    key: str
    status: Status = "waiting"
    latest: S | None = None
    problem: str = ""
    begun: float = field(default_factory=monotonic)
    ended: float | None = None
    cancelled: Event = field(default_factory=Event)

    @property
    def active(self) -> bool:
        """Whether it is waiting or running."""
        return self.status in ("waiting", "running")

    @property
    def seconds(self) -> float:
        """Time since it was started, or that it took."""
        return (self.ended or monotonic()) - self.begun

    def cancel(self) -> None:
        """Stop after the step under way; a waiting job stops at once."""
        self.cancelled.set()
        if self.status == "waiting":
            self.finish("cancelled")

    def finish(self, status: Status, problem: str = "") -> None:
        """Take down how it ended."""
        self.ended, self.problem, self.status = monotonic(), problem, status


class Jobs[S: Step]:
    """All jobs of one kind in this process; the oldest finished ones are forgotten."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._jobs: dict[str, Job[S]] = {}
        self._most_kept = most_kept
        self._changing, self._turn = Lock(), Lock()

    def start(self, key: str, steps: Callable[[], Iterator[S]]) -> Job[S]:
        """The job with that key; begun unless it is under way or done."""
        with self._changing:
            found = self._jobs.get(key)
            if found is not None and (found.active or found.status == "done"):
                return found
            job = Job[S](key)
            self._jobs.pop(key, None)
            self._jobs[key] = job
            self._forget()
        Thread(target=self._run, args=(job, steps), name=f"job {key[:12]}", daemon=True).start()
        return job

    def find(self, key: str) -> Job[S] | None:
        """The job with that key, if there is one."""
        return self._jobs.get(key)

    def every(self) -> list[Job[S]]:
        """The jobs that are not forgotten, the latest first."""
        with self._changing:
            return list(self._jobs.values())[::-1]

    def _forget(self) -> None:
        over = [key for key, job in self._jobs.items() if not job.active]
        for key in over[: max(0, len(self._jobs) - self._most_kept)]:
            del self._jobs[key]

    def _run(self, job: Job[S], steps: Callable[[], Iterator[S]]) -> None:
        with self._turn:
            if job.cancelled.is_set():
                return
            job.begun, job.status = monotonic(), "running"
            try:
                for step in steps():
                    job.latest = step
                    if job.cancelled.is_set():
                        job.finish("cancelled")
                        return
            except PlannerError as problem:
                job.finish("failed", str(problem))
            except Exception as problem:
                logger.exception("job %s stopped", job.key)
                kind = type(problem).__name__
                job.finish(
                    "failed", f"The simulation stopped on {kind}; the server's log says where."
                )
            else:
                job.finish("done")


@st.cache_resource(show_spinner=False)
def power_jobs() -> "Jobs[PowerStep]":
    """The simulations of power of this process."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def report_jobs() -> "Jobs[ReportStep]":
    """The reports of this process; results are large, so few are kept."""
    return Jobs(most_kept=6)


@st.cache_resource(show_spinner=False)
def batch_jobs() -> "Jobs[BatchStep]":
    """The batches of this process."""
    return Jobs(most_kept=16)


@st.cache_resource(show_spinner=False)
def installation_jobs() -> "Jobs[InstallationStep]":
    """The check of this installation."""
    return Jobs(most_kept=1)
