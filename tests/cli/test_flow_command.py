"""``planner flow`` as a user meets it."""

import json
from dataclasses import asdict

import pytest
from scipy import stats

from planner.operating.participant_flow import participant_flow
from planner.scenario import load_scenario
from tests.cli.running import run

Capture, Patch = pytest.CaptureFixture[str], pytest.MonkeyPatch


def test_example_flow_is_that_of_python(capsys: Capture, monkeypatch: Patch) -> None:
    outcome = run(capsys, monkeypatch, "flow", "replicate", "--n", "30", "--json")
    assert outcome.code == 0, outcome.err
    data = json.loads(outcome.out)
    expected = participant_flow(load_scenario("replicate"), 30)
    assert data["results"] == [asdict(cell) for cell in expected]
    assert (data["n"], data["source"]) == (30, "formula")
    for total in data["totals"]:
        cells = [c.expected for c in expected if c.period == total["period"]]
        assert total["expected"] == pytest.approx(sum(cells), rel=1e-15)


def test_reference_ranges_are_binomial_quantiles(capsys: Capture, monkeypatch: Patch) -> None:
    """Of people who leave with probability 0.12 after a period, by `scipy.stats.binom`."""
    outcome = run(capsys, monkeypatch, "flow", "replicate", "--n", "300", "--json")
    for row in json.loads(outcome.out)["results"]:
        people = {"female": 90, "male": 60}[row["sex"]]
        stays = stats.binom(people, 0.88 ** (row["period"] - 1))
        assert row["expected"] == pytest.approx(stays.mean())
        assert row["sd"] == pytest.approx(stays.std(), abs=1e-6)
        assert [row["low"], row["high"]] == [stays.ppf(0.1), stays.ppf(0.9)]


@pytest.mark.parametrize("width", [120, 60])
def test_property_text_has_the_numbers_of_json_and_fits(
    capsys: Capture, monkeypatch: Patch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    words = ("flow", "--n", "86", "--set", "truth.attrition.after_period_1=0.2")
    data = json.loads(run(capsys, monkeypatch, *words, "--json").out)
    shown = run(capsys, monkeypatch, *words).out
    assert max(map(len, shown.splitlines())) <= width
    rows = [line for line in shown.splitlines() if line[1:3] in ("AB", "BA") and " to " in line]
    assert len(rows) == len(data["results"])
    for line, row in zip(rows, data["results"], strict=True):
        assert f"{row['expected']:.1f}" in line.split()
        assert line.endswith(f"{row['low']} to {row['high']}")
    whole = data["totals"][-1]["expected"]
    assert f"{whole:.1f} are expected to complete every period" in " ".join(shown.split())
    assert "simulated" not in shown


def test_example_parallel_groups_have_one_period(capsys: Capture, monkeypatch: Patch) -> None:
    outcome = run(capsys, monkeypatch, "flow", "parallel", "--n", "40")
    assert outcome.code == 0, outcome.err
    assert "40 people randomised, each with one period." in outcome.out


def test_property_size_is_found_if_it_is_not_given(capsys: Capture, monkeypatch: Patch) -> None:
    few = ("--n-trials", "500", "--quiet", "--json")
    size = json.loads(run(capsys, monkeypatch, "size", *few).out)["results"][0]["n_randomised"]
    assert json.loads(run(capsys, monkeypatch, "flow", *few).out)["n"] == size
