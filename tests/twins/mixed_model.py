"""Textbook REML random-intercept model with Kenward-Roger and Satterthwaite inference.

Everything is dense: V = var_within I + var_between Z Z' is an N_obs x N_obs matrix, written out
and inverted. The formulas are those of the papers cited, for any number of contrast rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg, stats

from .design_matrix import design_matrix, previous_treatment, terms_of_formula
from .reml import MixedFit, fit_reml, gls, reml_deviance

__all__ = [
    "ContrastTable",
    "JointTest",
    "MixedFit",
    "analyse",
    "design_matrix",
    "fit_reml",
    "kenward_roger_covariance",
    "kenward_roger_test",
    "previous_treatment",
    "reml_deviance",
    "satterthwaite_df",
    "terms_of_formula",
]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class JointTest:
    """Kenward-Roger F test of L beta = 0 with r rows; ``scale`` is the factor lambda."""

    statistic: float
    scale: float
    df_numerator: int
    df: float
    p_value: float


@dataclass(frozen=True)
class ContrastTable:
    """One-row contrasts tested separately; every attribute has one value per row of L."""

    estimate: FloatArray
    se_model: FloatArray
    se_kr: FloatArray
    df_kr: FloatArray
    t_kr: FloatArray
    p_kr: FloatArray
    df_satterthwaite: FloatArray
    p_satterthwaite: FloatArray


def _kenward_roger_pieces(fit: MixedFit) -> tuple[list[FloatArray], FloatArray, FloatArray]:
    """P_i, W and the adjusted covariance, components ordered (within, between)."""
    n = len(fit.y)
    derivatives = [np.eye(n), fit.z @ fit.z.T]
    v = fit.sd_within**2 * derivatives[0] + fit.sd_between**2 * derivatives[1]
    v_inv = linalg.inv(v)
    h = [v_inv @ g for g in derivatives]
    p = [-fit.x.T @ h_i @ v_inv @ fit.x for h_i in h]
    q = [[fit.x.T @ h_i @ h_j @ v_inv @ fit.x for h_j in h] for h_i in h]
    information = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            information[i, j] = 0.5 * (
                np.trace(h[i] @ h[j])
                - 2.0 * np.trace(fit.phi @ q[i][j])
                + np.trace(fit.phi @ p[i] @ fit.phi @ p[j])
            )
    w = linalg.inv(information)
    inner = np.zeros_like(fit.phi)
    for i in range(2):
        for j in range(2):
            inner += w[i, j] * (q[i][j] - p[i] @ fit.phi @ p[j])
    return p, w, fit.phi + 2.0 * fit.phi @ inner @ fit.phi


def kenward_roger_covariance(fit: MixedFit) -> FloatArray:
    """Bias-adjusted covariance Phi_A of the fixed effects (Kenward & Roger 1997, eq. 2-3).

    Parameters
    ----------
    fit : MixedFit
        A REML fit. Both variance components stay in W, also at ``sd_between`` = 0, as in
        pbkrtest (Halekoh & Hojsgaard 2014).

    Returns
    -------
    ndarray of shape (q, q)
        Adjusted covariance. V is linear in the variances, so the R_ij term vanishes.
    """
    return _kenward_roger_pieces(fit)[2]


def _denominator_df(a1: float, a2: float, r: int) -> tuple[float, float]:
    """Denominator df m and scale lambda of Kenward & Roger (1997), section 3.2."""
    b = (a1 + 6.0 * a2) / (2.0 * r)
    g = ((r + 1) * a1 - (r + 4) * a2) / ((r + 2) * a2)
    base = 3.0 * r + 2.0 * (1.0 - g)
    c1, c2, c3 = g / base, (r - g) / base, (r + 2 - g) / base
    e_star = 1.0 / (1.0 - a2 / r)
    v_star = (2.0 / r) * (1.0 + c1 * b) / ((1.0 - c2 * b) ** 2 * (1.0 - c3 * b))
    rho = v_star / (2.0 * e_star**2)
    m = 4.0 + (r + 2) / (r * rho - 1.0)
    return m, m / (e_star * (m - 2.0))


def kenward_roger_test(fit: MixedFit, contrasts: ArrayLike) -> JointTest:
    """Scaled F test of L beta = 0 (Kenward & Roger 1997, section 3).

    Parameters
    ----------
    fit : MixedFit
        A REML fit.
    contrasts : array of shape (r, q) or (q,)
        Contrast matrix L of full row rank.

    Returns
    -------
    JointTest
        lambda F is referred to F(r, m).
    """
    rows = np.atleast_2d(np.asarray(contrasts, dtype=float))
    r = rows.shape[0]
    p, w, adjusted = _kenward_roger_pieces(fit)
    theta = rows.T @ linalg.inv(rows @ fit.phi @ rows.T) @ rows
    product = [theta @ fit.phi @ p_i @ fit.phi for p_i in p]
    a1 = a2 = 0.0
    for i in range(2):
        for j in range(2):
            a1 += w[i, j] * np.trace(product[i]) * np.trace(product[j])
            a2 += w[i, j] * np.trace(product[i] @ product[j])
    df, scale = _denominator_df(float(a1), float(a2), r)
    estimate = rows @ fit.beta
    statistic = float(estimate @ linalg.solve(rows @ adjusted @ rows.T, estimate)) / r
    p_value = float(stats.f.sf(scale * statistic, r, df))
    return JointTest(statistic, scale, r, df, p_value)


def _gradient_and_hessian(
    function: Callable[[FloatArray], float], point: FloatArray, steps: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Central differences of a function of two arguments."""
    shift = np.diag(steps)
    gradient, hessian = np.empty(2), np.empty((2, 2))
    for i in range(2):
        up, down = function(point + shift[i]), function(point - shift[i])
        gradient[i] = (up - down) / (2 * steps[i])
        hessian[i, i] = (up - 2 * function(point) + down) / steps[i] ** 2
    plus, minus = shift[0] + shift[1], shift[0] - shift[1]
    cross = function(point + plus) + function(point - plus)
    cross -= function(point + minus) + function(point - minus)
    hessian[0, 1] = hessian[1, 0] = cross / (4 * steps[0] * steps[1])
    return gradient, hessian


