"""Reduce a block of trials to sums per variance group and stratum."""

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.reduce import cross_products, information

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@kernel
def stratum_sums(
    n: IntArray,
    mean: FloatArray,
    scatter: FloatArray,
    group: IntArray,
    n_observed: IntArray,
    stratum: IntArray,
    centred: FloatArray,
    total: FloatArray,
    within: FloatArray,
    between: FloatArray,
    a: FloatArray,
    b: FloatArray,
    squares: FloatArray,
    freedom: FloatArray,
) -> None:
    """Fill a [T, V, K, q, q] (both triangles), b [T, V, K, q], squares and freedom [T, V, K].

    `group` is the variance group of every cell, [C]; other arguments as in `Strata`.
    """
    q = total.shape[1]
    counts = np.zeros(n.shape[1], dtype=np.int64)
    for t in range(n.shape[0]):
        for v in range(a.shape[1]):
            for c in range(n.shape[1]):
                counts[c] = n[t, c] if group[c] == v else 0
            information(counts, stratum, within, between, a[t, v])
            cross_products(
                counts, mean[t], scatter[t], n_observed, stratum, centred, total,
                b[t, v], squares[t, v], freedom[t, v],
            )  # fmt: skip
            for k in range(a.shape[2]):
                for i in range(q):
                    for j in range(i):
                        a[t, v, k, j, i] = a[t, v, k, i, j]
