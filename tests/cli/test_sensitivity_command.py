"""``planner sensitivity`` as a user meets it."""

import json
from typing import Any

import pytest

from planner.scenario import load_scenario
from planner.search.assumption_range import prior_ranges, relative_ranges
from planner.search.effect_grid import effect_grid, effects_around, sizes_around
from planner.search.one_way import OneWay, one_way
from tests.cli.running import Outcome, run

Run = Any
FEW = ("--n-trials", "500", "--quiet")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``planner sensitivity WORDS``."""

    def words(*given: str) -> Outcome:
        return run(capsys, monkeypatch, "sensitivity", *given, *FEW)

    return words


def _json(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    data: dict[str, Any] = json.loads(outcome.out)
    return data


def _same(data: dict[str, Any], found: OneWay) -> None:
    assert data["planned"] == found.planned
    assert [row["assumption"] for row in data["results"]] == [s.range.name for s in found.swings]
    for row, swing in zip(data["results"], found.swings, strict=True):
        assert (row["power_at_low"], row["power_at_high"]) == (swing.at_low, swing.at_high)
        assert (row["low"], row["planned"], row["high"]) == (
            swing.range.low,
            swing.range.planned,
            swing.range.high,
        )


def test_example_swings_are_those_of_python(call: Run) -> None:
    """Ranges of the design prior at first; others, another size and hypothesis if asked."""
    scenario = load_scenario("confirmatory")
    found = one_way(scenario, 86, "overall", prior_ranges(scenario, 0.95))
    data = _json(call("--n", "86", "--json"))
    _same(data, found)
    assert (data["source"], data["power_trials"], data["mcse"]) == ("formula", 0, None)
    _same(
        _json(call("--n", "60", "--hypothesis", "male", "--around", "10", "--json")),
        one_way(scenario, 60, "male", relative_ranges(scenario, 0.1)),
    )
    _same(
        _json(call("--n", "86", "--central", "50", "--json")),
        one_way(scenario, 86, "overall", prior_ranges(scenario, 0.5)),
    )


def test_example_a_scenario_without_a_design_prior_moves_around_the_plan(call: Run) -> None:
    scenario = load_scenario("stanford-2018")
    assert scenario.truth_prior is None
    name = scenario.plan.hypothesis_names[0]
    data = _json(call("stanford-2018", "--n", "40", "--json"))
    _same(data, one_way(scenario, 40, name, relative_ranges(scenario, 0.25)))
    refused = call("stanford-2018", "--n", "40", "--central", "80")
    assert (refused.code, refused.out) == (3, "")
    assert "--central 80 is of a design prior and the scenario has none" in refused.err


def test_property_a_rule_without_a_formula_is_simulated_with_its_error(call: Run) -> None:
    posterior = ("--set", "plan.analysis.kind=posterior", "--around", "25", "--n", "60")
    data = _json(call(*posterior, "--json"))
    assert (data["source"], data["power_trials"]) == ("simulated", 500)
    assert 0 < data["mcse"] <= 0.5 / 500**0.5
    text = " ".join(call(*posterior).out.split())
    assert f"simulated, 500 trials, up to ± {100 * data['mcse']:.1f} MCSE" in text
    assert "seed 1" in text


def test_example_grid_is_that_of_python(call: Run) -> None:
    scenario = load_scenario("confirmatory")
    sizes, effects = sizes_around(scenario, 86, 16), effects_around(scenario, "overall", 11)
    found = effect_grid(scenario, "overall", sizes, effects)
    data = _json(call("--grid", "--n", "86", "--json"))
    assert data["power"] == found.power.tolist()
    assert (data["sizes"], data["effects"]) == (list(sizes), list(effects))
    assert data["smallest"] == found.smallest(0.8)
    assert data["mcse"] is None


def test_example_size_is_the_one_found(call: Run) -> None:
    """Without --n: that of `planner size` with the same settings."""
    data = _json(call("--json"))
    from planner.search.sample_size import SizeSearch

    scenario = load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 500})
    assert data["n"] == SizeSearch(scenario).find("overall", 0.8).n_randomised


@pytest.mark.parametrize("width", [120, 90, 60])
def test_property_text_has_the_numbers_of_json_and_fits(
    call: Run, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    data, outcome = _json(call("--n", "86", "--json")), call("--n", "86")
    assert max(map(len, outcome.out.splitlines())) <= width
    for row in data["results"]:
        line = next(x for x in outcome.out.splitlines() if x.startswith(f" {row['label']}"))
        assert line.split()[-2:] == [
            f"{100 * row[key]:.1f}" for key in ("power_at_low", "power_at_high")
        ]
    text = " ".join(outcome.out.split())
    assert "do not add up" in text
    assert "assumed, ± 25 % of the plan (Share of women)" in text
    grid, shown = _json(call("--grid", "--n", "86", "--json")), call("--grid", "--n", "86").out
    assert max(map(len, shown.splitlines())) <= width
    column = grid["sizes"].index(86)
    header = next(line for line in shown.splitlines() if line.startswith(" effect")).split()
    for effect, power in zip(grid["effects"], grid["power"], strict=True):
        cells = next(x for x in shown.splitlines() if x.split()[:1] == [f"{effect:.2f}"]).split()
        assert cells[header.index("86")] == f"{100 * power[column]:.0f}"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--hypothesis", "both"), 3, "'both' is not a hypothesis of the scenario; choose"),
        (("--central", "50", "--around", "10"), 2, "exclude each other; give one of them"),
        (("--grid", "--around", "10"), 2, "--grid has its own effects"),
        (("--central", "100"), 2, "100.0 is not in the range"),
        (("--n", "2"), 3, "2 people are too few to estimate overall; give at least 4"),
        (("--n", "0"), 2, "0 is not in the range"),
        (("--set", "plan.n_limit=10"), 3, "does not reach 80 % power with up to 10 people"),
    ],
)
def test_property_errors_are_one_sentence(
    call: Run, words: tuple[str, ...], code: int, sentence: str
) -> None:
    outcome = call(*words)
    assert (outcome.code, outcome.out) == (code, "")
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err
