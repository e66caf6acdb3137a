"""The smallest trial whose assurance reaches a target.

As in `planner.search.sample_size` two sizes are found: *evaluable*, when everybody completes, and
*randomised*, inflated by the expected dropout and confirmed with it. The closed-form curve is the
expected power. No trial can exceed the limit of assurance, the probability of a truth that
endless data would prove; a target beyond it is never reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import numpy as np

from planner.design.allocation import allocate, balanced_at_least
from planner.errors import InvalidInput
from planner.operating.assurance import evaluate_assurance, limits_of, require_truth_prior
from planner.operating.assurance_result import SUCCESS, Assurance
from planner.operating.characteristics import MonteCarloEstimate, Oracle
from planner.operating.evaluate import minimum_size
from planner.operating.expected_power import (
    ExpectedPowerForm,
    expected_completing_share,
    has_expected_power,
)
from planner.operating.prior_simulation import PriorCase
from planner.plan.decision import success_level
from planner.scenario import Scenario
from planner.search.bracket import Crossing
from planner.search.result import Step
from planner.search.walk import Notify, Walk
from planner.truth.attrition import NoAttrition


@dataclass(frozen=True, slots=True)
class AssuranceSize:
    """Size of a trial by the assurance of one hypothesis, or of the success rule.

    Parameters
    ----------
    aim : name of the hypothesis, or ``success``.
    status : ``found``, or ``not_reached`` when the sizes are the limit of the search.
    n_evaluable, n_randomised : people, all sequences together.
    per_sequence, per_sex : randomised people.
    n_interval : 95 % interval of the evaluable size, from the error of simulation and closed
        form; its upper end is None beyond the limit of the search.
    limit : assurance as N → ∞; None for a rule or under a multiplicity procedure.
    assurance, oracle : of the randomised trial with its dropout, and its closed form.
    assurance_evaluable, oracle_evaluable : likewise when all evaluable people complete.
    trial : everything about the randomised trial, without its type I error.
    """

    aim: str
    target: float
    status: Literal["found", "not_reached"]
    n_evaluable: int
    n_randomised: int
    per_sequence: dict[str, int]
    per_sex: dict[str, int]
    n_interval: tuple[int, int | None]
    limit: float | None
    assurance: MonteCarloEstimate
    oracle: Oracle | None
    assurance_evaluable: MonteCarloEstimate
    oracle_evaluable: Oracle | None
    trace: tuple[Step, ...]
    trial: Assurance

    @property
    def sentence(self) -> str:
        """What became of the target."""
        if self.status == "found":
            return f"{self.aim} reaches {self.target:.0%} assurance with {self.n_randomised} people"
        missed = (
            f"{self.aim} does not reach {self.target:.0%} assurance with up to "
            f"{self.n_randomised} people, where it is {self.assurance}"
        )
        if self.limit is None:
            return missed
        return (
            f"{missed}; no size can exceed {self.limit:.4f}, the probability of an effect on the "
            "right side"
        )


class ExpectedCurve:
    """Expected power and its error by sample size, remembered; the success rule comes last.

    Without a closed form of its own (`has_expected_power`) a column has only a shape: its error is
    infinite, so that its level comes from simulation alone.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._form, self._plan = ExpectedPowerForm(scenario), scenario.plan
        self._has_level = has_expected_power(scenario)
        self._at = lru_cache(maxsize=None)(self._evaluate)

    def _evaluate(self, n: int) -> tuple[tuple[float, ...], float]:
        expected, names = self._form.at(n), self._plan.hypothesis_names
        if expected is None:
            return (0.0,) * (len(names) + 1), np.inf
        level = success_level(self._plan.success_rule, names, expected.power)
        return (*expected.power.tolist(), level), expected.error

    def power(self, n: int, column: int) -> float:
        """Expected power; 0 where `n` is too few to estimate."""
        return self._at(n)[0][column]

    def error(self, n: int, column: int) -> float:
        """SD of the anticipated error of probit(expected power)."""
        hypothesis = column < len(self._plan.hypotheses)
        return self._at(n)[1] if self._has_level and hypothesis else np.inf


