"""Time and memory of simulation and analysis: ``python -m tests.benchmarks.bench_engine``.

One trial is AB/BA with both sexes and 12 % dropout, analysed by REML with Kenward–Roger for four
contrasts. Every time is a median of repetitions, after a run that compiles what is needed.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from planner.operating.evaluate import Case, evaluate
from planner.operating.power import power_curve
from planner.scenario import MonteCarlo, Scenario
from tests.crossovers import by_sex, leaving

WORKERS = 2
SIZES = (20, 60, 200, 2_000, 20_000)
TRIALS = 200_000
REPEATS = 5
CURVE = tuple(range(20, 401, 20))


def scenario() -> Scenario:
    """The trial that is timed."""
    effect = {"female": 2.1, "male": 3.1}
    return by_sex(truth={"effect": effect, "attrition": leaving(0.12)})


def seconds(task: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median wall-clock time."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return median(times)


def simulate(n_subjects: int, n_trials: int, workers: int = WORKERS) -> None:
    """Draw, fit, decide and tally."""
    settings = MonteCarlo(n_trials=n_trials)
    evaluate([Case(scenario(), n_subjects)], settings, workers=workers)


def million() -> None:
    """One million trials in this process; prints time and peak memory before and after."""
    simulate(60, 2_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    simulate(60, 1_000_000)
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{took:.2f} s, peak {after / 1024:.0f} MiB ({before / 1024:.0f} MiB after 2 000 trials)")


def child(*command: str) -> str:
    """Output of a Python process of its own, with single-threaded linear algebra."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.strip()


def main() -> None:
    """Print all figures."""
    cores = len(os.sched_getaffinity(0))
    print(f"load {os.getloadavg()[0]:.2f}, {cores} cores, {WORKERS} workers")
    fast = {}
    for n in SIZES:
        simulate(n, 4_000)
        fast[n] = seconds(partial(simulate, n, TRIALS)) / TRIALS
        single = seconds(partial(simulate, n, TRIALS // 4, 1)) / (TRIALS // 4)
        print(f"N = {n:6}: {1e6 * fast[n]:.2f} µs per trial ({1e6 * single:.2f} by one worker)")
    curve = scenario().with_changes({"monte_carlo.n_trials": 10_000})
    took = seconds(partial(power_curve, curve, CURVE, nulls=False, workers=WORKERS))
    print(f"power curve, {len(CURVE)} sizes of 10 000 trials: {took:.2f} s")
    slow = json.loads(child("-m", "tests.benchmarks.slow_fits"))
    for n, times in slow.items():
        for name, time_ in times.items():
            ratio = time_ / fast[int(n)]
            print(f"N = {n:>6}: {1e3 * time_:.2f} ms per fit by {name}, {ratio:,.0f} times as long")
    command = "from tests.benchmarks.bench_engine import million; million()"
    print(f"one million trials at N = 60: {child('-c', command)}")
    print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
