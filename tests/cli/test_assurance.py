"""``planner assurance`` as a user meets it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from planner.cli.assurance import assurance as command
from planner.cli.commands import cli
from planner.operating.assurance import assurance
from planner.scenario import load_scenario
from planner.search.assurance_size import assurance_size
from tests.cli.running import Outcome, run

Run = Any
FEW = ("--n-trials", "1000", "--quiet")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``planner assurance WORDS``."""
    monkeypatch.setitem(cli.commands, "assurance", command)

    def words(*given: str) -> Outcome:
        return run(capsys, monkeypatch, "assurance", *given)

    return words


def _json(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    data: dict[str, Any] = json.loads(outcome.out)
    return data


def test_example_the_packaged_scenario_at_several_sizes(call: Run) -> None:
    """The same figures as in Python, each with its error."""
    data = _json(call("--n", "40,86", "--relevant", "2", "--json", *FEW))
    assert {"fingerprint", "version", "seed", "n_trials", "truth_prior", "results"} <= set(data)
    assert data["relevant"] == 2.0
    assert [(r["n"], r["aim"]) for r in data["results"]] == [
        (n, aim)
        for n in (40, 86)
        for aim in ("overall", "female", "male", "interaction", "success")
    ]
    scenario = load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 1_000})
    assert data["fingerprint"] == scenario.fingerprint()
    assert scenario.truth_prior is not None
    assert data["truth_prior"] == scenario.truth_prior.plain()
    result = assurance(scenario, 86, relevant=2.0)
    for row, aim in zip(data["results"][5:], result.aims, strict=True):
        assert row["assurance"]["value"] == aim.success.value
        assert row["assurance"]["mcse"] == aim.success.mcse > 0
        assert row["type_i_error"]["value"] == aim.null.value
        assert row["wrong_success"]["value"] == aim.wrong.value
        assert row["success_and_relevant"]["value"] <= row["relevant"]["value"]
        assert row["limit"] == aim.limit
        assert row["planned_power"] == aim.power


