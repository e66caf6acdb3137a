"""Variance constants and degrees of freedom of crossover designs, by brute force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Who gets what.

    Attributes
    ----------
    sequences : sequence of str
        One letter per period, for instance ``["ABB", "BAA"]``; may repeat.
    counts : sequence of int
        Subjects per entry of ``sequences``.
    observed : sequence of int, optional
        Periods observed (the first ones) per entry; all by default.
    """

    sequences: Sequence[str]
    counts: Sequence[int]
    observed: Sequence[int] | None = None

    def subjects(self) -> list[tuple[str, int]]:
        """Sequence and number of observed periods of every subject with data."""
        lengths = self.observed or [len(sequence) for sequence in self.sequences]
        cells = zip(self.sequences, self.counts, lengths, strict=True)
        return [(seq, length) for seq, count, length in cells if length for _ in range(count)]

    def labels(self) -> list[str]:
        """Sorted treatment labels."""
        return sorted(set("".join(self.sequences)))

    def n_periods(self) -> int:
        """Length of the longest sequence."""
        return max(len(sequence) for sequence in self.sequences)


def _exact_rank(rows: Sequence[Sequence[int | float | Fraction]]) -> int:
    """Rank by Gaussian elimination in rational arithmetic."""
    matrix = [[Fraction(value) for value in row] for row in rows]
    rank = 0
    for column in range(len(matrix[0])):
        pivot = next((i for i in range(rank, len(matrix)) if matrix[i][column] != 0), None)
        if pivot is None:
            continue
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        for i in range(rank + 1, len(matrix)):
            factor = matrix[i][column] / matrix[rank][column]
            if factor:
                pairs = zip(matrix[i], matrix[rank], strict=True)
                matrix[i] = [a - factor * b for a, b in pairs]
        rank += 1
    return rank


def _subject_rows(sequence: str, observed: int, labels: Sequence[str], periods: int) -> IntArray:
    """Indicators of period, treatment and previous treatment for one subject."""
    size = len(labels)
    rows = np.zeros((observed, periods + 2 * size), dtype=np.int64)
    for p in range(observed):
        rows[p, p] = 1
        rows[p, periods + labels.index(sequence[p])] = 1
        if p > 0:
            rows[p, periods + size + labels.index(sequence[p - 1])] = 1
    return rows


def _stacked_rows(layout: Layout) -> tuple[IntArray, IntArray]:
    """All subjects' rows without subject columns, and the subject number of each row."""
    labels, periods, subjects = layout.labels(), layout.n_periods(), layout.subjects()
    blocks = [_subject_rows(sequence, length, labels, periods) for sequence, length in subjects]
    return np.vstack(blocks), np.repeat(np.arange(len(subjects)), [len(b) for b in blocks])


def _target(layout: Layout, contrast: Mapping[str, float], width: int) -> FloatArray:
    """Contrast weights in the columns of `_stacked_rows`."""
    target = np.zeros(width)
    for label, weight in contrast.items():
        target[layout.n_periods() + layout.labels().index(label)] = weight
    return target


def _swept_rows(rows: IntArray, owners: IntArray) -> list[list[int]]:
    """Distinct rows after sweeping out subject means, multiplied up to integers."""
    blocks = [rows[owners == subject] for subject in range(owners.max() + 1)]
    swept = np.vstack([len(block) * block - block.sum(axis=0) for block in blocks])
    return [[int(value) for value in row] for row in np.unique(swept, axis=0)]


def variance_factor(
    layout: Layout,
    contrast: Mapping[str, float],
    carryover: bool = False,
    period_effects: bool = True,
) -> tuple[float, int]:
    """Variance constant and residual df of a within-subject treatment contrast.

    Least squares with a column for every subject, period and treatment (and previous treatment):
    y ~ subject + period + treatment (+ carry-over), Jones & Kenward (2014), ch. 3 and 5. The
    matrix is left overparametrised; ranks and estimability are decided in rational arithmetic,
    as rank[Z X] = rank Z + rank of X with the subject means swept out.

    Parameters
    ----------
    layout : Layout
        Sequences, subjects and observed periods.
    contrast : mapping of str to float
        Weights of the treatments, for instance ``{"B": 1, "A": -1}``.
    carryover : bool
        Whether first-order carry-over is in the model.
    period_effects : bool
        False drops the period columns (paired analysis).

    Returns
    -------
    factor : float
        Variance of the estimate divided by the within-subject variance.
    df : int
        Observations minus the rank of the full matrix.

    Raises
    ------
    ValueError
        If the contrast is not estimable.
    """
    rows, owners = _stacked_rows(layout)
    keep = np.ones(rows.shape[1], dtype=bool)
    keep[: layout.n_periods()] = period_effects
    keep[layout.n_periods() + len(layout.labels()) :] = carryover
    target = _target(layout, contrast, rows.shape[1])[keep]
    rows = rows[:, keep]
    swept = _swept_rows(rows, owners)
    rank = _exact_rank(swept)
    if _exact_rank([*swept, [Fraction(float(value)) for value in target]]) > rank:
        raise ValueError("the treatment contrast is not estimable")
    n_subjects = len(layout.subjects())
    full = np.hstack([np.eye(n_subjects)[owners], rows])
    weights = np.concatenate([np.zeros(n_subjects), target])
    inverse = np.linalg.pinv(full.T @ full, rcond=1e-11, hermitian=True)
    return float(weights @ inverse @ weights), len(rows) - n_subjects - rank


def gls_variance(
    layout: Layout,
    contrast: Mapping[str, float],
    sd_within: float,
    sd_between: float,
    carryover: bool = False,
    sequence_effects: bool = False,
) -> float:
    """Variance of a treatment contrast with random subjects and known variances.

    Generalised least squares with V = sd_within^2 I + sd_between^2 Z Z', so that information
    between subjects is recovered (Jones & Kenward 2014, ch. 5).

    Parameters
    ----------
    layout, contrast, carryover
        As in `variance_factor`. Entries with the same string share a sequence effect.
    sd_within, sd_between : float
        Residual and subject standard deviation.
    sequence_effects : bool
        Whether sequence is in the model.

    Returns
    -------
    float
        Variance of the estimated contrast.

    Raises
    ------
    ValueError
        If the contrast is not estimable.
    """
    rows, owners = _stacked_rows(layout)
    width = layout.n_periods() + len(layout.labels()) * (2 if carryover else 1)
    columns = [rows[:, :width].astype(float), np.ones((len(rows), 1))]
    if sequence_effects:
        names = np.array([seq for seq, length in layout.subjects() for _ in range(length)])
        columns.append((names[:, None] == np.unique(names)[None, :]).astype(float))
    x = np.hstack(columns)
    target = _target(layout, contrast, x.shape[1])
    v = sd_within**2 * np.eye(len(x)) + sd_between**2 * (owners[:, None] == owners[None, :])
    information = x.T @ np.linalg.solve(v, x)
    inverse = np.linalg.pinv(information, rcond=1e-11, hermitian=True)
    if not np.allclose(information @ inverse @ target, target, atol=1e-8):
        raise ValueError("the treatment contrast is not estimable")
    return float(target @ inverse @ target)
