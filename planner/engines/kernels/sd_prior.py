"""Priors of the standard deviations and the coordinates in which they are integrated.

Within-person SDs are integrated in their logarithm. Half-normal between-person SDs are integrated
as they are: their density is an even function of σ_b, so the trapezoidal rule over [0, ∞) with
half weight at 0 converges exponentially, also where the posterior piles up at 0 (Trefethen &
Weideman 2014, SIAM Rev 56:385). Log-normal ones are integrated in their logarithm.
"""

import math

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FIXED, HALF_NORMAL, LOG_NORMAL, JEFFREYS, RATIO = 0, 1, 2, 3, 4


@kernel
def is_even(coordinate: int, kind: int) -> bool:
    """Whether a coordinate is a between-person SD itself, and so starts at 0."""
    return coordinate % 2 == 1 and kind in (HALF_NORMAL, RATIO)


@kernel
def sd_of(coordinate: int, kind: int, value: float) -> float:
    """The SD at a value of its coordinate."""
    return value if kind == FIXED or is_even(coordinate, kind) else np.exp(value)


@kernel
def straight(value: float, bend: float) -> float:
    """A coordinate at a value of the lattice: bend · sinh(value / bend).

    So an even coordinate stays even, and is logarithmic beyond `bend`; infinite leaves it as it is.
    """
    return bend * math.sinh(value / bend) if bend < np.inf else value


@kernel
def bent(coordinate: float, bend: float) -> float:
    """The value of the lattice at a coordinate, the inverse of `straight`."""
    return bend * math.asinh(coordinate / bend) if bend < np.inf else coordinate


@kernel
def log_prior(point: FloatArray, kind: IntArray, setting: FloatArray) -> float:
    """Log prior density of all coordinates, up to a constant; `setting` is [D, 2]."""
    total = 0.0
    for d in range(point.shape[0]):
        value, first, second = point[d], setting[d, 0], setting[d, 1]
        if kind[d] == HALF_NORMAL:
            sd = sd_of(d, kind[d], value)
            total -= 0.5 * (sd / first) ** 2
            if not is_even(d, kind[d]):
                total += value
        elif kind[d] == LOG_NORMAL:
            total -= 0.5 * ((value - np.log(first)) / second) ** 2
        elif kind[d] == RATIO:
            log_within = np.log(point[d - 1]) if kind[d - 1] == FIXED else point[d - 1]
            total -= 0.5 * (value / (first * np.exp(log_within))) ** 2 + log_within
    return total


@kernel
def prior_guess(coordinate: int, kind: int, setting: FloatArray, within: float) -> float:
    """An SD that the prior finds likely; 0 for the improper one."""
    if kind == JEFFREYS:
        return 0.0
    first: float = setting[0]
    if kind == RATIO:
        return 0.7 * first * within
    return 0.7 * first if kind == HALF_NORMAL else first


@kernel
def prior_width(coordinate: int, kind: int, setting: FloatArray, within: float) -> float:
    """Rough SD of the prior in its coordinate; infinite for the improper one."""
    first: float = setting[0]
    second: float = setting[1]
    if kind == HALF_NORMAL:
        return first if coordinate % 2 == 1 else 1.0
    if kind == LOG_NORMAL:
        return second
    return first * within if kind == RATIO else np.inf
