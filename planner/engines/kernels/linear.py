"""Small dense linear algebra for compiled kernels: symmetric matrices of a few columns."""

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel

FloatArray = NDArray[np.float64]
RELATIVE_PIVOT = 1e-10


@kernel
def invert_spd(matrix: FloatArray, inverse: FloatArray, work: FloatArray) -> float:
    """Inverse of a positive definite matrix [q, q] by Cholesky; returns its log determinant.

    Returns NaN, and leaves `inverse` unusable, if a pivot is below `RELATIVE_PIVOT` of its
    diagonal entry. Only the lower triangle of `matrix` is read.
    """
    q = matrix.shape[0]
    log_determinant = 0.0
    for j in range(q):
        pivot = matrix[j, j]
        for k in range(j):
            pivot -= work[j, k] * work[j, k]
        if not pivot > RELATIVE_PIVOT * matrix[j, j]:
            return np.nan
        root = np.sqrt(pivot)
        log_determinant += 2.0 * np.log(root)
        work[j, j] = 1.0 / root
        for i in range(j + 1, q):
            value = matrix[i, j]
            for k in range(j):
                value -= work[i, k] * work[j, k]
            work[i, j] = value / root
    for j in range(q):
        for i in range(j + 1, q):
            value = 0.0
            for k in range(j, i):
                value -= work[i, k] * work[k, j]
            work[i, j] = value * work[i, i]
    for i in range(q):
        for j in range(i + 1):
            value = 0.0
            for k in range(i, q):
                value += work[k, i] * work[k, j]
            inverse[i, j] = value
            inverse[j, i] = value
    return log_determinant


@kernel
def multiply(matrix: FloatArray, vector: FloatArray, out: FloatArray) -> None:
    """out = matrix · vector."""
    for i in range(matrix.shape[0]):
        value = 0.0
        for j in range(matrix.shape[1]):
            value += matrix[i, j] * vector[j]
        out[i] = value


@kernel
def dot(a: FloatArray, b: FloatArray) -> float:
    """aᵀb."""
    value = 0.0
    for i in range(a.shape[0]):
        value += a[i] * b[i]
    return value


@kernel
def trace_product(a: FloatArray, b: FloatArray) -> float:
    """tr(a b) of symmetric a and b."""
    value = 0.0
    for i in range(a.shape[0]):
        value += a[i, i] * b[i, i]
        for j in range(i):
            value += 2.0 * a[i, j] * b[i, j]
    return value
