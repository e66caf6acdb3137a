"""The smallest trial whose confidence interval is narrow enough.

What must not exceed a given width is the geometric mean width, over trials, of the interval that
matches the test. In closed form it is 2 t SE exp(E log s) for the ratio s of the standard error
to its expectation, with s² ~ χ²_df / df and so E log s = (ψ(df/2) − log(df/2)) / 2. Where that is
an approximation, the simulated trials say by how much it is off.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from planner.design.allocation import allocate, balanced_at_least
from planner.engines.closed_form import ClosedForm, Precision
from planner.engines.model import levels_of
from planner.errors import InvalidInput, PlannerError, UnknownName
from planner.operating.characteristics import MonteCarloEstimate, OperatingCharacteristics
from planner.operating.evaluate import Case, evaluate, expected_completers, minimum_size
from planner.plan.analysis import Posterior
from planner.scenario import Scenario
from planner.search.walk import LARGEST_Z, MAX_CONFIRMATIONS, Notify


@dataclass(frozen=True, slots=True)
class WidthStep:
    """One simulated size of a search, with the closed form beside it."""

    n: int
    width: MonteCarloEstimate
    closed_form: float
    purpose: str


@dataclass(frozen=True, slots=True)
class PrecisionSize:
    """Size of a trial by the width of one hypothesis' interval; widths on the model scale.

    Parameters
    ----------
    target : width not to be exceeded.
    status : ``found``, or ``not_reached`` when the sizes are the limit of the search.
    n_evaluable, n_randomised : people, all sequences together.
    per_sequence, per_sex : randomised people.
    width, closed_form : of the randomised trial with its dropout.
    width_evaluable, closed_form_evaluable : likewise when all evaluable people complete.
    trace : all simulated sizes.
    trial : all characteristics of the randomised trial.
    """

    hypothesis: str
    target: float
    status: Literal["found", "not_reached"]
    n_evaluable: int
    n_randomised: int
    per_sequence: dict[str, int]
    per_sex: dict[str, int]
    width: MonteCarloEstimate
    closed_form: float
    width_evaluable: MonteCarloEstimate
    closed_form_evaluable: float
    trace: tuple[WidthStep, ...]
    trial: OperatingCharacteristics


class WidthCurve:
    """Geometric mean width of one hypothesis' interval by sample size.

    The closed form times a factor that simulated trials estimate, unless it is exact.
    """

    def __init__(self, scenario: Scenario, hypothesis: int) -> None:
        self.scenario = scenario
        self._form, self._h = ClosedForm(scenario), hypothesis
        self._level = float(levels_of(scenario)[hypothesis])
        self._weight, self._total = 0.0, 0.0

    def closed_form(self, n: int) -> float:
        """Closed-form width; infinite where `n` is too few to estimate."""
        precision = self._form.precision(n)
        return np.inf if precision is None else mean_width(precision, self._h, self._level)

    def tell(self, n: int, simulated: MonteCarloEstimate) -> None:
        """Learn from a simulated width.

        Raises
        ------
        PlannerError : it contradicts an exact closed form.
        """
        expected, precision = self.closed_form(n), self._form.precision(n)
        error = simulated.mcse / simulated.value
        gap = float(np.log(simulated.value / expected))
        bayesian = isinstance(self.scenario.plan.analysis, Posterior)
        if precision is None or not precision.exact or bayesian:
            self._weight += error**-2
            self._total += error**-2 * gap
        elif abs(gap) > LARGEST_Z * error:
            raise PlannerError(
                f"the mean width at N = {n} is {simulated} in simulation but exactly "
                f"{expected:.4f} (z = {gap / error:.1f}); do not use either, report this"
            )

    def first(self, target: float, lowest: int, highest: int, step: int) -> int | None:
        """Smallest multiple of `step` between two of them that is narrow enough; None beyond."""
        goal = target / np.exp(self._total / self._weight if self._weight else 0.0)
        if self.closed_form(highest * step) > goal:
            return None
        low, high = lowest - 1, highest
        while high - low > 1:
            middle = (low + high) // 2
            narrow = self.closed_form(middle * step) <= goal
            low, high = (low, middle) if narrow else (middle, high)
        return high


def mean_width(precision: Precision, h: int, level: float) -> float:
    """Geometric mean width of hypothesis number `h`'s interval with `level` in each tail."""
    se, df, inflation = (
        float(values[h]) for values in (precision.se, precision.df, precision.inflation)
    )
    log_ratio = (special.digamma(df / 2) - np.log(df / 2)) / 2
    return float(-2 * special.stdtrit(df, level) * inflation * se * np.exp(log_ratio))


