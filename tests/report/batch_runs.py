"""Small batch runs, and ways to change what they have stored."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from planner.batch.backends import backend_for
from planner.batch.batch import Batch, batch_from
from planner.batch.runner import run_batch

NOTES = "How power depends on size and SD."


def small_batch(**changes: Any) -> Batch:
    """Four points of the confirmatory trial, with few trials."""
    raw: dict[str, Any] = {
        "label": "A small grid",
        "notes": NOTES,
        "base": "confirmatory",
        "monte_carlo": {"n_trials": 300},
        "grid": {"plan.n_subjects": [24, 40], "truth.covariance.sd_difference": [6.5, 7.5]},
    }
    return batch_from({**raw, **changes}, "small.toml")


def stored(batch: Batch, folder: Path) -> Path:
    """The folder of the batch, run in this process."""
    run_batch(batch, folder, backend=backend_for("threads", 1))
    return folder


def doctored(folder: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change rows of the table, and the digests that tell of it."""
    path = folder / "results.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"]["results.parquet"] = hashlib.sha256(path.read_bytes()).hexdigest()
    signed(folder, manifest)


def signed(folder: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest with its digest."""
    manifest.pop("sha256")
    digest = hashlib.sha256(json.dumps(manifest, ensure_ascii=False).encode()).hexdigest()
    text = json.dumps({**manifest, "sha256": digest}, indent=1, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", "utf-8")
