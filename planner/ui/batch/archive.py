"""A finished run from a zip archive that somebody gives: read with suspicion, and only read."""

import io
import json
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from planner.batch.run_folder import BATCH, MANIFEST, RESULTS, RunFolder
from planner.errors import InvalidInput

if TYPE_CHECKING:
    from planner.batch.batch import Batch

FILES = (BATCH, RESULTS, MANIFEST)
LARGEST = 64 * 1024**2
"""Bytes of a file once it is unpacked, and of the table in memory."""
MOST_ENTRIES = 100_000
MADE_BY = "give a .zip of the folder of a finished run"
_SAID = {"engine": dict, "platform": dict, "files": dict, "points": list, "impossible": list,
         "monte_carlo": dict, "n_points": int, "n_cases": int, "n_blocks": int}  # fmt: skip
"""What a manifest says, and of which kind it is."""


def unpack(content: bytes, name: str, place: Path) -> None:
    """Write the three files of a finished run into a folder, after a check of all of them.

    Raises
    ------
    InvalidInput : it is no archive of a finished run, too large, or a file was changed.
    """
    files = _files(content, name)
    for file, data in files.items():
        (place / file).write_bytes(data)
    try:
        _check(files, place, name)
    except InvalidInput:
        for file in files:
            (place / file).unlink()
        raise


def _files(content: bytes, name: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            places = _places(zipped, name)
            return {file: _read(zipped, info, name) for file, info in places.items()}
    except InvalidInput:
        raise
    except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile,
            zipfile.LargeZipFile, zlib.error):  # fmt: skip
        raise InvalidInput(f"cannot be read as an archive; {MADE_BY}", source=name) from None


def _places(zipped: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """The entries of the three files, all in one folder of the archive."""
    entries = zipped.infolist()
    if len(entries) > MOST_ENTRIES:
        raise InvalidInput(f"it has more than {MOST_ENTRIES:,} entries; {MADE_BY}", source=name)
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise InvalidInput(
                f"its entry {entry.filename[:60]!r} lies outside of the archive; {MADE_BY}",
                source=name,
            )
    by_path = {PurePosixPath(entry.filename): entry for entry in entries}
    folders = [path.parent for path in by_path if path.name == MANIFEST]
    if len(folders) != 1:
        held = f"{len(folders)} files {MANIFEST}" if folders else f"no {MANIFEST}"
        raise InvalidInput(f"it holds {held}; {MADE_BY}", source=name)
    missing = [file for file in FILES if folders[0] / file not in by_path]
    if missing:
        raise InvalidInput(f"it lacks {missing[0]}; {MADE_BY}", source=name)
    return {file: by_path[folders[0] / file] for file in FILES}


def _read(zipped: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """A file, read no further than it may be large, whatever the archive says of its size."""
    with zipped.open(info) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InvalidInput(
            f"{info.filename} has more than {LARGEST // 1024**2} MB; open it with `planner report`",
            source=name,
        )
    return content


def _check(files: dict[str, bytes], place: Path, name: str) -> None:
    """Refuse what `planner batch` did not write."""
    from planner.batch.manifest import finished, outcome_of
    from planner.report.batch_run.stored_run import stored_run

    run = RunFolder(place)
    try:
        _check_names(files)
        manifest = finished(run)
        _check_manifest(manifest)
        outcome_of(manifest)
        _check_table(place / RESULTS, run.batch())
        stored_run(place)
    except InvalidInput as error:
        raise InvalidInput(error.message, key=error.key, source=name) from None
    except (ValueError, TypeError, LookupError, AttributeError, OSError, RecursionError):
        raise InvalidInput(f"is not a run that planner has made; {MADE_BY}", source=name) from None


def _check_names(files: dict[str, bytes]) -> None:
    """Neither manifest nor batch may name another file of this machine."""
    if set(json.loads(files[MANIFEST])["files"]) != {BATCH, RESULTS}:
        raise ValueError(MANIFEST)
    raw = json.loads(files[BATCH])
    if not isinstance(raw["scenario"], dict) or "base" in raw:
        raise ValueError(BATCH)


def _check_manifest(manifest: dict[str, Any]) -> None:
    for key, kind in _SAID.items():
        if not isinstance(manifest[key], kind):
            raise TypeError(key)
    for point in manifest["points"]:
        _ = point["n_subjects"], point["failure_share"], point["failed"]


def _check_table(path: Path, batch: "Batch") -> None:
    """The table must have the columns of its batch, and fit into memory."""
    import pyarrow.parquet as pq

    from planner.batch.table import schema

    with pq.ParquetFile(path) as parquet:
        described = parquet.metadata
        groups = (described.row_group(i) for i in range(described.num_row_groups))
        size = sum(group.total_byte_size for group in groups)
        if not parquet.schema_arrow.equals(schema(batch)):
            raise TypeError(RESULTS)
    if max(size, 8 * described.num_rows * described.num_columns) > LARGEST:
        raise InvalidInput(
            f"{RESULTS} has {described.num_rows:,} rows, more than are shown here; open it with "
            "`planner report`",
            source=str(path),
        )
