"""Power of one hypothesis under many truths, as quickly as it can be had.

By the closed form where that is the power of the planned decision; simulated under a Bayesian
rule or a multiplicity procedure, on the same random numbers throughout.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.engines.closed_form import ClosedForm
from planner.operating.evaluate import Case, evaluate
from planner.scenario import Scenario
from planner.search.carryover_price import known_hypothesis
from planner.search.sample_size import PowerCurve
from planner.trials.moments import FloatArray

QUICK_TRIALS = 200
"""Simulated trials per truth and size where there is no closed form."""


@dataclass(frozen=True, slots=True, eq=False)
class QuickPower:
    """Power, axes [S, N]; NaN where there are too few people to estimate the hypothesis.

    Parameters
    ----------
    mcse : its Monte-Carlo standard error; None where the power is that of a formula.
    n_trials : simulated trials behind every power; 0 for a formula.
    """

    power: FloatArray
    mcse: FloatArray | None
    n_trials: int


def column_of(scenario: Scenario, hypothesis: str) -> int:
    """Place of a hypothesis among those of the plan.

    Raises
    ------
    InvalidInput : the scenario has none of that name.
    """
    return scenario.plan.hypothesis_names.index(known_hypothesis(scenario, hypothesis))


def has_formula(scenario: Scenario, hypothesis: str) -> bool:
    """Whether the closed form is that of the decision about a hypothesis."""
    return PowerCurve(scenario).has_level(column_of(scenario, hypothesis))


def quick_power(
    scenarios: Sequence[Scenario],
    sizes: Sequence[int],
    hypothesis: str,
    *,
    n_trials: int = QUICK_TRIALS,
    workers: int | None = None,
) -> QuickPower:
    """Power of `hypothesis` under every scenario [S] at every size [N].

    Parameters
    ----------
    scenarios : of one plan, under several truths.
    sizes : people randomised.
    n_trials : simulated trials where there is no closed form.

    Raises
    ------
    InvalidInput : a size is too few to estimate every hypothesis and must be simulated.
    TooManyFailures : too many simulated trials could not be analysed.
    """
    column = column_of(scenarios[0], hypothesis)
    if has_formula(scenarios[0], hypothesis):
        forms = [ClosedForm(scenario) for scenario in scenarios]
        return QuickPower(np.array([[_at(f, n, column) for n in sizes] for f in forms]), None, 0)
    settings = scenarios[0].monte_carlo.model_copy(update={"n_trials": n_trials})
    cases = [Case(scenario, n) for scenario in scenarios for n in sizes]
    results = evaluate(cases, settings, workers=workers)
    found = np.array([(r[hypothesis].success.value, r[hypothesis].success.mcse) for r in results])
    power, mcse = found.T.reshape(2, len(scenarios), len(sizes))
    return QuickPower(power, mcse, n_trials)


def _at(form: ClosedForm, n: int, column: int) -> float:
    power = form.power(n)
    return np.nan if power is None else float(power[column])
