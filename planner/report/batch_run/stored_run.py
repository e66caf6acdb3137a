"""A finished batch run as it is stored: its batch, its manifest and its table of numbers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.batch.batch import Batch
from planner.batch.manifest import finished
from planner.batch.points import NULL, PLANNING, Point, bare, lean, points, scenario_at
from planner.batch.results import ENDINGS
from planner.batch.run_folder import RESULTS, RunFolder
from planner.batch.table import read_table
from planner.errors import InvalidInput
from planner.operating.characteristics import Z95, MonteCarloEstimate, proportion
from planner.plan.hypothesis import one_sided_level
from planner.truth.truth import SEXES
from planner.words.hypotheses import hypothesis_label, planned_level
from planner.words.prose import given, one_line

if TYPE_CHECKING:
    import pandas as pd

    from planner.scenario import Scenario

SAME_TRIALS = ["line", "level", "n_subjects", "success", "coverage", "standardised_bias"]
"""Columns that agree where rows have the same trials, maybe in another unit: tests do not depend on
the SD, so that points which differ in nothing else share their type I error.
"""
LONGEST_VALUE = 60
"""Characters of a setting in words."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredRun:
    """A finished run.

    Parameters
    ----------
    manifest : identity, versions, digests, and what failed or was left out.
    table : one row per point, analysis, truth and hypothesis; besides the columns of the file
        `line` (hypothesis in words, with its analysis where there are several), `level` (planned
        type I error), `nominal` (level of the intervals) and `standardised_bias`.
    axes : column → name in words of what takes several values for one line: listed cases, then
        settings of the grid.
    """

    batch: Batch
    manifest: dict[str, Any]
    table: "pd.DataFrame"
    axes: dict[str, str]

    @property
    def lines(self) -> list[str]:
        """Hypotheses, by analysis where there are several, in the order of the table."""
        return list(dict.fromkeys(self.table["line"]))

    @property
    def truth(self) -> str:
        """The truth that estimates are told of: planning, or else the nulls."""
        return PLANNING if PLANNING in self.batch.truths else NULL

    def rows(self, truth: str, line: str | None = None) -> "pd.DataFrame":
        """Rows under the planning truth or the nulls."""
        found = self.table[self.table["truth"] == truth]
        return found if line is None else found[found["line"] == line]

    def different(self, truth: str, line: str) -> "pd.DataFrame":
        """Those rows without the ones that repeat the same trials."""
        return self.rows(truth, line).drop_duplicates(SAME_TRIALS)

    def place(self, row: "pd.Series[Any]") -> str:
        """The point of a row in words, without settings that are the same all along its line."""
        settings = {p: row[p] for p in self.axes if p in self.batch.grid and not _missing(row[p])}
        return self.told(int(row["point"]), str(row["case"]), settings)

    def told(self, index: int, case: str, settings: Mapping[str, Any]) -> str:
        """A point in words: ``point 3 (case 'few', N = 24)``, without what its case sets."""
        names, grid = short_names(self.batch.paths), self.batch.grid
        parts = [f"case {case!r}"] if case else []
        parts += [
            f"{names[path]} = {in_words(value)}"
            for path, value in settings.items()
            if len(grid.get(path, ())) > 1
        ]
        return f"point {index} ({', '.join(parts)})" if parts else f"point {index}"


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def stored_run(path: Path) -> StoredRun:
    """The run in a folder; nothing is simulated.

    Raises
    ------
    InvalidInput : it holds no finished run, a file was changed, or no point has a result.
    """
    place = RunFolder(path)
    manifest, batch = finished(place), place.batch()
    table = read_table(path / RESULTS).to_pandas()
    if table.empty:
        raise InvalidInput(
            "no point has a result, as their blocks failed; try again with `planner batch "
            "--resume`",
            source=str(path),
        )
    table = table.assign(
        line=_lines(table),
        standardised_bias=(table["bias"] / table["bias_mcse"]).round(6),
        **_levels(batch, table),
    )
    return StoredRun(batch, manifest, table, _axes(batch, table))


def _axes(batch: Batch, table: "pd.DataFrame") -> dict[str, str]:
    names = {"case": "case", **short_names(batch.paths)}
    by_line = table.groupby("line")
    return {
        column: names[column]
        for column in ("case", *batch.grid)
        if by_line[column].nunique().max() > 1
    }


_ABBREVIATED = {"n subjects": "N", "sd difference": "SD of the difference", "sd": "SD"}


