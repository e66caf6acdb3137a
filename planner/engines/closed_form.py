"""Closed-form power of a planned analysis: the oracle beside every simulated figure.

The variance of a contrast and its degrees of freedom come from the design matrix of the expected
cells. It is exact for least squares on complete data; for a mixed model, or with people leaving,
the variance is that of the expected information with Kenward & Roger's (1997) correction and the
degrees of freedom are Satterthwaite's at the true variances (plug-in, as in Stroup 2002). Where
the truth breaks an assumption of the model (unequal SDs of the sexes), the true standard error is
the sandwich one and the test's own is larger or smaller by `inflation`.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.design.allocation import allocate
from planner.engines.criteria import Criteria
from planner.engines.model import criteria_for, planned_model
from planner.engines.strata import Strata, prepare_strata
from planner.engines.student import (
    power_above,
    power_between,
    power_inside,
    power_two_sided,
)
from planner.plan.analysis import MixedModel, frequentist_counterpart
from planner.plan.hypothesis import Objective, PosteriorRule, TwoSided
from planner.scenario import Scenario
from planner.trials.layout import Layout, lay_out
from planner.trials.moments import FloatArray

SECOND_ORDER = 0.5
"""Error of probit(power) times N where only small-sample theory is approximated."""


@dataclass(frozen=True, slots=True, eq=False)
class Precision:
    """Expected estimate, its standard error and degrees of freedom per contrast, [H] each.

    Parameters
    ----------
    inflation : model standard error / true standard error; 1 when the model is right.
    exact : whether the t distribution with these parameters is exact.
    error : SD of the anticipated error of probit(power): 0 if exact, of order 1/N if only the
        small-sample theory or the spread of dropouts is approximated, infinite if the model does
        not match the truth or the numbers of women and men are left to chance.
    """

    estimate: FloatArray
    se: FloatArray
    df: FloatArray
    inflation: FloatArray
    exact: bool
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class _Weighting:
    """How an analysis weights the strata.

    Parameters
    ----------
    weight : 1/λ_k of the working model, 0 for strata that it does not use, [K].
    own : true λ_k of every cell, axes [C, K].
    """

    weight: FloatArray
    own: FloatArray


class ClosedForm:
    """Closed-form power of one scenario at any sample size.

    Raises
    ------
    NotEstimable : the design cannot estimate a hypothesis.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._layout = lay_out(scenario, 1000 * sum(scenario.plan.weights))
        self.scenario = scenario
        self.model = planned_model(scenario)
        self.strata = prepare_strata(self.model.columns, self._layout.cells)
        self.n_periods = scenario.plan.design.n_periods
        analysis = frequentist_counterpart(scenario.plan.analysis)
        self.mixed = isinstance(analysis, MixedModel) and self.n_periods > 1

    def power(self, n_subjects: int) -> FloatArray | None:
        """Power of every hypothesis, [H]; None if `n_subjects` is too few to estimate."""
        precision = self.precision(n_subjects)
        return None if precision is None else power_of(self.scenario, precision)

    def precision(self, n_subjects: int) -> Precision | None:
        """Precision of every hypothesis with `n_subjects`; None if that is too few to estimate."""
        return self.precision_of(self.lay_out(n_subjects))

    def lay_out(self, n_subjects: int) -> Layout:
        """The scenario laid out with `n_subjects`; cells, means and covariances are shared."""
        plan, truth = self.scenario.plan, self.scenario.truth
        people = allocate(n_subjects, plan.weights, truth.female_share)
        return replace(self._layout, people=people)

    def precision_of(self, layout: Layout, counts: FloatArray | None = None) -> Precision | None:
        """The same for given people per cell [C], not necessarily whole; default the expected."""
        counts = layout.expected_counts if counts is None else counts
        weighting = self._weighting(layout, counts)
        information = self.strata.information(counts)
        m = np.einsum("k,kij->ij", weighting.weight, information)
        if np.linalg.matrix_rank(m, hermitian=True, tol=1e-9 * np.abs(m).max()) < len(m):
            return None
        phi, contrasts = np.linalg.inv(m), self.model.contrasts
        beta = phi @ self._score(layout, counts, weighting)
        meat = self._meat(counts, weighting)
        variance = _quadratic(contrasts, phi @ meat @ phi)
        working = _quadratic(contrasts, phi)
        freedom = self.strata.freedom(counts)
        if self.mixed:
            adjusted, df = kenward_roger(
                self.strata, information, weighting.weight, phi, contrasts, freedom
            )
            variance, working = variance * adjusted / working, adjusted
        else:
            df = np.full(len(contrasts), freedom[weighting.weight > 0].sum() - len(m))
        if not (np.all(df > 0) and np.all(np.isfinite(df)) and np.all(variance > 0)):
            return None
        exact, error = self._trust(layout, counts, weighting, beta)
        inflation = np.sqrt(working / variance)
        estimate = np.array([row @ beta for row in contrasts])
        return Precision(estimate, np.sqrt(variance), df, inflation, exact, error)

    def _weighting(self, layout: Layout, counts: FloatArray) -> _Weighting:
        spectra = np.array([_spectrum(sigma, self.strata) for sigma in layout.covariance])
        own = spectra[[cell.stratum for cell in layout.cells]]
        weight = np.zeros(own.shape[1])
        only = 0 if self.n_periods > 1 else 1
        for k in range(len(weight)):
            people = counts * (self.strata.n_observed - 1 if k == 0 else self.strata.stratum == k)
            if people.sum() > 0 and (self.mixed or k == only):
                weight[k] = 1 / np.average(own[:, k], weights=people)
        return _Weighting(weight, own)

    def _score(self, layout: Layout, counts: FloatArray, w: _Weighting) -> FloatArray:
        """Σ n_c XᵀV⁻¹μ_c, [q]."""
        s = self.strata
        average, deviation = _centred(layout, s)
        inside = np.einsum("c,cpi,cp->i", counts * w.weight[0], s.centred, deviation)
        return np.asarray(inside + (counts * w.weight[s.stratum] * average) @ s.total)

    def _meat(self, counts: FloatArray, w: _Weighting) -> FloatArray:
        """Σ n_c XᵀV⁻¹Σ_cV⁻¹X with the true Σ_c, [q, q]."""
        k = self.strata.stratum
        inside = counts * w.weight[0] ** 2 * w.own[:, 0]
        across = counts * w.weight[k] ** 2 * w.own[np.arange(len(k)), k]
        return np.asarray(
            np.einsum("c,cij->ij", inside, self.strata.within)
            + np.einsum("c,cij->ij", across, self.strata.between)
        )

    def _trust(
        self, layout: Layout, counts: FloatArray, w: _Weighting, beta: FloatArray
    ) -> tuple[bool, float]:
        """Whether the closed form is exact, and the SD of its error."""
        residual = _centred(layout, self.strata)[1] - self.strata.centred @ beta
        misfit = float(counts @ np.square(residual).sum(axis=1))
        people = float(np.sum(counts))
        largest = float(w.own.max())
        alike = float(np.ptp(w.own, axis=0).max()) <= 1e-8 * largest
        fits = alike and misfit < 1e-9 * people * largest
        fixed = layout.female_probability is None
        complete = bool(np.all(self.strata.n_observed == self.n_periods))
        if fits and fixed and complete and not self.mixed:
            return True, 0.0
        return False, SECOND_ORDER / people if fits and fixed else np.inf


