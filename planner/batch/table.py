"""The table of a run as a Parquet file, written in parts so that it never is whole in memory."""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.batch.batch import Batch
from planner.batch.points import bare
from planner.batch.results import ENDINGS, MEASURES, TRIAL

if TYPE_CHECKING:
    import pyarrow as pa

    from planner.batch.results import PointResult

ROW_GROUP = 16_384
"""Rows per group of the file."""
SETTING = "setting of the point; empty where the base scenario's value holds"
_Column = tuple[str, str, str]
"""Name, type (``int``, ``real``, ``text`` or ``flag``), meaning."""


def columns(batch: Batch) -> list[_Column]:
    """Name, type and meaning of every column of a batch's table."""
    unit = batch.scenario.truth.endpoint.unit
    found: list[_Column] = [
        ("point", "int", "place of the point in the batch, from 0"),
        ("case", "text", "name of the listed case"),
        *((path, _kind_of(batch, path), SETTING) for path in batch.paths),
        ("fingerprint", "text", "SHA-256 of what the simulation depends on"),
        ("analysis", "text", "how the trials were analysed"),
        ("bayesian", "flag", "whether the analysis has a prior"),
        ("n_subjects", "int", "people randomised"),
        ("truth", "text", "planning truth, or the edge of the null of the hypothesis"),
        ("hypothesis", "text", "name of the hypothesis"),
        ("effect", "real", f"true value of its contrast, {unit or 'on the scale of the analysis'}"),
    ]
    for name, meaning in MEASURES.items():
        found += _with_mcse(name, meaning)
    found += [
        ("closed_form", "real", "the closed form of success, where there is one"),
        ("z", "real", "(simulated - closed form) / MCSE"),
        ("n_trials", "int", "simulated trials"),
    ]
    for name, meaning in TRIAL.items():
        found += _with_mcse(name, meaning)
    found += [(name, "int", "trials without a result for this reason") for name in ENDINGS]
    found.append(("boundary_fits", "int", "trials whose between-person variance is estimated as 0"))
    return found


def _with_mcse(name: str, meaning: str) -> list[_Column]:
    return [(name, "real", meaning), (f"{name}_mcse", "real", "its Monte-Carlo standard error")]


def _kind_of(batch: Batch, path: str) -> str:
    """Type of a setting: as narrow as all its values allow; tables and lists are JSON."""
    listed = [case.changes[path] for case in batch.cases if path in case.changes]
    told = map(bare, (*batch.grid.get(path, ()), *listed))
    values = [value for value in told if value is not None]
    if all(isinstance(value, bool) for value in values):
        return "flag"
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        return "text"
    return "int" if all(isinstance(value, int) for value in values) else "real"


def schema(batch: Batch) -> "pa.Schema":
    """Schema of the table; metadata say what every column means."""
    import pyarrow as pa

    types = {"int": pa.int64(), "real": pa.float64(), "text": pa.string(), "flag": pa.bool_()}
    fields = [
        pa.field(name, types[kind], metadata={"description": meaning})
        for name, kind, meaning in columns(batch)
    ]
    settings = json.dumps(list(batch.paths))
    return pa.schema(fields, metadata={"label": batch.label, "settings": settings})


def write_table(path: Path, batch: Batch, found: Iterable["PointResult"]) -> None:
    """Write the rows of all points, in order; the same rows give the same bytes."""
    import pyarrow.parquet as pq

    described, kinds = schema(batch), {name: kind for name, kind, _ in columns(batch)}
    with (
        path.open("wb") as file,
        pq.ParquetWriter(file, described, compression="zstd", version="2.6") as writer,
    ):
        waiting: list[dict[str, Any]] = []
        for result in found:
            waiting += [_values(row, kinds) for row in result.rows]
            if len(waiting) >= ROW_GROUP:
                writer.write_table(_table(waiting, described))
                waiting = []
        if waiting:
            writer.write_table(_table(waiting, described))


def _table(rows: Sequence[dict[str, Any]], described: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    return pa.Table.from_pylist(list(rows), schema=described)


def _values(row: dict[str, Any], kinds: dict[str, str]) -> dict[str, Any]:
    return {name: _value(row.get(name), kind) for name, kind in kinds.items()}


def _value(value: Any, kind: str) -> Any:
    if kind == "text" and value is not None:
        return value if isinstance(value, str) else json.dumps(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    return float(value) if kind == "real" and value is not None else value


def read_table(path: Path, columns: Sequence[str] | None = None) -> "pa.Table":
    """The table of a run, or some of its columns."""
    import pyarrow.parquet as pq

    wanted = None if columns is None else list(columns)
    table: pa.Table = pq.read_table(path, columns=wanted, use_threads=False)
    return table
