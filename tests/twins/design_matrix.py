"""Dense fixed-effect matrices on long data, in R's treatment-contrast coding."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
LongData = Mapping[str, Sequence[Any] | NDArray[Any]]


def previous_treatment(data: LongData) -> list[str]:
    """Treatment of the same subject one period earlier, "none" in period 1.

    Parameters
    ----------
    data : mapping of columns
        Long data with ``subject``, ``period`` (1-based) and ``treatment``.

    Returns
    -------
    list of str
        One label per row.

    Raises
    ------
    ValueError
        If the preceding period of a row is not in the data.
    """
    rows = list(zip(data["subject"], data["period"], data["treatment"], strict=True))
    given = {(subject, int(period)): str(treatment) for subject, period, treatment in rows}
    previous = []
    for subject, period, _ in rows:
        if int(period) == 1:
            previous.append("none")
        elif (subject, int(period) - 1) in given:
            previous.append(given[subject, int(period) - 1])
        else:
            raise ValueError(f"subject {subject}: no treatment recorded before period {period}")
    return previous


def terms_of_formula(formula: str) -> list[str]:
    """Fixed-effect terms of an lme4 formula such as ``y ~ a + b * c + (1 | subject)``.

    Parameters
    ----------
    formula : str
        Formula with ``+`` and ``*`` only and one random intercept.

    Returns
    -------
    list of str
        Terms without blanks, the random effect removed.
    """
    right = formula.split("~")[1].replace(" ", "")
    return [term for term in right.split("+") if not term.startswith("(")]


def _indicators(data: LongData, term: str) -> list[tuple[str, FloatArray]]:
    """Indicator columns of one factor or of the carry-over, first level left out."""
    if term.startswith("carry"):
        values = previous_treatment(data)
        levels = sorted({str(t) for t in data["treatment"]})[1:]
        if term != "carry":
            levels = [term.removeprefix("carry")]
        name = "carry"
    else:
        values = list(data[term])
        levels, name = sorted(set(values))[1:], term
    return [
        (f"{name}{level}", np.array([float(value == level) for value in values]))
        for level in levels
    ]


def design_matrix(data: LongData, terms: Sequence[str]) -> tuple[FloatArray, list[str]]:
    """Fixed-effect matrix with R's treatment contrasts (Chambers & Hastie 1992, ch. 2).

    Parameters
    ----------
    data : mapping of columns
        Long data; the columns named by the terms must be present.
    terms : sequence of str
        Factors (``period``, ``sequence``, ``treatment``, ``sex``), crossings
        (``treatment*sex``), ``carry`` (all non-reference previous treatments) or one
        carry-over column (``carryB``). The first sorted level of a factor is the reference.

    Returns
    -------
    x : ndarray of shape (N_obs, q)
        Intercept, main effects in order of appearance, then interactions.
    names : list of str
        R's coefficient names.
    """
    mains: list[str] = []
    for term in terms:
        mains += [factor for factor in term.split("*") if factor not in mains]
    columns = [("(Intercept)", np.ones(len(data["subject"])))]
    for factor in mains:
        columns += _indicators(data, factor)
    for term in terms:
        if "*" in term:
            first, second = (_indicators(data, factor) for factor in term.split("*"))
            for (name_b, b), (name_a, a) in product(second, first):
                columns.append((f"{name_a}:{name_b}", a * b))
    return np.column_stack([values for _, values in columns]), [name for name, _ in columns]
