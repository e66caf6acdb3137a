"""Fixed-effect design matrices of a crossover model, row by row.

The linear predictor is intercept + period (+ sequence) (+ sex) + treatment (× sex)
(+ first-order carry-over), treatment contrasts against the reference treatment
(Jones & Kenward 2014, ch. 5). Treatment effects by sex are coded one column per sex, so that
every contrast of interest is a weighted sum of treatment columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from planner.errors import NotEstimable

FloatArray = NDArray[np.float64]
Term = Literal["intercept", "period", "sequence", "sex", "treatment", "carryover"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of X: an indicator of `level` of `term`, within `sex` if that is given."""

    term: Term
    level: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of one visit before its outcome: the row of X follows from it."""

    sequence: str
    sex: str
    period: int
    treatment: str
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Which terms the analysis model has; `between` terms vanish within subjects."""

    period: bool = True
    sequence: bool = False
    by_sex: bool = False
    carryover: bool = False
    between: bool = True


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels of the factors; the first of each is the reference and has no column."""

    periods: tuple[int, ...]
    sequences: tuple[str, ...]
    treatments: tuple[str, ...]
    sexes: tuple[str, ...] = ()


def model_columns(terms: Terms, levels: Levels) -> tuple[Column, ...]:
    """Columns of X in their fixed order."""
    sexes = levels.sexes if terms.by_sex else ("",)
    columns = [Column("intercept")] if terms.between else []
    if terms.period:
        columns += [Column("period", str(p)) for p in levels.periods[1:]]
    if terms.between and terms.sequence:
        columns += [Column("sequence", s) for s in levels.sequences[1:]]
    if terms.between and terms.by_sex:
        columns += [Column("sex", g) for g in levels.sexes[1:]]
    columns += [Column("treatment", k, g) for g in sexes for k in levels.treatments[1:]]
    if terms.carryover:
        columns += [Column("carryover", k) for k in levels.treatments[1:]]
    return tuple(columns)


def model_matrix(columns: Sequence[Column], rows: Sequence[Observation]) -> FloatArray:
    """X of shape [rows, columns]."""
    return np.array([[_entry(c, row) for c in columns] for row in rows], dtype=np.float64)


def _entry(column: Column, row: Observation) -> float:
    match column.term:
        case "intercept":
            return 1.0
        case "period":
            return float(row.period == int(column.level))
        case "sequence":
            return float(row.sequence == column.level)
        case "sex":
            return float(row.sex == column.level)
        case "treatment":
            return float(row.treatment == column.level and column.sex in ("", row.sex))
        case "carryover":
            return float(row.previous == column.level)


def require_estimable(information: FloatArray, contrast: FloatArray, what: str) -> None:
    """Refuse a contrast outside the row space of the design; never pseudo-invert.

    Parameters
    ----------
    information : XᵀX-like matrix [q, q], positive semi-definite.
    contrast : coefficients [q].
    what : the contrast in the user's words.
    """
    values, vectors = np.linalg.eigh(information)
    null = vectors[:, values <= 1e-9 * max(values[-1], 1e-300)]
    if null.size and np.max(np.abs(null.T @ contrast)) > 1e-7:
        raise NotEstimable(
            f"{what} cannot be estimated: in this design it is confounded with other terms of the "
            "analysis model; drop a term, or choose a design that separates them"
        )
