"""Back ends: the same bytes from all of them, and a poisoned block fails alone."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from planner.batch.backends import Backend, Threads, as_completed, backend_for
from planner.batch.processes import MOST_LOSSES, Processes
from planner.batch.run_folder import MANIFEST
from planner.batch.runner import batch_steps, run_batch
from planner.batch.schedule import schedule
from planner.batch.store import Store
from planner.batch.table import read_table
from planner.batch.task import BlockResult, Task, run_task
from planner.errors import PlannerError
from planner.operating.evaluate import Simulation
from tests.batch.runs import open_files, raw, run, small, stored_keys, tree
from tests.benchmarks.bench_batch import ten_million_trials
from tests.cli.running import run as run_here

POISONED = (48, 2)
"""Size and block that fail."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run by the calling thread alone."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run_batch(small(), folder, backend=Threads(1))
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The same batch as a file."""
    path = tmp_path / "small.json"
    path.write_text(json.dumps(raw()), "utf-8")
    return path


def tasks(folder: Path) -> Iterator[Task]:
    """All tasks of the batch."""
    plan = schedule(small())
    return plan.tasks(Store(folder / "none"), plan.mine((1, 1)))


@pytest.mark.parametrize("backend", [Threads(2), Threads(3), Processes(1), Processes(2)],
                         ids=["2 threads", "3 threads", "1 process", "2 processes"])  # fmt: skip
def test_twin_same_bytes_from_any_backend(whole: Path, tmp_path: Path, backend: Backend) -> None:
    """The whole folder, whatever simulates and however many there are."""
    run_batch(small(), tmp_path / "run", backend=backend)
    assert tree(tmp_path / "run") == tree(whole)


def test_every_block_comes_once_with_its_own_tally(tmp_path: Path) -> None:
    """Threads and processes give what the calling thread gives, in some order."""
    wanted = sorted(
        (r.case, r.block, r.trials, r.tally) for task in tasks(tmp_path) for r in run_task(task)
    )
    for backend in (Threads(3), Processes(2)):
        found = [r for part in backend.run(tasks(tmp_path)) for r in part]
        assert sorted((r.case, r.block, r.trials, r.tally) for r in found) == wanted
        assert not any(r.problem for r in found)


def test_names_of_backends() -> None:
    """`local` is this process for one worker."""
    assert isinstance(backend_for("local", 1), Threads)
    assert isinstance(backend_for("local", 2), Processes)
    assert isinstance(backend_for("processes", 1), Processes)
    assert backend_for("threads", 3).workers == 3


def test_few_tasks_wait_at_once(tmp_path: Path) -> None:
    """Tasks are made as they are needed: a batch of a million points is never whole in memory."""
    made, done = 0, 0

    def many() -> Iterator[Task]:
        nonlocal made
        for _ in range(200):
            made += 1
            yield Task("case", "", 1, ())

    def submit(_: Task) -> Future[int]:
        future: Future[int] = Future()
        future.set_result(1)
        return future

    for one in as_completed(many(), submit, workers=2):
        done += one
        assert made - done <= 6
    assert done == 200


@pytest.mark.parametrize("backend", [Threads(1), Threads(2), Processes(2)],
                         ids=["1 thread", "2 threads", "2 processes"])  # fmt: skip
def test_closing_a_run_keeps_what_is_done(whole: Path, tmp_path: Path, backend: Backend) -> None:
    """Stopped after the first blocks, it goes on from there; no worker and no file stays open."""
    folder = tmp_path / "run"
    opened = open_files()
    steps = batch_steps(small(), folder, backend)
    next(steps)
    step = next(steps)
    steps.close()
    assert 0 < step.done < 16
    assert len(stored_keys(folder)) >= step.done
    assert open_files() == opened
    run_batch(small(), folder, backend=Threads(1), resume=True)
    assert tree(folder) == tree(whole)


@pytest.mark.parametrize("backend", [Threads(1), Threads(2), Processes(2)],
                         ids=["1 thread", "2 threads", "2 processes"])  # fmt: skip
def test_a_failing_schedule_ends_the_run(tmp_path: Path, backend: Backend) -> None:
    """What the tasks raise is raised where the blocks are read, and nothing hangs."""

    def broken() -> Iterator[Task]:
        yield next(tasks(tmp_path))
        raise PlannerError("no more")

    with pytest.raises(PlannerError, match="no more"):
        list(backend.run(broken()))


def rows(folder: Path) -> list[dict[str, Any]]:
    """The table of a run as plain data."""
    found: list[dict[str, Any]] = read_table(folder / "results.parquet").to_pylist()
    return found


def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make one block of the planning truth and of the null raise in this process."""
    clean = Simulation.run

    def poisoned(self: Simulation, block: int, size: int) -> Any:
        if (self.case.n_subjects, block) == POISONED:
            raise FloatingPointError("poison")
        return clean(self, block, size)

    monkeypatch.setattr(Simulation, "run", poisoned)


