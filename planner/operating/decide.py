"""From analyses to decisions: which hypotheses are shown, and has the trial succeeded.

Both schools take the same road. A test asks its confidence distribution, a Bayesian analysis its
posterior, for the probability of a region; the region's complement has the p value, or what
takes its place: 1 − P(region | data).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.engines.criteria import Criteria
from planner.engines.model import bounds_of, criteria_for, levels_of
from planner.engines.protocol import AnalysisBatch
from planner.engines.student import critical_values, upper_tail
from planner.operating.graph import weight_table
from planner.plan.decision import NoMultiplicity, SuccessRule, as_graph, compile_success
from planner.plan.hypothesis import PosteriorRule, TwoSided
from planner.scenario import Scenario
from planner.trials.moments import FloatArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Decisions of a block of trials.

    Parameters
    ----------
    rejected : hypotheses shown (null hypotheses rejected, *go*), axes [T, H]; failed trials
        show nothing.
    stopped : hypotheses whose stop rule holds and that are not shown, [T, H].
    success : whether the success rule holds, [T].
    centre, half_width : of the interval that matches each test, confidence or credible, [T, H].
    """

    rejected: BoolArray
    stopped: BoolArray
    success: BoolArray
    centre: FloatArray
    half_width: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class DecisionRule:
    """A plan's objectives, multiplicity and success rule, ready for use on many blocks.

    Parameters
    ----------
    lower, upper : what each hypothesis is to show, on the scale of the analysis, [H].
    levels : level of one tail, [H].
    two_sided : hypotheses tested on both sides, [H].
    criteria : everything that is asked of the probability of regions.
    gated : hypotheses with criteria beside the first, [H].
    table : weight of every hypothesis for every set of rejected ones (a bit mask), axes
        [2^H, H]; None when each is tested at its own level.
    """

    names: tuple[str, ...]
    lower: FloatArray
    upper: FloatArray
    levels: FloatArray
    two_sided: BoolArray
    criteria: Criteria
    gated: BoolArray
    table: FloatArray | None
    success: SuccessRule

    def decide(self, batch: AnalysisBatch) -> Decisions:
        """Decide every trial of a block."""
        if batch.posterior is None:
            centre, half_width = batch.estimate, batch.se * self._critical(batch.df)
        else:
            centre = (batch.posterior.lower + batch.posterior.upper) / 2
            half_width = (batch.posterior.upper - batch.posterior.lower) / 2
        allowed, stopped = self.admitted(batch), self._stopped(batch)
        if self.table is not None:
            rejected = self._graphical(self.p_values(batch), self.table, allowed)
        elif batch.posterior is None:
            rejected = self._plain(batch, half_width) & allowed
        else:
            rejected = (self.p_values(batch) <= self.full_levels()) & allowed
        columns = {name: rejected[:, h] for h, name in enumerate(self.names)}
        success = self.success(columns) & ~batch.failed
        return Decisions(rejected, stopped & ~rejected, success, centre, half_width)

    def _critical(self, df: FloatArray) -> FloatArray:
        if np.all(self.levels == self.levels[0]):
            return critical_values(df, float(self.levels[0]))
        columns = [critical_values(df[:, h], float(v)) for h, v in enumerate(self.levels)]
        return np.stack(columns, axis=1)

    def full_levels(self) -> FloatArray:
        """Level of every hypothesis, both tails of a two-sided one, [H]."""
        return np.asarray(self.levels * np.where(self.two_sided, 2.0, 1.0))

    def _plain(self, batch: AnalysisBatch, half_width: FloatArray) -> BoolArray:
        one_sided = (batch.estimate - self.lower > half_width) & (
            self.upper - batch.estimate > half_width
        )
        return np.where(self.two_sided, np.abs(batch.estimate) > half_width, one_sided)

    def p_values(self, batch: AnalysisBatch) -> FloatArray:
        """p value of every hypothesis, axes [T, H]; two-sided where the objective is.

        Of a Bayesian analysis 1 − P(region | data), and twice the smaller tail if two-sided.
        """
        if batch.posterior is not None:
            p = batch.posterior.probability[:, self.criteria.primary]
            return np.where(self.two_sided, 2 * np.minimum(p, 1 - p), 1 - p)
        above = upper_tail((batch.estimate - self.lower) / batch.se, batch.df)
        below = upper_tail((self.upper - batch.estimate) / batch.se, batch.df)
        both = 2 * upper_tail(np.abs(batch.estimate) / batch.se, batch.df)
        return np.where(self.two_sided, both, np.maximum(above, below))

    def probabilities(self, batch: AnalysisBatch) -> FloatArray:
        """Probability of every criterion's region, axes [T, R].

        Of a test, the largest level at which the one-sided confidence bounds lie inside.
        """
        if batch.posterior is not None:
            return batch.posterior.probability
        c = self.criteria
        estimate, se, df = batch.estimate[:, c.row], batch.se[:, c.row], batch.df[:, c.row]
        above = upper_tail((c.lower - estimate) / se, df)
        below = upper_tail((estimate - c.upper) / se, df)
        return np.minimum(above, below)

    def admitted(self, batch: AnalysisBatch) -> BoolArray:
        """Whether every go criterion but the first holds, axes [T, H]; failed trials do not."""
        return self._hold(batch, further=True) & ~batch.failed[:, None]

    def _stopped(self, batch: AnalysisBatch) -> BoolArray:
        """Whether a hypothesis has stop criteria and all of them hold, axes [T, H]."""
        return self._hold(batch, further=False) & ~batch.failed[:, None]

    def _hold(self, batch: AnalysisBatch, *, further: bool) -> BoolArray:
        """Whether all further go criteria hold, or all stop criteria; without any, so or not."""
        result = np.full(batch.estimate.shape, further)
        if not self.gated.any():
            return result
        c = self.criteria
        holds = self.probabilities(batch) >= c.probability
        is_first = np.isin(np.arange(len(c.row)), c.primary)
        for h in np.flatnonzero(self.gated):
            asked = (c.row == h) & (~c.is_stop & ~is_first if further else c.is_stop)
            if asked.any():
                result[:, h] = holds[:, asked].all(axis=1)
        return result

    def _graphical(self, p: FloatArray, table: FloatArray, allowed: BoolArray) -> BoolArray:
        """Sequentially rejective procedure; rejecting all that qualify at once is equivalent."""
        full = self.full_levels()
        bits = 1 << np.arange(len(self.names))
        rejected = np.zeros(p.shape, dtype=bool)
        while True:
            weights = table[(rejected * bits).sum(axis=1)]
            new = (p <= weights * full) & (weights > 0) & ~rejected & allowed
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
    objectives = [h.objective for h in plan.hypotheses]
    return DecisionRule(
        names=names,
        lower=lower,
        upper=upper,
        levels=levels_of(scenario),
        two_sided=np.array([isinstance(o, TwoSided) for o in objectives]),
        criteria=criteria_for(scenario),
        gated=np.array(
            [isinstance(o, PosteriorRule) and len(o.go) + len(o.stop) > 1 for o in objectives]
        ),
        table=None if plain else weight_table(weights, transitions),
        success=compile_success(plan.success_rule, names),
    )
