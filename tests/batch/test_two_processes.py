"""Several processes on one run at once: all end well, with the bytes of one that was alone."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import planner.batch.runner as runner
from planner.batch.backends import Threads
from planner.batch.batch import Batch
from planner.batch.manifest import finished
from planner.batch.merging import merge
from planner.batch.results import Reading
from planner.batch.run_folder import MANIFEST, RESULTS, RunFolder
from planner.batch.runner import batch_steps, run_batch
from planner.batch.schedule import Schedule
from planner.batch.store import Store
from planner.errors import InvalidInput
from tests.batch.runs import raw, run, small, start, stored_keys, tree

N_TRIALS = 20_500


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files of a run that was alone."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run_batch(small(), folder, backend=Threads(1))
    return tree(folder)


def nested(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, number: int, other: Callable[[], Any]
) -> None:
    """Let another run happen in the middle of this one: before the number-th call of a function."""
    function, calls = getattr(owner, name), 0

    def watched(*words: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            monkeypatch.setattr(owner, name, function)
            other()
        return function(*words, **more)

    monkeypatch.setattr(owner, name, watched)


INSTANTS = [(Store, "put", 1), (Store, "put", 9), (Store, "reload", 1), (Store, "reload", 2),
            (Reading, "content", 1), (Reading, "content", 9), (RunFolder, "write_with", 1),
            (RunFolder, "write_with", 2), (RunFolder, "write_with", 3),
            (RunFolder, "write_with", 4), (Store, "pack", 1), (RunFolder, "tidy", 1),
            (Schedule, "tasks", 1), (runner, "finish", 1)]  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "name", "number"), INSTANTS, ids=[f"{n} {k}" for _, n, k in INSTANTS]
)
def test_a_whole_run_in_the_middle_of_another(
    whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any,
    name: str, number: int,
) -> None:  # fmt: skip
    """The other one simulates, writes and packs everything at any instant of this one."""
    folder = tmp_path / "run"

    def other() -> None:
        run_batch(small(), folder, backend=Threads(1), resume=True)
        assert {k: v for k, v in tree(folder).items() if k in {RESULTS, MANIFEST}} == {
            k: v for k, v in whole.items() if k in {RESULTS, MANIFEST}
        }

    nested(monkeypatch, owner, name, number, other)
    run_batch(small(), folder, backend=Threads(1))
    assert len(stored_keys(folder)) == len(set(stored_keys(folder))) == 16
    assert tree(folder) == whole


@pytest.mark.parametrize(
    ("owner", "name", "number"), INSTANTS, ids=[f"{n} {k}" for _, n, k in INSTANTS]
)
@pytest.mark.parametrize("other_trials", [1_500, 7_000])
def test_another_number_of_trials_meanwhile_is_never_taken_for_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, number: int,
    other_trials: int,
) -> None:  # fmt: skip
    """Results, manifest and batch belong together, or are refused until the run is resumed."""
    folder, fresh = tmp_path / "run", {}
    for n_trials in (3_500, other_trials):
        alone = tmp_path / f"alone{n_trials}"
        run_batch(small(n_trials), alone, backend=Threads(1))
        fresh[n_trials] = {k: v for k, v in tree(alone).items() if "blocks" not in k}

    def other() -> None:
        run_batch(small(other_trials), folder, backend=Threads(1), resume=True)

    nested(monkeypatch, owner, name, number, other)
    run_batch(small(), folder, backend=Threads(1))
    try:
        n = finished(RunFolder(folder))["monte_carlo"]["n_trials"]
    except InvalidInput as refused:
        told = str(refused)
    else:
        told = "resume"
        assert {k: v for k, v in tree(folder).items() if "blocks" not in k} == fresh[n]
    assert "resume" in told
    for n_trials in (other_trials, 3_500):
        run_batch(small(n_trials), folder, backend=Threads(1), resume=True)
        assert {k: v for k, v in tree(folder).items() if "blocks" not in k} == fresh[n_trials]


def test_nothing_is_simulated_twice_after_another_has_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks that another process has moved while the results are read are found, not made anew."""
    folder = tmp_path / "run"
    nested(monkeypatch, Reading, "content", 1,
           lambda: run_batch(small(), folder, backend=Threads(1), resume=True))  # fmt: skip
    monkeypatch.setattr(runner, "run_task", None)
    run_batch(small(), folder, backend=Threads(1))
    assert len(stored_keys(folder)) == 16


