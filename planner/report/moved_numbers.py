"""Stored numbers beside those of today: which are identical, and which moved beyond their error."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.operating.decide import BoolArray
from planner.report.stored_numbers import StoredNumbers
from planner.trials.moments import FloatArray

SAME = 1e-9
"""Relative difference up to which numbers that are not simulated count as equal."""


@dataclass(frozen=True, slots=True)
class MovedNumber:
    """A number that is not what it was.

    Parameters
    ----------
    place : where it stands in the stored run.
    before, now : the number; None where there was or is none.
    mcse, mcse_now : their Monte-Carlo standard errors; None of what is not simulated.
    """

    place: str
    before: float | None
    now: float | None
    mcse: float | None = None
    mcse_now: float | None = None

    @property
    def in_mcses(self) -> float | None:
        """Difference in MCSEs of the stored number; None where that says nothing."""
        if self.before is None or self.now is None or not self.mcse:
            return None
        return (self.now - self.before) / self.mcse


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of numbers.

    Parameters
    ----------
    identical : numbers that are the same: to the last digit if they are simulated.
    within : simulated numbers that moved by no more than their MCSE.
    moved : those that moved further, and those that are not simulated and differ.
    vanished, appeared : rows of numbers that are only there, or only here.
    """

    identical: int
    within: int
    moved: tuple[MovedNumber, ...]
    vanished: tuple[str, ...]
    appeared: tuple[str, ...]


def compared(before: StoredNumbers, now: StoredNumbers) -> Compared:
    """Compare numbers row by row; rows are matched by their names.

    Where all of them are the same, so must be their MCSEs.
    """
    places = {row: i for i, row in enumerate(now.rows)}
    shared = [(i, places[row]) for i, row in enumerate(before.rows) if row in places]
    rows = [before.rows[i] for i, _ in shared]
    left, right = np.array(shared, dtype=np.intp).reshape(-1, 2).T
    identical = within = 0
    moved: list[MovedNumber] = []
    errors: list[MovedNumber] = []
    for name in dict.fromkeys([*before.measures, *now.measures]):
        a, b = _taken(before.measures, name, left), _taken(now.measures, name, right)
        same, close = agreement(a, b[0])
        identical += int(same.sum())
        within += int(close.sum())
        moved += _moved(name, rows, a, b, same | close)
        errors += _errors_moved(name, rows, a, b)
    known = set(before.rows)
    return Compared(
        identical=identical,
        within=within,
        moved=tuple(moved if moved or within else errors),
        vanished=tuple(row for row in before.rows if row not in places),
        appeared=tuple(row for row in now.rows if row not in known),
    )


def _taken(
    measures: Mapping[str, tuple[FloatArray, FloatArray]], name: str, rows: Any
) -> tuple[FloatArray, FloatArray]:
    """Values and MCSEs of some rows; NaN where there is no such measure."""
    nothing = np.full(len(rows), np.nan)
    values, mcses = measures.get(name, (None, None))
    if values is None or mcses is None:
        return nothing, nothing
    return values[rows], mcses[rows]


def agreement(
    before: tuple[FloatArray, FloatArray], now: FloatArray
) -> tuple[BoolArray, BoolArray]:
    """Which numbers are identical, and which moved by no more than their MCSE.

    Parameters
    ----------
    before : values and MCSEs, [R]; MCSEs are NaN of numbers that are not simulated.
    now : values, [R].
    """
    values, mcses = before
    with np.errstate(invalid="ignore"):
        gap = np.abs(now - values)
        simulated = ~np.isnan(mcses)
        same = np.where(simulated, gap == 0, gap <= SAME * np.abs(values))
        return same, simulated & ~same & (gap <= mcses)


def _moved(
    name: str,
    rows: list[str],
    before: tuple[FloatArray, FloatArray],
    now: tuple[FloatArray, FloatArray],
    agreed: BoolArray,
) -> list[MovedNumber]:
    """Numbers that do not agree; those that are on neither side are none."""
    there = ~(np.isnan(before[0]) & np.isnan(now[0]))
    return [
        MovedNumber(
            _place(rows[i], name),
            _known(before[0][i]),
            _known(now[0][i]),
            _known(before[1][i]),
            _known(now[1][i]),
        )
        for i in np.flatnonzero(there & ~agreed)
    ]


def _errors_moved(
    name: str,
    rows: list[str],
    before: tuple[FloatArray, FloatArray],
    now: tuple[FloatArray, FloatArray],
) -> list[MovedNumber]:
    """MCSEs that differ: where their numbers are identical, their formula has changed."""
    with np.errstate(invalid="ignore"):
        differ = np.abs(now[1] - before[1]) > SAME * np.abs(before[1])
    return [
        MovedNumber(f"{_place(rows[i], name)}, its MCSE", _known(before[1][i]), _known(now[1][i]))
        for i in np.flatnonzero(differ | (np.isnan(before[1]) != np.isnan(now[1])))
    ]


def _place(row: str, name: str) -> str:
    return f"{row}: {name}" if name else row


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
