"""``planner batch`` as a user meets it."""

import json
import os
import pty
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.batch.runs import PYTHON, environment, raw, tree
from tests.cli.running import Outcome, run

Command = Callable[..., Outcome]


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    """Runs `planner batch` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Outcome:
        return run(capsys, monkeypatch, "batch", *words)

    return call


def written(path: Path, **more: Any) -> str:
    """A batch file of two points; its path as it is typed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(raw(1_200, **more)), "utf-8")
    return str(path)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Two points, four cases of two blocks, in a folder with spaces and umlauts."""
    return written(tmp_path / "Größen, und so" / "zwei.json")


def test_a_run_says_what_it_found_and_where_it_is(command: Command, file: str) -> None:
    outcome = command(file, "--workers", "1")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0].startswith("8 blocks simulated in ")
    assert lines[1] == "2 points, 4 cases, 4,800 simulated trials"
    assert lines[2].startswith("  overall        power 0.")
    assert " ± " in lines[2]
    assert lines[2].endswith("(the largest of 2)")
    assert lines[3] == (
        "zwei.run/results.parquet, zwei.run/manifest.json; next: planner report zwei.run"
    )
    assert "blocks: 100 %" in outcome.err


def test_json_is_one_object_and_nothing_else(command: Command, file: str) -> None:
    outcome = command(file, "--workers", "1", "--json")
    told = json.loads(outcome.out)
    assert (told["blocks"], told["found"], told["failed"]) == (8, 0, 0)
    assert told["files"] == ["zwei.run/results.parquet", "zwei.run/manifest.json"]
    assert outcome.err == ""
    for words in (
        ("status", "zwei.run"),
        ("check", file),
        ("merge", "zwei.run"),
        ("trials", "zwei.run", "--points", "1"),
        ("list",),
    ):
        outcome = command(*words, "--json")
        assert isinstance(json.loads(outcome.out), dict), words
        assert (outcome.code, outcome.err) == (0, ""), words


def test_quiet_keeps_the_answer(command: Command, file: str) -> None:
    outcome = command(file, "--workers", "1", "--quiet")
    assert outcome.err == ""
    assert "2 points, 4 cases" in outcome.out


def test_a_run_is_gone_on_with_by_file_or_folder(command: Command, file: str) -> None:
    """More trials add blocks; the folder remembers how many."""
    command(file, "--workers", "1")
    outcome = command(file)
    assert outcome.code == 3
    assert "a run is there already; add --resume" in outcome.err
    outcome = command(file, "--workers", "1", "--resume", "--n-trials", "3200")
    assert outcome.code == 0
    assert outcome.out.startswith("12 blocks simulated")
    assert "; 4 were there." in outcome.out
    outcome = command("zwei.run", "--workers", "1", "--resume")
    assert outcome.out.startswith("0 blocks simulated")
    assert "4 cases, 12,800 simulated trials" in outcome.out
    outcome = command(file, "--resume", "--seed", "8")
    assert outcome.code == 3
    assert "its blocks are of base scenario" in outcome.err


def test_shards_in_any_order_and_folders_are_merged_to_the_same_bytes(
    command: Command, file: str, tmp_path: Path
) -> None:
    command(file, "--workers", "1", "--out", "whole.run")
    outcome = command(file, "--workers", "1", "--out", "a.run", "--shard", "3/3")
    assert outcome.out.splitlines()[1] == (
        "Shard 3/3 is done; when all are: planner batch merge a.run"
    )
    outcome = command("merge", "a.run")
    assert outcome.code == 3
    assert "6 of 8 blocks are missing" in outcome.err
    outcome = command("status", "a.run")
    assert "unfinished\n2 of 8 blocks (25.0 %), 1 of 4 cases complete" in outcome.out
    command(file, "--workers", "1", "--out", "a.run", "--shard", "1/3")
    command(file, "--workers", "1", "--out", "b.run", "--shard", "2/3")
    before = tree(tmp_path / "b.run")
    outcome = command("merge", "new.run", "a.run", "b.run")
    assert outcome.code == 0
    assert tree(tmp_path / "new.run") == tree(tmp_path / "whole.run")
    assert tree(tmp_path / "b.run") == before
    assert "finished\n8 of 8 blocks (100.0 %)" in command("status", "new.run").out


def test_points_left_out_are_told_once_and_in_one_sentence(
    command: Command, tmp_path: Path
) -> None:
    few = written(tmp_path / "few.json", grid={"plan.n_subjects": [2, 24]}, impossible="skip")
    told = "1 point left out: point 0 (plan.n_subjects = 2): plan.n_subjects: 2 people are too few"
    for outcome in (command("check", few), command(few, "--workers", "1")):
        assert outcome.code == 0
        assert told in outcome.out
    refused = written(tmp_path / "refused.json", grid={"plan.n_subjects": [2, 24]})
    outcome = command(refused)
    assert outcome.code == 3
    assert outcome.err.count("\n") == 1
    assert outcome.err.endswith("(point 0: plan.n_subjects = 2)\n")
    assert not (tmp_path / "refused.run").exists()


def test_too_many_failures_end_with_5_and_the_results_are_written(
    command: Command, tmp_path: Path
) -> None:
    batch = {"base": "confirmatory", "grid": {"plan.n_subjects": [8]},
             "changes": {"truth.sex_mix": "random"},
             "monte_carlo": {"n_trials": 1_000, "max_failures": 0.001}}  # fmt: skip
    path = tmp_path / "few.json"
    path.write_text(json.dumps(batch))
    outcome = command(str(path), "--workers", "1")
    assert outcome.code == 5
    assert "1 point, 2 cases, 2,000 simulated trials" in outcome.out
    assert "could not be analysed at 1 of 1 points (point 0 (plan.n_subjects = 8): " in outcome.err
    assert (tmp_path / "few.run" / "results.parquet").exists()


WRONG = {
    "no file": (("nix.toml",), 3, "nix.toml: no such file; check the path"),
    "no name": (("nix",), 3, "'nix' is neither a file nor a batch that ships with planner"),
    "shown file": (("show", "nix"), 3, "'nix' is not a batch that ships with planner"),
    "no run": (("status", "nix"), 3, "nix: the folder has no readable batch.json"),
    "merge of nothing": (("merge", "nix"), 3, "nix: the folder has no readable batch.json"),
    "checked folder": (("check", "."), 3, "is a folder; give a batch file"),
    "shard 0": (("FILE", "--shard", "0/3"), 2, "'0/3' is not I/K, such as 1/8 to 8/8"),
    "shard beyond": (("FILE", "--shard", "4/3"), 2, "'4/3' is not I/K"),
    "few trials": (("FILE", "--n-trials", "5"), 3, "monte_carlo.n_trials: 5 is out of range"),
    "scheduler": (("FILE", "--scheduler", "tcp://x:1"), 2, "belongs to --backend dask"),
    "out is a file": (("FILE", "--out", "FILE"), 2, "is a file"),
    "out in a file": (("FILE", "--out", "FILE/x"), 1, "cannot be written (Not a directory)"),
    "no FILE": (("--seed", "3"), 2, "Missing argument 'FILE'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_a_sentence(command: Command, file: str, name: str) -> None:
    words, code, told = WRONG[name]
    outcome = command(*(word.replace("FILE", file) for word in words))
    assert (outcome.code, outcome.out) == (code, "")
    assert told in outcome.err
    assert "fault of planner" not in outcome.err


def test_help_says_how_to_begin(command: Command) -> None:
    outcome = command("--help")
    assert outcome.out.startswith("Usage: planner batch FILE | COMMAND [OPTIONS]…\n")
    assert "planner batch check mine.toml" in " ".join(outcome.out.split())
    assert "..." not in outcome.out, "no sentence is cut"


def test_batches_that_ship_are_listed_and_shown(command: Command, tmp_path: Path) -> None:
    """What is shown is a file that can be checked."""
    names = [line.split()[0] for line in command("list").out.splitlines()]
    assert "type-i-error-audit" in names
    mine = tmp_path / "mine.toml"
    mine.write_text(command("show", "type-i-error-audit").out, "utf-8")
    told = [command("check", name, "--json") for name in (str(mine), "type-i-error-audit")]
    assert [outcome.code for outcome in told] == [0, 0]
    assert told[0].out == told[1].out


@pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="root mounts it")
def test_a_folder_that_can_only_be_read_is_told(
    command: Command, file: str, tmp_path: Path
) -> None:
    place = tmp_path / "fixed"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", place], check=False)
    if mounted.returncode:
        pytest.skip("no mounts here")
    try:
        outcome = command(file, "--workers", "1", "--out", str(place / "x.run"))
    finally:
        subprocess.run(["umount", place], check=True)
    assert (outcome.code, outcome.out) == (1, "")
    assert "cannot be written (Read-only file system)" in outcome.err


def test_ctrl_c_in_a_terminal_keeps_blocks_and_clears_the_bar(file: str, tmp_path: Path) -> None:
    """The bar shows blocks and time left; what is typed next stands on a clean line."""
    words = ["batch", file, "--out", "x.run", "--n-trials", "3000000", "--workers", "1"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PYTHON, "planner", *words], stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path,
        env=environment({"COLUMNS": "90", "TERM": "xterm"}), start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    seen, interrupted, limit = b"", False, time.monotonic() + 120
    with suppress(OSError):  # the terminal is closed when the process ends
        while time.monotonic() < limit and (part := os.read(ours, 65_536)):
            seen += part
            if not interrupted and b" left" in seen:
                process.send_signal(signal.SIGINT)
                interrupted = True
    os.close(ours)
    assert process.wait(timeout=60) == 130
    text = seen.decode()
    assert " of 12,000, " in text
    last = text.rpartition("\x1b[2K")[2]
    assert " of 12,000 blocks are kept in x.run; go on with --resume\r\n" in last
    assert last.endswith("planner: interrupted\r\n")
    assert "\x1b[?25h" in text


def test_a_closed_pipe_is_no_traceback(file: str, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PYTHON, "planner", "batch", "check", file], stdout=writer, stderr=subprocess.PIPE,
        text=True, check=False, cwd=tmp_path, env=environment(),
    )  # fmt: skip
    os.close(writer)
    assert done.stderr == ""
