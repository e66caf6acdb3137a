"""The commands as a user meets them."""

import csv
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import planner as pl
from planner.scenario import scenario_from
from tests.cli.running import Outcome, run
from tests.reference import reference

Run = Any


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*words: str) -> Outcome:
        return run(capsys, monkeypatch, *words)

    return call


def _json(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    data: dict[str, Any] = json.loads(outcome.out)
    return data


def test_size_answers_the_main_question(command: Run) -> None:
    data = _json(command("size", "--json", "--n-trials", "2000"))
    assert {"scenario", "fingerprint", "version", "seed", "n_trials", "results"} <= set(data)
    names = [(r["hypothesis"], r["power_target"]) for r in data["results"]]
    assert names == [
        (name, target)
        for name in ("overall", "female", "male", "interaction")
        for target in (0.8, 0.9)
    ]
    for r in data["results"]:
        assert r["status"] == "found"
        assert sum(r["per_sequence"].values()) == r["n_randomised"]
        assert sum(r["per_sex"].values()) == r["n_randomised"]
        assert r["n_randomised"] * 0.88 >= r["n_evaluable"]
        assert r["n_interval"][0] <= r["n_evaluable"]
        assert r["power"]["value"] >= r["power_target"] - 3 * r["power"]["mcse"]
        assert abs(r["closed_form"]["z"]) < 4.5
        assert r["trace"]
    assert data["alternatives"][0]["results"][0]["n_evaluable"] in (40, 42)


def test_size_text_fits_the_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (120, 100, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        outcome = command("size", "--n-trials", "500", "--quiet")
        assert outcome.code == 0
        assert max(map(len, outcome.out.splitlines())) <= width
        assert "overall" in outcome.out
        assert "±" in outcome.out


def test_power_at_the_found_size_repeats_the_figure(command: Run) -> None:
    size = _json(command("size", "--json", "--n-trials", "2000"))["results"][0]
    n = str(size["n_randomised"])
    rows = _json(command("power", "--n", n, "--json", "--n-trials", "2000"))["results"]
    planning = next(r for r in rows if (r["hypothesis"], r["truth"]) == ("overall", "planning"))
    null = next(r for r in rows if (r["hypothesis"], r["truth"]) == ("overall", "null"))
    assert planning["success"] == size["power"]
    assert null["success"] == size["type_i_error"]
    assert planning["failures"] == 0


def test_power_grid_and_closed_form(command: Run) -> None:
    rows = _json(command("power", "--n", "24:40:8", "--json", "--n-trials", "500"))["results"]
    assert sorted({r["n"] for r in rows}) == [24, 32, 40]
    assert all(r["success"]["mcse"] > 0 for r in rows if 0 < r["success"]["value"] < 1)
    formula = _json(command("power", "kcl-2025", "--closed-form", "--json"))["results"]
    assert formula[0]["exact"] is True
    assert formula[0]["success"]["value"] == pytest.approx(0.608, abs=0.001)


def test_detect_and_power_agree(command: Run) -> None:
    found = _json(command("detect", "kcl-2025", "--json"))["results"][0]
    rows = _json(
        command(
            "power", "kcl-2025", "--closed-form", "--json",
            "--set", f"truth.standardised_effect={found['effect'] / 7.5}",
        )
    )["results"]  # fmt: skip
    assert rows[0]["success"]["value"] == pytest.approx(0.8, abs=0.001)


@pytest.mark.parametrize("case", reference("mixed_model_lme4"), ids=lambda c: c["id"])
def test_reference_analyse_csv_reproduces_lme4(case: Any, tmp_path: Path, command: Run) -> None:
    path = tmp_path / "trial.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(case["data"])
        writer.writerows(zip(*case["data"].values(), strict=True))
    flags = ["--analysis", "mixed-model", "--df", "kenward-roger"]
    flags += ["--by-sex"] if "sex" in case["formula"] else []
    flags += ["--sequence-effect"] if "sequence" in case["formula"] else ["--no-sequence-effect"]
    data = _json(command("analyse", str(path), "--json", *flags))
    terms = {t["term"].replace("male", "M"): t for t in data["terms"]}
    expected = case["expected"]
    assert data["n_subjects"] == len(set(case["data"]["subject"]))
    for i, name in enumerate(expected["terms"]):
        assert terms[name]["estimate"] == pytest.approx(expected["estimate"][i], rel=1e-5)
        assert terms[name]["se"] == pytest.approx(expected["se_kr"][i], rel=1e-5)
        assert terms[name]["df"] == pytest.approx(expected["df_kr"][i], rel=1e-5)
        assert terms[name]["p_value"] == pytest.approx(expected["p_kr"][i], rel=1e-5)


def test_analyse_text(tmp_path: Path, command: Run) -> None:
    from tests.cli.malformed_data import GOOD

    path = tmp_path / "trial.csv"
    path.write_text(GOOD.replace("subject", "id", 1))
    outcome = command("analyse", str(path), "--columns", "subject=id", "--by-sex")
    assert outcome.code == 0, outcome.err
    assert "interaction" in outcome.out


def test_scenario_commands(command: Run, tmp_path: Path) -> None:
    listed = command("scenario", "list").out
    for name in ("confirmatory", "kcl-2025", "stanford-2018"):
        assert name in listed
        shown = scenario_from(tomllib.loads(command("scenario", "show", name).out))
        assert shown.fingerprint() == pl.load_scenario(name).fingerprint()
        as_json = scenario_from(json.loads(command("scenario", "show", name, "--json").out))
        assert as_json.fingerprint() == shown.fingerprint()
    path = tmp_path / "mine.toml"
    assert command("scenario", "init", str(path)).code == 0
    assert command("scenario", "init", str(path)).code == 3
    assert "ok" in command("scenario", "check", str(path)).out


def test_schema_describes_scenarios(command: Run) -> None:
    schema = _json(command("schema"))
    assert {"plan", "truth"} <= set(schema["properties"])


def test_exit_codes(command: Run, tmp_path: Path) -> None:
    hopeless = ["--set", "truth.effect=0.01", "--set", "plan.n_limit=200", "--n-trials", "200"]
    assert command("size", *hopeless, "--quiet").code == 0
    assert command("size", *hopeless, "--quiet", "--require").code == 4
    random_mix = ["--set", "truth.sex_mix=random", "--n", "6", "--n-trials", "1000", "--quiet"]
    failed = command("power", *random_mix)
    assert failed.code == 5
    assert "could not be analysed" in failed.err
    assert command("size", "--out", str(tmp_path / "no" / "x.json"), "--n-trials", "200").code == 1
    assert not list(tmp_path.iterdir())


def test_help_is_light() -> None:
    heavy = "numba,scipy,pydantic,pandas,streamlit,altair,pymc,arviz,rich"
    code = (
        "import sys, planner, planner.cli.commands\n"
        f"print([m for m in {heavy.split(',')!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
