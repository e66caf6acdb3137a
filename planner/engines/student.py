"""Student's t: critical values for many degrees of freedom at once, and exact power.

Power of one- and two-sided tests is a noncentral t probability (Johnson, Kotz & Balakrishnan
1995, ch. 31); power of two one-sided tests is integrated over the sample SD, which is Owen's Q
(Owen 1965, Biometrika 52:437; Phillips 1990).
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike, NDArray
from scipy import special

FloatArray = NDArray[np.float64]
_DEGREE = 40
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(256)


@lru_cache(maxsize=64)
def _quantile_series(level: float) -> FloatArray:
    """Chebyshev series of the upper `level` quantile in 2/df − 1, for df ≥ 1 (relative 1e-9)."""

    def quantile(u: FloatArray) -> FloatArray:
        inverse = np.maximum((u + 1) / 2, 1e-12)
        return np.asarray(-special.stdtrit(1 / inverse, level))

    nodes = chebyshev.chebpts1(_DEGREE + 1)
    return np.asarray(chebyshev.chebfit(nodes, quantile(nodes), _DEGREE), dtype=np.float64)


def critical_values(df: FloatArray, level: float) -> FloatArray:
    """Upper `level` quantile of Student's t, elementwise; NaN where df is not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        result = chebyshev.chebval(2 / df - 1, _quantile_series(level))
    rare = ~(df >= 1)
    if rare.any():
        few = df[rare]
        result[rare] = np.where(few > 0, -special.stdtrit(np.where(few > 0, few, 1), level), np.nan)
    return np.asarray(result)


def upper_tail(statistic: FloatArray, df: FloatArray) -> FloatArray:
    """P(T > statistic), elementwise."""
    return np.asarray(special.stdtr(df, -statistic))


def power_above(
    effect: ArrayLike,
    bound: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    level: float,
    inflation: ArrayLike = 1.0,
) -> FloatArray:
    """Power of the one-sided test of effect > bound; all arguments broadcast.

    Parameters
    ----------
    effect, bound, se : expected estimate, null value and true standard error, same unit.
    df : degrees of freedom of the standard error that the test uses.
    level : level of the test.
    inflation : standard error that the test uses / true one.
    """
    shift = (np.asarray(effect, float) - np.asarray(bound, float)) / np.asarray(se, float)
    critical = -special.stdtrit(np.asarray(df, float), level) * inflation
    below = np.asarray(special.nctdtr(df, shift, critical))
    if np.isnan(below).any():
        below = np.where(np.isnan(below), _below(*np.broadcast_arrays(df, shift, critical)), below)
    return 1 - below


@np.vectorize
def _below(df: float, shift: float, critical: float) -> float:
    """P(noncentral t < critical), integrated over the ratio of standard errors."""
    s, weight = _standard_error_ratio(df)
    return float(np.sum(weight * special.ndtr(critical * s - shift)))


def _standard_error_ratio(
    df: float, widest: float = np.inf, narrowest: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights over √(χ²_df / df), between `narrowest` and `widest`."""
    low, high = np.sqrt(special.chdtri(df, [1 - 1e-15, 1e-15]) / df)
    low = min(max(low, narrowest), high)
    high = max(low, min(widest, high))
    bend = 3.0 if df < 8 else 1.0  # the density has a root or pole at 0 when df is small
    u = (_NODES + 1) / 2
    s = low + (high - low) * u**bend
    log_density = (df - 1) * np.log(s) - df * s**2 / 2 + df / 2 * np.log(df / 2)
    density = 2 * np.exp(log_density - special.gammaln(df / 2))
    return s, _WEIGHTS / 2 * density * (high - low) * bend * u ** (bend - 1)


def power_two_sided(
    effect: ArrayLike, se: ArrayLike, df: ArrayLike, alpha: float, inflation: ArrayLike = 1.0
) -> FloatArray:
    """Power of the two-sided test of no effect; rejections in either direction count."""
    effect = np.asarray(effect, float)
    above = power_above(effect, 0.0, se, df, alpha / 2, inflation)
    return above + power_above(-effect, 0.0, se, df, alpha / 2, inflation)


def power_between(
    effect: float,
    bounds: tuple[float, float],
    se: float,
    df: float,
    level: float,
    inflation: float = 1.0,
) -> float:
    """Exact power of two one-sided tests of lower < effect < upper, each at `level`.

    The estimate is normal with SD `se`; its squared standard error is independent,
    se² χ²_df / df. Integrated over the ratio s of standard errors, up to where the acceptance
    interval vanishes.
    """
    return power_inside(effect, [(*bounds, level)], se, df, inflation)


def power_inside(
    effect: float,
    regions: Sequence[tuple[float, float, float]],
    se: float,
    df: float,
    inflation: float = 1.0,
) -> float:
    """Exact probability that one-sided confidence bounds lie inside every region.

    Parameters
    ----------
    regions : (lower, upper, level): the bounds at `level` are to lie above `lower` and below
        `upper`, either of which may be infinite. One finite region is two one-sided tests.
    """
    critical = [-float(special.stdtrit(df, level)) * inflation for _, _, level in regions]
    widths = [
        (upper - lower) / (2 * c * se)
        for (lower, upper, _), c in zip(regions, critical, strict=True)
        if c > 0
    ]
    # Where one bound takes over from another the integrand has a kink: integrate piece by piece.
    lines = [(r[0] - effect, c * se) for r, c in zip(regions, critical, strict=True)]
    lines += [(effect - r[1], c * se) for r, c in zip(regions, critical, strict=True)]
    ends = [0.0, *_crossings(lines), min(widths, default=np.inf)]
    total = 0.0
    for start, end in pairwise(ends):
        s, weight = _standard_error_ratio(df, end, start)
        low = np.max([(a + slope * s) / se for a, slope in lines[: len(regions)]], axis=0)
        high = np.min([-(a + slope * s) / se for a, slope in lines[len(regions) :]], axis=0)
        inside = special.ndtr(high) - special.ndtr(low)
        total += float(np.sum(weight * np.maximum(inside, 0.0)))
    return total


def _crossings(lines: Sequence[tuple[float, float]]) -> list[float]:
    """Positive places where any two of the lines intercept + slope · s meet, in order."""
    places = set()
    for (a, b), (c, d) in combinations(lines, 2):
        if b != d and np.isfinite(a) and np.isfinite(c) and (a - c) / (d - b) > 0:
            places.add((a - c) / (d - b))
    return sorted(places)
