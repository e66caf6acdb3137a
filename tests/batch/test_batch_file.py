"""Batch files: how they are read, which points they have, and what they refuse."""

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.batch.backends import Threads
from planner.batch.batch import Batch, batch_from, batch_names, load_batch
from planner.batch.merging import merge
from planner.batch.points import points
from planner.batch.run_folder import MANIFEST, batch_content
from planner.batch.runner import batch_steps
from planner.batch.schedule import schedule
from planner.batch.table import columns
from planner.errors import InvalidInput
from planner.scenario import load_scenario, scenario_text

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


def nested(levels: int) -> Any:
    """A table in a table in a table."""
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


SPREAD = {"kind": "paired-difference", "sd_difference": 8.0}
DF = ["kenward-roger", "satterthwaite"]
KINDS = ["mixed-model", "within-subject-t"]
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
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
    "base is a number": ({"base": 3}, "3 is not the name of a scenario"),
    "base is not there": ({"base": "nothing.toml"}, r"base: nothing.toml: no such file"),
    "value twice": (
        {"base": "confirmatory", "grid": {"plan.n_subjects": [24, 40, 24]}},
        r"grid.plan.n_subjects: 24 is listed more than once",
    ),
    "whole and real": (
        {"base": "confirmatory", "grid": {"truth.carryover": [0, 0.0]}},
        "listed more than once",
    ),
    "date": (
        {"base": "confirmatory", "impossible": "skip", "grid": {"truth.carryover": [date.today()]}},
        "is not a finite number",
    ),
    "not finite": (
        {"base": "confirmatory", "impossible": "skip", "grid": {"truth.carryover": [math.nan]}},
        "nan is not a finite number",
    ),
    "both ways": (
        {"base": "confirmatory", "grid": {"plan.design": ["AB/BA"], "plan": {"design": ["ABAB"]}}},
        "plan.design: is written twice",
    ),
    "cases are a table": ({"base": "confirmatory", "cases": {"name": "a"}}, r"\[\[cases\]\]"),
    "changes are a list": (
        {"base": "confirmatory", "cases": [{"name": "a", "changes": [1]}]},
        r"cases.0.changes: \[1\] is not a table",
    ),
    "too deep": (
        {"base": "confirmatory", "grid": {"truth.carryover": [nested(4_000)]}},
        "more than 50 levels deep",
    ),
    "empty table": (
        {"base": "confirmatory", "changes": {"plan": {"analysis": {}}}},
        "this table has no kind",
    ),
    "case sets what varies": (
        {
            "base": "confirmatory",
            "grid": {"plan.n_subjects": [24, 40]},
            "cases": [{"name": "few", "changes": {"plan.n_subjects": 12}}],
        },
        "cases.few: plan.n_subjects is set here and varied in the grid",
    ),
    "case replaces what varies": (
        {
            "base": "confirmatory",
            "grid": {"truth.covariance.sd_difference": [6.0, 9.0]},
            "cases": [{"name": "x", "changes": {"truth.covariance": SPREAD}}],
        },
        "truth.covariance replaces what truth.covariance.sd_difference sets",
    ),
    "grid replaces what it varies": (
        {"base": "confirmatory", "grid": {"plan.analysis.df": DF, "plan.analysis.kind": KINDS}},
        "plan.analysis.kind replaces what plan.analysis.df sets",
    ),
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


def test_a_kind_may_vary_by_its_dotted_path() -> None:
    """A table of the grid never is a value, also where it has a key kind."""
    nested = {"plan": {"n_subjects": [24], "analysis": {"kind": KINDS}}}
    found = batch_from({"base": "confirmatory", "grid": nested})
    assert found.grid["plan.analysis.kind"] == tuple(KINDS)
    plan = schedule(found)
    kinds = [plan.scenario(planned).plan.analysis.kind for planned in plan.points]
    assert kinds == KINDS


def test_a_path_may_refine_one_before_it() -> None:
    """First the table, then a key in it."""
    grid = {"plan.n_subjects": [24], "plan.analysis": [{"kind": kind} for kind in KINDS],
            "plan.analysis.carryover": [False, True]}  # fmt: skip
    raw = {"base": "confirmatory", "changes": {"plan.design": "ABBA/BAAB"}, "grid": grid}
    plan = schedule(batch_from(raw))
    found = [plan.scenario(planned).plan.analysis for planned in plan.points]
    assert [(a.kind, a.carryover) for a in found] == [
        (kind, carryover) for kind in KINDS for carryover in (False, True)
    ]


def test_null_in_a_json_file_takes_a_value_out(tmp_path: Path) -> None:
    """And its column stays one of numbers."""
    path = tmp_path / "größen, und so.json"
    changes = {"plan.hypotheses": [{"name": "overall"}], "plan.n_subjects": 24, "truth.effect": 2.5}
    grid = {"truth.female_share": [0.5, None]}
    raw = {"base": "confirmatory", "changes": changes, "grid": grid}
    path.write_text(json.dumps(raw), "utf-8")
    found = load_batch(path)
    plan = schedule(found, str(path))
    shares = [plan.scenario(planned).truth.female_share for planned in plan.points]
    assert shares == [0.5, None]
    kinds = {name: kind for name, kind, _ in columns(found)}
    assert kinds["truth.female_share"] == "real"
    assert str(plan.points[1].point) == "truth.female_share = null"


def test_base_is_beside_the_batch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From whichever folder the command is given."""
    inner = tmp_path / "süb folder"
    inner.mkdir()
    (inner / "base.toml").write_text(scenario_text("parallel"), "utf-8")
    (inner / "batch.toml").write_text('base = "base.toml"\n[grid]\nplan.n_subjects = [40]', "utf-8")
    monkeypatch.chdir(tmp_path)
    found = load_batch("süb folder/batch.toml")
    assert found.scenario.fingerprint() == load_scenario("parallel").fingerprint()


def test_impossible_points_can_be_skipped() -> None:
    """They are listed with their reasons, and the others keep their places."""
    grid = {"plan.design": ["AB/BA", "parallel"], "plan.n_subjects": [24]}
    plan = schedule(batch_from({"base": "confirmatory", "grid": grid, "impossible": "skip"}))
    assert [point.point.index for point in plan.points] == [0]
    assert [left_out.point.index for left_out in plan.impossible] == [1]
    assert "after_period_1" in plan.impossible[0].reason


def test_the_reason_for_leaving_a_point_out_does_not_depend_on_the_file(tmp_path: Path) -> None:
    """A run and the merge of its shards have the same manifest, and so has a copy of the file."""
    grid = {"plan.n_subjects": [2, 24]}
    raw = {"base": "confirmatory", "grid": grid, "impossible": "skip",
           "monte_carlo": {"n_trials": 100}}  # fmt: skip
    found = batch_from(raw, "here.toml")
    assert schedule(found, "here.toml").impossible == schedule(found, "there/too.toml").impossible
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(batch_steps(found, whole, Threads(1), source="here.toml"))
    for shard in ((2, 2), (1, 2)):
        list(batch_steps(found, parts, Threads(1), shard=shard, source="there/too.toml"))
    merge(parts)
    assert (parts / MANIFEST).read_bytes() == (whole / MANIFEST).read_bytes()
