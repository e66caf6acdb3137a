"""Jobs: one at a time, step by step, found again, cancelled between steps, forgotten in order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from time import monotonic, sleep

import pytest

from planner.errors import InvalidInput
from planner.ui.jobs import Job, Jobs

PATIENCE = 20.0
"""Seconds after which a thread that has not come so far is taken to hang."""


@dataclass(frozen=True)
class Counted:
    done: int
    of: int


def wait(holds: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < end, "a job hangs"
        sleep(0.005)


def over(job: Job[Counted]) -> Job[Counted]:
    wait(lambda: not job.active)
    return job


def counting(of: int) -> Iterator[Counted]:
    return (Counted(k, of) for k in range(1, of + 1))


def gated(of: int, gate: Event, reached: list[int]) -> Iterator[Counted]:
    """Steps of which the second waits for the gate."""
    for k in range(1, of + 1):
        if k == 2:
            assert gate.wait(PATIENCE)
        reached.append(k)
        yield Counted(k, of)


def test_a_job_ends_with_its_last_step_and_is_found_again() -> None:
    jobs = Jobs[Counted]()
    job = over(jobs.start("a", lambda: counting(5)))
    assert (job.status, job.latest) == ("done", Counted(5, 5))
    assert jobs.find("a") is job
    assert jobs.start("a", lambda: counting(9)) is job
    assert jobs.find("b") is None


def test_progress_is_seen_while_the_job_runs() -> None:
    jobs, gate = Jobs[Counted](), Event()
    job = jobs.start("a", lambda: gated(3, gate, []))
    wait(lambda: job.latest is not None)
    assert (job.status, job.latest) == ("running", Counted(1, 3))
    gate.set()
    assert over(job).latest == Counted(3, 3)


def test_cancel_stops_between_steps_and_the_job_can_be_begun_anew() -> None:
    jobs, gate, reached = Jobs[Counted](), Event(), list[int]()
    job = jobs.start("a", lambda: gated(50, gate, reached))
    wait(lambda: reached == [1])
    job.cancel()
    gate.set()
    assert over(job).status == "cancelled"
    assert len(reached) <= 2
    again = over(jobs.start("a", lambda: counting(2)))
    assert again is not job
    assert again.status == "done"


def test_jobs_take_turns_and_one_that_waits_is_cancelled_at_once() -> None:
    jobs, gate, never = Jobs[Counted](), Event(), list[int]()
    first = jobs.start("a", lambda: gated(3, gate, []))
    wait(lambda: first.status == "running")
    second = jobs.start("b", lambda: gated(1, gate, never))
    third = jobs.start("c", lambda: counting(1))
    sleep(0.05)
    assert (second.status, third.status) == ("waiting", "waiting")
    second.cancel()
    assert second.status == "cancelled"
    gate.set()
    assert (over(first).status, over(third).status) == ("done", "done")
    assert never == []


def test_a_problem_is_one_sentence() -> None:
    def refused() -> Iterator[Counted]:
        raise InvalidInput("n_subjects is 2, too few; give at least 8", key="n_subjects")
        yield Counted(0, 0)

    job = over(Jobs[Counted]().start("a", refused))
    assert job.status == "failed"
    assert job.problem == "n_subjects: n_subjects is 2, too few; give at least 8"


def test_a_fault_is_one_sentence_and_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def faulty() -> Iterator[Counted]:
        yield Counted(1, 2)
        raise ZeroDivisionError

    jobs = Jobs[Counted]()
    job = over(jobs.start("a", faulty))
    assert job.status == "failed"
    assert "ZeroDivisionError" in job.problem
    assert "Traceback" not in job.problem
    assert any(record.exc_info for record in caplog.records)
    assert over(jobs.start("b", lambda: counting(1))).status == "done"


def test_the_oldest_finished_jobs_are_forgotten_but_none_under_way() -> None:
    jobs, gate = Jobs[Counted](most_kept=3), Event()
    over(jobs.start("old", lambda: counting(1)))
    over(jobs.start("new", lambda: counting(1)))
    running = jobs.start("running", lambda: gated(3, gate, []))
    waiting = [jobs.start(f"w{k}", lambda: counting(1)) for k in range(3)]
    assert jobs.find("old") is None
    assert jobs.find("running") is running
    gate.set()
    assert all(over(job).status == "done" for job in waiting)
