"""What another truth or plan does to power, on the same random numbers.

Both scenarios are simulated from the same seed, so their trials are alike and the difference of
their powers has a smaller Monte-Carlo standard error than that of independent runs: it is the
standard error of the mean of paired differences, trial by trial (Glasserman & Yao 1992,
10.1287/mnsc.38.6.884).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from planner.errors import InvalidInput
from planner.operating.characteristics import MonteCarloEstimate, mean_of, proportion
from planner.operating.evaluate import Case, Simulation, available_workers
from planner.rng import block_sizes
from planner.scenario import Scenario
from planner.trials.moments import IntArray


@dataclass(frozen=True, slots=True)
class PowerDifference:
    """Power of one hypothesis under two scenarios at one size.

    Parameters
    ----------
    planned, changed : simulated power of each.
    difference : changed − planned, with the standard error of the paired difference.
    """

    hypothesis: str
    n_subjects: int
    planned: MonteCarloEstimate
    changed: MonteCarloEstimate
    difference: MonteCarloEstimate


def power_difference(
    planned: Scenario,
    changed: Scenario,
    n_subjects: int,
    hypothesis: str,
    *,
    workers: int | None = None,
) -> PowerDifference:
    """Power of `hypothesis` under both scenarios; trials that fail show nothing.

    Raises
    ------
    InvalidInput : the scenarios differ in their Monte-Carlo settings, or too few people.
    """
    settings = planned.monte_carlo
    if changed.monte_carlo != settings:
        raise InvalidInput(
            "the two scenarios differ in trials, seed or drawing; give both the same so that "
            "their trials are alike",
            key="monte_carlo",
        )
    pair = tuple(Simulation(Case(scenario, n_subjects)) for scenario in (planned, changed))
    columns = tuple(s.plan.hypothesis_names.index(hypothesis) for s in (planned, changed))
    tasks = list(enumerate(block_sizes(settings.n_trials)))

    def count(task: tuple[int, int]) -> IntArray:
        block, size = task
        shown = []
        for simulation, column in zip(pair, columns, strict=True):
            _, batch = simulation.simulate(block, size)
            shown.append(simulation.rule.decide(batch).rejected[:, column])
        before, after = shown
        parts = (before, after, after & ~before, before & ~after)
        return np.array([np.sum(part) for part in parts], dtype=np.int64)

    with ThreadPoolExecutor(workers or available_workers()) as pool:
        before, after, gained, lost = np.sum(list(pool.map(count, tasks)), axis=0).tolist()
    n = settings.n_trials
    return PowerDifference(
        hypothesis=hypothesis,
        n_subjects=n_subjects,
        planned=proportion(before, n),
        changed=proportion(after, n),
        difference=mean_of(gained - lost, gained + lost, n),
    )
