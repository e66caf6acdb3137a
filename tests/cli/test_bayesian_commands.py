"""Bayesian analyses from the command line."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import planner as pl
from tests.cli.running import Outcome, run
from tests.reference import reference_case

Run = Any
FLAT = 'plan.analysis={kind="posterior"}'
DUAL = (
    'plan.hypotheses.overall.objective={kind="posterior",go=[{above=0.0,probability=0.975},'
    "{above=2.0,probability=0.5}],stop=[{below=2.0,probability=0.8}]}"
)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*words: str) -> Outcome:
        return run(capsys, monkeypatch, *words)

    return call


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A reference data set as a file."""
    path = tmp_path / "trial.csv"
    pd.DataFrame(reference_case("mixed_model_lme4", "lmm02")["data"]).to_csv(path, index=False)
    return str(path)


def _json(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def test_power_has_both_schools_on_the_same_trials(command: Run) -> None:
    words = ["--n", "60", "--n-trials", "500", "--set", 'plan.other_analyses=[{kind="posterior"}]']
    found = _json(command("power", *words, "--set", DUAL, "--json"))
    rows = {(r["analysis"], r["hypothesis"], r["truth"]): r for r in found["results"]}
    test, bayes = "mixed model (Kenward-Roger)", "Bayesian mixed model (quadrature)"
    assert {a for a, _, _ in rows} == {test, bayes}
    for analysis in (test, bayes):
        row = rows[(analysis, "overall", "planning")]
        shares = [row[k]["value"] for k in ("success", "consider", "stop")]
        assert sum(shares) == pytest.approx(1.0)
        assert all(row[k]["mcse"] > 0 for k in ("success", "consider", "stop"))
    assert rows[(bayes, "overall", "planning")]["closed_form"] is None
    text = command("power", *words, "--set", DUAL, "--quiet")
    assert text.code == 0
    assert "consider" in text.out
    assert bayes in text.out


def test_size_by_a_posterior_rule(command: Run) -> None:
    """With flat priors about the size of the test."""
    words = ["--n-trials", "2000", "--set", "plan.power_targets=[0.8]", "--json"]
    test = _json(command("size", *words))["results"][0]
    bayes = _json(command("size", *words, "--set", FLAT))["results"][0]
    assert bayes["closed_form"] is None
    assert bayes["power"]["value"] >= 0.8 - 3 * bayes["power"]["mcse"]
    assert abs(bayes["n_evaluable"] - test["n_evaluable"]) <= 8


def test_calibrate_prints_what_to_set(command: Run) -> None:
    words = ["--n", "40", "--n-trials", "2000", "--set", FLAT]
    found = _json(command("calibrate", *words, "--json"))
    for row in found["results"]:
        assert 0.9 < row["threshold"] < 1
        assert row["interval"][0] < row["threshold"] < row["interval"][1]
        assert row["type_i_error"]["mcse"] > 0
        path, value = next(iter(row["change"].items()))
        changed = pl.load_scenario("confirmatory").with_changes({path: value})
        assert changed.fingerprint() != pl.load_scenario("confirmatory").fingerprint()
    assert "To use it" in command("calibrate", *words).out
    outcome = command("calibrate", "--n", "40", "--n-trials", "200", "--alpha", "0.001")
    assert outcome.code == 3
    assert "fewer than 20" in outcome.err


def test_analyse_posterior_on_data(command: Run, data: str) -> None:
    found = _json(command("analyse", data, "--by-sex", "--analysis", "posterior", "--json"))
    by_name = {r["hypothesis"]: r for r in found["results"]}
    assert set(by_name) == {"overall", "female", "male", "interaction"}
    for row in found["results"]:
        assert 0 < row["posterior_prob"] < 1
        assert row["lower"] < row["estimate"] < row["upper"]
        assert row["p_value"] is None
    assert 0 <= found["numerical_error"] <= 0.005
    text = command("analyse", data, "--by-sex", "--analysis", "posterior").out
    assert f"{by_name['overall']['posterior_prob']:.4f}" in text
    assert "credible interval" in text


def test_analyse_runs_a_posterior_plan_with_its_verdicts(
    command: Run, data: str, tmp_path: Path
) -> None:
    scenario = pl.load_scenario("confirmatory").with_changes(
        {
            "plan.analysis": {"kind": "posterior"},
            "plan.hypotheses.overall.objective": {
                "kind": "posterior",
                "go": [{"above": 0.0, "probability": 0.975}],
                "stop": [{"below": 1.0, "probability": 0.9}],
            },
        }
    )
    path = tmp_path / "plan.toml"
    path.write_text(pl.scenario.scenario_toml(scenario))
    found = _json(command("analyse", data, "--scenario", str(path), "--json"))
    overall = found["results"][0]
    assert overall["verdict"]["zone"] == "go"
    assert overall["verdict"]["p_value"] == pytest.approx(1 - overall["posterior_prob"], abs=1e-9)
    assert "go" in command("analyse", data, "--scenario", str(path)).out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--engine", "nuts"], "--analysis posterior"),
        (["--analysis", "posterior", "--df", "satterthwaite"], "--df does not apply"),
        (["--analysis", "posterior", "--carryover"], "carry-over"),
    ],
)
def test_flags_that_do_not_fit_are_refused(
    command: Run, data: str, words: list[str], sentence: str
) -> None:
    outcome = command("analyse", data, *words)
    assert outcome.code == 3
    assert sentence in outcome.err
    assert outcome.out == ""


def test_closed_form_of_a_posterior_is_refused(command: Run) -> None:
    outcome = command("power", "--n", "60", "--closed-form", "--set", FLAT)
    assert outcome.code == 3
    assert "no closed form" in outcome.err


def test_example_trial_by_both_engines_kept_as_netcdf(command: Run, tmp_path: Path) -> None:
    from xarray import open_datatree

    path = tmp_path / "trial.nc"
    words = ["--n", "24", "--trial", "2", "--set", FLAT, "--netcdf", str(path)]
    found = _json(command("posterior", *words, "--json"))
    worst = found["error"]["quadrature"] + 5 * found["error"]["nuts_mcse"]
    for region in found["regions"]:
        p = region["probability"]
        assert abs(p["quadrature"] - p["nuts"]) <= worst
    with open_datatree(path) as tree:
        assert {"posterior", "sample_stats", "constant_data"} <= set(tree.children)
        assert tree["posterior"]["contrast"].sizes["hypothesis"] == 4
    assert not list(tmp_path.glob("*.part"))
    outcome = command("posterior", "--n", "24", "--netcdf", str(path))
    assert outcome.code == 3
    assert "which has no posterior" in outcome.err


def test_engine_option_needs_a_bayesian_analysis(command: Run) -> None:
    outcome = command("power", "--n", "24", "--engine", "nuts")
    assert outcome.code == 3
    assert "belongs to Bayesian analyses" in outcome.err
