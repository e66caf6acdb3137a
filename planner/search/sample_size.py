"""The smallest trial that reaches its power targets.

Two sizes are found for every hypothesis and target. *Evaluable*: the smallest balanced number of
people who, all completing, reach the target. *Randomised*: that number divided by the expected
share of completers and rounded up to balance; the trial with its dropout is then simulated as it
would be run, and enlarged if it should miss the target. Both are confirmed on trials that the
search has not seen.
"""

from functools import lru_cache, partial

import numpy as np

from planner.design.allocation import allocate, balanced_at_least
from planner.engines.closed_form import ClosedForm, power_of
from planner.engines.model import criteria_for, true_values
from planner.operating.characteristics import (
    MonteCarloEstimate,
    OperatingCharacteristics,
    Oracle,
)
from planner.operating.evaluate import Case, evaluate, expected_completers, minimum_size
from planner.operating.nulls import null_scenarios
from planner.plan.analysis import Posterior
from planner.plan.decision import NoMultiplicity, success_level
from planner.rng import BLOCK_SIZE, EXPLORATION_BLOCK
from planner.scenario import MonteCarlo, Scenario
from planner.search.bracket import Crossing
from planner.search.result import RoundingLedger, SampleSize
from planner.search.walk import Notify, Walk

NEAR = 4
"""Steps around a size within which one like it is looked for first."""
SUCCESS = "success"
"""Name under which the plan's success rule is searched for and reported."""


