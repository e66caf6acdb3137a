"""The fixed effects and contrasts of a planned analysis."""

from dataclasses import dataclass

import numpy as np

from planner.design.matrices import (
    Column,
    Levels,
    Terms,
    model_columns,
    require_estimable,
)
from planner.engines.criteria import Criteria, criteria_of
from planner.engines.strata import prepare_strata
from planner.plan.analysis import Analysis, MixedModel, frequentist_counterpart
from planner.plan.hypothesis import Hypothesis, margins, one_sided_level, sex_weights
from planner.scenario import Scenario
from planner.trials.layout import visits
from planner.trials.moments import Cell, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What is fitted, and which linear combinations of it are tested.

    Parameters
    ----------
    columns : linearly independent fixed effects.
    contrasts : axes [H, q].
    """

    columns: tuple[Column, ...]
    contrasts: FloatArray


def analysis_terms(analysis: Analysis, *, by_sex: bool, n_periods: int) -> Terms:
    """Terms of the analysis model; with one period there is no within-person contrast."""
    analysis = frequentist_counterpart(analysis)
    mixed = isinstance(analysis, MixedModel)
    return Terms(
        period=n_periods > 1 and (isinstance(analysis, MixedModel) or analysis.adjust_period),
        sequence=isinstance(analysis, MixedModel) and analysis.sequence_effect and n_periods > 1,
        by_sex=by_sex,
        carryover=analysis.carryover,
        between=mixed or n_periods == 1,
    )


def planned_model(scenario: Scenario) -> Model:
    """Model of a scenario's planned analysis.

    Raises
    ------
    NotEstimable : the full design, everybody complete, cannot estimate a hypothesis.
    """
    plan = scenario.plan
    design = plan.design
    terms = analysis_terms(plan.analysis, by_sex=scenario.by_sex, n_periods=design.n_periods)
    levels = Levels(
        periods=tuple(range(1, design.n_periods + 1)),
        sequences=design.sequences,
        treatments=design.treatments,
        sexes=scenario.truth.strata,
    )
    columns = model_columns(terms, levels)
    contrasts = np.array([contrast_row(h, columns, scenario) for h in plan.hypotheses])
    cells = [
        Cell(s, g, visits(sequence, sex))
        for s, sequence in enumerate(design.sequences)
        for g, sex in enumerate(scenario.truth.strata)
    ]
    information = prepare_strata(columns, cells).information(np.ones(len(cells)))
    for name, row in zip(plan.hypothesis_names, contrasts, strict=True):
        require_contrast(plan.analysis, information, row, name, design.n_periods)
    used = used_information(plan.analysis, information, design.n_periods)
    kept = independent_columns(used)
    chosen = np.ascontiguousarray(contrasts[:, kept])
    return Model(tuple(columns[i] for i in kept), chosen)


def contrast_row(
    hypothesis: Hypothesis, columns: tuple[Column, ...], scenario: Scenario
) -> FloatArray:
    """Coefficients of a hypothesis on the fixed effects, [q]."""
    treatments, strata = scenario.plan.design.treatments, scenario.truth.strata
    treatment = dict(zip(treatments, hypothesis.treatment_weights(treatments), strict=True))
    share = scenario.population_share
    weights = dict(zip(strata, sex_weights(hypothesis.sex, share), strict=True))
    return np.array(
        [
            treatment[c.level] * (weights[c.sex] if c.sex else 1.0)
            if c.term == "treatment"
            else 0.0
            for c in columns
        ]
    )


def true_values(scenario: Scenario) -> FloatArray:
    """Value of every hypothesis' contrast under the truth, on the scale of the analysis, [H]."""
    plan, truth = scenario.plan, scenario.truth
    treatments = plan.design.treatments
    effects = truth.treatment_effects(treatments, treatments[1])
    return np.array(
        [
            sex_weights(h.sex, scenario.population_share)
            @ effects
            @ h.treatment_weights(treatments)
            for h in plan.hypotheses
        ]
    )


def bounds_of(scenario: Scenario) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end of what each hypothesis is to show, on the scale of the analysis, [H]."""
    to_model = scenario.truth.endpoint.to_model
    pairs = np.array([margins(h.objective, to_model) for h in scenario.plan.hypotheses])
    return pairs[:, 0], pairs[:, 1]


def levels_of(scenario: Scenario) -> FloatArray:
    """Level of one tail per hypothesis, [H]."""
    return np.array([one_sided_level(h.objective) for h in scenario.plan.hypotheses])


def criteria_for(scenario: Scenario) -> Criteria:
    """What each hypothesis of a scenario asks of the posterior."""
    return criteria_of(scenario.plan.hypotheses, scenario.truth.endpoint.to_model)


def used_information(analysis: Analysis, information: FloatArray, n_periods: int) -> FloatArray:
    """XᵀX of the strata that an analysis learns from, [q, q], of `information` [K, q, q]."""
    if isinstance(frequentist_counterpart(analysis), MixedModel) or n_periods == 1:
        return np.asarray(information.sum(axis=0))
    return np.asarray(information[0])


def require_contrast(
    analysis: Analysis, information: FloatArray, contrast: FloatArray, name: str, n_periods: int
) -> None:
    """Refuse a contrast [q] that the strata used by an analysis, [K, q, q], cannot estimate.

    A contrast adjusted for carry-over must be estimable within persons: in AB/BA a mixed model
    would silently fall back on comparing the first periods of different people.

    Raises
    ------
    NotEstimable : names the contrast.
    """
    if analysis.carryover and n_periods > 1:
        what = f"{name!r} adjusted for carry-over, within persons,"
        require_estimable(information[0], contrast, what)
    else:
        used = used_information(analysis, information, n_periods)
        require_estimable(used, contrast, f"{name!r}")


def independent_columns(information: FloatArray) -> list[int]:
    """Columns of X, in order, that are no combination of those before them, from XᵀX [q, q].

    Estimable contrasts do not depend on which of several aliased columns is left out.
    """
    rest = information.copy()
    kept = []
    for j in range(len(rest)):
        if rest[j, j] > 1e-9 * max(information[j, j], 1e-300):
            kept.append(j)
            rest = rest - np.outer(rest[:, j], rest[j]) / rest[j, j]
    return kept
