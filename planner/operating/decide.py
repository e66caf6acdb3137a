"""From analyses to decisions: which hypotheses are rejected, and has the trial succeeded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.engines.model import bounds_of, levels_of
from planner.engines.protocol import AnalysisBatch
from planner.engines.student import critical_values, upper_tail
from planner.plan.decision import NoMultiplicity, SuccessRule, as_graph, compile_success
from planner.plan.hypothesis import TwoSided
from planner.scenario import Scenario
from planner.trials.moments import FloatArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Decisions of a block of trials.

    Parameters
    ----------
    rejected : null hypotheses rejected, axes [T, H]; failed trials reject nothing.
    success : whether the success rule holds, [T].
    half_width : half the width of the confidence interval that matches each test, [T, H].
    """

    rejected: BoolArray
    success: BoolArray
    half_width: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class DecisionRule:
    """A plan's objectives, multiplicity and success rule, ready for use on many blocks.

    Parameters
    ----------
    lower, upper : what each hypothesis is to show, on the scale of the analysis, [H].
    levels : level of one tail, [H].
    two_sided : hypotheses tested on both sides, [H].
    table : weight of every hypothesis for every set of rejected ones (a bit mask), axes
        [2^H, H]; None when each is tested at its own level.
    """

    names: tuple[str, ...]
    lower: FloatArray
    upper: FloatArray
    levels: FloatArray
    two_sided: BoolArray
    table: FloatArray | None
    success: SuccessRule

    def decide(self, batch: AnalysisBatch) -> Decisions:
        """Decide every trial of a block."""
        half_width = batch.se * self._critical(batch.df)
        if self.table is None:
            rejected = self._plain(batch, half_width)
        else:
            rejected = self._graphical(self.p_values(batch), self.table)
        rejected &= ~batch.failed[:, None]
        columns = {name: rejected[:, h] for h, name in enumerate(self.names)}
        return Decisions(rejected, self.success(columns) & ~batch.failed, half_width)

    def _critical(self, df: FloatArray) -> FloatArray:
        if np.all(self.levels == self.levels[0]):
            return critical_values(df, float(self.levels[0]))
        columns = [critical_values(df[:, h], float(v)) for h, v in enumerate(self.levels)]
        return np.stack(columns, axis=1)

    def _plain(self, batch: AnalysisBatch, half_width: FloatArray) -> BoolArray:
        one_sided = (batch.estimate - self.lower > half_width) & (
            self.upper - batch.estimate > half_width
        )
        return np.where(self.two_sided, np.abs(batch.estimate) > half_width, one_sided)

    def p_values(self, batch: AnalysisBatch) -> FloatArray:
        """p value of every hypothesis, axes [T, H]; two-sided where the objective is."""
        above = upper_tail((batch.estimate - self.lower) / batch.se, batch.df)
        below = upper_tail((self.upper - batch.estimate) / batch.se, batch.df)
        both = 2 * upper_tail(np.abs(batch.estimate) / batch.se, batch.df)
        return np.where(self.two_sided, both, np.maximum(above, below))

    def _graphical(self, p: FloatArray, table: FloatArray) -> BoolArray:
        """Sequentially rejective procedure; rejecting all that qualify at once is equivalent."""
        full = self.levels * np.where(self.two_sided, 2.0, 1.0)
        bits = 1 << np.arange(len(self.names))
        rejected = np.zeros(p.shape, dtype=bool)
        while True:
            weights = table[(rejected * bits).sum(axis=1)]
            new = (p <= weights * full) & (weights > 0) & ~rejected
            if not new.any():
                return rejected
            rejected |= new


def decision_rule(scenario: Scenario) -> DecisionRule:
    """The decision rule of a plan."""
    plan = scenario.plan
    names = plan.hypothesis_names
    lower, upper = bounds_of(scenario)
    weights, transitions = as_graph(plan.multiplicity, names)
    plain = isinstance(plan.multiplicity, NoMultiplicity)
    return DecisionRule(
        names=names,
        lower=lower,
        upper=upper,
        levels=levels_of(scenario),
        two_sided=np.array([isinstance(h.objective, TwoSided) for h in plan.hypotheses]),
        table=None if plain else weight_table(weights, transitions),
        success=compile_success(plan.success_rule, names),
    )


def weight_table(weights: FloatArray, transitions: FloatArray) -> FloatArray:
    """Weights after rejecting every subset of hypotheses, axes [2^H, H].

    Update rule of Bretz, Maurer, Brannath & Posch 2009 (Stat Med 28:586, algorithm 1); the
    result does not depend on the order of rejection.
    """
    n = len(weights)
    table = np.zeros((1 << n, n))
    for mask in range(1 << n):
        w, g = weights.copy(), transitions.copy()
        for i in range(n):
            if mask >> i & 1:
                w, g = _reject(w, g, i)
        table[mask] = w
    return table


def _reject(w: FloatArray, g: FloatArray, i: int) -> tuple[FloatArray, FloatArray]:
    w = w + w[i] * g[i]
    w[i] = 0.0
    back = g[:, i] * g[i]
    updated = g + np.outer(g[:, i], g[i])
    scale = 1 - back
    updated = np.divide(updated, scale[:, None], out=np.zeros_like(g), where=scale[:, None] > 1e-12)
    updated[i, :] = 0.0
    updated[:, i] = 0.0
    np.fill_diagonal(updated, 0.0)
    return w, updated