class PowerCurve:
    """Closed-form power and its error by sample size, remembered.

    Columns are the hypotheses and, last, the success rule. Only a plain hypothesis tested by a
    frequentist analysis has a closed form; under a multiplicity procedure or a Bayesian analysis,
    and for the success rule, the curve lends its shape and its error is infinite, so that its
    level comes from simulation alone.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._closed_form, self._criteria = ClosedForm(scenario), criteria_for(scenario)
        self._scenario = scenario
        plan = scenario.plan
        bayesian = isinstance(plan.analysis, Posterior)
        self._plain = isinstance(plan.multiplicity, NoMultiplicity) and not bayesian
        self._at = lru_cache(maxsize=None)(self._evaluate)

    def _evaluate(self, n: int) -> tuple[tuple[float, ...], float]:
        precision = self._closed_form.precision(n)
        if precision is None:
            return (0.0,) * (len(self._scenario.plan.hypotheses) + 1), np.inf
        power = power_of(self._scenario, precision, self._criteria)
        plan = self._scenario.plan
        level = success_level(plan.success_rule, plan.hypothesis_names, power)
        return (*power.tolist(), level), precision.error

    def power(self, n: int, column: int) -> float:
        """Power of a hypothesis; 0 where `n` is too few to estimate it."""
        return self._at(n)[0][column]

    def has_level(self, column: int) -> bool:
        """Whether the closed form is that of the column itself and not only a shape."""
        return self._plain and column < len(self._scenario.plan.hypotheses)

    def error(self, n: int, column: int) -> float:
        """SD of the anticipated error of probit(power)."""
        return self._at(n)[1] if self.has_level(column) else np.inf

    def first(self, column: int, target: float, step: int, limit: int, near: int = 0) -> int:
        """Smallest multiple of `step` that reaches the target; `limit` if none does.

        Looked for first around a size `near` it, if one is given.
        """
        low, high = 0, limit // step
        for place in (near // step - NEAR, near // step + NEAR) if near else ():
            if low < place < high:
                reached = self.power(place * step, column) >= target
                low, high = (low, place) if reached else (place, high)
        while high - low > 1:
            middle = (low + high) // 2
            if self.power(middle * step, column) >= target:
                high = middle
            else:
                low = middle
        return high * step


class SizeSearch:
    """Search of one scenario; simulations are shared between hypotheses and targets."""

    def __init__(
        self, scenario: Scenario, workers: int | None = None, notify: Notify | None = None
    ) -> None:
        self.scenario = scenario
        self.workers = workers
        self.notify = notify or (lambda _: None)
        self.complete = scenario.with_changes({"truth.attrition": {"kind": "none"}})
        self.step = sum(scenario.plan.weights)
        self.lowest = -(-minimum_size(self.complete) // self.step)
        self.highest = max(self.lowest, scenario.plan.n_limit // self.step)
        self.names = (*scenario.plan.hypothesis_names, SUCCESS)
        self._curve = PowerCurve(self.complete)
        self._dropout_curve = PowerCurve(scenario)
        self._nulls = null_scenarios(scenario)
        self._effects = true_values(scenario)
        self._results: dict[tuple[str, int, int], OperatingCharacteristics] = {}
        if isinstance(scenario.plan.analysis, Posterior):
            self.lowest = self._analysable(self.lowest)

    def _analysable(self, lowest: int) -> int:
        """Lowest size, in steps, at which as many trials have a posterior as must.

        A Bayesian analysis with proper priors has no size below which it is impossible, only one
        below which too many posteriors are not known well enough.
        """
        settings = MonteCarlo(n_trials=BLOCK_SIZE, seed=self.scenario.monte_carlo.seed)
        settings = settings.model_copy(update={"max_failures": 1.0})
        for index in (lowest + k for k in range(40)):
            case = Case(self.complete, index * self.step, "complete", 2 * EXPLORATION_BLOCK)
            result = evaluate([case], settings, workers=self.workers)[0]
            if result.failure_share <= 0.5 * self.scenario.monte_carlo.max_failures:
                return index
        return lowest

    def find(self, name: str, target: float) -> SampleSize:
        """Evaluable and randomised size of a hypothesis, or of ``success``, at power `target`."""
        walk = Walk(name, "power", self.step, self.lowest, self.highest, self.notify)
        complete = partial(self._outcome, "complete", name)
        crossing = self._crossing(self._curve, name, target)
        walk.explore(crossing, complete)
        n_evaluable, found = walk.confirm(crossing, complete, self.lowest, "confirmation")
        if found:
            walk.below(complete, n_evaluable)
        n_randomised = n_evaluable
        inflated = self._inflated(n_evaluable)
        if found and inflated != n_evaluable:
            planning = partial(self._outcome, "planning", name)
            dropout = self._crossing(self._dropout_curve, name, target)
            n_randomised, found = walk.enlarge(dropout, planning, inflated // self.step)
        plan, truth = self.scenario.plan, self.scenario.truth
        people = allocate(n_randomised, plan.weights, truth.female_share)
        sexes = dict(zip(truth.strata, people.sum(axis=0).tolist(), strict=True))
        power, oracle = self._outcome("planning", name, n_randomised)
        power_evaluable, oracle_evaluable = complete(n_evaluable)
        return SampleSize(
            hypothesis=name,
            effect=self._effect(name),
            power_target=target,
            status="found" if found else "not_reached",
            n_evaluable=n_evaluable,
            n_randomised=n_randomised,
            per_sequence=dict(zip(plan.design.sequences, people.sum(axis=1).tolist(), strict=True)),
            per_sex=sexes if len(sexes) > 1 else {},
            n_interval=self._interval(crossing),
            power=power,
            oracle=oracle,
            power_evaluable=power_evaluable,
            oracle_evaluable=oracle_evaluable,
            type_i_error=self._type_i_error(name, n_randomised),
            ledger=self._ledger(name, target, n_evaluable),
            trace=tuple(walk.trace),
            trial=self._run("planning", n_randomised),
        )

    def _effect(self, name: str) -> float | None:
        if name == SUCCESS:
            return None
        return self.scenario.truth.endpoint.to_natural(float(self._effects[self.names.index(name)]))

    def _crossing(self, curve: PowerCurve, name: str, target: float) -> Crossing:
        h, step = self.names.index(name), self.step
        return Crossing(
            lambda i: curve.power(i * step, h),
            self.lowest,
            self.highest,
            target,
            lambda i: curve.error(i * step, h),
        )

    def _inflated(self, n_evaluable: int) -> int:
        many = 1000 * self.step
        share = expected_completers(self.scenario, many) / many
        if share > 1 - 1e-12:
            return n_evaluable
        return balanced_at_least(n_evaluable / share, self.scenario.plan.weights)

    def _type_i_error(self, name: str, n: int) -> MonteCarloEstimate | None:
        if name == SUCCESS:
            return self._run("null 0", n).trial_success if len(self._nulls) == 1 else None
        k = next(k for k, (_, names) in enumerate(self._nulls) if name in names)
        return self._run(f"null {k}", n)[name].success

    def _outcome(
        self, truth: str, name: str, n: int, first_block: int = 0
    ) -> tuple[MonteCarloEstimate, Oracle | None]:
        """Simulated power of a hypothesis, or of the success rule, and its closed form."""
        result = self._run(truth, n, first_block)
        if name == SUCCESS:
            return result.trial_success, None
        return result[name].success, result[name].oracle

    def _run(self, truth: str, n: int, first_block: int = 0) -> OperatingCharacteristics:
        key = (truth, n, first_block)
        if key not in self._results:
            scenario = {"planning": self.scenario, "complete": self.complete}.get(truth)
            if scenario is None:
                scenario = self._nulls[int(truth.split()[1])][0]
            case = Case(scenario, n, truth, first_block)
            self._results[key] = evaluate([case], self.scenario.monte_carlo, workers=self.workers)[
                0
            ]
        return self._results[key]

    def _interval(self, crossing: Crossing) -> tuple[int, int | None]:
        low, high = crossing.interval()
        return low * self.step, None if high is None else high * self.step

    def _ledger(self, name: str, target: float, n_evaluable: int) -> RoundingLedger:
        h, limit = self.names.index(name), self.highest * self.step
        inflated = self._inflated(n_evaluable)
        if not self._curve.has_level(h) or self._curve.power(limit, h) < target:
            return RoundingLedger(None, None, n_evaluable, inflated, None)
        whole = self._curve.first(h, target, 1, limit, n_evaluable)
        # People in one sex rise by whole persons, so just below there may be a lucky size.
        near = range(max(1, whole - 2 * self.step - 12), whole)
        whole = next((n for n in near if self._curve.power(n, h) >= target), whole)
        before, at = self._curve.power(whole - 1, h), self._curve.power(whole, h)
        part = (target - before) / (at - before) if at > target > before else 1.0
        partial = (
            None
            if inflated == n_evaluable
            else self._dropout_curve.first(h, target, self.step, limit, inflated)
        )
        return RoundingLedger(whole - 1 + part, whole, n_evaluable, inflated, partial)


def sample_size(
    scenario: Scenario, *, workers: int | None = None, notify: Notify | None = None
) -> list[SampleSize]:
    """Sample size of every hypothesis, and of a stated success rule, at every power target.

    Raises
    ------
    NotEstimable : the design cannot estimate a hypothesis.
    PlannerError : simulation and an exact closed form contradict each other.
    """
    search = SizeSearch(scenario, workers, notify)
    names = search.names if scenario.plan.success else scenario.plan.hypothesis_names
    return [search.find(name, target) for name in names for target in scenario.plan.power_targets]
