"""``planner replay`` as a user meets it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Outcome, run
from tests.report.batch_runs import doctored, small_batch, stored

Run = Any


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*words: str) -> Outcome:
        return run(capsys, monkeypatch, "replay", "--workers", "1", *words)

    return call


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    batch = small_batch(grid={"plan.n_subjects": [24]})
    return stored(batch, tmp_path_factory.mktemp("kept") / "small.run")


@pytest.fixture
def moved(kept: Path, tmp_path: Path) -> Path:
    """A run of which one number is 3 MCSE too small."""
    folder = Path(shutil.copytree(kept, tmp_path / "moved.run"))

    def change(rows: list[dict[str, Any]]) -> None:
        rows[0]["success"] -= 3 * rows[0]["success_mcse"]

    doctored(folder, change)
    return folder


def test_an_unchanged_run_ends_with_0_and_says_so(command: Run, kept: Path) -> None:
    outcome = command(str(kept))
    assert outcome.code == 0
    assert outcome.out.startswith("The batch run is of the versions installed here (planner ")
    assert "0 moved within their MCSE, 0 moved further." in outcome.out
    assert "simulating: 100 %" in outcome.err
    assert command(str(kept), "--quiet").err == ""


def test_a_moved_number_is_listed_and_ends_with_1(command: Run, moved: Path) -> None:
    outcome = command(str(moved))
    assert outcome.code == 1
    assert "1 moved further." in outcome.out
    line = outcome.out.splitlines()[-1]
    assert line.strip().startswith("point 0 (plan.n_subjects = 24), overall, planning: success")
    assert line.count("±") == 2
    assert line.endswith("+3.0")


def test_json_has_versions_counts_and_every_moved_number(command: Run, moved: Path) -> None:
    outcome = command(str(moved), "--json")
    assert (outcome.code, outcome.err) == (1, "")
    data = json.loads(outcome.out)
    assert data["same"] is False
    assert data["there"] == data["here"]
    assert data["identical"] > 50
    (number,) = data["moved"]
    assert number["in_mcses"] == pytest.approx(3)
    assert number["now"] - number["before"] == pytest.approx(3 * number["mcse"])


def test_the_comparison_goes_to_a_file(command: Run, moved: Path, tmp_path: Path) -> None:
    out = tmp_path / "replay.txt"
    outcome = command(str(moved), "--out", str(out))
    assert (outcome.code, outcome.out) == (1, "")
    assert "overall, planning: success" in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "said"),
    [("empty", "the folder has no readable"), ("none", "no such file or folder")],
)
def test_what_holds_no_run_is_one_sentence(
    command: Run, tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    outcome = command(str(tmp_path / name))
    assert outcome.code == 3
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_versions_that_differ_are_named(
    command: Run, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.batch import identity

    newer = {**identity.engine_identity(), "planner": "9.9.9"}
    monkeypatch.setattr(identity, "engine_identity", lambda: newer)
    outcome = command(str(kept))
    assert outcome.code == 0
    first, second, *_ = outcome.out.splitlines()
    assert first == "The batch run is of other versions:"
    assert second.startswith("  planner: ")
    assert second.endswith(" there, 9.9.9 here")
