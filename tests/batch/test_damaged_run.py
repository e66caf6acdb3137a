"""Damaged files of a run: detected, never read as they are, and made good to the same bytes."""

import random
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from planner.batch.backends import Threads
from planner.batch.manifest import finished
from planner.batch.records import HEAD
from planner.batch.run_folder import BATCH, IDENTITY, MANIFEST, RESULTS, RunFolder
from planner.batch.runner import run_batch
from planner.batch.status import run_status
from planner.batch.store import PACKING
from planner.batch.task import BlockResult, Task
from planner.errors import InvalidInput
from tests.batch.runs import small, stored_keys, tree


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    folder = tmp_path_factory.mktemp("run") / "run"
    run_batch(small(), folder, backend=Threads(1))
    return folder


def test_damaged_blocks_of_a_run_are_simulated_again_to_the_same_bytes(
    run: Path, tmp_path: Path
) -> None:
    """A byte of every record is flipped, a fifth at a time: detected, told, and made good."""
    (segment,) = (run / "blocks").glob("*.blocks")
    whole = segment.read_bytes()
    each = len(whole) // 16
    assert each * 16 == len(whole)
    for seed in range(5):
        folder = tmp_path / str(seed)
        shutil.copytree(run, folder)
        changed, random_ = bytearray(whole), random.Random(seed)
        for n in range(seed, 16, 5):
            changed[n * each + random_.randrange(each)] ^= 1 << random_.randrange(8)
        (folder / "blocks" / segment.name).write_bytes(changed)
        hit = len(range(seed, 16, 5))
        found = run_status(folder)
        assert (found.there, found.damaged) == (16 - hit, hit)
        run_batch(small(), folder, backend=Threads(1), resume=True)
        assert tree(folder) == tree(run)


def test_damage_between_opening_and_reading_is_made_good(run: Path, tmp_path: Path) -> None:
    """A block that breaks while the run is under way is simulated on the spot."""
    from planner.batch.runner import batch_steps

    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    (segment,) = (folder / "blocks").glob("*.blocks")
    steps = batch_steps(small(), folder, Threads(1), resume=True)
    first = next(steps)
    assert first.found == first.of == 16
    changed = bytearray(segment.read_bytes())
    changed[HEAD + 3] ^= 4
    segment.write_bytes(changed)
    last = list(steps)[-1]
    assert last.outcome is not None
    assert tree(folder) == tree(run)


@pytest.mark.parametrize("name", [BATCH, IDENTITY, MANIFEST, RESULTS])
def test_a_flipped_byte_of_any_file_is_detected_and_made_good(
    run: Path, tmp_path: Path, name: str
) -> None:
    """Never read as it is; with the batch file given, a resumed run has all its bytes again."""
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    whole = (folder / name).read_bytes()
    places = range(len(whole)) if len(whole) < 2_000 else range(0, len(whole), 61)
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << (place % 8)
        (folder / name).write_bytes(changed)
        if name == IDENTITY:
            assert RunFolder(folder).identity() is None
            continue
        with pytest.raises(InvalidInput, match="resume"):
            finished(RunFolder(folder))
        if name == BATCH:
            with pytest.raises(InvalidInput, match=r"batch\.json: was changed or is damaged"):
                RunFolder(folder).batch()
    run_batch(small(), folder, backend=Threads(1), resume=True)
    assert tree(folder) == tree(run)


@pytest.mark.parametrize("name", [BATCH, IDENTITY, MANIFEST, RESULTS])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"files": 3}'],
    ids=["empty", "cut", "list", "null", "no text", "deep", "foreign"],
)  # fmt: skip
def test_foreign_files_are_refused_in_a_sentence_and_made_good(
    run: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    """Emptied, cut, or of another kind."""
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    (folder / name).write_bytes(content)
    if name == IDENTITY:
        assert RunFolder(folder).identity() is None
    else:
        with pytest.raises(InvalidInput, match="resume"):
            finished(RunFolder(folder))
    if name == BATCH:
        with pytest.raises(InvalidInput, match="was changed or is damaged"):
            RunFolder(folder).batch()
        (folder / IDENTITY).unlink()
        with pytest.raises(InvalidInput):
            RunFolder(folder).batch()
    run_batch(small(), folder, backend=Threads(1), resume=True)
    assert tree(folder) == tree(run)


def test_a_run_whose_files_are_gone_is_made_good_from_its_blocks(run: Path, tmp_path: Path) -> None:
    """Only the blocks are left: nothing is simulated, everything is written again."""
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    for name in (BATCH, IDENTITY, MANIFEST, RESULTS):
        (folder / name).unlink()
    (folder / "blocks" / PACKING).unlink()

    class Nowhere(Threads):
        """Simulates nothing."""

        def run(self, tasks: Iterator[Task]) -> Generator[list[BlockResult]]:
            assert next(tasks, None) is None
            yield from ()

    run_batch(small(), folder, backend=Nowhere(1), resume=True)
    assert tree(folder) == tree(run)


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    """A run in a folder with other things removes its own leftovers only."""
    folder = tmp_path / "mixed"
    (folder / "blocks").mkdir(parents=True)
    (folder / "download.part").write_text("half a film")
    (folder / f"{RESULTS}.0a1b2c3d.part").write_text("left by a killed run")
    (folder / "blocks" / "0a.part").write_text("left by a killed run")
    run_batch(small(), folder, backend=Threads(1), resume=True)
    assert (folder / "download.part").read_text() == "half a film"
    assert sorted(p.name for p in folder.rglob("*.part")) == ["download.part"]
    assert len(stored_keys(folder)) == len(set(stored_keys(folder))) == 16
