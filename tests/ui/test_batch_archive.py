"""Archives of finished runs: what planner did not write is refused in one sentence."""

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planner.batch.run_folder import BATCH, MANIFEST, RESULTS
from planner.errors import InvalidInput
from planner.report.batch_run.stored_run import stored_run
from planner.report.bundle import zipped
from planner.ui.batch import archive
from tests.batch.runs import small
from tests.report.batch_runs import doctored, signed, stored

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    return stored(small(500), tmp_path_factory.mktemp("finished") / "run")


@pytest.fixture
def files(finished: Path) -> Files:
    """The files of the run."""
    return {name: (finished / name).read_bytes() for name in archive.FILES}


def opened(content: bytes, place: Path) -> Path:
    """A folder with what was unpacked."""
    place.mkdir(exist_ok=True)
    archive.unpack(content, "given.zip", place)
    return place


def refused(content: bytes, place: Path, words: str) -> None:
    """The archive is refused in a sentence, and nothing of it is left."""
    place.mkdir(exist_ok=True)
    with pytest.raises(InvalidInput) as problem:
        archive.unpack(content, "given.zip", place)
    told = str(problem.value)
    assert told.startswith("given.zip: ")
    assert words in told
    assert len(told.splitlines()) == 1
    assert str(place) not in told
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("folder", ["", "a.run/", "a/b c/"])
def test_a_run_is_opened_as_it_is(
    finished: Path, files: Files, tmp_path: Path, folder: str
) -> None:
    more = {f"{folder}{name}": content for name, content in files.items()}
    more |= {f"{folder}blocks/x.blocks": b"x", "readme": b"y"}
    place = opened(zipped(more), tmp_path / "place")
    assert sorted(path.name for path in place.iterdir()) == sorted(archive.FILES)
    assert stored_run(place).table.equals(stored_run(finished).table)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all", bytes(10_000)])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    refused(content, tmp_path / "place", "cannot be read as an archive")


