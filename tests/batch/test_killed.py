"""Runs that are killed at random instants end, once resumed, with the bytes of one that was not."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from planner.batch.run_folder import BLOCKS
from tests.batch.killing import INSTANTS
from tests.batch.runs import raw, run, start, stored_keys, tree

pytestmark = pytest.mark.slow

BLOCKS_OF_RUN = 4 * 41
N_TRIALS = 40_500
WORKERS = {"one thread": ("--workers", "1"),
           "two threads": ("--workers", "2", "--backend", "threads"),
           "one process": ("--workers", "1", "--backend", "processes"),
           "two processes": ("--workers", "2", "--backend", "processes")}  # fmt: skip
RANDOM = random.Random(2_026)


def _instants() -> list[tuple[str, int, str, int]]:
    """Instant, its number, workers, and the block at which the resumed run dies too (0: never)."""
    latest = {"in a block": BLOCKS_OF_RUN, "before a block": BLOCKS_OF_RUN, "before a name": 5,
              "after a name": 5, "in packing": BLOCKS_OF_RUN, "before removing": 6}  # fmt: skip
    found = []
    for n, instant in enumerate([*INSTANTS, "in a block", "in packing"]):
        workers = RANDOM.choice(list(WORKERS))
        found.append((instant, RANDOM.randint(1, latest.get(instant, 1)), workers, n % 3))
    return found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The batch that all these runs are of."""
    path = tmp_path_factory.mktemp("batch") / "small.json"
    path.write_text(json.dumps(raw(N_TRIALS)), "utf-8")
    return path


@pytest.fixture(scope="module")
def whole(file: Path) -> dict[str, bytes]:
    """Files of the run that is not interrupted."""
    folder = file.parent / "whole.run"
    done = run(["batch", str(file), "--out", str(folder), "--workers", "1", "--quiet"])
    assert done.returncode == 0, done.stderr
    assert len(stored_keys(folder)) == BLOCKS_OF_RUN
    return tree(folder)


def _killing(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run `tests.batch.killing`."""
    here = Path(__file__).parents[2]
    return run(words, module="tests.batch.killing", env={"PYTHONPATH": str(here)})


def _resumed(file: Path, folder: Path, workers: str, whole: dict[str, bytes]) -> None:
    """Go on to the end: what was stored is found, and all bytes are those of the whole run."""
    there = set(stored_keys(folder)) if (folder / BLOCKS).exists() else set()
    done = run(["batch", str(file), "--out", str(folder), *WORKERS[workers], "--resume", "--json"])
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["blocks"], told["found"]) == (BLOCKS_OF_RUN, len(there))
    keys = stored_keys(folder)
    assert len(keys) == len(set(keys)) == BLOCKS_OF_RUN
    assert tree(folder) == whole


@pytest.mark.parametrize(("instant", "number", "workers", "again"), _instants())
def test_killed_at_an_instant(
    file: Path, whole: dict[str, bytes], tmp_path: Path, instant: str, number: int, workers: str,
    again: int,
) -> None:  # fmt: skip
    """16 instants within writes and around renames and removals, some killed twice."""
    folder = tmp_path / "killed.run"
    words = ["batch", str(file), "--out", str(folder), "--quiet"]
    died = _killing([instant, str(number), *words, *WORKERS[workers]])
    assert died.returncode == -signal.SIGKILL, died.stderr
    if again:
        twice = ("in a block", "in packing")[again - 1]
        died = _killing([twice, "3", *words, "--workers", "1", "--resume"])
        assert died.returncode in {-signal.SIGKILL, 0}, died.stderr
    _resumed(file, folder, workers, whole)


@pytest.mark.parametrize(
    ("share", "workers"),
    [(RANDOM.uniform(0, 0.9), w) for w in [*WORKERS, "one process", "two processes"]],
)
def test_killed_from_outside(
    file: Path, whole: dict[str, bytes], tmp_path: Path, share: float, workers: str
) -> None:
    """The run is killed once a random share of its blocks is stored; its workers end with it."""
    folder = tmp_path / "killed.run"
    process = start(["batch", str(file), "--out", str(folder), "--quiet", *WORKERS[workers]])
    _wait_for(process, folder, share)
    children = _children(process.pid)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert len(children) == (0 if "thread" in workers else int(WORKERS[workers][1]))
    ended = time.monotonic() + 10
    while any(map(_alive, children)):
        assert time.monotonic() < ended, "a worker outlives its parent"
        time.sleep(0.01)
    _resumed(file, folder, workers, whole)


@pytest.mark.parametrize("share", [RANDOM.uniform(0, 0.9) for _ in range(3)])
def test_a_killed_worker_is_replaced(
    file: Path, whole: dict[str, bytes], tmp_path: Path, share: float
) -> None:
    """Both workers are killed, one after the other; the run ends by itself with all its bytes."""
    folder = tmp_path / "killed.run"
    process = start(["batch", str(file), "--out", str(folder), *WORKERS["two processes"]])
    for part in (share / 2, share):
        _wait_for(process, folder, part)
        for child in _children(process.pid)[:1]:
            os.kill(child, signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "were there" not in out
    assert tree(folder) == whole


def test_a_worker_killed_before_it_is_ready_is_replaced(
    file: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    """While it starts it has no task yet to give back."""
    folder = tmp_path / "killed.run"
    process = start(["batch", str(file), "--out", str(folder), *WORKERS["one process"]])
    while not (children := _children(process.pid)):
        assert process.poll() is None
        time.sleep(0.002)
    os.kill(children[0], signal.SIGKILL)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert tree(folder) == whole


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(
    file: Path, whole: dict[str, bytes], tmp_path: Path, workers: str, how: signal.Signals
) -> None:
    """Ctrl-C says what is kept and how to go on, in a line; a polite end keeps it as well."""
    folder = tmp_path / "stopped.run"
    process = start(["batch", str(file), "--out", str(folder), *WORKERS[workers]])
    _wait_for(process, folder, 0.2)
    children = _children(process.pid)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert f"blocks are kept in {folder}; go on with --resume" in err
        assert "planner: interrupted" in err
        assert not any(map(_alive, children))
    else:
        assert process.returncode == -signal.SIGTERM
    assert not (folder / "results.parquet").exists()
    _resumed(file, folder, workers, whole)


def _wait_for(process: subprocess.Popen[str], folder: Path, share: float) -> None:
    """Until a share of the bytes of all blocks is stored."""
    each = 0
    while True:
        assert process.poll() is None, "it ended too early to be killed"
        size = 0
        for path in (folder / BLOCKS).glob("*.blocks"):
            content = path.read_bytes()
            each = each or len(content) // max(1, len(stored_keys(folder)))
            size += len(content)
        if each and size > share * BLOCKS_OF_RUN * each:
            return
        time.sleep(0.002)


def _children(pid: int) -> list[int]:
    """Processes that a process has started."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return sorted(found)


def _alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}
