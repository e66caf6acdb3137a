"""Time and memory of batches: ``python -m tests.benchmarks.bench_batch``.

One case is AB/BA with both sexes and 12 % dropout, analysed by REML with Kenward–Roger for four
contrasts, 10 000 trials. Run it on a machine that has nothing else to do.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from planner.batch.backends import Backend, Threads
from planner.batch.batch import Batch, batch_from
from planner.batch.processes import Processes
from planner.batch.runner import batch_steps
from planner.batch.store import Store
from tests.batch.runs import raw
from tests.benchmarks.bench_engine import scenario

SIZES = list(range(24, 344, 2))
REPEATS = 2
STORE = ("reload", "get", "put", "pack", "close")


def batch(sizes: list[int], n_trials: int = 10_000) -> Batch:
    """The case of the benchmark at some sizes, under its planning truth."""
    settings = {"n_trials": n_trials, "seed": 1}
    return batch_from(
        {
            "scenario": {**scenario().plain(), "monte_carlo": settings},
            "truths": ["planning"],
            "grid": {"plan.n_subjects": sizes},
        }
    )


def timed(asked: Batch, backend: Backend) -> tuple[float, int]:
    """Seconds of a run from nothing to packed results, and its blocks."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        last = list(batch_steps(asked, Path(folder) / "run", backend))[-1]
        return time.perf_counter() - start, last.of


def speed_up() -> None:
    """Two worker processes against one, each started anew: at least 1.8 times as fast."""
    asked = batch(SIZES[:100], 60_000)
    runs = [(timed(asked, Processes(1)), timed(asked, Processes(2))) for _ in range(REPEATS)]
    one, two = (median(run[i][0] for run in runs) for i in (0, 1))
    blocks = runs[0][0][1]
    told = f"one worker {one:.1f} s, two {two:.1f} s, {one / two:.2f} times as fast"
    print(f"{blocks} blocks: {told}")
    print(f"{blocks / one:.0f} blocks a second with one worker, {blocks / two:.0f} with two")


def store_share() -> None:
    """Share of a run that is spent in the store, with one thread: at most a tenth."""
    asked, spent, inside = batch(SIZES[:10]), 0.0, False

    def watched(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any) -> Any:
            nonlocal spent, inside
            if inside:
                return method(*words)
            inside, start = True, time.perf_counter()
            try:
                return method(*words)
            finally:
                inside, spent = False, spent + time.perf_counter() - start

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in STORE:
            patch.setattr(Store, name, watched(getattr(Store, name)))
        seconds, blocks = timed(asked, Threads(1))
    print(f"{blocks} blocks: {spent:.3f} s of {seconds:.2f} s in the store, {spent / seconds:.1%}")


def store_alone(n: int = 100_000) -> None:
    """Seconds of a store with many blocks: written, read at opening, packed."""
    with tempfile.TemporaryDirectory() as folder:
        keys = [i.to_bytes(32, "big") for i in range(n)]
        content, at = os.urandom(600), [time.perf_counter()]
        with Store(Path(folder)) as store:
            for key in keys:
                store.put(key, content)
            at.append(time.perf_counter())
            store.reload()
            at.append(time.perf_counter())
            store.pack(keys)
            at.append(time.perf_counter())
    put, read, packed = (b - a for a, b in pairwise(at))
    print(f"{n} blocks: put {put:.2f} s, opened {read:.2f} s, packed {packed:.2f} s")


def ten_million() -> None:
    """Ten million trials of one cheap case: seconds and peak memory, at most 500 MB."""
    for workers in ("1", "2"):
        seconds, peak = ten_million_trials(workers)
        print(f"10 000 000 trials, {workers} workers: {seconds:.1f} s, peak {peak:.0f} MiB in the "
              "largest process")  # fmt: skip


def ten_million_trials(workers: str) -> tuple[float, float]:
    """Seconds and peak memory, MiB, of the largest process of ``planner batch``."""
    asked = raw(10_000_000, truths=["planning"], grid={"plan.n_subjects": [24]})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.json"
        file.write_text(json.dumps(asked), "utf-8")
        words = [sys.executable, "-P", "-m", "planner", "batch", str(file), "--quiet",
                 "--workers", workers, "--out", str(Path(folder) / "run")]  # fmt: skip
        start = time.perf_counter()
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return time.perf_counter() - start, used.ru_maxrss / 1024


if __name__ == "__main__":
    timed(batch([24], 1_000), Threads(1))
    chosen = sys.argv[1:] or ["speed_up", "store_share", "store_alone", "ten_million"]
    for name in chosen:
        globals()[name]()