class PrecisionSearch:
    """Search of one scenario for the width of one hypothesis' interval."""

    def __init__(
        self,
        scenario: Scenario,
        hypothesis: str,
        workers: int | None = None,
        notify: Notify | None = None,
    ) -> None:
        names = scenario.plan.hypothesis_names
        if hypothesis not in names:
            raise UnknownName(
                f"{hypothesis!r} is not a hypothesis of the plan; choose {', '.join(names)}",
                key="hypothesis",
            )
        self.scenario, self.hypothesis = scenario, hypothesis
        self.complete = scenario.with_changes({"truth.attrition": {"kind": "none"}})
        self.workers, self.notify = workers, notify or (lambda _: None)
        self.step = sum(scenario.plan.weights)
        self.lowest = -(-minimum_size(self.complete) // self.step)
        self.highest = max(self.lowest, scenario.plan.n_limit // self.step)
        self.trace: list[WidthStep] = []
        self._results: dict[tuple[bool, int], OperatingCharacteristics] = {}

    def find(self, target: float) -> PrecisionSize:
        """Evaluable and randomised size for a width of at most `target` on the model scale."""
        h = self.scenario.plan.hypothesis_names.index(self.hypothesis)
        complete, partial = WidthCurve(self.complete, h), WidthCurve(self.scenario, h)
        evaluable, found = self._settle(complete, target, self.lowest, "everybody completes")
        if found and evaluable > self.lowest:
            self._run(complete, (evaluable - 1) * self.step, "one step below")
        n_evaluable, lowest = evaluable * self.step, self._inflated(evaluable * self.step)
        n_randomised = n_evaluable
        if found and lowest != n_evaluable:
            index, found = self._settle(partial, target, lowest // self.step, "with dropout")
            n_randomised = index * self.step
        plan, truth = self.scenario.plan, self.scenario.truth
        people = allocate(n_randomised, plan.weights, truth.female_share)
        sexes = dict(zip(truth.strata, people.sum(axis=0).tolist(), strict=True))
        trial = self._evaluate(self.scenario, n_randomised)
        return PrecisionSize(
            hypothesis=self.hypothesis,
            target=target,
            status="found" if found else "not_reached",
            n_evaluable=n_evaluable,
            n_randomised=n_randomised,
            per_sequence=dict(zip(plan.design.sequences, people.sum(axis=1).tolist(), strict=True)),
            per_sex=sexes if len(sexes) > 1 else {},
            width=trial[self.hypothesis].width,
            closed_form=partial.closed_form(n_randomised),
            width_evaluable=self._evaluate(self.complete, n_evaluable)[self.hypothesis].width,
            closed_form_evaluable=complete.closed_form(n_evaluable),
            trace=tuple(self.trace),
            trial=trial,
        )

    def _settle(
        self, curve: WidthCurve, target: float, lowest: int, purpose: str
    ) -> tuple[int, bool]:
        """Grid index whose simulated trials leave the answer where it is."""
        index, goal = 0, None
        for _ in range(MAX_CONFIRMATIONS):
            goal = curve.first(target, self.lowest, self.highest, self.step)
            place = self.highest if goal is None else max(lowest, goal, index)
            if place == index:
                break
            index = place
            self.notify(f"{self.hypothesis}: trying {index * self.step}")
            self._run(curve, index * self.step, purpose)
        return index, goal is not None

    def _run(self, curve: WidthCurve, n: int, purpose: str) -> None:
        width = self._evaluate(curve.scenario, n)[self.hypothesis].width
        curve.tell(n, width)
        self.trace.append(WidthStep(n, width, curve.closed_form(n), purpose))

    def _evaluate(self, scenario: Scenario, n: int) -> OperatingCharacteristics:
        key = (scenario is self.complete, n)
        if key not in self._results:
            settings = self.scenario.monte_carlo
            (self._results[key],) = evaluate([Case(scenario, n)], settings, workers=self.workers)
        return self._results[key]

    def _inflated(self, n_evaluable: int) -> int:
        many = 1000 * self.step
        share = expected_completers(self.scenario, many) / many
        return balanced_at_least(n_evaluable / share, self.scenario.plan.weights)


def precision_size(
    scenario: Scenario,
    width: float,
    hypothesis: str | None = None,
    *,
    workers: int | None = None,
    notify: Notify | None = None,
) -> PrecisionSize:
    """Smallest size at which an interval's geometric mean width is at most `width`.

    Parameters
    ----------
    width : on the natural scale; for a log-scale endpoint the ratio of the upper to the lower
        limit.
    hypothesis : whose interval; default the first. Its level is that of the test: 95 % for a
        two-sided test at 5 %.

    Raises
    ------
    InvalidInput : a width that is not positive (for ratios: not above 1), an unknown hypothesis.
    PlannerError : simulation and an exact closed form contradict each other.
    """
    goal = scenario.truth.endpoint.to_model(width, "width")
    if goal <= 0:
        least = scenario.truth.endpoint.neutral
        raise InvalidInput(f"width is {width:g}; give one above {least:g}", key="width")
    search = PrecisionSearch(
        scenario, hypothesis or scenario.plan.hypothesis_names[0], workers, notify
    )
    return search.find(goal)