def test_example_text_fits_the_terminal(call: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are dropped, numbers never wrapped; the notes say what is meant."""
    for width in (120, 100, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        outcome = call("--n", "60", "--relevant", "2", *FEW)
        assert outcome.code == 0, outcome.err
        assert max(map(len, outcome.out.splitlines())) <= width
        flat = " ".join(outcome.out.split())
        assert "Design prior: effect normal, mean 2.5, SD 1.2; sex difference normal" in flat
        assert "7.5 as known from 17 df" in flat
        assert "beta (9, 66), mean 0.12" in flat
        assert "assurance of an endless trial" in flat
        assert "Relevant: P(an effect of 2 or beyond)" in flat
        assert "±" in flat
        assert "interaction" in flat


def test_reference_options_make_a_prior(call: Run) -> None:
    """kcl-2025 has none of its own: 0.61 at its own truth, less over N(3.41, 1.5²)."""
    data = _json(call("kcl-2025", "--effect-sd", "1.5", "--json", *FEW))
    (row, rule) = data["results"]
    assert row["n"] == 26
    assert rule["aim"] == "success"
    assert rule["assurance"] == row["assurance"]
    assert row["planned_power"] == pytest.approx(0.608, abs=0.001)
    assert row["closed_form"]["exact"] is True
    assert row["closed_form"]["value"] == pytest.approx(0.5783, abs=1e-4)
    assert row["relevant"] is None
    prior = data["truth_prior"]["effect"]
    assert prior == {"kind": "normal", "mean": pytest.approx(0.4553 * 7.5), "sd": 1.5}
    both = ["--effect-sd", "1.5", "--effect-mean", "2.5", "--sd-df", "17"]
    data = _json(call("kcl-2025", *both, "--json", *FEW))
    assert data["truth_prior"] == {
        "effect": {"kind": "normal", "mean": 2.5, "sd": 1.5},
        "sd_difference": {"kind": "scaled-inverse-chi", "value": 7.5, "df": 17.0},
    }
    setting = 'truth_prior.effect={ kind = "pilot", mean = 3.4, n_subjects = 26 }'
    data = _json(call("kcl-2025", "--set", setting, "--json", *FEW))
    assert data["truth_prior"]["effect"]["n_subjects"] == 26


def test_reference_target_finds_a_size(call: Run) -> None:
    """The size of the Python function, and its text."""
    words = ("kcl-2025", "--effect-sd", "2.5", "--target", "0.7", "--target", "0.8")
    rows = _json(call(*words, "--json", *FEW))["results"]
    mean = load_scenario("kcl-2025").truth.standardised_effect
    assert mean is not None
    changes = {
        "truth_prior.effect": {"kind": "normal", "mean": 7.5 * mean, "sd": 2.5},
        "monte_carlo.n_trials": 1_000,
    }
    found = assurance_size(load_scenario("kcl-2025").with_changes(changes), [0.7, 0.8])
    assert [(r["target"], r["n_randomised"]) for r in rows] == [
        (f.target, f.n_randomised) for f in found
    ]
    assert all(r["status"] == "found" for r in rows)
    assert rows[1]["assurance"]["value"] == found[1].assurance.value
    assert rows[1]["trace"][-1]["n"] == rows[1]["n_evaluable"] - 2
    outcome = call(*words, *FEW)
    assert outcome.code == 0
    assert "randomised" in outcome.out
    assert "70 %" in outcome.out


def test_reference_target_out_of_reach(call: Run) -> None:
    """One sentence names the limit that no size exceeds; with --require exit code 4."""
    one_sided = 'plan.hypotheses.overall.objective={ kind = "superiority" }'
    words = ("kcl-2025", "--set", one_sided, "--effect-sd", "5", "--target", "0.9", *FEW)
    outcome = call(*words)
    assert outcome.code == 0
    assert "> 20 000" in outcome.out
    flat = " ".join(outcome.out.split())
    assert "overall does not reach 90% assurance" in flat
    assert "no size can exceed 0.7527" in flat
    required = call(*words, "--require")
    assert required.code == 4
    assert "no size can exceed 0.7527" in required.err


def test_example_written_to_a_file(call: Run, tmp_path: Path) -> None:
    """--out, as with the other commands."""
    path = tmp_path / "assurance.json"
    outcome = call("kcl-2025", "--effect-sd", "1", "--json", "--out", str(path), *FEW)
    assert outcome.code == 0
    assert outcome.out == ""
    assert json.loads(path.read_text())["results"][0]["aim"] == "overall"


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["kcl-2025"], 3, "has no design prior"),
        (["--n", "86", "--target", "0.8"], 2, "give one of them"),
        (["--n", "86", "--effect-mean", "2"], 2, "--effect-sd"),
        (["--target", "1"], 2, "--target"),
        (["--target", "80"], 2, "--target"),
        (["--n", "many"], 2, "--n"),
        (["--n", "2"], 3, "too few"),
        (["kcl-2025", "--effect-sd", "0"], 3, "out of range"),
        (["kcl-2025", "--effect-sd", "-1"], 3, "out of range"),
        (["kcl-2025", "--sd-df", "0"], 3, "out of range"),
        (["kcl-2025", "--set", "truth_prior.sd=1"], 3, "unknown key"),
        (["kcl-2025", "--set", "truth_prior.effect=2.5"], 3, "truth_prior.effect"),
        (["kcl-2025", "--effect-sd", "1", "--relevant", "0"], 3, "has no side"),
    ],
)
def test_malformed_options_are_one_sentence(
    call: Run, words: list[str], code: int, part: str
) -> None:
    """No traceback, no output."""
    outcome = call(*words, *FEW)
    assert outcome.code == code, outcome
    assert outcome.out == ""
    assert part in outcome.err
    assert "Traceback" not in outcome.err
    assert "pydantic" not in outcome.err
    if code == 3:
        assert len(outcome.err.strip().splitlines()) == 1


def test_help_is_light() -> None:
    """Loading the command loads nothing heavy."""
    heavy = "numba,scipy,pydantic,pandas,streamlit,altair,pymc,arviz,rich"
    code = (
        "import sys, planner.cli.assurance\n"
        f"print([m for m in {heavy.split(',')!r} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