def test_an_archive_that_is_cut_short_or_damaged_is_refused(files: Files, tmp_path: Path) -> None:
    whole = zipped(files)
    for cut in (10, len(whole) // 2, len(whole) - 5):
        refused(whole[:cut], tmp_path / "place", "cannot be read as an archive")
    for at in range(40, 2_000, 97):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        place = tmp_path / f"at {at}"
        with suppress(InvalidInput):
            opened(bytes(damaged), place)
        held = {path.name: path.read_bytes() for path in place.iterdir()}
        assert held in ({}, files), "a changed file was taken"


@pytest.mark.parametrize("name", archive.FILES)
def test_every_file_must_be_there(files: Files, tmp_path: Path, name: str) -> None:
    del files[name]
    refused(zipped(files), tmp_path / "place", name)


@pytest.mark.parametrize(
    "name", ["../batch.json", "/etc/batch.json", "a/../../x", "C:\\x", "..\\x", "c:/x"]
)
def test_paths_outside_are_refused(files: Files, tmp_path: Path, name: str) -> None:
    refused(zipped(files | {name: b"x"}), tmp_path / "place", "lies outside of the archive")


def test_two_runs_in_an_archive_are_refused(files: Files, tmp_path: Path) -> None:
    two = {f"{folder}/{name}": content for name, content in files.items() for folder in "ab"}
    refused(zipped(two), tmp_path / "place", "it holds 2 files manifest.json")


def test_a_bomb_is_not_unpacked(files: Files, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(archive, "LARGEST", 1_000_000)
    bomb = zipped(files | {RESULTS: bytes(2_000_000)})
    assert len(bomb) < 20_000
    refused(bomb, tmp_path / "place", "has more than")
    at = bomb.rindex(RESULTS.encode()) - 46 + 24  # the size that the directory claims
    small_claim = bomb[:at] + struct.pack("<I", 10) + bomb[at + 4 :]
    with zipfile.ZipFile(io.BytesIO(small_claim)) as zipped_again:
        assert zipped_again.getinfo(RESULTS).file_size == 10
    refused(small_claim, tmp_path / "place", "given.zip")


def test_a_locked_archive_is_refused(files: Files, tmp_path: Path) -> None:
    content = bytearray(zipped(files))
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(mark)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(mark, at + 4)
    refused(bytes(content), tmp_path / "place", "cannot be read as an archive")


@pytest.mark.parametrize("name", [BATCH, RESULTS, MANIFEST])
def test_a_changed_file_is_refused(files: Files, tmp_path: Path, name: str) -> None:
    changed = bytearray(files[name])
    changed[len(changed) // 2] ^= 1
    refused(zipped(files | {name: bytes(changed)}), tmp_path / "place", "given.zip")


def resigned(files: Mapping[str, bytes], place: Path, change: Callable[[Path], None]) -> bytes:
    """An archive of files that were changed, with digests that fit."""
    place.mkdir()
    for name, content in files.items():
        (place / name).write_bytes(content)
    change(place)
    return zipped({path.name: path.read_bytes() for path in place.iterdir()})


def manifest_of(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        manifest = json.loads((place / MANIFEST).read_bytes())
        change(manifest)
        signed(place, manifest)

    return write


def batch_of(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        batch = json.loads((place / BATCH).read_bytes())
        change(batch)
        content = json.dumps(batch).encode()
        (place / BATCH).write_bytes(content)
        manifest = json.loads((place / MANIFEST).read_bytes())
        manifest["files"][BATCH] = hashlib.sha256(content).hexdigest()
        signed(place, manifest)

    return write


def other_columns(place: Path) -> None:
    pq.write_table(pa.table({"point": [1]}), place / RESULTS)
    doctored_digest(place)


def no_table(place: Path) -> None:
    (place / RESULTS).write_bytes(b"PAR1 no table PAR1")
    doctored_digest(place)


def doctored_digest(place: Path) -> None:
    manifest = json.loads((place / MANIFEST).read_bytes())
    manifest["files"][RESULTS] = hashlib.sha256((place / RESULTS).read_bytes()).hexdigest()
    signed(place, manifest)


def strange_hypothesis(place: Path) -> None:
    doctored(place, lambda rows: rows[0].update(hypothesis="no such"))


def strange_point(place: Path) -> None:
    doctored(place, lambda rows: rows[0].update(hypothesis=None, point=10**9))


def no_rows(place: Path) -> None:
    doctored(place, lambda rows: rows.clear())


@pytest.mark.parametrize(
    "change",
    [
        manifest_of(lambda m: m["files"].update({"/etc/passwd": "0"})),
        manifest_of(lambda m: m["files"].pop(RESULTS)),
        manifest_of(lambda m: m.pop("engine")),
        manifest_of(lambda m: m.update(points={})),
        manifest_of(lambda m: m.update(points=[{"x": 1}])),
        manifest_of(lambda m: m.update(impossible=[3])),
        manifest_of(lambda m: m.update(n_points="many")),
        manifest_of(lambda m: m.update(monte_carlo={})),
        batch_of(lambda b: b.update(base="/etc/hosts.toml")),
        batch_of(lambda b: b.update(base=b.pop("label"), scenario=None)),
        batch_of(lambda b: b["scenario"]["plan"].update(design=[])),
        batch_of(lambda b: b["scenario"]["plan"]["hypotheses"][0].update(name="renamed")),
        batch_of(lambda b: b.update(grid={"plan.n_subjects": 3})),
        other_columns,
        no_table,
        strange_hypothesis,
        strange_point,
        no_rows,
    ],
)
def test_a_run_that_only_looks_like_one_is_refused(
    files: Files, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    content = resigned(files, tmp_path / "made", change)
    refused(content, tmp_path / "place", "given.zip")


def test_a_table_too_large_to_show_is_refused(
    files: Files, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(archive, "LARGEST", len(max(files.values(), key=len)) + 1)
    grown = resigned(files, tmp_path / "made", lambda p: doctored(p, lambda r: r.extend(r * 50)))
    refused(grown, tmp_path / "place", "more than are shown here")
