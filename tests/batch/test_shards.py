"""Shards: parts of a run in one folder or in several, put together to the bytes of the whole."""

import itertools
import json
import shutil
from pathlib import Path

import pytest

from planner.batch.backends import Threads
from planner.batch.merging import merge
from planner.batch.run_folder import RESULTS
from planner.batch.runner import batch_steps, run_batch
from planner.batch.schedule import schedule
from planner.errors import InvalidInput
from tests.batch.runs import raw, small, stored_keys, tree
from tests.cli.running import run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files of a run without shards."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run_batch(small(), folder, backend=Threads(1))
    return tree(folder)


def run_shard(folder: Path, i: int, k: int) -> None:
    """Simulate a shard."""
    assert list(batch_steps(small(), folder, Threads(1), shard=(i, k)))[-1].outcome is None


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_shards_in_any_order_give_the_same_bytes(
    whole: dict[str, bytes], tmp_path: Path, order: tuple[int, ...]
) -> None:
    """All in one folder, then merged."""
    for i in order:
        run_shard(tmp_path / "run", i, 3)
        assert not (tmp_path / "run" / RESULTS).exists()
    merge(tmp_path / "run")
    assert tree(tmp_path / "run") == whole


@pytest.mark.parametrize("into", ["first", "new"])
def test_shards_of_several_folders_are_merged(
    whole: dict[str, bytes], tmp_path: Path, into: str
) -> None:
    """Into one of them or into a new one; the others stay as they are."""
    folders = [tmp_path / str(i) for i in (1, 2)]
    for i, folder in enumerate(folders, start=1):
        run_shard(folder, i, 2)
    second = tree(folders[1])
    target = folders[0] if into == "first" else tmp_path / "new"
    merge(target, folders[1:] if into == "first" else folders)
    assert tree(target) == whole
    assert tree(folders[1]) == second


def test_shards_are_disjoint_and_complete() -> None:
    """Every case is of exactly one shard, also where there are more shards than cases."""
    plan = schedule(small())
    for k in (1, 2, 3, 4, 9):
        parts = [plan.mine((i, k)) for i in range(1, k + 1)]
        assert sum(map(len, parts)) == len(plan.cases)
        assert set().union(*parts) == set(plan.cases)


def test_a_shard_without_cases_is_done_at_once(tmp_path: Path) -> None:
    """The ninth of nine shards of four cases."""
    (only,) = batch_steps(small(), tmp_path / "run", Threads(1), shard=(9, 9))
    assert (only.done, only.of) == (0, 0)


def test_missing_blocks_are_counted_and_nothing_is_written(tmp_path: Path) -> None:
    """One of two shards is there."""
    run_shard(tmp_path / "run", 1, 2)
    with pytest.raises(InvalidInput, match=r"8 of 16 blocks are missing; run the shards"):
        merge(tmp_path / "run")
    assert not (tmp_path / "run" / RESULTS).exists()


def test_damaged_blocks_of_another_folder_are_not_taken(tmp_path: Path) -> None:
    """They count as missing."""
    run_shard(tmp_path / "run", 1, 2)
    run_shard(tmp_path / "other", 2, 2)
    (segment,) = (tmp_path / "other" / "blocks").glob("*.blocks")
    changed = bytearray(segment.read_bytes())
    changed[100] ^= 1
    segment.write_bytes(changed)
    with pytest.raises(InvalidInput, match="1 of 16 blocks are missing"):
        merge(tmp_path / "run", [tmp_path / "other"])


def test_folders_of_another_run_or_of_none_are_refused(tmp_path: Path) -> None:
    """Before anything is changed or made."""
    run_shard(tmp_path / "run", 1, 2)
    run_batch(small(scenario=raw()["scenario"] | {"monte_carlo": {"seed": 8, "n_trials": 1_000}}),
              tmp_path / "other", backend=Threads(1))  # fmt: skip
    (tmp_path / "empty").mkdir()
    before = tree(tmp_path / "run")
    for bad, reason in (("other", "its blocks are of base scenario"),
                        ("empty", r"the folder has no readable batch\.json"),
                        ("nowhere", r"the folder has no readable batch\.json")):  # fmt: skip
        for target, others in (("run", [bad]), ("new", ["run", bad])):
            with pytest.raises(InvalidInput, match=reason) as refused:
                merge(tmp_path / target, [tmp_path / other for other in others])
            assert bad in str(refused.value)
            assert tree(tmp_path / "run") == before
            assert not (tmp_path / "new").exists()
    with pytest.raises(InvalidInput, match=r"no readable batch\.json"):
        merge(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_merged_into_itself_is_as_it_was(whole: dict[str, bytes], tmp_path: Path) -> None:
    """Nothing is doubled."""
    run_batch(small(), tmp_path / "run", backend=Threads(1))
    shutil.copytree(tmp_path / "run", tmp_path / "copy")
    merge(tmp_path / "run", [tmp_path / "run", tmp_path / "copy"])
    assert tree(tmp_path / "run") == whole
    assert len(stored_keys(tmp_path / "run")) == 16


def test_commands_of_a_job_array(
    whole: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Shards, status in between, merge; the same shard again finds its blocks."""
    file, folder = tmp_path / "small.json", str(tmp_path / "run")
    file.write_text(json.dumps(raw()), "utf-8")
    words = ("batch", str(file), "--out", folder, "--workers", "1", "--quiet", "--shard")
    first = run(capsys, monkeypatch, *words, "1/2")
    assert first.code == 0
    assert f"Shard 1/2 is done; when all are: planner batch merge {folder}" in first.out
    assert run(capsys, monkeypatch, *words, "1/2").out.startswith("0 blocks simulated")
    told = run(capsys, monkeypatch, "batch", "status", folder).out
    assert "unfinished" in told
    assert "8 of 16 blocks (50.0 %), 2 of 4 cases complete" in told
    assert run(capsys, monkeypatch, "batch", "merge", folder).code == 3
    assert run(capsys, monkeypatch, *words, "2/2").code == 0
    assert run(capsys, monkeypatch, "batch", "merge", folder).code == 0
    assert tree(tmp_path / "run") == whole
    for wrong in ("0/2", "3/2", "1", "a/b", "1/2/3", "-1/2", "1/0"):
        assert run(capsys, monkeypatch, *words, wrong).code == 2
