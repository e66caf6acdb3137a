"""Trials as long tables, and their analysis by the independent implementations."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from planner.scenario import Scenario
from planner.trials.subjects import SubjectBatch
from tests.twins.mixed_model import (
    design_matrix,
    fit_reml,
    kenward_roger_covariance,
    kenward_roger_test,
)
from tests.twins.simulate import LongTrial, Trial

FloatArray = NDArray[np.float64]
Row = Mapping[str, float]

BY_SEX_TERMS = ("period", "treatment*sex")
MEN = 0.4
SEX_ROWS: tuple[Row, ...] = (
    {"treatmentB": 1.0, "treatmentB:sexmale": MEN},
    {"treatmentB": 1.0},
    {"treatmentB": 1.0, "treatmentB:sexmale": 1.0},
    {"treatmentB:sexmale": 1.0},
)
"""Overall (60 % women), female, male, interaction, in R's coding."""


def twin_fit(trial: LongTrial, terms: Sequence[str], rows: Sequence[Row]) -> FloatArray:
    """Estimate, Kenward–Roger standard error and degrees of freedom of each row, axes [H, 3]."""
    x, names = design_matrix(trial, terms)
    fit = fit_reml(x, trial["subject"], trial["y"])
    contrasts = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    covariance = kenward_roger_covariance(fit)
    se = np.sqrt(np.einsum("hi,ij,hj->h", contrasts, covariance, contrasts))
    df = [kenward_roger_test(fit, row).df for row in contrasts]
    return np.column_stack([contrasts @ fit.beta, se, df])


def rejections(results: FloatArray, alpha: float = 0.05) -> NDArray[np.bool_]:
    """Two-sided decisions from estimates, standard errors and df in the last axis."""
    estimate, se, df = np.moveaxis(results, -1, 0)
    return np.asarray(2 * stats.t.sf(np.abs(estimate / se), df) <= alpha)


def long_trial(scenario: Scenario, people: SubjectBatch, t: int) -> Trial:
    """One trial of a batch of simulated people, one row per visit."""
    sequences, strata = scenario.plan.design.sequences, scenario.truth.strata
    rows = []
    for i, (s, g, m) in enumerate(
        zip(people.sequence[t], people.stratum[t], people.n_observed[t], strict=True)
    ):
        for p in range(m):
            rows.append((i, sequences[s], p + 1, sequences[s][p], strata[g], people.y[t, i, p]))
    names = ("subject", "sequence", "period", "treatment", "sex", "y")
    return {name: np.array(c) for name, c in zip(names, zip(*rows, strict=True), strict=True)}
