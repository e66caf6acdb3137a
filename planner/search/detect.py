"""The smallest effect a trial of given size detects with its target power."""

from dataclasses import dataclass

import numpy as np

from planner.engines.closed_form import ClosedForm, power_of
from planner.engines.model import bounds_of, true_values
from planner.errors import InvalidInput
from planner.operating.characteristics import HypothesisCharacteristics
from planner.operating.evaluate import Case, Simulation, evaluate
from planner.operating.nulls import null_values, with_contrasts
from planner.plan.analysis import Posterior
from planner.plan.hypothesis import Hypothesis, margins
from planner.rng import EXPLORATION_BLOCK
from planner.scenario import Scenario
from planner.search.bracket import Crossing

RESOLUTION = 2_000
"""Grid points per standard error of the estimate: effects are found to 1/2000 of it."""
REACH = 12
MAX_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Detectable:
    """Detectable effect of one hypothesis at one power target.

    Parameters
    ----------
    effect, interval : on the natural scale, with its 95 % interval from the simulation's error.
    planned : the scenario's own effect.
    power : characteristics at the detectable effect, on fresh trials.
    """

    hypothesis: str
    power_target: float
    n_subjects: int
    effect: float
    interval: tuple[float, float]
    planned: float
    power: HypothesisCharacteristics


def detectable_effect(
    scenario: Scenario, n_subjects: int, *, workers: int | None = None
) -> list[Detectable]:
    """Detectable effect of every hypothesis at every power target.

    Raises
    ------
    InvalidInput : an equivalence hypothesis (its power falls with the effect), or too few people.
    """
    for hypothesis in scenario.plan.hypotheses:
        lower, upper = margins(hypothesis.objective, scenario.truth.endpoint.to_model)
        if np.isfinite(lower) and np.isfinite(upper) and lower < upper:
            raise InvalidInput(
                f"hypothesis {hypothesis.name!r} is an equivalence test, which has no smallest "
                "detectable effect; ask for size or power instead",
                key=f"plan.hypotheses.{hypothesis.name}",
            )
    Simulation(Case(scenario, n_subjects))
    return [
        _detect(scenario, n_subjects, hypothesis, target, workers)
        for hypothesis in scenario.plan.hypotheses
        for target in scenario.plan.power_targets
    ]


def _detect(
    scenario: Scenario, n: int, hypothesis: Hypothesis, target: float, workers: int | None
) -> Detectable:
    name = hypothesis.name
    h = scenario.plan.hypothesis_names.index(name)
    edge = null_values(scenario)[name]
    sign = _direction(scenario, h)
    precision = ClosedForm(scenario).precision(n)
    assert precision is not None
    unit = float(precision.se[h]) / RESOLUTION
    bayesian = isinstance(scenario.plan.analysis, Posterior)
    error = np.inf if bayesian else precision.error

    def at(index: int) -> Scenario:
        return with_contrasts(scenario, {name: edge + sign * index * unit})[0]

    def closed_form(index: int) -> float:
        here = ClosedForm(at(index)).precision(n)
        return 0.0 if here is None else float(power_of(scenario, here)[h])

    crossing = Crossing(closed_form, 1, REACH * RESOLUTION, target, lambda _: error)
    result, index = None, 0
    for round_ in range(MAX_ROUNDS):
        goal = crossing.estimate() or REACH * RESOLUTION
        if result is not None and abs(goal - index) <= RESOLUTION // 200:
            break
        index = goal
        first_block = 0 if round_ else EXPLORATION_BLOCK
        case = Case(at(index), n, "detectable", first_block)
        result = evaluate([case], scenario.monte_carlo, workers=workers)[0][name]
        trials = result.success.n
        crossing.tell(index, round(result.success.value * trials), trials)
    case = Case(at(index), n, "detectable")
    result = evaluate([case], scenario.monte_carlo, workers=workers)[0][name]
    low, high = crossing.interval()
    natural = scenario.truth.endpoint.to_natural
    ends = sorted(
        natural(edge + sign * i * unit) for i in (low, REACH * RESOLUTION if high is None else high)
    )
    return Detectable(
        hypothesis=name,
        power_target=target,
        n_subjects=n,
        effect=natural(edge + sign * index * unit),
        interval=(ends[0], ends[1]),
        planned=natural(float(true_values(scenario)[h])),
        power=result,
    )


def _direction(scenario: Scenario, h: int) -> float:
    """Side of the null on which the effect is sought."""
    lower, upper = (bound[h] for bound in bounds_of(scenario))
    if lower == upper:
        return 1.0 if true_values(scenario)[h] >= 0 else -1.0
    return 1.0 if np.isfinite(lower) else -1.0
