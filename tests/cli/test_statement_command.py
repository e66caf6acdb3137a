"""``planner statement`` and ``planner bundle`` as a user meets them."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import planner as pl
from planner.report.statement import find_size, findings, statement
from tests.cli.running import Outcome, run

Run = Any
FEW = ("kcl-2025", "--n-trials", "200", "--quiet")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*words: str) -> Outcome:
        return run(capsys, monkeypatch, *words)

    return call


def test_statement_prints_what_python_gives(command: Run) -> None:
    scenario = pl.load_scenario("kcl-2025").with_changes({"monte_carlo.n_trials": 200})
    found = findings(scenario, find_size(scenario))
    assert command("statement", *FEW).out == statement(found).text()
    assert command("statement", *FEW, "--long").out == statement(found, long=True).text()
    markdown = command("statement", *FEW, "--markdown").out
    assert markdown == statement(found).markdown()


def test_statement_agrees_with_size(command: Run) -> None:
    size = json.loads(command("size", *FEW, "--json").out)["results"][0]
    text = command("statement", *FEW).out
    assert f"randomise {size['n_randomised']} participants" in text
    assert f"{100 * size['power']['value']:.1f} % power" in text


def test_statement_as_json(command: Run) -> None:
    data = json.loads(command("statement", *FEW, "--json").out)
    assert data["short"]["text"] == command("statement", *FEW).out
    assert data["hypothesis"] == "overall"
    assert sum(data["counts"].values()) == len(data["completeness"])
    assert {gap["what"] for gap in data["not_stated"]} >= {"how many women and men"}
    assert all(gap["add"] for gap in data["not_stated"])


def test_a_number_set_by_hand_loses_its_source(command: Run) -> None:
    assert "lapidus-2014" in command("statement", *FEW).out
    changed = ("--set", "truth.covariance.sd_difference=9.0")
    text = command("statement", *FEW, *changed).out
    assert "lapidus-2014" not in text
    assert "[NOT STATED: source of the SD]" in text


def test_an_unknown_hypothesis_is_one_sentence(command: Run) -> None:
    outcome = command("statement", *FEW, "--hypothesis", "all")
    assert outcome.code == 3
    assert outcome.err == (
        "planner: kcl-2025: 'all' is not a hypothesis of the plan; choose overall\n"
    )


def test_bundle_needs_a_file(command: Run, tmp_path: Path) -> None:
    outcome = command("bundle", *FEW)
    assert outcome.code == 2
    assert "add --out FILE.zip" in outcome.err
    assert command("bundle", *FEW, "--out", str(tmp_path / "no" / "b.zip")).code == 1


def test_bundle_holds_the_numbers_of_size_and_power(command: Run, tmp_path: Path) -> None:
    path, shared = tmp_path / "b.zip", ("confirmatory", "--n-trials", "200")
    printed = json.loads(command("bundle", *shared, "--out", str(path), "--json").out)
    with zipfile.ZipFile(path) as zipped:
        kept = json.loads(zipped.read("summary.json"))
        assert printed["files"] == json.loads(zipped.read("manifest.json"))["files"]
    size = json.loads(command("size", *shared, "--json").out)
    assert kept["size"] == {k: v for k, v in size.items() if k != "conventions"}
    n = str(size["results"][0]["n_randomised"])
    assert kept["power"] == json.loads(command("power", *shared, "--n", n, "--json").out)
