"""Closed-form power of a planned analysis: the oracle beside every simulated figure.

The variance of a contrast and its degrees of freedom come from the design matrix of the expected
cells. It is exact for least squares on complete data; for a mixed model, or with people leaving,
the variance is that of the expected information with Kenward & Roger's (1997) correction and the
degrees of freedom are Satterthwaite's at the true variances (plug-in, as in Stroup 2002).
"""

from dataclasses import dataclass

import numpy as np

from planner.engines.model import bounds_of, check_estimable, levels_of, planned_model
from planner.engines.strata import Strata, prepare_strata
from planner.engines.student import power_above, power_between, power_two_sided
from planner.plan.analysis import MixedModel
from planner.plan.hypothesis import Equivalence, TwoSided
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


class ClosedForm:
    """Closed-form power of one scenario at any sample size."""

    def __init__(self, scenario: Scenario) -> None:
        layout = lay_out(scenario, 2 * sum(scenario.plan.weights))
        check_estimable(scenario, layout)
        self.scenario = scenario
        self.model = planned_model(scenario)
        self.strata = prepare_strata(self.model.columns, layout.cells)
        self.mixed = (
            isinstance(scenario.plan.analysis, MixedModel) and scenario.plan.design.n_periods > 1
        )

    def precision(self, n_subjects: int) -> Precision | None:
        """Precision of every hypothesis with `n_subjects`; None if that is too few to estimate."""
        return self.precision_of(lay_out(self.scenario, n_subjects))

    def precision_of(self, layout: Layout, counts: FloatArray | None = None) -> Precision | None:
        """The same for given people per cell [C]; default the expected ones."""
        counts = layout.expected_counts if counts is None else counts
        values = [_spectrum(s, self.strata) for s in layout.covariance]
        freedom = self.strata.freedom(counts)
        own = np.array([values[c.stratum] for c in layout.cells])
        information = self.strata.information(counts)
        if not self.mixed:
            used = 0 if self.scenario.plan.design.n_periods > 1 else 1
            keep = np.zeros(len(freedom))
            keep[used] = 1.0
            information = information * keep[:, None, None]
            variance = float(np.average(own[:, used], weights=_stratum_counts(self.strata, counts, used)))
            return self._weighted(
                layout, counts, information, keep / variance, own, freedom[used], keep
            )
        average = np.array(
            [np.average(own[:, k], weights=_stratum_counts(self.strata, counts, k)) if freedom[k] else 1.0
             for k in range(len(freedom))]
        )  # fmt: skip
        return self._weighted(layout, counts, information, 1 / average, own, None, np.ones(len(freedom)))

    def _weighted(
        self,
        layout: Layout,
        counts: FloatArray,
        information: FloatArray,
        weight: FloatArray,
        own: FloatArray,
        freedom: float | None,
        keep: FloatArray,
    ) -> Precision | None:
        """Precision with weight 1/λ_k per stratum; `own` are true λ per cell, [C, K]."""
        m = np.einsum("k,kij->ij", weight, information)
        if np.linalg.matrix_rank(m, hermitian=True, tol=1e-9 * np.abs(m).max()) < len(m):
            return None
        phi = np.linalg.inv(m)
        s, contrasts = self.strata, self.model.contrasts
        score, meat, misfit = np.zeros(len(m)), np.zeros_like(m), 0.0
        for c, k in enumerate(s.stratum):
            y = layout.mean[c, : s.n_observed[c]]
            x = s.centred[c, : s.n_observed[c]]
            score += counts[c] * keep[0] * weight[0] * x.T @ y
            score += counts[c] * keep[k] * weight[k] * s.total[c] * y.mean()
            meat += counts[c] * keep[0] * weight[0] ** 2 * own[c, 0] * s.within[c]
            meat += counts[c] * keep[k] * weight[k] ** 2 * own[c, k] * s.between[c]
        beta = phi @ score
        for c in range(len(counts)):
            y, x = layout.mean[c, : s.n_observed[c]], s.centred[c, : s.n_observed[c]]
            misfit += float(np.sum((y - y.mean() - x @ beta) ** 2) * counts[c])
        variance = np.einsum("hi,ij,hj->h", contrasts, phi @ meat @ phi, contrasts)
        working = np.einsum("hi,ij,hj->h", contrasts, phi, contrasts)
        if freedom is None:
            adjusted, df = _kenward_roger(s, information, weight, phi, contrasts, s.freedom(counts))
            variance, working = variance * adjusted / working, adjusted
        else:
            df = np.full(len(contrasts), freedom - len(m))
        if not (np.all(df > 0) and np.all(np.isfinite(df)) and np.all(variance > 0)):
            return None
        homogeneous = bool(np.allclose(own, own[0]))
        complete = bool(np.all(s.n_observed == self.scenario.plan.design.n_periods))
        fixed = layout.female_probability is None
        fits = homogeneous and misfit < 1e-9 * float(np.sum(counts)) * float(own.max())
        exact = fits and fixed and complete and not self.mixed
        return Precision(
            estimate=contrasts @ beta,
            se=np.sqrt(variance),
            df=df,
            inflation=np.sqrt(working / variance),
            exact=exact,
            error=0.0
            if exact
            else SECOND_ORDER / float(np.sum(counts))
            if fits and fixed
            else np.inf,
        )

    def power(self, n_subjects: int) -> FloatArray | None:
        """Power of every hypothesis, [H]; None if `n_subjects` is too few to estimate."""
        precision = self.precision(n_subjects)
        return None if precision is None else power_of(self.scenario, precision)


