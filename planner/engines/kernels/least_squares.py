"""Least squares within one stratum: within-person contrasts, or the total of one period."""

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.linear import dot, invert_spd, multiply
from planner.engines.kernels.reduce import cross_products, information

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

OK, NOT_ESTIMABLE = 0, 3


@kernel
def fit_least_squares(
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
    used: int,
    estimate: FloatArray,
    se: FloatArray,
    df: FloatArray,
    variance: FloatArray,
    status: NDArray[np.int8],
) -> None:
    """Fit stratum `used` of every trial; arguments as in `Strata`, results [T, …]."""
    q, n_strata = total.shape[1], multiplier.shape[0]
    a, b = np.zeros((n_strata, q, q)), np.zeros((n_strata, q))
    squares, freedom = np.zeros(n_strata), np.zeros(n_strata)
    phi, work = np.zeros((q, q)), np.zeros((q, q))
    beta, v = np.zeros(q), np.zeros(q)
    for t in range(n.shape[0]):
        information(n[t], stratum, within, between, a)
        cross_products(
            n[t], mean[t], scatter[t], n_observed, stratum, centred, total, b, squares, freedom
        )
        n_free = freedom[used] - q
        good = n_free > 0.5 and np.isfinite(invert_spd(a[used], phi, work))
        status[t] = OK if good else NOT_ESTIMABLE
        if not good:
            estimate[t], se[t], df[t], variance[t] = np.nan, np.nan, np.nan, np.nan
            continue
        multiply(phi, b[used], beta)
        sigma2 = max(squares[used] - dot(beta, b[used]), 0.0) / n_free
        variance[t, 0], variance[t, 1] = sigma2, np.nan
        for h in range(contrasts.shape[0]):
            multiply(phi, contrasts[h], v)
            estimate[t, h] = dot(contrasts[h], beta)
            se[t, h] = np.sqrt(sigma2 * dot(contrasts[h], v))
            df[t, h] = n_free
