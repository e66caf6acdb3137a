"""``planner report`` as a user meets it."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from planner.report.formats import FORMATS, render
from planner.report.formats.prepared import prepared
from planner.report.model import ReportModel
from tests.cli.running import Outcome, run
from tests.report.batch_runs import small_batch, stored
from tests.report.sample import sample

Run = Any


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*words: str) -> Outcome:
        return run(capsys, monkeypatch, "report", *words)

    return call


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    path = tmp_path / "run" / "report.json"
    path.parent.mkdir()
    path.write_bytes(render(sample("words"), ["json"])["json"])
    return path


def test_a_scenario_is_computed_and_its_json_makes_the_same_files(
    command: Run, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    computed = command("kcl-2025", "--n-trials", "200", "--format", ",".join(FORMATS),
                       "--out", str(first))  # fmt: skip
    assert computed.code == 0
    assert "computing: 100 %" in computed.err
    names = {path.name for path in first.iterdir()}
    assert names >= {f"report.{name}" for name in FORMATS}
    assert not list(first.rglob("*.part"))
    model = ReportModel.parse(json.loads((first / "report.json").read_bytes()))
    assert model.fingerprint[:12] in (first / "report.html").read_text("utf-8")
    again = command(str(first), "--format", "html,pdf,docx,md", "--out", str(second))
    assert (again.code, again.err) == (0, "")
    for name in ("html", "pdf", "docx", "md"):
        path = f"report.{name}"
        assert (second / path).read_bytes() == (first / path).read_bytes()


def test_folder_archive_and_file_hold_the_same_report(
    command: Run, finished: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.write(finished, "report.json")
    expected = render(sample("words"), ["html"])["html"]
    for i, source in enumerate((finished, finished.parent, archive)):
        out = tmp_path / f"{i}.html"
        outcome = command(str(source), "--out", str(out))
        assert (outcome.code, outcome.out) == (0, f"{out}\n")
        assert out.read_bytes() == expected


def test_json_says_what_was_written_and_what_is_missing(
    command: Run, finished: Path, tmp_path: Path
) -> None:
    outcome = command(str(finished), "--format", "md", "--out", str(tmp_path / "x"), "--json")
    data = json.loads(outcome.out)
    written = [Path(name).relative_to(tmp_path / "x").as_posix() for name in data["files"]]
    assert written == ["report.md", "figures/power.svg"]
    assert data["status"] == "draft"
    assert data["not_stated"] == [{"item": "R01", "what": "words", "add": "write it"}]


def test_a_final_report_is_refused_while_something_is_missing(
    command: Run, finished: Path, tmp_path: Path
) -> None:
    outcome = command(str(finished), "--final", "--out", str(tmp_path / "x.html"))
    assert outcome.code == 3
    assert outcome.err.endswith(
        "a final report must state words (R01); write it, or make a draft\n"
    )
    assert not (tmp_path / "x.html").exists()
    complete = sample("words").model_copy(update={"chapters": sample("words").chapters[1:]})
    finished.write_bytes(render(complete, ["json"])["json"])
    assert command(str(finished), "--final", "--out", str(tmp_path / "x.html")).code == 0
    assert '<body class="final">' in (tmp_path / "x.html").read_text("utf-8")
    assert prepared(complete).status == "draft"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--format", "odt"), 2, "'odt' is not a format; choose html, pdf, docx, md, json"),
        (("--out", "report.txt"), 2, "'txt' is not a format"),
        (("--format", "pdf,html", "--out", "a.pdf"), 2, "give a folder"),
        (("--seed", "2"), 2, "is not computed again; leave out --seed"),
        (("--set", "truth.effect=3.0", "--hypothesis", "overall"), 2, "--set, --hypothesis"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    command: Run, finished: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    outcome = command(str(finished), *words)
    assert outcome.code == code
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_what_holds_no_report_is_refused(command: Run, tmp_path: Path) -> None:
    empty, broken, archive = tmp_path / "e", tmp_path / "b.json", tmp_path / "z.zip"
    empty.mkdir()
    broken.write_text('{"chapters": [], "title": 3}')
    archive.write_text("no archive")
    for source, said in (
        (empty, "the folder has no readable report.json"),
        (broken, "title"),
        (archive, "cannot be read as an archive"),
        (tmp_path / "none.zip", "no such file"),
        (tmp_path / "none.json", "no such file"),
    ):
        outcome = command(str(source), "--out", str(tmp_path / "x.html"))
        assert outcome.code == 3
        assert said in outcome.err
        assert outcome.err.count("\n") == 1


def test_a_place_that_cannot_be_written_is_one_sentence(command: Run, finished: Path) -> None:
    outcome = command(str(finished), "--out", str(finished / "x.html"))
    assert outcome.code == 1
    assert "cannot be written" in outcome.err


def test_a_finished_batch_run_is_reported_and_not_simulated_again(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stored(small_batch(grid={"plan.n_subjects": [24]}), tmp_path / "small.run")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def forbidden(*_: object) -> None:
        raise AssertionError("simulated")

    monkeypatch.setattr("planner.operating.evaluate.Simulation.__init__", forbidden)
    out = tmp_path / "report"
    outcome = command(str(folder), "--format", ",".join(FORMATS), "--out", str(out), "--final")
    assert (outcome.code, outcome.err) == (0, "")
    assert {path.name for path in out.iterdir()} >= {f"report.{name}" for name in FORMATS}
    assert "A small grid" in (out / "report.html").read_text("utf-8")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    again = command(str(out / "report.json"), "--final", "--out", str(tmp_path / "again.pdf"))
    assert again.code == 0
    assert (tmp_path / "again.pdf").read_bytes() == (out / "report.pdf").read_bytes()
    refused = command(str(folder), "--seed", "2")
    assert refused.code == 2
    assert "is finished and is not computed again; leave out --seed" in refused.err


def test_a_batch_run_that_is_not_finished_is_one_sentence(command: Run, tmp_path: Path) -> None:
    folder = stored(small_batch(grid={"plan.n_subjects": [24]}), tmp_path / "small.run")
    (folder / "manifest.json").unlink()
    outcome = command(str(folder), "--out", str(tmp_path / "x.html"))
    assert outcome.code == 3
    assert "the run is not finished; go on with" in outcome.err
    assert not (tmp_path / "x.html").exists()