def power_of(
    scenario: Scenario, precision: Precision, criteria: Criteria | None = None
) -> FloatArray:
    """Power of every hypothesis from its precision, [H]; `criteria` as of `criteria_for`."""
    criteria = criteria or criteria_for(scenario)
    levels = 1 - criteria.probability
    return np.array(
        [
            _power(
                hypothesis.objective,
                precision,
                h,
                [
                    (float(criteria.lower[r]), float(criteria.upper[r]), float(levels[r]))
                    for r in np.flatnonzero((criteria.row == h) & ~criteria.is_stop)
                ],
            )
            for h, hypothesis in enumerate(scenario.plan.hypotheses)
        ]
    )


def _power(
    objective: Objective,
    p: Precision,
    h: int,
    regions: list[tuple[float, float, float]],
) -> float:
    estimate, se, df, inflation = (
        float(values[h]) for values in (p.estimate, p.se, p.df, p.inflation)
    )
    lower, upper, level = regions[0]
    match objective:
        case TwoSided():
            return float(power_two_sided(estimate, se, df, 2 * level, inflation))
        case PosteriorRule() if len(objective.go) > 1:
            return power_inside(estimate, regions, se, df, inflation)
        case _ if np.isfinite(lower) and np.isfinite(upper):
            return power_between(estimate, (lower, upper), se, df, level, inflation)
        case _ if np.isfinite(lower):
            return float(power_above(estimate, lower, se, df, level, inflation))
        case _:
            return float(power_above(-estimate, -upper, se, df, level, inflation))


