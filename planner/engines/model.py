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
from planner.engines.strata import prepare_strata
from planner.plan.analysis import Analysis, MixedModel
from planner.plan.hypothesis import Hypothesis, margins, one_sided_level, sex_weights
from planner.scenario import Scenario
from planner.trials.layout import Layout
from planner.trials.moments import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What is fitted, and which linear combinations of it are tested.

    Parameters
    ----------
    columns : fixed effects.
    contrasts : axes [H, q].
    """

    columns: tuple[Column, ...]
    contrasts: FloatArray


def analysis_terms(analysis: Analysis, *, by_sex: bool, n_periods: int) -> Terms:
    """Terms of the analysis model; with one period there is no within-person contrast."""
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
    return Model(columns, contrasts)


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


def check_estimable(scenario: Scenario, layout: Layout) -> None:
    """Refuse a plan whose planned people, all complete, cannot estimate every hypothesis.

    A hypothesis adjusted for carry-over must be estimable within persons: in AB/BA a mixed model
    would silently fall back on comparing the first periods of different people.

    Raises
    ------
    NotEstimable : names the hypothesis and what it is confounded with.
    """
    model = planned_model(scenario)
    strata = prepare_strata(model.columns, layout.cells)
    complete = strata.n_observed == scenario.plan.design.n_periods
    counts = np.where(complete, layout.expected_counts, 0.0)
    information = strata.information(np.where(counts > 0, 1.0, 0.0))
    for hypothesis, row in zip(scenario.plan.hypotheses, model.contrasts, strict=True):
        require_contrast(scenario.plan.analysis, information, row, hypothesis.name)


def require_contrast(
    analysis: Analysis, information: FloatArray, contrast: FloatArray, name: str
) -> None:
    """Refuse a contrast [q] that the strata used by an analysis, [K, q, q], cannot estimate.

    Raises
    ------
    NotEstimable : names the contrast.
    """
    single = not information[0].any()
    if single or (isinstance(analysis, MixedModel) and not analysis.carryover):
        require_estimable(information.sum(axis=0), contrast, f"{name!r}")
        return
    adjusted = " adjusted for carry-over" if analysis.carryover else ""
    require_estimable(information[0], contrast, f"{name!r}{adjusted}, within persons,")