class AssuranceSearch:
    """Search of one scenario; simulations are shared between aims and targets."""

    def __init__(
        self, scenario: Scenario, workers: int | None = None, notify: Notify | None = None
    ) -> None:
        require_truth_prior(scenario)
        self.scenario, self.complete = scenario, without_dropout(scenario)
        self.workers, self.notify = workers, notify or (lambda _: None)
        self.step = sum(scenario.plan.weights)
        self.lowest = -(-minimum_size(self.complete) // self.step)
        self.highest = max(self.lowest, scenario.plan.n_limit // self.step)
        self.aims = (*scenario.plan.hypothesis_names, SUCCESS)
        self.limits = limits_of(scenario)
        self._curves = {
            "complete": ExpectedCurve(self.complete),
            "with dropout": ExpectedCurve(scenario),
        }
        self._results: dict[tuple[str, int, int], Assurance] = {}

    def find(self, aim: str, target: float) -> AssuranceSize:
        """Evaluable and randomised size of an aim at an assurance of `target`."""
        walk = Walk(aim, "assurance", self.step, self.lowest, self.highest, self.notify)
        complete = partial(self._outcome, "complete", aim)
        crossing = self._crossing("complete", aim, target)
        n_evaluable, found = self.highest * self.step, False
        if self.limits.get(aim, 1.0) > target:
            walk.explore(crossing, complete)
            n_evaluable, found = walk.confirm(crossing, complete, self.lowest, "complete")
        if found:
            walk.below(complete, n_evaluable)
        n_randomised = n_evaluable
        inflated = self._inflated(n_evaluable)
        if found and inflated != n_evaluable:
            planned = partial(self._outcome, "with dropout", aim)
            dropout = self._crossing("with dropout", aim, target)
            n_randomised, found = walk.enlarge(dropout, planned, inflated // self.step)
        plan, truth = self.scenario.plan, self.scenario.truth
        people = allocate(n_randomised, plan.weights, truth.female_share)
        sexes = dict(zip(truth.strata, people.sum(axis=0).tolist(), strict=True))
        assurance, oracle = self._outcome("with dropout", aim, n_randomised)
        assurance_evaluable, oracle_evaluable = complete(n_evaluable)
        low, high = crossing.interval()
        return AssuranceSize(
            aim=aim,
            target=target,
            status="found" if found else "not_reached",
            n_evaluable=n_evaluable,
            n_randomised=n_randomised,
            per_sequence=dict(zip(plan.design.sequences, people.sum(axis=1).tolist(), strict=True)),
            per_sex=sexes if len(sexes) > 1 else {},
            n_interval=(low * self.step, None if high is None else high * self.step),
            limit=self.limits.get(aim),
            assurance=assurance,
            oracle=oracle,
            assurance_evaluable=assurance_evaluable,
            oracle_evaluable=oracle_evaluable,
            trace=tuple(walk.trace),
            trial=self._run("with dropout", n_randomised),
        )

    def _crossing(self, who: str, aim: str, target: float) -> Crossing:
        curve, column, step = self._curves[who], self.aims.index(aim), self.step
        return Crossing(
            lambda i: curve.power(i * step, column),
            self.lowest,
            self.highest,
            target,
            lambda i: curve.error(i * step, column),
        )

    def _inflated(self, n_evaluable: int) -> int:
        share = expected_completing_share(self.scenario)
        return balanced_at_least(n_evaluable / share, self.scenario.plan.weights)

    def _outcome(
        self, who: str, aim: str, n: int, first_block: int = 0
    ) -> tuple[MonteCarloEstimate, Oracle | None]:
        """Simulated assurance and its closed form."""
        result = self._run(who, n, first_block)
        return result[aim].success, result[aim].oracle

    def _run(self, who: str, n: int, first_block: int = 0) -> Assurance:
        key = (who, n, first_block)
        if key not in self._results:
            scenario = self.complete if who == "complete" else self.scenario
            case = PriorCase(scenario, n, first_block=first_block)
            settings = self.scenario.monte_carlo
            (self._results[key],) = evaluate_assurance([case], settings, workers=self.workers)
        return self._results[key]


def assurance_size(
    scenario: Scenario,
    targets: Sequence[float] | None = None,
    *,
    workers: int | None = None,
    notify: Notify | None = None,
) -> list[AssuranceSize]:
    """Size of every hypothesis, and of a stated success rule, at every target of assurance.

    Parameters
    ----------
    targets : default the plan's power targets.

    Raises
    ------
    InvalidInput : no design prior is given, or a target is no probability.
    NotEstimable : the design cannot estimate a hypothesis.
    PlannerError : simulation and an exact closed form contradict each other.
    """
    wanted = scenario.plan.power_targets if targets is None else targets
    for target in wanted:
        if not 0 < target < 1:
            raise InvalidInput(f"target {target:g} is not between 0 and 1; give a probability")
    search = AssuranceSearch(scenario, workers, notify)
    aims = search.aims if scenario.plan.success else scenario.plan.hypothesis_names
    return [search.find(aim, target) for aim in aims for target in wanted]


def without_dropout(scenario: Scenario) -> Scenario:
    """The scenario when everybody completes, under the same design prior otherwise."""
    truth = scenario.truth.model_copy(update={"attrition": NoAttrition()})
    prior = scenario.truth_prior and scenario.truth_prior.model_copy(update={"dropout": None})
    return scenario.model_copy(update={"truth": truth, "truth_prior": prior})
