"""Sums over trials whose truths come from a design prior."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from planner.engines.model import bounds_of
from planner.engines.protocol import AnalysisBatch
from planner.errors import InvalidInput
from planner.operating.decide import BoolArray, Decisions
from planner.plan.decision import SuccessRule
from planner.plan.hypothesis import TwoSided
from planner.scenario import Scenario
from planner.trials.moments import FloatArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class EffectRegions:
    """Where a true effect makes a rejection right, and where it is relevant.

    Parameters
    ----------
    lower, upper : what each hypothesis is to show, on the scale of the analysis, [H].
    two_sided : hypotheses tested on both sides, [H]; the right side is that of the estimate.
    least, most : relevant effects, ends included, [H]; NaN where none are named.
    """

    lower: FloatArray
    upper: FloatArray
    two_sided: BoolArray
    least: FloatArray
    most: FloatArray

    @property
    def has_relevant(self) -> BoolArray:
        """Whether relevant effects are named, [H]."""
        return np.isfinite(self.least) | np.isfinite(self.most)

    def right(self, effect: FloatArray, estimate: FloatArray) -> BoolArray:
        """Whether rejecting would be right, axes [T, H]."""
        inside = (effect > self.lower) & (effect < self.upper)
        return np.where(self.two_sided, effect * estimate > 0, inside)

    def relevant(self, effect: FloatArray) -> BoolArray:
        """Whether the effect is relevant, axes [T, H]."""
        return np.asarray((effect >= self.least) & (effect <= self.most))


def regions_of(scenario: Scenario, relevant: float | None) -> EffectRegions:
    """Regions of a plan's hypotheses.

    Parameters
    ----------
    relevant : smallest relevant effect on the natural scale. For an effect that is to be small
        it is the largest; for a two-sided test its side of no effect says which. Effects that are
        to lie between two limits have none.

    Raises
    ------
    InvalidInput : no effect is given as relevant in a two-sided test, or no ratio.
    """
    lower, upper = bounds_of(scenario)
    hypotheses = scenario.plan.hypotheses
    two_sided = np.array([isinstance(h.objective, TwoSided) for h in hypotheses])
    least, most = np.full(len(lower), np.nan), np.full(len(lower), np.nan)
    if relevant is None:
        return EffectRegions(lower, upper, two_sided, least, most)
    value = scenario.truth.endpoint.to_model(relevant, "relevant")
    if value == 0 and np.any(two_sided):
        name = hypotheses[int(np.argmax(two_sided))].name
        raise InvalidInput(
            f"{relevant:g} means no effect, which has no side, but hypothesis {name!r} is "
            "two-sided; give a relevant effect on one side",
            key="relevant",
        )
    upwards = np.where(two_sided, value > 0, np.isposinf(upper))
    downwards = np.where(two_sided, value < 0, np.isneginf(lower))
    least = np.where(upwards, value, np.where(downwards, -np.inf, np.nan))
    most = np.where(upwards, np.inf, np.where(downwards, value, np.nan))
    return EffectRegions(lower, upper, two_sided, least, most)


@dataclass(frozen=True, slots=True, eq=False)
class AssuranceTally:
    """Counts and sums of every aim, [A]: the hypotheses, and last the success rule.

    Parameters
    ----------
    n, failed : trials, and those without a result.
    success : trials that reached the aim.
    wrong : of these, where it was wrong.
    relevant, relevant_success : truths with a relevant effect, and such that reached the aim.
    effect, effect2 : sums of the true effect, and of its square.
    effect_success, effect_success2 : the same over trials that reached the aim.

    The effect of the success rule is that of the first hypothesis. It is wrong if rejections that
    are right would not have fulfilled it.
    """

    n: int
    failed: int
    success: IntArray
    wrong: IntArray
    relevant: IntArray
    relevant_success: IntArray
    effect: FloatArray
    effect2: FloatArray
    effect_success: FloatArray
    effect_success2: FloatArray

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def assurance_tally(
    batch: AnalysisBatch,
    decisions: Decisions,
    effect: FloatArray,
    regions: EffectRegions,
    names: tuple[str, ...],
    rule: SuccessRule,
) -> AssuranceTally:
    """Tally a block.

    Parameters
    ----------
    effect : true value of every contrast under every trial's truth, [T, H].
    """
    right = decisions.rejected & regions.right(effect, batch.estimate)
    truly = rule({name: right[:, h] for h, name in enumerate(names)})
    success = np.column_stack([decisions.rejected, decisions.success])
    wrong = success & ~np.column_stack([right, truly])
    relevant = regions.relevant(effect)
    relevant = np.column_stack([relevant, relevant[:, 0]])
    value = np.column_stack([effect, effect[:, 0]])
    return AssuranceTally(
        n=len(batch.status),
        failed=int(batch.failed.sum()),
        success=success.sum(axis=0),
        wrong=wrong.sum(axis=0),
        relevant=relevant.sum(axis=0),
        relevant_success=(relevant & success).sum(axis=0),
        effect=_sums(value),
        effect2=_sums(value**2),
        effect_success=_sums(value * success),
        effect_success2=_sums(value**2 * success),
    )


def _sums(values: FloatArray) -> FloatArray:
    """Column sums whose rounding does not depend on how many columns there are."""
    return np.asarray(np.ascontiguousarray(values.T).sum(axis=1))
