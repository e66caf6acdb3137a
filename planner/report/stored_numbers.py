"""Numbers that a run or bundle keeps, each with its place and its Monte-Carlo standard error."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.batch.points import Point
from planner.batch.results import ENDINGS, MEASURES, TRIAL
from planner.trials.moments import FloatArray

if TYPE_CHECKING:
    import pyarrow as pa

COUNTS = (*ENDINGS, "boundary_fits")
_TEXTS = ("name", "hypothesis", "power_target", "truth", "purpose")
"""What tells the entries of a list apart."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredNumbers:
    """Numbers in rows.

    Parameters
    ----------
    rows : where every row is, each once.
    measures : name → values and MCSEs by row; NaN where there is no number, and for the MCSE of a
        number that is not simulated.
    """

    rows: tuple[str, ...]
    measures: dict[str, tuple[FloatArray, FloatArray]]


def numbers_of_table(table: "pa.Table") -> StoredNumbers:
    """Numbers of the table of a batch run; z is left out, as it follows from two others.

    What concerns the trial as a whole stands in every row of a hypothesis; it is taken once, in
    rows of its own.
    """
    names, n_trials = set(table.column_names), _column(table, "n_trials")
    rows, first = _rows_of_table(table)
    own: dict[str, tuple[FloatArray, FloatArray]] = {}
    shared: dict[str, tuple[FloatArray, FloatArray]] = {}
    for of, measured in ((own, MEASURES), (shared, TRIAL)):
        for name in measured:
            if {name, f"{name}_mcse"} <= names:
                of[name] = (_column(table, name), _column(table, f"{name}_mcse"))
    for name in names.intersection(COUNTS):
        count = _column(table, name)
        shared[name] = (count, np.sqrt(count * (1 - count / n_trials)))
    for of, group in ((own, ("effect", "closed_form")), (shared, ("n_subjects", "n_trials"))):
        for name in names.intersection(group):
            values = _column(table, name)
            of[name] = (values, np.full_like(values, np.nan))
    gap = {True: np.full(len(rows), np.nan), False: np.full(len(first), np.nan)}
    measures = {
        name: (np.append(pair[0], gap[False]), np.append(pair[1], gap[False]))
        for name, pair in own.items()
    }
    for name, pair in sorted(shared.items()):
        values, mcses = (column[list(first.values())] for column in pair)
        measures[name] = (np.append(gap[True], values), np.append(gap[True], mcses))
    return StoredNumbers((*rows, *first), measures)


def _column(table: "pa.Table", name: str) -> FloatArray:
    found = table.column(name).to_numpy()
    return np.asarray(found, dtype=np.float64)


def _rows_of_table(table: "pa.Table") -> tuple[list[str], dict[str, int]]:
    """Names of all rows, and of all trials with the place of the first row of each.

    A row is a point with its settings, a hypothesis, a truth and, after the first, the number of
    the analysis; a trial is told by the first hypothesis that it is judged by.
    """
    paths = json.loads((table.schema.metadata or {}).get(b"settings", b"[]"))
    head = ["point", "case", "hypothesis", "truth", "fingerprint"]
    head += [path for path in paths if path in table.column_names]
    columns = [table.column(name).to_pylist() for name in head]
    seen: Counter[tuple[Any, ...]] = Counter()
    known: set[tuple[Any, ...]] = set()
    rows: list[str] = []
    first: dict[str, int] = {}
    for point, case, hypothesis, truth, fingerprint, *values in zip(*columns, strict=True):
        seen[point, hypothesis, truth] += 1
        number = seen[point, hypothesis, truth]
        settings = {p: v for p, v in zip(head[5:], values, strict=True) if v is not None}
        told = str(Point(point, case, settings))
        named = f"point {point} ({told})" if told else f"point {point}"
        other = f", analysis {number}" if number > 1 else ""
        if (point, fingerprint, number) not in known:
            known.add((point, fingerprint, number))
            of = f"null of {hypothesis}" if truth == "null" else truth
            first[f"{named}, trial, {of}{other}"] = len(rows)
        rows.append(f"{named}, {hypothesis}, {truth}{other}")
    return rows, first


def numbers_of_summary(summary: Mapping[str, Any]) -> StoredNumbers:
    """Numbers of the summary of a bundle, one per row."""
    found = list(_leaves(summary, ""))
    values, mcses = np.array([(v, e) for _, v, e in found], dtype=np.float64).reshape(-1, 2).T
    return StoredNumbers(tuple(place for place, _, _ in found), {"": (values, mcses)})


def _leaves(value: Any, place: str) -> Iterator[tuple[str, float, float]]:
    """Place, number and MCSE (NaN of what is not simulated) of everything below a place."""
    match value:
        case {"value": number, "mcse": mcse}:
            if number is not None:
                yield place, number, math.nan if mcse is None else mcse
        case {"value": number, "z": _}:
            if number is not None:
                yield place, number, math.nan
        case dict():
            for key, item in value.items():
                inner = f"{place}.{key}" if place else key
                mcse = _error_beside(value, key)
                if mcse is None:
                    yield from _leaves(item, inner)
                elif key != "mcse" and item is not None:
                    yield inner, item, mcse
        case list():
            for label, item in zip(_labels(value), value, strict=True):
                yield from _leaves(item, f"{place}[{label}]")
        case int() | float() if not isinstance(value, bool):
            yield place, value, math.nan


def _error_beside(entry: Mapping[str, Any], key: str) -> float | None:
    """MCSE of a simulated number that stands by itself; None where there is none beside it."""
    total = _trials(entry)
    match key:
        case "power" | "mcse" if "mcse" in entry:
            return float(entry["mcse"])
        case "worst_case" | "best_case" if isinstance(entry.get("success"), dict):
            return float(entry["success"]["mcse"])
        case "failures" | "boundary_fits" if total and entry[key] is not None:
            return _of_count(entry[key], total)
        case "success" | "no_success" | "not_converged" | "not_estimable" | "imprecise" if (
            isinstance(entry[key], int) and total
        ):
            return _of_count(entry[key], total)
        case _:
            return None


def _trials(entry: Mapping[str, Any]) -> int:
    """Simulated trials that counts of an entry are out of; 0 if it has no counts."""
    if {"success", "no_success"} <= entry.keys():
        return int(sum(count for count in entry.values() if isinstance(count, int)))
    beside = entry.get("success") or entry.get("power")
    return int(beside["n"]) if isinstance(beside, dict) and "n" in beside else 0


def _of_count(count: int, total: int) -> float:
    """Standard error of a binomial count."""
    return math.sqrt(count * (1 - count / total))


def _labels(items: Sequence[Any]) -> list[str]:
    """What tells entries apart: their names, and their place where these are the same."""
    seen: Counter[str] = Counter()
    labels = []
    for item in items:
        named = isinstance(item, dict)
        texts = [str(item[key]) for key in _TEXTS if named and item.get(key) is not None]
        label = ", ".join(texts)
        seen[label] += 1
        number = f"{seen[label]}" if seen[label] > 1 or not label else ""
        labels.append(", ".join(part for part in (label, number) if part))
    return labels
