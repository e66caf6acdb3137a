"""How many people go to each sequence, and how many of them are women and men."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.errors import InvalidInput

LARGEST_TRIAL = 1_000_000_000
"""People; more are a slip of the pen."""
IntArray = NDArray[np.int64]


def lattice_step(weights: Sequence[int]) -> int:
    """Smallest number of people that fills every sequence in the planned ratio."""
    return int(np.sum(weights))


def balanced_at_least(n: float, weights: Sequence[int]) -> int:
    """Smallest multiple of `lattice_step` that is not below `n`."""
    step = lattice_step(weights)
    return max(step, int(np.ceil(n / step - 1e-9)) * step)


def apportion(n: int, weights: Sequence[float], offset: int = 0) -> IntArray:
    """Split `n` people over groups by largest remainder; ties go round from group `offset`."""
    share = n * np.asarray(weights, float) / float(np.sum(weights))
    counts = np.floor(share + 1e-9).astype(np.int64)
    rotation = (np.arange(len(counts)) - offset) % len(counts)
    order = np.lexsort((rotation, -np.round(share - counts, 9)))
    counts[order[: n - int(counts.sum())]] += 1
    return counts


def women_among(n: int, female_share: float, weights: Sequence[int]) -> int:
    """Number of women in `n`: rounded to whole sequence sets if that moves at most one person.

    With unequal weights, rounded to whole people.
    """
    nearest, step = round(n * female_share), lattice_step(weights)
    if len(set(weights)) > 1:
        return nearest
    balanced = step * round(n * female_share / step)
    return balanced if abs(balanced - n * female_share) <= 1 and balanced <= n else nearest


def allocate(n: int, weights: Sequence[int], female_share: float | None) -> IntArray:
    """People per sequence and stratum, axes [S, G]; G = 2 (female, male), or 1 without sexes.

    Sequence totals follow `weights` as closely as whole people allow, and within each sequence
    the sexes differ from their planned share by less than one person.

    Raises
    ------
    InvalidInput : more people than `LARGEST_TRIAL`.
    """
    if n > LARGEST_TRIAL:
        raise InvalidInput(
            f"{n} people are more than {LARGEST_TRIAL:,}; give fewer", key="n_subjects"
        )
    totals = apportion(n, weights)
    if female_share is None:
        return totals[:, None]
    women = women_among(n, female_share, weights)
    female = _within_totals(women, totals)
    return np.stack([female, totals - female], axis=1)


def _within_totals(women: int, totals: IntArray) -> IntArray:
    female = apportion(women, np.maximum(totals, 1e-12).tolist())
    return np.minimum(female, totals)
