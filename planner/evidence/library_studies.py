"""Entries of the library as studies that can be pooled."""

import math
from collections.abc import Sequence

from scipy import special

from planner.errors import InvalidInput
from planner.evidence.library import Library
from planner.evidence.pooling import StudyEstimate
from planner.evidence.pooling_shares import StudyCount
from planner.evidence.quantity import QUANTITIES, SHARE
from planner.evidence.study import Entry

Entries = tuple[Entry, ...]


def studies_of(
    library: Library, references: Sequence[str]
) -> tuple[StudyEstimate, ...] | tuple[StudyCount, ...]:
    """Events and totals of shares, or values with standard errors of anything unbounded.

    A standard error that is not given is half the width of the interval divided by the normal
    quantile of its level.

    Raises
    ------
    UnknownName : an entry does not exist.
    InvalidInput : entries of different quantities or units, twice the same study's, or without
        what pooling needs.
    """
    if not references:
        raise InvalidInput("no entry is named; give at least one", key="entries")
    entries = tuple(library.entry(reference) for reference in references)
    _check_alike(entries)
    if QUANTITIES[entries[0].quantity][1] == SHARE:
        return tuple(_count(entry) for entry in entries)
    return tuple(_estimate(library, entry) for entry in entries)


def _check_alike(entries: Entries) -> None:
    first = entries[0]
    for entry in entries[1:]:
        if (entry.quantity, entry.unit) != (first.quantity, first.unit):
            raise InvalidInput(
                f"{entry.reference} is a {entry.quantity} in {entry.unit} but {first.reference} a "
                f"{first.quantity} in {first.unit}; pool numbers of one kind and unit",
                key="entries",
            )
    studies = [entry.study for entry in entries]
    twice = [name for name in studies if studies.count(name) > 1]
    if twice:
        raise InvalidInput(
            f"{twice[0]} is named more than once; its entries are not independent, so give one",
            key="entries",
        )


def _count(entry: Entry) -> StudyCount:
    if entry.events is None or entry.total is None:
        raise InvalidInput(
            f"{entry.reference} is a share without events and total; it cannot be pooled",
            key="entries",
        )
    return StudyCount(study=entry.study, events=entry.events, total=entry.total)


def _estimate(library: Library, entry: Entry) -> StudyEstimate:
    if QUANTITIES[entry.quantity][1] != (-math.inf, math.inf):
        raise InvalidInput(
            f"{entry.reference} is a {entry.quantity}, which is not normal on its own scale; pool "
            "its logarithm or Fisher z from a CSV file",
            key="entries",
        )
    return StudyEstimate(
        study=entry.study,
        estimate=library.exact[entry.reference],
        se=_standard_error(library, entry),
    )


def _standard_error(library: Library, entry: Entry) -> float:
    exact = library.recompute_uncertainty(entry)
    if entry.se is not None:
        return exact[0] if exact else entry.se
    if entry.interval is None:
        raise InvalidInput(
            f"{entry.reference} has neither a standard error nor an interval; it cannot be pooled",
            key="entries",
        )
    low, high = exact if len(exact) == 2 else entry.interval
    return (high - low) / (2 * float(special.ndtri((1 + entry.level) / 2)))