def short_names(paths: tuple[str, ...]) -> dict[str, str]:
    """Dotted paths by as few of their last steps as tell them apart, in words.

    A sex alone says nothing: it keeps the step before.
    """
    names = {}
    for path in paths:
        steps = path.split(".")
        fewest = min(len(steps), 2) if steps[-1] in SEXES else 1
        for n in range(fewest, len(steps) + 1):
            tail = steps[-n:]
            if sum(other.split(".")[-n:] == tail for other in paths) == 1:
                break
        words = " ".join(tail).replace("_", " ")
        names[path] = _ABBREVIATED.get(words, words)
    return names


def in_words(value: Any) -> str:
    """A setting in words; one with a source as ``7.5 (lapidus-2014.sd_difference)``."""
    alone = bare(value)
    if alone is not value:
        source = value.get("evidence")
        return f"{in_words(alone)} ({one_line(source)})" if source else in_words(alone)
    match value:
        case bool() | np.bool_():
            return "yes" if value else "no"
        case int() | float() | np.integer() | np.floating():
            return given(float(value))
        case str():
            text = _table_in_words(value) or one_line(value)
        case _:
            encoded = json.dumps(value, ensure_ascii=False)
            text = _table_in_words(encoded) or encoded
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _table_in_words(text: str) -> str:
    """A table that is kept as JSON: ``mixed-model, df kenward-roger``; empty for other text."""
    if not text.startswith("{"):
        return ""
    try:
        data: dict[str, Any] = json.loads(text)
    except ValueError:
        return ""
    parts = [in_words(data["kind"])] if "kind" in data else []
    parts += [
        f"{key.replace('_', ' ')} {in_words(value)}" for key, value in data.items() if key != "kind"
    ]
    return ", ".join(parts)


def _lines(table: "pd.DataFrame") -> list[str]:
    several = table["analysis"].nunique() > 1
    return [
        f"{hypothesis_label(name)}, {analysis}" if several else hypothesis_label(name)
        for name, analysis in zip(table["hypothesis"], table["analysis"], strict=True)
    ]


def _levels(batch: Batch, table: "pd.DataFrame") -> dict[str, list[float]]:
    """Planned type I error, and level of the intervals, of every row."""
    by_point = _levels_by_point(batch)
    found = [
        by_point(int(point), name)
        for point, name in zip(table["point"], table["hypothesis"], strict=True)
    ]
    return {"level": [level for level, _ in found], "nominal": [cover for _, cover in found]}


def _levels_by_point(batch: Batch) -> Callable[[int, str], tuple[float, float]]:
    """A function of point and hypothesis; the scenario of a point is made where its settings
    change hypotheses.
    """
    base = lean(batch.scenario)
    deciding = [path for path in batch.paths if path.startswith("plan.hypotheses")]
    if not deciding:
        planned = _of_scenario(base)
        return lambda _, name: planned[name]
    listed: dict[int, Point] = {point.index: point for point in points(batch)}
    known: dict[str, dict[str, tuple[float, float]]] = {}

    def of_point(index: int, name: str) -> tuple[float, float]:
        point = listed[index]
        key = json.dumps([point.case, *(point.settings.get(path) for path in deciding)])
        if key not in known:
            known[key] = _of_scenario(scenario_at(base, point))
        return known[key][name]

    return of_point


def _of_scenario(scenario: "Scenario") -> dict[str, tuple[float, float]]:
    """Per hypothesis the planned type I error, and the level of the interval that matches it."""
    return {
        h.name: (planned_level(scenario, h.name), 1 - 2 * one_sided_level(h.objective))
        for h in scenario.plan.hypotheses
    }


def row_with_largest(rows: "pd.DataFrame", size: "pd.Series[Any]") -> "pd.Series[Any]":
    """The first of the rows with the largest size; those without a size are passed over."""
    return rows.iloc[int(np.nanargmax(size.to_numpy(np.float64)))]


def estimate(row: "pd.Series[Any]", name: str) -> MonteCarloEstimate | None:
    """A simulated number of a row; None where there is none."""
    value, mcse = float(row[name]), float(row[f"{name}_mcse"])
    if np.isnan(value):
        return None
    n = int(row["n_trials"])
    if name == "coverage":
        n -= int(sum(row[ending] for ending in ENDINGS))
    if name in ("success", "any_rejected"):
        return proportion(round(value * n), n)
    return MonteCarloEstimate(value, mcse, n, value - Z95 * mcse, value + Z95 * mcse)
