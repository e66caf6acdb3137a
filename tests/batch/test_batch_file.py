"""Batch files: how they are read, which points they have, and what they refuse."""

from pathlib import Path

import pytest

from planner.batch.batch import Batch, batch_from, batch_names, load_batch
from planner.batch.points import points
from planner.batch.run_folder import batch_content
from planner.batch.schedule import schedule
from planner.errors import InvalidInput

GRID = {"plan": {"n_subjects": [24, 40]}, "truth.covariance.sd_difference": [6.5, 7.5, 8.5]}


def batch(**other: object) -> Batch:
    """A batch around the confirmatory trial."""
    return batch_from({"base": "confirmatory", "grid": GRID, **other})


def test_grid_is_full_factorial_with_the_last_path_varying_fastest() -> None:
    """Nested tables and dotted names mean the same; the order is that of the file."""
    settings = [tuple(point.settings.values()) for point in points(batch())]
    assert settings == [(n, sd) for n in (24, 40) for sd in (6.5, 7.5, 8.5)]


def test_cases_are_crossed_with_the_grid() -> None:
    """Every case with every combination; what a case says comes last."""
    cases = [
        {"name": "planned"},
        {"name": "half", "changes": {"truth": {"effect": 1.25}}},
    ]
    found = list(points(batch(cases=cases)))
    assert len(found) == 12
    assert [point.case for point in found] == ["planned"] * 6 + ["half"] * 6
    assert found[6].settings["truth.effect"] == 1.25


def test_changes_and_monte_carlo_are_of_every_point() -> None:
    """They change the base scenario."""
    found = batch(changes={"truth.female_share": 0.5}, monte_carlo={"n_trials": 700, "seed": 9})
    assert found.scenario.truth.female_share == 0.5
    assert (found.scenario.monte_carlo.n_trials, found.scenario.monte_carlo.seed) == (700, 9)


def test_batch_survives_its_file(tmp_path: Path) -> None:
    """Written into the folder of a run and read again it is the same."""
    found = batch(cases=[{"name": "x", "changes": {"plan.analysis": {"kind": "mixed-model"}}}])
    path = tmp_path / "batch.json"
    path.write_bytes(batch_content(found))
    assert load_batch(path) == found


@pytest.mark.parametrize("name", batch_names())
def test_example_shipped_batches_are_possible(name: str) -> None:
    """Every point of the batches that ship with the program can be simulated."""
    plan = schedule(load_batch(name), name)
    assert not plan.impossible
    assert len(plan.points) == load_batch(name).n_points


def test_example_shipped_study_has_two_thousand_cells() -> None:
    """The operating characteristics of the confirmatory trial, over seven factors."""
    found = load_batch("confirmatory-operating-characteristics")
    assert found.n_points >= 2_000
    assert len(found.grid) == 7


REFUSED = {
    "no base": ({}, "no base scenario is named"),
    "unknown base": ({"base": "nothing"}, "neither a file nor a built-in scenario"),
    "two bases": ({"base": "confirmatory", "scenario": {}}, "both given"),
    "not a list": ({"base": "confirmatory", "grid": {"plan.n_subjects": 24}}, "not a list"),
    "empty list": ({"base": "confirmatory", "grid": {"plan.n_subjects": []}}, "at least 1"),
    "grid of trials": (
        {"base": "confirmatory", "grid": {"monte_carlo.n_trials": [100]}},
        "the same for every point",
    ),
    "too many": (
        {"base": "confirmatory", "grid": {f"truth.x{i}": list(range(101)) for i in range(3)}},
        "more than 1,000,000",
    ),
    "unknown key": ({"base": "confirmatory", "gird": {}}, "unknown key"),
    "case twice": (
        {"base": "confirmatory", "cases": [{"name": "a"}, {"name": "a"}]},
        "more than once",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_when_a_file_is_read(name: str) -> None:
    """One sentence with source and key."""
    raw, words = REFUSED[name]
    with pytest.raises(InvalidInput, match=words) as caught:
        batch_from(raw, "file.toml")
    assert str(caught.value).startswith("file.toml: ")


IMPOSSIBLE = {
    "no size": ({}, "no sample size is given"),
    "too few": ({"plan.n_subjects": [2]}, "2 people are too few"),
    "unknown path": ({"plan.n_subjects": [24], "truth.sd": [7.5]}, "unknown key"),
    "out of range": ({"plan.n_subjects": [24], "truth.female_share": [1.5]}, "out of range"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_points_are_refused_before_anything_is_simulated(name: str) -> None:
    """The sentence names the point."""
    grid, words = IMPOSSIBLE[name]
    with pytest.raises(InvalidInput, match=words):
        schedule(batch_from({"base": "confirmatory", "grid": grid}), "file.toml")


def test_impossible_points_can_be_skipped() -> None:
    """They are listed with their reasons, and the others keep their places."""
    grid = {"plan.design": ["AB/BA", "parallel"], "plan.n_subjects": [24]}
    plan = schedule(batch_from({"base": "confirmatory", "grid": grid, "impossible": "skip"}))
    assert [point.point.index for point in plan.points] == [0]
    assert [left_out.point.index for left_out in plan.impossible] == [1]
    assert "after_period_1" in plan.impossible[0].reason
