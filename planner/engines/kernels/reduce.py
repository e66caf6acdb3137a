"""Reduce one trial's moments to sums per stratum (see `planner.engines.strata`)."""

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@kernel
def information(
    n: IntArray,
    stratum: IntArray,
    within: FloatArray,
    between: FloatArray,
    a: FloatArray,
) -> None:
    """a[k] = Σ_c n_c XᵀE_kX, lower triangles, axes [K, q, q]; n is [C]."""
    a[:] = 0.0
    for c in range(n.shape[0]):
        people = float(n[c])
        if people == 0.0:
            continue
        k = stratum[c]
        for i in range(a.shape[1]):
            for j in range(i + 1):
                a[0, i, j] += people * within[c, i, j]
                a[k, i, j] += people * between[c, i, j]


@kernel
def cross_products(
    n: IntArray,
    mean: FloatArray,
    scatter: FloatArray,
    n_observed: IntArray,
    stratum: IntArray,
    centred: FloatArray,
    total: FloatArray,
    b: FloatArray,
    squares: FloatArray,
    freedom: FloatArray,
) -> tuple[float, float, float]:
    """Sums per stratum of Xᵀy [K, q], yᵀy [K] and degrees of freedom [K] of one trial.

    Returns the within- and between-person sums of squares about the cell means, and the
    people minus the non-empty cells: the raw material of a starting value.
    """
    b[:] = 0.0
    squares[:] = 0.0
    freedom[:] = 0.0
    pure_within = 0.0
    pure_between = 0.0
    pure_freedom = 0.0
    for c in range(n.shape[0]):
        people = float(n[c])
        if people == 0.0:
            continue
        k, m = stratum[c], n_observed[c]
        average = 0.0
        trace = 0.0
        everything = 0.0
        for p in range(m):
            average += mean[c, p]
            trace += scatter[c, p, p]
            everything += scatter[c, p, p]
            for r in range(p):
                everything += 2.0 * scatter[c, p, r]
        average /= m
        everything /= m
        for p in range(m):
            deviation = people * (mean[c, p] - average)
            squares[0] += deviation * (mean[c, p] - average)
            for i in range(b.shape[1]):
                b[0, i] += deviation * centred[c, p, i]
        squares[0] += trace - everything
        squares[k] += everything + people * m * average * average
        for i in range(b.shape[1]):
            b[k, i] += people * average * total[c, i]
        freedom[0] += people * (m - 1)
        freedom[k] += people
        pure_within += trace - everything
        pure_between += everything
        pure_freedom += people - 1.0
    return pure_within, pure_between, pure_freedom
