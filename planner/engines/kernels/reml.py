"""REML of a random-intercept model from moments, with Kenward–Roger or Satterthwaite tests.

Everything is in units of σ_w² and scaled back at the end. References: Kenward & Roger 1997,
Biometrics 53:983, eqs. 3–5; Giesbrecht & Burns 1985, Biometrics 41:477.
"""

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.linear import dot, multiply, trace_product
from planner.engines.kernels.profile import BOUNDARY, NOT_ESTIMABLE, OK, minimise
from planner.engines.kernels.reduce import cross_products, information

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEWEST_DF = 0.01
"""With fewer degrees of freedom a trial says nothing, and its interval overflows."""


@kernel
def _component_information(
    observed: bool,
    gamma: float,
    sigma2: float,
    multiplier: FloatArray,
    a: FloatArray,
    freedom: FloatArray,
    phi: FloatArray,
    score: FloatArray,
    residual: FloatArray,
    p: FloatArray,
    product: FloatArray,
    g: FloatArray,
    inverse: FloatArray,
) -> bool:
    """W = I⁻¹ [2, 2] of (σ_w², σ_b²) in units of σ_w⁴; fills P_w and P_b, p [2, q, q].

    I is the expected REML information, or the observed one; False if it is not positive
    definite.
    """
    n_strata, q = score.shape
    info = np.zeros((2, 2))
    p[:] = 0.0
    g[:] = 0.0
    for k in range(n_strata):
        h = 1.0 + multiplier[k] * gamma
        trace = trace_product(phi, a[k])
        spread = -freedom[k] + 2.0 * residual[k] / (sigma2 * h) if observed else freedom[k]
        quadratic = 2.0 * trace / h if observed else -2.0 * trace / h
        value = (spread + quadratic) / (h * h)
        info[0, 0] += value
        info[0, 1] += multiplier[k] * value
        info[1, 1] += multiplier[k] * multiplier[k] * value
        for i in range(q):
            g[0, i] += score[k, i] / (h * h)
            g[1, i] += multiplier[k] * score[k, i] / (h * h)
            for j in range(q):
                entry = (a[k, i, j] if j <= i else a[k, j, i]) / (h * h)
                p[0, i, j] += entry
                p[1, i, j] += multiplier[k] * entry
    for s in range(2):
        for i in range(q):
            for j in range(q):
                value = 0.0
                for k in range(q):
                    value += phi[i, k] * p[s, k, j]
                product[s, i, j] = value
    for s in range(2):
        for r in range(s, 2):
            curve = 0.0
            shift = 0.0
            for i in range(q):
                for j in range(q):
                    curve += product[s, i, j] * product[r, j, i]
                    shift += g[s, i] * phi[i, j] * g[r, j]
            info[s, r] += (-curve - 2.0 * shift / sigma2) if observed else curve
    determinant = info[0, 0] * info[1, 1] - info[0, 1] * info[0, 1]
    if not (info[0, 0] > 0.0 and determinant > 1e-10 * info[0, 0] * info[1, 1]):
        return False
    inverse[0, 0] = 2.0 * info[1, 1] / determinant
    inverse[1, 1] = 2.0 * info[0, 0] / determinant
    inverse[0, 1] = -2.0 * info[0, 1] / determinant
    inverse[1, 0] = inverse[0, 1]
    return True


@kernel
def fit_reml(
    n: IntArray,
    mean: FloatArray,
    scatter: FloatArray,
    n_observed: IntArray,
    stratum: IntArray,
    multiplier: FloatArray,
    centred: FloatArray,
    total: FloatArray,
    within: FloatArray,
    between: FloatArray,
    contrasts: FloatArray,
    satterthwaite: bool,
    estimate: FloatArray,
    se: FloatArray,
    df: FloatArray,
    variance: FloatArray,
    status: NDArray[np.int8],
) -> None:
    """Fit every trial of a block; arguments as in `Strata`, contrasts [H, q], results [T, …]."""
    q, n_strata = total.shape[1], multiplier.shape[0]
    a = np.zeros((n_strata, q, q))
    b, score = np.zeros((n_strata, q)), np.zeros((n_strata, q))
    squares, freedom, residual = np.zeros(n_strata), np.zeros(n_strata), np.zeros(n_strata)
    weighted, phi, work = np.zeros((q, q)), np.zeros((q, q)), np.zeros((q, q))
    p, product, w = np.zeros((2, q, q)), np.zeros((2, q, q)), np.zeros((2, 2))
    beta, v, g = np.zeros(q), np.zeros(q), np.zeros((2, q))
    x, y, slope = np.zeros((2, q)), np.zeros((2, q)), np.zeros((q, q))
    for t in range(n.shape[0]):
        information(n[t], stratum, within, between, a)
        pure = cross_products(
            n[t], mean[t], scatter[t], n_observed, stratum, centred, total, b, squares, freedom
        )
        n_free = np.sum(freedom) - q
        start = 1.0
        if pure[2] > 0.0 and pure[0] > 0.0:
            size = np.sum(freedom) / np.sum(freedom[1:])
            start = (pure[1] / pure[2] * (size - 1.0) * pure[2] / pure[0] - 1.0) / size
        code, gamma, r = NOT_ESTIMABLE, 0.0, np.nan
        if n_free > 0.5 and freedom[0] > 0.5:
            code, gamma, r = minimise(
                start, n_free, multiplier, a, b, squares, freedom,
                weighted, phi, work, beta, score, residual, g[0], slope,
            )  # fmt: skip
        sigma2 = r / n_free
        if code <= BOUNDARY:
            good = _component_information(
                satterthwaite and code == OK, gamma, sigma2, multiplier, a, freedom,
                phi, score, residual, p, product, g, w,
            )  # fmt: skip
            if not good:
                code = NOT_ESTIMABLE
        status[t] = code
        if code > BOUNDARY:
            estimate[t], se[t], df[t], variance[t] = np.nan, np.nan, np.nan, np.nan
            continue
        variance[t, 0], variance[t, 1] = sigma2, gamma * sigma2
        for h in range(contrasts.shape[0]):
            multiply(phi, contrasts[h], v)
            plain = dot(contrasts[h], v)
            for s in range(2):
                multiply(p[s], v, x[s])
                multiply(phi, x[s], y[s])
            adjustment = 0.0
            if not satterthwaite:
                for k in range(n_strata):
                    lam = 1.0 + multiplier[k] * gamma
                    quadratic = 0.0
                    for i in range(q):
                        value = a[k, i, i] * v[i]
                        for j in range(i):
                            value += 2.0 * a[k, i, j] * v[j]
                        quadratic += v[i] * value
                    m = multiplier[k]
                    weight = w[0, 0] + 2.0 * m * w[0, 1] + m * m * w[1, 1]
                    adjustment += weight * quadratic / (lam * lam * lam)
                adjustment -= w[0, 0] * dot(x[0], y[0]) + w[1, 1] * dot(x[1], y[1])
                adjustment -= 2.0 * w[0, 1] * dot(x[0], y[1])
            c0, c1 = dot(v, x[0]), dot(v, x[1])
            spread = w[0, 0] * c0 * c0 + 2.0 * w[0, 1] * c0 * c1 + w[1, 1] * c1 * c1
            estimate[t, h] = dot(contrasts[h], beta)
            se[t, h] = np.sqrt(sigma2 * (plain + 2.0 * adjustment))
            df[t, h] = 2.0 * plain * plain / spread
        if not df[t].min() >= FEWEST_DF:
            status[t] = NOT_ESTIMABLE
            estimate[t], se[t], df[t], variance[t] = np.nan, np.nan, np.nan, np.nan