def kenward_roger(
    strata: Strata,
    information: FloatArray,
    weight: FloatArray,
    phi: FloatArray,
    contrasts: FloatArray,
    freedom: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Adjusted variance and degrees of freedom of each contrast at known variances, [H] each.

    Kenward & Roger 1997, eqs. 3–5, written on strata; NaN if the variances are not identified.
    """
    a = np.stack([np.ones(len(weight)), strata.multiplier])
    p = np.einsum("jk,k,kab->jab", a, weight**2, information)
    q = np.einsum("jk,lk,k,kab->jlab", a, a, weight**3, information)
    product = np.einsum("ab,jbc->jac", phi, p)
    expected = (
        np.einsum("jk,lk,k,k->jl", a, a, weight**2, freedom)
        - 2 * np.einsum("ab,jlba->jl", phi, q)
        + np.einsum("jab,lba->jl", product, product)
    ) / 2
    if not np.all(np.isfinite(expected)) or np.linalg.cond(expected) > 1e12:
        return np.full(len(contrasts), np.nan), np.full(len(contrasts), np.nan)
    w = np.linalg.inv(expected)
    adjusted, df = np.empty(len(contrasts)), np.empty(len(contrasts))
    for h, contrast in enumerate(contrasts):
        v = phi @ contrast
        x = p @ v
        slope = x @ v
        curved = q @ v @ v - x @ phi @ x.T
        adjusted[h] = contrast @ v + 2 * np.sum(w * curved)
        df[h] = 2 * (contrast @ v) ** 2 / (slope @ w @ slope)
    return adjusted, df


def _centred(layout: Layout, strata: Strata) -> tuple[FloatArray, FloatArray]:
    """Mean over the observed visits of every cell, [C], and the distances from it, [C, P]."""
    seen = np.arange(layout.mean.shape[1]) < strata.n_observed[:, None]
    average = np.where(seen, layout.mean, 0.0).sum(axis=1) / strata.n_observed
    return average, np.where(seen, layout.mean - average[:, None], 0.0)


def _quadratic(contrasts: FloatArray, matrix: FloatArray) -> FloatArray:
    """lᵀ·matrix·l of every contrast by itself, so that rounding does not depend on the others."""
    return np.array([row @ matrix @ row for row in contrasts])


def _spectrum(covariance: FloatArray, strata: Strata) -> FloatArray:
    """λ_k = σ_w² + m_k σ_b² of a compound-symmetry covariance, [K]."""
    between = float(covariance[0, 1]) if len(covariance) > 1 else 0.0
    return float(covariance[0, 0]) - between + strata.multiplier * between
