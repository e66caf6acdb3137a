"""Weights of the graphical multiple testing procedure."""

import numpy as np

from planner.trials.moments import FloatArray


def weight_table(weights: FloatArray, transitions: FloatArray) -> FloatArray:
    """Weights after rejecting every subset of hypotheses, axes [2^H, H].

    Update rule of Bretz, Maurer, Brannath & Posch 2009 (Stat Med 28:586, algorithm 1); the
    result does not depend on the order of rejection.
    """
    n = len(weights)
    table = np.zeros((1 << n, n))
    for mask in range(1 << n):
        w, g = weights.copy(), transitions.copy()
        for i in range(n):
            if mask >> i & 1:
                w, g = _reject(w, g, i)
        table[mask] = w
    return table


def _reject(w: FloatArray, g: FloatArray, i: int) -> tuple[FloatArray, FloatArray]:
    w = w + w[i] * g[i]
    w[i] = 0.0
    back = g[:, i] * g[i]
    updated = g + np.outer(g[:, i], g[i])
    scale = 1 - back
    updated = np.divide(updated, scale[:, None], out=np.zeros_like(g), where=scale[:, None] > 1e-12)
    updated[i, :] = 0.0
    updated[:, i] = 0.0
    np.fill_diagonal(updated, 0.0)
    return w, updated
