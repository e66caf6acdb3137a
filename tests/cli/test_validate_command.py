"""``planner validate`` as a user meets it."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.validation import groups
from tests.cli.running import Outcome, run
from tests.validation.conftest import made_up as made_up

Run = Any


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*words: str) -> Outcome:
        return run(capsys, monkeypatch, "validate", *words)

    return call


def test_a_group_that_passes(command: Run) -> None:
    outcome = command("--group", "prepost,carryover", "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    lines = {line.split()[0]: line.split() for line in outcome.out.splitlines() if line.strip()}
    assert lines["prepost"][1:4] == ["3", "24", "24"]
    assert "Passed, all 136 checks in 2 groups are within their tolerance" in outcome.out


def test_failures_have_a_line_each_and_exit_code_one(command: Run, made_up: None) -> None:
    outcome = command("--workers", "3")
    assert outcome.code == 1
    assert outcome.err.splitlines()[1] == "checking wrong (2 of 4)"
    failed = [line for line in outcome.out.splitlines() if line.startswith("FAIL ")]
    assert failed[:2] == [
        "FAIL stopped stopped: OSError: the compiler <cannot> be found",
        "FAIL empty stopped: nothing was compared",
    ]
    assert failed[2].startswith("FAIL wrong two n: 13, expected 14, difference −1.0e+00, allowed 0")
    assert "known error: people are lost" in outcome.out
    assert failed[3].startswith("FAIL wrong three se: missing, expected 1")
    assert "Known public errors: 0 of 1" in outcome.out
    assert "FAILED, 2 of 5 checks" in outcome.out


def test_json_is_one_object_with_the_same_exit_code(command: Run, made_up: None) -> None:
    outcome = command("--workers", "3", "--json")
    assert (outcome.code, outcome.err) == (1, "")
    data = json.loads(outcome.out)
    assert data["verdict"] == "fail"
    assert len(data["checks"]) == 5
    assert command("--group", "right", "--json").code == 0


def test_files_go_where_they_are_asked_for(command: Run, made_up: None, tmp_path: Path) -> None:
    folder, page, data = tmp_path / "new", tmp_path / "iq.html", tmp_path / "deep" / "iq.json"
    outcome = command("--group", "right", "--out", str(folder))
    assert outcome.code == 0
    assert {path.name for path in folder.iterdir()} == {"qualification.html", "qualification.json"}
    assert f" wrote {folder / 'qualification.json'}" in outcome.out
    assert command("--group", "right", "--out", str(page)).code == 0
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert command("--group", "right", "--out", str(data), "--json").code == 0
    assert json.loads(data.read_bytes())["checks"][0]["verdict"] == "pass"
    assert command("--group", "right", "--format", "md", "--out", str(folder)).code == 0
    assert (folder / "qualification.md").exists()
    assert not list(tmp_path.rglob("*.part"))


def test_a_report_of_failures_is_written_too(command: Run, made_up: None, tmp_path: Path) -> None:
    assert command("--workers", "3", "--out", str(tmp_path / "iq.html")).code == 1
    assert "FAILED" in (tmp_path / "iq.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--group", "lme"), "--group 'lme' is not a group of checks; choose powertost, published"),
        (("--format", "odt"), "'odt' is not a format; choose html, pdf, docx, md, json"),
        (("--out", "iq.txt"), "'txt' is not a format"),
        (("--out", "iq.html", "--format", "json"), "give a folder"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_runs(
    command: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("ran")

    monkeypatch.setattr(groups, "validate", never)
    outcome = command(*words)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_a_place_that_cannot_be_written_is_one_sentence(
    command: Run, made_up: None, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    outcome = command("--group", "right", "--quiet", "--out", str(tmp_path / "file" / "iq.html"))
    assert outcome.code == 1
    assert "cannot be written" in outcome.err
    assert outcome.err.count("\n") == 1
