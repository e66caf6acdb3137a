"""Uniformity of ranks and probability transforms: χ² and simultaneous bands of their ECDF.

With N values and K cells of equal probability the counts up to the ends of the cells are
binomial, and together a random walk: N F(j/K) stays within pointwise bands of level γ in every j
with a probability that a recursion over j gives exactly (Säilynoja, Bürkner & Vehtari 2022,
10.1007/s11222-022-10090-6, §2.3). γ is the largest one at which all bands hold together with the
probability wanted.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from tests.monte_carlo import FALSE_ALARM

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CELLS = 100
"""Points at which the ECDF of continuous values is compared, if they are as many."""
EXPECTED_PER_BIN = 10


def assert_uniform_ranks(
    ranks: ArrayLike, n_draws: int, *, comparisons: int = 1, what: str = "rank"
) -> None:
    """Ranks among `n_draws` independent draws are uniform on 0, 1, …, n_draws (Talts et al. 2018).

    Parameters
    ----------
    ranks : number of draws below the true value, one per replicate.
    comparisons : tests made together, which share the false alarms.
    """
    given = np.asarray(ranks)
    assert given.size, f"{what}: nothing to compare"
    assert given.min() >= 0, f"{what}: a rank is negative"
    assert given.max() <= n_draws, f"{what}: a rank exceeds {n_draws}"
    counts = np.bincount(given.astype(np.int64), minlength=n_draws + 1)
    _assert_uniform_counts(counts, comparisons, what)


def assert_uniform_pit(values: ArrayLike, *, comparisons: int = 1, what: str = "PIT") -> None:
    """Probability transforms are uniform on (0, 1)."""
    given = np.asarray(values, float)
    assert given.size, f"{what}: nothing to compare"
    assert np.all((given >= 0) & (given <= 1)), f"{what}: a value is outside (0, 1)"
    cells = min(CELLS, given.size)
    counts, _ = np.histogram(given, bins=cells, range=(0.0, 1.0))
    _assert_uniform_counts(counts, comparisons, what)


def _assert_uniform_counts(counts: IntArray, comparisons: int, what: str) -> None:
    level = FALSE_ALARM / (2 * comparisons)
    p_value = chi_squared_p_value(counts)
    assert p_value > level, f"{what}: not uniform (χ², p = {p_value:.2g})"
    lower, upper = ecdf_bands(int(counts.sum()), len(counts), level)
    heap = np.cumsum(counts)[:-1]
    outside = np.flatnonzero((heap < lower) | (heap > upper))
    assert not outside.size, (
        f"{what}: not uniform, {heap[outside[0]]} of {counts.sum()} values are in the first "
        f"{outside[0] + 1} of {len(counts)} cells, allowed {lower[outside[0]]} to "
        f"{upper[outside[0]]}"
    )


def chi_squared_p_value(counts: IntArray) -> float:
    """χ² test of equal probabilities, neighbouring cells pooled to a sufficient expectation."""
    n, cells = int(counts.sum()), len(counts)
    bins = int(np.clip(n // EXPECTED_PER_BIN, 2, cells))
    place = np.arange(cells) * bins // cells
    pooled = np.bincount(place, weights=counts, minlength=bins)
    expected = n * np.bincount(place, minlength=bins) / cells
    return float(stats.chisquare(pooled, expected).pvalue)


@lru_cache(maxsize=64)
def ecdf_bands(n: int, cells: int, level: float) -> tuple[IntArray, IntArray]:
    """Smallest and largest counts of n values up to the ends of all cells but the last.

    Together they are left with a probability of at most `level`.
    """
    smallest, largest = np.log(level / cells) - np.log(2.0), np.log(level)
    for _ in range(40):
        middle = (smallest + largest) / 2
        if leaving_probability(n, *_pointwise(n, cells, np.exp(middle))) <= level:
            smallest = middle
        else:
            largest = middle
    return _pointwise(n, cells, np.exp(smallest))


def _pointwise(n: int, cells: int, gamma: float) -> tuple[IntArray, IntArray]:
    """Counts with at least γ/2 of their binomial distribution in either tail."""
    z = np.arange(1, cells) / cells
    lower = stats.binom.ppf(gamma / 2, n, z)
    upper = stats.binom.isf(gamma / 2, n, z)
    return lower.astype(np.int64), upper.astype(np.int64)


def leaving_probability(n: int, lower: IntArray, upper: IntArray) -> float:
    """Probability that the counts of n uniform values leave the bands anywhere.

    Counts are those of a Poisson process given that it has n points.
    """
    step = stats.poisson.pmf(np.arange(n + 1), n / (len(lower) + 1))
    inside = np.zeros(n + 1)
    inside[0] = 1.0
    for low, high in zip(lower, upper, strict=True):
        inside = np.convolve(inside, step)[: n + 1]
        inside[:low] = 0.0
        inside[high + 1 :] = 0.0
    staying = float(inside @ step[::-1]) / float(stats.poisson.pmf(n, n))
    return 1.0 - staying
