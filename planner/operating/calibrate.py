"""Thresholds that give a decision rule the type I error it should have.

At the edge of its null a hypothesis is simulated, and the level that its first criterion may have
(1 − the posterior probability it asks for) is set to the quantile that α of the trials pass. The
type I error is then confirmed on trials that the calibration has not seen.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from planner.engines.protocol import AnalysisBatch
from planner.errors import InvalidInput
from planner.operating.characteristics import MonteCarloEstimate, proportion
from planner.operating.decide import DecisionRule
from planner.operating.evaluate import Case, Simulation, available_workers
from planner.operating.nulls import null_scenarios
from planner.plan.hypothesis import PosteriorRule, TwoSided
from planner.rng import EXPLORATION_BLOCK, block_sizes
from planner.scenario import Scenario
from planner.trials.moments import FloatArray

Z95 = 1.959963984540054
LARGEST_LEVEL = 0.5
"""Levels of tests lie below; a posterior rule may ask for any probability."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibrated criterion of one hypothesis.

    Parameters
    ----------
    alpha : type I error asked for (both tails of a two-sided objective).
    planned : posterior probability, or confidence, that the plan asks for in one tail.
    planned_error : type I error with the planned threshold.
    threshold : posterior probability to ask for.
    interval : its 95 % interval, from the order statistics of the simulation.
    type_i_error : with the calibrated threshold, on fresh trials.
    change : dotted path and value that put the threshold into the scenario.
    """

    hypothesis: str
    n_subjects: int
    alpha: float
    planned: float
    planned_error: MonteCarloEstimate
    threshold: float
    interval: tuple[float, float]
    type_i_error: MonteCarloEstimate
    change: tuple[str, float]


def calibrate(
    scenario: Scenario,
    n_subjects: int,
    *,
    alpha: float | None = None,
    workers: int | None = None,
) -> list[Calibration]:
    """Thresholds of every hypothesis with `n_subjects` randomised, each tested by itself.

    Parameters
    ----------
    alpha : type I error of each hypothesis; default the planned level of each.

    Raises
    ------
    InvalidInput : α outside (0, 1), or so small that the simulated trials do not resolve it.
    """
    trials = scenario.monte_carlo.n_trials
    if alpha is not None and not 0 < alpha < 1:
        raise InvalidInput(f"alpha is {alpha:g}, not between 0 and 1; correct it", key="alpha")
    results = {}
    for null, names in null_scenarios(scenario):
        simulation = Simulation(Case(null, n_subjects, "null"))
        search = _null_p_values(simulation, EXPLORATION_BLOCK, trials, workers)
        fresh = _null_p_values(simulation, 0, trials, workers)
        for name in names:
            h = scenario.plan.hypothesis_names.index(name)
            planned = float(simulation.rule.full_levels()[h])
            goal = planned if alpha is None else alpha
            if goal * trials < 20:
                raise InvalidInput(
                    f"{trials} trials hold about {goal * trials:.0f} type I errors at alpha "
                    f"{goal:g}, fewer than 20; raise monte_carlo.n_trials",
                    key="monte_carlo.n_trials",
                )
            results[name] = _calibration(
                scenario, n_subjects, h, (planned, goal), search[:, h], fresh[:, h]
            )
    return [results[name] for name in scenario.plan.hypothesis_names]


def _null_p_values(
    simulation: Simulation, first_block: int, n_trials: int, workers: int | None
) -> FloatArray:
    """p values, or 1 − P(region | data), of trials under the null, axes [T, H].

    1 where the trial failed or a further criterion does not hold: no threshold makes it succeed.
    """
    blocks = list(enumerate(block_sizes(n_trials)))

    def one(task: tuple[int, int]) -> FloatArray:
        _, batch = simulation.simulate(first_block + task[0], task[1])
        return admitted_p_values(simulation.rule, batch)

    with ThreadPoolExecutor(workers or available_workers()) as pool:
        parts: Iterator[FloatArray] = pool.map(one, blocks)
        return np.concatenate(list(parts))


def admitted_p_values(rule: DecisionRule, batch: AnalysisBatch) -> FloatArray:
    """p values of a block, 1 where the hypothesis cannot be shown whatever the threshold."""
    return np.where(rule.admitted(batch), rule.p_values(batch), 1.0)


def _calibration(
    scenario: Scenario,
    n_subjects: int,
    h: int,
    levels: tuple[float, float],
    search: FloatArray,
    fresh: FloatArray,
) -> Calibration:
    """Threshold of hypothesis number `h` from its p values in two sets of null trials."""
    planned, goal = levels
    hypothesis, n = scenario.plan.hypotheses[h], len(search)
    tails = 2.0 if isinstance(hypothesis.objective, TwoSided) else 1.0
    ordered, attainable = np.sort(search), float(np.mean(search < 1))
    if attainable < goal:
        raise InvalidInput(
            f"hypothesis {hypothesis.name!r} cannot reach a type I error of {goal:g}: its further "
            f"criteria let {attainable:.4f} of the trials under the null pass at most; calibrate "
            "to less, or drop a criterion",
            key=f"plan.hypotheses.{hypothesis.name}.objective.go",
        )
    k = goal * n
    spread = Z95 * np.sqrt(k * (1 - goal))
    level, low, high = (_at(ordered, place) for place in (k, k + spread, k - spread))
    path = f"plan.hypotheses.{hypothesis.name}.objective"
    match hypothesis.objective:
        case PosteriorRule():
            change = (f"{path}.go.0.probability", 1 - level)
        case TwoSided():
            change = (f"{path}.alpha", level)
        case _:
            change = (f"{path}.one_sided_alpha", level)
    if level >= LARGEST_LEVEL and not isinstance(hypothesis.objective, PosteriorRule):
        raise InvalidInput(
            f"hypothesis {hypothesis.name!r} has a type I error of {goal:g} only at a level of "
            f"{level:.3g}, and its objective takes levels below {LARGEST_LEVEL:g}; the prior "
            "decides, give a weaker one or a posterior rule",
            key=path,
        )
    return Calibration(
        hypothesis=hypothesis.name,
        n_subjects=n_subjects,
        alpha=goal,
        planned=1 - planned / tails,
        planned_error=proportion(int(np.sum((fresh <= planned) & (fresh < 1))), n),
        threshold=1 - level / tails,
        interval=(1 - low / tails, 1 - high / tails),
        type_i_error=proportion(int(np.sum((fresh <= level) & (fresh < 1))), n),
        change=change,
    )


def _at(ordered: FloatArray, place: float) -> float:
    """Level that `place` of the ordered p values do not exceed, midway to the next."""
    k = int(np.clip(np.floor(place), 1, len(ordered) - 1))
    return float((ordered[k - 1] + ordered[k]) / 2)


def calibrated(scenario: Scenario, results: list[Calibration]) -> Scenario:
    """The scenario with the calibrated thresholds."""
    return scenario.with_changes(dict(result.change for result in results))
