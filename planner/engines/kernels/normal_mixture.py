"""Probabilities and quantiles of normal mixtures.

Φ is interpolated in a table with its own derivative (cubic Hermite, absolute error below 3e-10):
the posterior of one trial asks for it thousands of times.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from planner.compiled import kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LAST, _STEPS = 8.0, 64.0
_X = np.arange(-_LAST, _LAST + 1.5 / _STEPS, 1 / _STEPS)
_TABLE = np.column_stack([special.ndtr(_X), np.exp(-(_X**2) / 2) / math.sqrt(2 * math.pi)])


@kernel
def normal_cdf(x: float) -> float:
    """Φ(x) to 3e-10."""
    if not abs(x) < _LAST:
        return 1.0 if x > 0.0 else 0.0
    place = (x + _LAST) * _STEPS
    i = int(place)
    u: float = place - i
    low: float = _TABLE[i, 0]
    rise: float = _TABLE[i + 1, 0] - low
    start: float = _TABLE[i, 1] / _STEPS
    end: float = _TABLE[i + 1, 1] / _STEPS
    return low + u * (start + u * (3.0 * rise - 2.0 * start - end + u * (start + end - 2.0 * rise)))


@kernel
def normal_both(x: float) -> tuple[float, float]:
    """Φ(x) to 3e-10 and, for the slope of a search, φ(x) to 3e-5."""
    if not abs(x) < _LAST:
        return (1.0 if x > 0.0 else 0.0), 0.0
    place = (x + _LAST) * _STEPS
    i = int(place)
    u: float = place - i
    low: float = _TABLE[i, 0]
    rise: float = _TABLE[i + 1, 0] - low
    left: float = _TABLE[i, 1]
    right: float = _TABLE[i + 1, 1]
    start, end = left / _STEPS, right / _STEPS
    bend = 3.0 * rise - 2.0 * start - end + u * (start + end - 2.0 * rise)
    return low + u * (start + u * bend), left + u * (right - left)


@kernel
def normal_between(lower: float, upper: float, mean: float, sd: float) -> float:
    """P(lower < X < upper) of a normal X; the ends may be infinite."""
    if upper == np.inf:
        return 1.0 if lower == -np.inf else normal_cdf((mean - lower) / sd)
    above = normal_cdf((upper - mean) / sd)
    return above if lower == -np.inf else above - normal_cdf((lower - mean) / sd)


@kernel
def mixture_quantile(
    probability: float, start: float, spread: float, tolerance: float, n: int,
    weight: FloatArray, mean: FloatArray, sd: FloatArray,
) -> float:  # fmt: skip
    """Quantile of a mixture of n normals with weights that sum to 1, by safeguarded Halley steps.

    `start` is a guess and `spread` the scale of the mixture, of which the result is right to
    `tolerance` or better.
    """
    x, low, high = start, -np.inf, np.inf
    for _ in range(60):
        value, slope, bend = -probability, 0.0, 0.0
        for i in range(n):
            narrow = 1.0 / sd[i]
            u = (x - mean[i]) * narrow
            below, density = normal_both(u)
            value += weight[i] * below
            density *= weight[i] * narrow
            slope += density
            bend -= density * u * narrow
        if value > 0.0:
            high = x
        else:
            low = x
        step = math.copysign(2.0 * spread, value)
        if slope > 0.0:
            newton = value / slope
            curvature = 1.0 - 0.5 * newton * bend / slope
            step = newton / curvature if curvature > 0.5 else newton
            step = min(max(step, -2.0 * spread), 2.0 * spread)
        goal = x - step
        if abs(step) < tolerance * spread:
            return goal
        if goal <= low or goal >= high:
            goal = 0.5 * (low + high)
        x = goal
    return x
