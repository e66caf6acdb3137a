"""What each hypothesis asks of a posterior, or of the confidence distribution of a test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.engines.posterior_model import Regions
from planner.plan.hypothesis import (
    Criterion,
    Hypothesis,
    Objective,
    PosteriorRule,
    TwoSided,
    margins,
    one_sided_level,
)
from planner.trials.moments import FloatArray, IntArray

BoolArray = NDArray[np.bool_]
ToModel = Callable[[float, str], float]


@dataclass(frozen=True, slots=True, eq=False)
class Criteria:
    """Regions of contrasts with the probability that each must have, R of them.

    Parameters
    ----------
    row : index of the hypothesis, [R].
    lower, upper : ends of the region on the scale of the analysis, [R].
    probability : that the region must have, [R].
    is_stop : whether the criterion belongs to the stop rule, [R].
    primary : index of the criterion of each hypothesis that is tested, [H].
    """

    row: IntArray
    lower: FloatArray
    upper: FloatArray
    probability: FloatArray
    is_stop: BoolArray
    primary: IntArray

    def regions(self, levels: FloatArray) -> Regions:
        """The regions for a posterior engine; intervals have `levels` in each tail, [H]."""
        return Regions(self.row, self.lower, self.upper, levels)


def criteria_of(hypotheses: Sequence[Hypothesis], to_model: ToModel) -> Criteria:
    """All criteria; a two-sided objective asks for P(effect > 0), of which either tail counts."""
    rows: list[int] = []
    table: list[tuple[float, float, float, bool]] = []
    primary = []
    for h, hypothesis in enumerate(hypotheses):
        primary.append(len(rows))
        found = _criteria(hypothesis.objective, to_model)
        rows += [h] * len(found)
        table += found
    lower, upper, probability, is_stop = zip(*table, strict=True)
    return Criteria(
        row=np.array(rows, dtype=np.int64),
        lower=np.array(lower, dtype=np.float64),
        upper=np.array(upper, dtype=np.float64),
        probability=np.array(probability, dtype=np.float64),
        is_stop=np.array(is_stop, dtype=np.bool_),
        primary=np.array(primary, dtype=np.int64),
    )


def _criteria(objective: Objective, to_model: ToModel) -> list[tuple[float, float, float, bool]]:
    level = one_sided_level(objective)
    if isinstance(objective, PosteriorRule):
        return [
            *((*_ends(c, to_model), c.probability, False) for c in objective.go),
            *((*_ends(c, to_model), c.probability, True) for c in objective.stop),
        ]
    lower, upper = margins(objective, to_model)
    if isinstance(objective, TwoSided):
        lower, upper = 0.0, np.inf
    return [(lower, upper, 1 - level, False)]


def _ends(criterion: Criterion, to_model: ToModel) -> tuple[float, float]:
    lower = -np.inf if criterion.above is None else to_model(criterion.above, "objective.above")
    upper = np.inf if criterion.below is None else to_model(criterion.below, "objective.below")
    return lower, upper