def power_of(scenario: Scenario, precision: Precision) -> FloatArray:
    """Power of every hypothesis from its precision, [H]."""
    lower, upper = bounds_of(scenario)
    levels = levels_of(scenario)
    result = np.empty(len(levels))
    for h, hypothesis in enumerate(scenario.plan.hypotheses):
        estimate, df = float(precision.estimate[h]), float(precision.df[h])
        se, inflation = float(precision.se[h]), float(precision.inflation[h])
        level = float(levels[h])
        match hypothesis.objective:
            case TwoSided():
                power = power_two_sided(estimate, se, df, 2 * level, inflation)
            case Equivalence():
                limits = (float(lower[h]), float(upper[h]))
                power = np.asarray(power_between(estimate, limits, se, df, level, inflation))
            case _ if np.isfinite(lower[h]):
                power = power_above(estimate, lower[h], se, df, level, inflation)
            case _:
                power = power_above(-estimate, -upper[h], se, df, level, inflation)
        result[h] = float(power)
    return result


def _spectrum(covariance: FloatArray, strata: Strata) -> FloatArray:
    """λ_k = σ_w² + m_k σ_b² of a compound-symmetry covariance, [K]."""
    n_periods = len(covariance)
    between = float(covariance[0, 1]) if n_periods > 1 else 0.0
    return float(covariance[0, 0]) - between + strata.multiplier * between


def _stratum_counts(strata: Strata, counts: FloatArray, k: int) -> FloatArray:
    return counts * (strata.n_observed - 1 if k == 0 else strata.stratum == k)


def _kenward_roger(
    strata: Strata,
    information: FloatArray,
    weight: FloatArray,
    phi: FloatArray,
    contrasts: FloatArray,
    freedom: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Adjusted variance and degrees of freedom of each contrast at known variances, [H] each."""
    a = np.stack([np.ones(len(weight)), strata.multiplier])
    p = np.einsum("jk,k,kab->jab", a, weight**2, information)
    q = np.einsum("jk,lk,k,kab->jlab", a, a, weight**3, information)
    product = np.einsum("ab,jbc->jac", phi, p)
    expected = (
        np.einsum("jk,lk,k,k->jl", a, a, weight**2, freedom)
        - 2 * np.einsum("ab,jlba->jl", phi, q)
        + np.einsum("jab,lba->jl", product, product)
    ) / 2
    if np.linalg.cond(expected) > 1e12:
        return np.full(len(contrasts), np.nan), np.full(len(contrasts), np.nan)
    w = np.linalg.inv(expected)
    v = contrasts @ phi
    plain = np.einsum("hi,hi->h", contrasts, v)
    x = np.einsum("jab,hb->hja", p, v)
    curved = np.einsum("ha,jlab,hb->hjl", v, q, v) - np.einsum("hja,ab,hlb->hjl", x, phi, x)
    slope = np.einsum("ha,hja->hj", v, x)
    df = 2 * plain**2 / np.einsum("hj,jl,hl->h", slope, w, slope)
    return plain + 2 * np.einsum("jl,hjl->h", w, curved), df
