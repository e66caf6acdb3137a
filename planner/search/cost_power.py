"""What power costs: plans over a range of sizes, and those that no other plan beats."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.design.allocation import balanced_at_least
from planner.operating.evaluate import minimum_size
from planner.plan.costs import Costs
from planner.scenario import Scenario
from planner.search.quick_power import QUICK_TRIALS, quick_power

N_POINTS = 11
"""Sizes along the curve of a plan."""


@dataclass(frozen=True, slots=True)
class PlanCurve:
    """Power of one plan by sample size.

    Parameters
    ----------
    sizes : people randomised.
    power : of the hypothesis, one per size.
    n_trials : simulated trials behind every power; 0 for a formula.
    """

    name: str
    n_periods: int
    sizes: tuple[int, ...]
    power: tuple[float, ...]
    n_trials: int


def plan_curve(
    name: str,
    scenario: Scenario,
    hypothesis: str,
    n_subjects: int,
    *,
    n_trials: int = QUICK_TRIALS,
    workers: int | None = None,
) -> PlanCurve:
    """Power from half to one and a half times `n_subjects` people.

    Raises
    ------
    TooManyFailures : too many simulated trials could not be analysed.
    """
    weights, lowest = scenario.plan.weights, minimum_size(scenario)
    wanted = np.linspace(n_subjects / 2, 1.5 * n_subjects, N_POINTS)
    sizes = sorted({balanced_at_least(max(float(n), lowest), weights) for n in wanted})
    found = quick_power([scenario], sizes, hypothesis, n_trials=n_trials, workers=workers)
    periods = scenario.plan.design.n_periods
    return PlanCurve(name, periods, tuple(sizes), tuple(found.power[0].tolist()), found.n_trials)


def price_of(costs: Costs, n_subjects: int, n_periods: int) -> float:
    """Cost of a trial; its visits where no price is stated."""
    total = costs.total(n_subjects, n_periods)
    return float(costs.visits(n_subjects, n_periods)) if total is None else total


def pareto_front(cost: ArrayLike, power: ArrayLike) -> NDArray[np.bool_]:
    """Which points no other beats: none is as cheap and as powerful, and better in one of both."""
    c, p = np.asarray(cost, float), np.asarray(power, float)
    no_worse = (c[:, None] <= c) & (p[:, None] >= p)
    better = (c[:, None] < c) | (p[:, None] > p)
    return np.asarray(~(no_worse & better).any(axis=0))


def front_of_curves(
    cost: Sequence[ArrayLike], power: Sequence[ArrayLike]
) -> list[NDArray[np.bool_]]:
    """Which points of several curves no curve beats, at its points or between them.

    A curve ends with the sizes that were computed, which says nothing of larger trials: the front
    goes up as far as every curve does.

    Parameters
    ----------
    cost, power : of every curve, by rising cost.
    """
    costs, powers = ([np.asarray(x, float) for x in axis] for axis in (cost, power))
    every = np.concatenate(powers)
    front = pareto_front(np.concatenate(costs), every)
    front &= every <= min(p.max() for p in powers)
    for c, p in zip(costs, powers, strict=True):
        least = np.interp(np.concatenate(costs), c, np.maximum.accumulate(p), left=-np.inf)
        front &= every >= least
    return np.split(front, np.cumsum([len(p) for p in powers])[:-1])