def satterthwaite_df(fit: MixedFit, contrast: ArrayLike) -> float:
    """Satterthwaite df from the observed information (Kuznetsova et al. 2017, sec. 2.3).

    Derivatives are numerical and with respect to the two *variances*. lmerTest works with
    standard deviations: inside the parameter space both agree, at ``sd_between`` = 0 they do
    not (there lmerTest returns the residual df). If the observed information is not positive
    definite at the boundary the result may be negative or not finite.

    Parameters
    ----------
    fit : MixedFit
        A REML fit.
    contrast : array of length q
        One contrast.

    Returns
    -------
    float
        2 (l'Phi l)^2 / Var(l'Phi l).
    """
    row = np.asarray(contrast, dtype=float)
    point = np.array([fit.sd_within**2, fit.sd_between**2])
    steps = 5e-4 * np.array([point[0], point.sum()])

    def deviance(variances: FloatArray) -> float:
        return gls(fit.x, fit.z, fit.y, variances)[2]

    def variance(variances: FloatArray) -> float:
        return float(row @ gls(fit.x, fit.z, fit.y, variances)[1] @ row)

    hessian = _gradient_and_hessian(deviance, point, steps)[1]
    gradient = _gradient_and_hessian(variance, point, steps)[0]
    spread = gradient @ (2.0 * linalg.inv(hessian)) @ gradient
    return float(2.0 * (row @ fit.phi @ row) ** 2 / spread)


def analyse(fit: MixedFit, contrasts: ArrayLike) -> ContrastTable:
    """Estimate and test each row of L separately.

    Parameters
    ----------
    fit : MixedFit
        A REML fit.
    contrasts : array of shape (r, q) or (q,)
        Contrasts, one per row.

    Returns
    -------
    ContrastTable
        Model-based, Kenward-Roger and Satterthwaite columns (two-sided p-values).
    """
    rows = np.atleast_2d(np.asarray(contrasts, dtype=float))
    estimate = rows @ fit.beta
    se_model = np.sqrt(np.einsum("ri,ij,rj->r", rows, fit.phi, rows))
    adjusted = kenward_roger_covariance(fit)
    se_kr = np.sqrt(np.einsum("ri,ij,rj->r", rows, adjusted, rows))
    tests = [kenward_roger_test(fit, row) for row in rows]
    satterthwaite = np.array([satterthwaite_df(fit, row) for row in rows])
    return ContrastTable(
        estimate=estimate,
        se_model=se_model,
        se_kr=se_kr,
        df_kr=np.array([test.df for test in tests]),
        t_kr=estimate / se_kr,
        p_kr=np.array([test.p_value for test in tests]),
        df_satterthwaite=satterthwaite,
        p_satterthwaite=np.asarray(2.0 * stats.t.sf(np.abs(estimate / se_model), satterthwaite)),
    )
