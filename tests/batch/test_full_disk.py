"""A medium that is full or can only be read: one sentence, nothing lost, resumed to the end."""

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from planner.batch.backends import Threads
from planner.batch.run_folder import MANIFEST, RESULTS, RunFolder
from planner.batch.runner import run_batch
from planner.batch.status import run_status
from planner.errors import InvalidInput, PlannerError
from tests.batch.runs import raw, small, stored_keys, tree
from tests.cli.running import run

ROOT = os.geteuid() == 0
GROWN = 7_000


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files of a run that had room."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run_batch(small(), folder, backend=Threads(1))
    return tree(folder)


def refusal(batch_run: Callable[[], object]) -> str:
    """What is said when a run cannot go on; empty if it could."""
    try:
        batch_run()
    except InvalidInput:
        raise
    except PlannerError as error:
        problem = error
    else:
        return ""
    assert problem.exit_code == 1
    return str(problem)


def check_sentence(text: str, reason: str) -> None:
    """One line with the file, the reason and what to do."""
    assert f"cannot be written ({reason}); what was stored is kept: make room" in text
    assert "\n" not in text
    assert "--resume" in text


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow beyond a size, as on a full disk or under a quota."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_no_room_at_any_size(whole: dict[str, bytes], tmp_path: Path) -> None:
    """Files may grow to each of 60 sizes: a sentence, no half-written file, and then the rest."""
    most = max(map(len, whole.values()))
    refused = 0
    for size in [*range(0, most, most // 59), most]:
        folder = tmp_path / str(size)

        def batch_run(folder: Path = folder) -> object:
            return run_batch(small(), folder, backend=Threads(1), resume=True)

        with largest_file(size):
            told = refusal(batch_run)
        if told:
            refused += 1
            check_sentence(told, "File too large")
            written = tree(folder) if folder.exists() else {}
            assert not [name for name in written if name.endswith(".part") and "blocks" not in name]
            for name in (RESULTS, MANIFEST):
                assert written.get(name) in {None, whole[name]}
        batch_run()
        assert tree(folder) == whole
    assert refused >= 50


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes file systems of their own with room for some kilobytes."""
    if not ROOT:
        pytest.skip("only root can mount a small file system; limits on files are tested anyway")
    mounted: list[Path] = []

    def make(kilobytes: int) -> Path:
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
        if subprocess.run(words, capture_output=True).returncode:
            pytest.skip("this machine lets nobody mount a file system")
        mounted.append(place)
        return place

    yield make
    busy = [
        p for p in mounted if subprocess.run(["umount", str(p)], capture_output=True).returncode
    ]
    for place in busy:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    assert not busy, "a file of the run is still open"


def test_full_disk_of_any_size(disk: Callable[[int], Path], whole: dict[str, bytes]) -> None:
    """From no room to just enough: a sentence; with more room the run goes on to its bytes."""
    refused = 0
    for kilobytes in range(8, 90, 8):
        place = disk(kilobytes)
        folder = place / "run"

        def batch_run(folder: Path = folder) -> object:
            return run_batch(small(), folder, backend=Threads(1), resume=True)

        told = refusal(batch_run)
        if told:
            refused += 1
            check_sentence(told, "No space left on device")
        before = stored_keys(folder)
        subprocess.run(["mount", "-o", "remount,size=1m", str(place)], check=True)
        assert set(before) <= set(stored_keys(folder))
        batch_run()
        assert tree(folder) == whole
    assert refused >= 3


@pytest.mark.parametrize("spare", [0, 4, 8, 12, 16, 24])
def test_old_results_outlast_a_disk_that_gets_full(
    disk: Callable[[int], Path],
    whole: dict[str, bytes],
    spare: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More trials on a disk with little room: exit code 1, a sentence, the old table as it was."""
    place, file = disk(400), tmp_path / "small.json"
    folder = place / "run"
    run_batch(small(), folder, backend=Threads(1))
    file.write_text(json.dumps(raw(GROWN)), "utf-8")
    room = os.statvfs(place)
    with (place / "filler").open("wb") as filler:
        filler.write(b"\0" * (room.f_bavail * room.f_frsize - spare * 1024))
    words = ("batch", str(file), "--out", str(folder), "--resume", "--workers", "1")
    ended = run(capsys, monkeypatch, *words)
    assert ended.code == 1
    lines = [line for line in ended.err.splitlines() if not line.startswith("blocks: ")]
    assert len(lines) == 1
    check_sentence(lines[0], "No space left on device")
    for name in (RESULTS, MANIFEST):
        assert (folder / name).read_bytes() == whole[name]
    (place / "filler").unlink()
    assert run(capsys, monkeypatch, *words).code == 0
    fresh = tmp_path / "fresh"
    run_batch(small(GROWN), fresh, backend=Threads(1))
    for name in (RESULTS, MANIFEST):
        assert (folder / name).read_bytes() == (fresh / name).read_bytes()


@contextmanager
def read_only(folder: Path) -> Iterator[str]:
    """A folder in which nothing can be changed; gives the reason that the system names."""
    if not ROOT:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555)
        try:
            yield "Permission denied"
        finally:
            for path in [folder, *folder.rglob("*")]:
                path.chmod(0o755)
        return
    if subprocess.run(["mount", "--bind", str(folder), str(folder)]).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield "Read-only file system"
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("state", ["finished", "unfinished", "more trials"])
def test_a_read_only_run_is_refused_in_a_sentence_and_can_be_looked_at(
    whole: dict[str, bytes], tmp_path: Path, state: str
) -> None:
    """Whatever is asked of it, nothing changes; its status is told."""
    folder = tmp_path / "run"
    run_batch(small(), folder, backend=Threads(1))
    if state == "unfinished":
        (segment,) = (folder / "blocks").glob("*.blocks")
        segment.write_bytes(segment.read_bytes()[:1_000])
    before = tree(folder)
    n_trials = GROWN if state == "more trials" else 3_500
    with read_only(folder) as reason:
        told = refusal(lambda: run_batch(small(n_trials), folder, backend=Threads(1), resume=True))
        check_sentence(told, reason)
        assert tree(folder) == before
        assert run_status(folder).blocks == 16
    run_batch(small(), folder, backend=Threads(1), resume=True)
    assert tree(folder) == whole


def test_an_empty_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Before anything is simulated."""
    folder = tmp_path / "run"
    folder.mkdir()
    with read_only(folder) as reason:
        check_sentence(refusal(lambda: run_batch(small(), folder, backend=Threads(1))), reason)
    assert not RunFolder(folder).begun
    assert not list(folder.iterdir())


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """Of the run, or of its blocks."""
    (tmp_path / "file").write_text("mine")
    told = refusal(lambda: run_batch(small(), tmp_path / "file", backend=Threads(1)))
    check_sentence(told, "File exists")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "blocks").write_text("mine")
    told = refusal(lambda: run_batch(small(), folder, backend=Threads(1), resume=True))
    check_sentence(told, "File exists")
    assert (folder / "blocks").read_text() == "mine"
    shutil.rmtree(folder)