def test_a_run_that_ends_while_another_packs_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started, resumed and written while the blocks are copied: it packs last."""
    folder, file = tmp_path / "run", tmp_path / "small.json"
    file.write_text(json.dumps(raw()), "utf-8")
    others: list[subprocess.Popen[str]] = []

    def other() -> None:
        before = (folder / MANIFEST).stat().st_ino
        others.append(start(["batch", str(file), "--out", str(folder), "--resume", "--quiet",
                             "--workers", "1"]))  # fmt: skip
        while (folder / MANIFEST).stat().st_ino == before:
            assert others[0].poll() is None
            time.sleep(0.01)
        time.sleep(0.2)
        assert others[0].poll() is None, "it did not wait"

    nested(monkeypatch, Store, "_copy", 1, other)
    run_batch(small(), folder, backend=Threads(1))
    out, err = others[0].communicate(timeout=60)
    assert others[0].returncode == 0, err
    assert "16 were there" in out
    assert len(stored_keys(folder)) == len(set(stored_keys(folder))) == 16


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("begun", [True, False])
def test_same_batch_at_once(tmp_path: Path, n: int, begun: bool) -> None:
    """Two and three processes on a folder that is new, or that one of them has begun."""
    folder, alone, file = tmp_path / "run", tmp_path / "alone", tmp_path / "small.json"
    file.write_text(json.dumps(raw(N_TRIALS)), "utf-8")
    run_batch(small(N_TRIALS), alone, backend=Threads(1))
    if begun:
        run_batch(small(), folder, backend=Threads(1))
        run_batch(small(), alone, backend=Threads(1), resume=True)
        run_batch(small(N_TRIALS), alone, backend=Threads(1), resume=True)
    words = ["batch", str(file), "--out", str(folder), "--resume", "--quiet", "--workers", "1"]
    together = [start(words) for _ in range(n)]
    for process in together:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    assert len(stored_keys(folder)) == len(set(stored_keys(folder)))
    assert tree(folder) == tree(alone)


def test_shards_at_once_and_merges_at_once(tmp_path: Path) -> None:
    """Three shards in one folder at once, then two processes that merge."""
    folder, alone, file = tmp_path / "run", tmp_path / "alone", tmp_path / "small.json"
    file.write_text(json.dumps(raw(N_TRIALS)), "utf-8")
    run_batch(small(N_TRIALS), alone, backend=Threads(1))
    shards = [
        start(["batch", str(file), "--out", str(folder), "--quiet", "--workers", "1",
               "--shard", f"{i}/3"])
        for i in (3, 1, 2)
    ]  # fmt: skip
    for process in shards:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    merges = [start(["batch", "merge", str(folder)]) for _ in range(2)]
    for process in merges:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    assert tree(folder) == tree(alone)


def test_a_second_run_without_resume_is_refused(tmp_path: Path) -> None:
    """One sentence, exit code 3, nothing changed."""
    folder, file = tmp_path / "run", tmp_path / "small.json"
    file.write_text(json.dumps(raw()), "utf-8")
    run_batch(small(), folder, backend=Threads(1))
    before = tree(folder)
    ended = run(["batch", str(file), "--out", str(folder)])
    assert ended.returncode == 3
    assert "a run is there already; add --resume" in ended.stderr
    assert tree(folder) == before


def test_a_merge_while_a_shard_still_runs_says_what_is_missing(tmp_path: Path) -> None:
    """Nothing is simulated by merging; the shard is not disturbed."""
    folder = tmp_path / "run"
    batch: Batch = small()
    steps = batch_steps(batch, folder, Threads(1), shard=(1, 1))
    for _ in range(3):
        step = next(steps)
    assert 0 < step.done < step.of
    with pytest.raises(InvalidInput, match=f"{step.of - step.done} of 16 blocks are missing"):
        merge(folder)
    assert list(steps)[-1].done == 16
    assert merge(folder).failed == ()


def test_the_table_of_another_run_is_not_taken_for_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun before, and written between this one's table and its manifest: refused."""
    folder = tmp_path / "run"
    other = batch_steps(small(7_000), folder, Threads(1))
    next(other)
    write_with = RunFolder.write_with

    def overtaken(place: RunFolder, name: str, write: Callable[[Path], Any]) -> str:
        digest = write_with(place, name, write)
        if name == RESULTS:
            monkeypatch.setattr(RunFolder, "write_with", write_with)
            list(other)
        return digest

    monkeypatch.setattr(RunFolder, "write_with", overtaken)
    run_batch(small(), folder, backend=Threads(1), resume=True)
    with pytest.raises(InvalidInput, match=r"results\.parquet is not the one that manifest\.json"):
        finished(RunFolder(folder))
    run_batch(small(), folder, backend=Threads(1), resume=True)
    assert finished(RunFolder(folder))["monte_carlo"]["n_trials"] == 3_500