def check_poisoned(whole: Path, folder: Path, code: int, told: str, reason: str) -> None:
    """The point failed alone and by name; all else is that of the clean run."""
    assert code == 1
    assert "1 of 2 points have no result because blocks failed" in told
    assert "point 1 (plan.n_subjects = 48): block 2 under planning" in told
    assert reason in told
    assert "--resume" in told
    assert rows(folder) == [row for row in rows(whole) if row["point"] != 1]
    points = json.loads((folder / MANIFEST).read_text())["points"]
    assert [len(point["failed"]) for point in points] == [0, 2]
    keys = stored_keys(folder)
    assert len(keys) == 14
    assert set(keys) < set(stored_keys(whole))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_poisoned_block_fails_alone_in_threads(
    whole: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], workers: str,
) -> None:  # fmt: skip
    """Its point is named, the other's rows are those of a clean run, and resuming makes it good."""
    folder = tmp_path / "run"
    words = ("batch", str(file), "--out", str(folder), "--backend", "threads", "--quiet")
    with monkeypatch.context() as poisoning:
        poison(poisoning)
        ended = run_here(capsys, monkeypatch, *words, "--workers", workers)
    check_poisoned(whole, folder, ended.code, ended.err, "FloatingPointError: poison")
    assert run_here(capsys, monkeypatch, *words, "--resume").code == 0
    assert tree(folder) == tree(whole)


SITE = """
import os, sys
if "planner.batch.worker" in sys.orig_argv:
    {}
"""
DEADLY = """
    from planner.operating.evaluate import Simulation
    clean = Simulation.run
    def deadly(self, block, size):
        if (self.case.n_subjects, block) == (48, 2):
            with open(os.environ["DEATHS"], "a") as deaths:
                deaths.write("x")
            os._exit(3)
        return clean(self, block, size)
    Simulation.run = deadly
"""


def site(folder: Path, code: str) -> dict[str, str]:
    """An environment in which every worker process runs some code first."""
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(SITE.format(code.strip()))
    before = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(folder / "site"), *([before] if before else [])])
    return {"PYTHONPATH": path, "DEATHS": str(folder / "deaths")}


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_block_that_kills_its_worker_fails_alone(
    whole: Path, file: Path, tmp_path: Path, workers: str
) -> None:
    """Tried with a few workers; nothing else is lost, and resuming makes it good."""
    folder = tmp_path / "run"
    words = ["batch", str(file), "--out", str(folder), "--quiet", "--backend", "processes"]
    ended = run([*words, "--workers", workers], env=site(tmp_path, DEADLY))
    check_poisoned(
        whole, folder, ended.returncode, ended.stderr, f"the worker died {MOST_LOSSES} times"
    )
    assert "Traceback" not in ended.stderr
    assert len((tmp_path / "deaths").read_text()) == 2 * (1 + MOST_LOSSES)
    again = run([*words, "--resume"])
    assert again.returncode == 0, again.stderr
    assert tree(folder) == tree(whole)


def test_workers_that_never_begin_end_the_run_in_a_sentence(file: Path, tmp_path: Path) -> None:
    """Not block by block."""
    ended = run(["batch", str(file), "--out", str(tmp_path / "run"), "--workers", "2", "--quiet"],
                env=site(tmp_path, "os._exit(1)"))  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr == (
        "planner: worker processes end before they begin; try --backend threads\n"
    )


def test_workers_with_another_engine_are_refused(file: Path, tmp_path: Path) -> None:
    """Blocks that they would simulate are not those of their addresses."""
    other = 'import planner.batch.identity as i; i.__version__ = "0.0.0"'
    ended = run(["batch", str(file), "--out", str(tmp_path / "run"), "--workers", "2", "--quiet"],
                env=site(tmp_path, other))  # fmt: skip
    assert ended.returncode == 1
    assert "a worker process has another engine" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not stored_keys(tmp_path / "run")


def test_block_results_of_a_failed_block_are_empty() -> None:
    """A case that cannot be read says why."""
    (result,) = run_task(Task("case", "{}", 24, ((0, 1_000),)))
    assert isinstance(result, BlockResult)
    assert result.tally == b""
    assert result.problem.startswith("InvalidInput: ")


@pytest.mark.slow
def test_ten_million_trials_need_little_memory() -> None:
    """Blocks are tallied and stored as they come: 500 MB are enough for any number of trials."""
    _, peak = ten_million_trials("1")
    assert peak < 500
