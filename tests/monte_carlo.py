"""Monte-Carlo tolerances: how far a simulated number may lie from what it estimates.

A test that compares m simulated numbers allows each k standard errors, with k so that all m
together raise a false alarm with probability `FALSE_ALARM` (Bonferroni). Seeds are fixed, so a
test that passes keeps passing; the tolerance says what a failure means.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

FloatArray = NDArray[np.float64]
FALSE_ALARM = 1e-4
"""Probability that correct code fails one test, over all of its comparisons."""


def critical_distance(comparisons: int) -> float:
    """Standard errors that any of `comparisons` normal deviates exceeds at `FALSE_ALARM`."""
    return float(-special.ndtri(FALSE_ALARM / (2 * comparisons)))


def assert_within_mcse(
    value: ArrayLike,
    expected: ArrayLike,
    mcse: ArrayLike,
    *,
    k: float | None = None,
    comparisons: int | None = None,
    what: str = "value",
) -> None:
    """Every value lies within k Monte-Carlo standard errors of what is expected.

    Parameters
    ----------
    value, expected, mcse : broadcast together; an expected value of a simulation may be another
        simulation if `mcse` is the standard error of their difference.
    k : tolerance; default from the number of comparisons.
    comparisons : numbers compared by the whole test; default as many as given here.
    """
    given = np.broadcast_arrays(*(np.asarray(a, float) for a in (value, expected, mcse)))
    found, target, spread = (array.ravel() for array in given)
    assert found.size, f"{what}: nothing to compare"
    if k is None:
        k = critical_distance(comparisons or found.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(found == target, 0.0, (found - target) / spread)
    worst = int(np.argmax(np.where(np.isnan(z), np.inf, np.abs(z))))
    assert abs(z[worst]) <= k, (
        f"{what} [{worst}] is {found[worst]:.6g}, expected {target[worst]:.6g} "
        f"± {spread[worst]:.2g}: z = {z[worst]:.2f}, allowed ±{k:.2f}"
    )


def proportion_mcse(p: ArrayLike, n: ArrayLike) -> FloatArray:
    """Monte-Carlo standard error √(p(1 − p)/n) of a simulated proportion."""
    share = np.asarray(p, float)
    return np.asarray(np.sqrt(share * (1 - share) / np.asarray(n, float)))


def difference_mcse(p: ArrayLike, n: float, r: ArrayLike, m: float) -> FloatArray:
    """Standard error of the difference of proportions p of n and r of m, if they are equal."""
    pooled = (n * np.asarray(p, float) + m * np.asarray(r, float)) / (n + m)
    return np.asarray(np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)))


def mean_and_mcse(sample: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean over the first axis, and its standard error."""
    return sample.mean(axis=0), sample.std(axis=0, ddof=1) / np.sqrt(len(sample))


def assert_same_distribution(
    first: FloatArray, second: FloatArray, *, comparisons: int = 1, what: str = "value"
) -> None:
    """Two samples come from one distribution (two-sample Kolmogorov–Smirnov test)."""
    p_value = float(stats.ks_2samp(first, second, method="asymp").pvalue)
    assert p_value > FALSE_ALARM / comparisons, f"{what}: distributions differ (p = {p_value:.2g})"


def assert_uniform(sample: FloatArray, *, comparisons: int = 1, what: str = "value") -> None:
    """A sample is uniform on (0, 1), as p-values and probability transforms should be."""
    p_value = float(stats.kstest(sample, "uniform").pvalue)
    assert p_value > FALSE_ALARM / comparisons, f"{what}: not uniform (p = {p_value:.2g})"
