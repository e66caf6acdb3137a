"""Prepare the engine of a plan, once per set of cells; fit many blocks with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from planner.design.matrices import Column
from planner.engines.kernels.least_squares import fit_least_squares
from planner.engines.kernels.reml import fit_reml
from planner.engines.model import criteria_for, levels_of, planned_model
from planner.engines.posterior_model import PosteriorModel, posterior_model
from planner.engines.protocol import AnalysisBatch, Prepared
from planner.engines.quadrature import Quadrature
from planner.engines.strata import Strata, prepare_strata
from planner.plan.analysis import Frequentist, MixedModel, Posterior, WithinSubjectT
from planner.scenario import Scenario
from planner.trials.layout import Layout
from planner.trials.moments import Cell, FloatArray, Moments


def prepare(scenario: Scenario, layout: Layout) -> Prepared:
    """Engine for the planned analysis of trials laid out as `layout`."""
    model, analysis = planned_model(scenario), scenario.plan.analysis
    if isinstance(analysis, Posterior):
        return posterior_engine(planned_posterior(scenario, analysis, layout))
    return engine_for(analysis, model.columns, layout.cells, model.contrasts)


def planned_posterior(scenario: Scenario, analysis: Posterior, layout: Layout) -> PosteriorModel:
    """Bayesian model of a scenario's trials, with the regions that its hypotheses ask for."""
    model = planned_model(scenario)
    regions = criteria_for(scenario).regions(levels_of(scenario))
    return posterior_model(analysis, model.columns, layout.cells, model.contrasts, regions)


def posterior_engine(model: PosteriorModel) -> Prepared:
    """Engine for a Bayesian analysis."""
    match model.analysis.engine:
        case "quadrature":
            return Quadrature(model)
        case "nuts":
            from planner.engines.nuts import NutsEngine

            return NutsEngine(model)
        case _:
            assert_never(model.analysis.engine)


def engine_for(
    analysis: Frequentist,
    columns: Sequence[Column],
    cells: Sequence[Cell],
    contrasts: FloatArray,
) -> Prepared:
    """Engine for a frequentist analysis with given fixed effects, cells and contrasts [H, q]."""
    strata = prepare_strata(columns, cells)
    single = bool(np.all(strata.n_observed == 1))
    match analysis:
        case MixedModel() if not single:
            return RandomIntercept(strata, contrasts, analysis.df == "satterthwaite")
        case MixedModel() | WithinSubjectT():
            has_intercept = any(column.term == "intercept" for column in columns)
            return LeastSquares(strata, contrasts, 1 if has_intercept else 0)
        case _:
            assert_never(analysis)


@dataclass(frozen=True, slots=True, eq=False)
class RandomIntercept:
    """Mixed model with a random intercept per person, by REML.

    Parameters
    ----------
    strata : design quantities of the cells.
    contrasts : linear combinations of fixed effects to report, axes [H, q].
    satterthwaite : Satterthwaite instead of Kenward–Roger. Its degrees of freedom use the
        observed information of the variances, or the expected one where the between-person
        variance is 0. A trial whose information is not positive definite is not estimable;
        lmerTest says that it did not converge and leaves that direction out.
    """

    strata: Strata
    contrasts: FloatArray
    satterthwaite: bool = False

    def fit(self, batch: Moments, rng: np.random.Generator | None = None) -> AnalysisBatch:
        """Analyse every trial of a block; `rng` is not used."""
        result = _empty(batch.n_trials, len(self.contrasts))
        s = self.strata
        fit_reml(
            batch.n, batch.mean, batch.scatter, s.n_observed, s.stratum, s.multiplier, s.centred,
            s.total, s.within, s.between, self.contrasts, self.satterthwaite,
            result.estimate, result.se, result.df, result.variance, result.status,
        )  # fmt: skip
        return result


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """Ordinary least squares within one stratum (within persons, or of a single period)."""

    strata: Strata
    contrasts: FloatArray
    used: int

    def fit(self, batch: Moments, rng: np.random.Generator | None = None) -> AnalysisBatch:
        """Analyse every trial of a block; `rng` is not used."""
        result = _empty(batch.n_trials, len(self.contrasts))
        s = self.strata
        fit_least_squares(
            batch.n, batch.mean, batch.scatter, s.n_observed, s.stratum, s.multiplier, s.centred,
            s.total, s.within, s.between, self.contrasts, self.used,
            result.estimate, result.se, result.df, result.variance, result.status,
        )  # fmt: skip
        return result


def _empty(n_trials: int, n_contrasts: int) -> AnalysisBatch:
    shape = (n_trials, n_contrasts)
    return AnalysisBatch(
        estimate=np.empty(shape),
        se=np.empty(shape),
        df=np.empty(shape),
        variance=np.empty((n_trials, 2)),
        status=np.zeros(n_trials, dtype=np.int8),
    )
