"""Groups of checks and running them."""

import math
from dataclasses import replace

import pytest

import planner as pl
from planner.errors import UnknownName
from planner.validation.groups import GROUPS, validate
from planner.validation.results import GroupResult, Validation, share_of_tolerance
from planner.validation.sets import NOT_PLANNED
from tests.reference import reference
from tests.validation.made_up_checks import MISSING, RIGHT, SIMULATED, WRONG

QUICK = {"powertost": (69, 102), "published": (70, 197), "lme4": (11, 547), "carryover": (4, 112),
         "prepost": (3, 24)}  # fmt: skip
"""Group → cases and checks; a check that gets lost is noticed."""


@pytest.fixture(scope="module")
def found() -> Validation:
    return validate(list(QUICK))


def test_reference_every_check_of_quick_groups_passes(found: Validation) -> None:
    """As many as there were, each within its tolerance, each with its source."""
    assert found.passed
    assert {g.name: (g.n_cases, len(g.checks)) for g in found.groups} == QUICK
    for group in found.groups:
        assert {check.group for check in group.checks} == {group.name}
        assert all(check.source.strip() for check in group.checks)
        assert group.largest <= 1
        assert group.seconds > 0


def test_reference_known_errors_are_told_from_the_right_numbers(found: Validation) -> None:
    """Every TRAP case that the program plans is there, and no tolerance lets the wrong one in."""
    planned = {case["id"] for case in reference("published") if case["id"].startswith("TRAP")}
    planned -= {case for cases in NOT_PLANNED.values() for case in cases}
    assert planned
    assert {check.case for check in found.traps} >= planned | {"INT-01", "INT-02", "CO-11"}
    for check in found.traps:
        assert check.wrong is not None
        assert not replace(check, computed=check.wrong).passed


def test_every_group_has_a_module_and_says_whose_values_it_compares() -> None:
    """And its checks are computed as they are asked for: none before the first."""
    for group in GROUPS.values():
        assert group.title
        assert group.made_by
        assert iter(group.checks(1))


def test_validation_is_public_and_has_a_frame(found: Validation) -> None:
    assert pl.validate is validate
    frame = found.to_frame()
    assert len(frame) == len(found.checks)
    assert set(frame["verdict"]) == {"pass"}
    assert found.versions["planner"] == found.version == pl.__version__
    assert {"python", "numpy", "numba", "scipy"} <= set(found.versions)


def test_what_fails_or_stops_is_kept_and_the_rest_is_run(made_up: None) -> None:
    notes: list[str] = []
    found = validate(workers=3, notify=notes.append)
    by_name = {group.name: group for group in found.groups}
    assert notes == [f"checking {name} ({i} of 4)" for i, name in enumerate(by_name, 1)]
    assert {name: group.passed for name, group in by_name.items()} == {
        "right": True, "wrong": False, "stopped": False, "empty": False,
    }  # fmt: skip
    assert not found.passed
    assert found.failures == (WRONG, MISSING)
    assert by_name["stopped"].checks == (RIGHT,)
    assert by_name["stopped"].error == "OSError: the compiler <cannot> be found"
    assert [group.name for group in found.stopped] == ["stopped", "empty"]
    assert [row["verdict"] for row in found.rows()] == ["pass", "fail", "fail", "pass", "pass"]


def test_groups_are_chosen_by_name(made_up: None) -> None:
    assert [group.name for group in validate(["right", "right"]).groups] == ["right"]
    assert validate(["right"]).passed
    for names in (["right", "lme"], []):
        with pytest.raises(UnknownName, match="choose right, wrong, stopped, empty"):
            validate(names)


def test_interruption_is_not_a_failed_check(made_up: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.validation.groups.import_module", interrupted)
    with pytest.raises(KeyboardInterrupt):
        validate(["right"])


def test_share_of_the_tolerance() -> None:
    assert share_of_tolerance(RIGHT) == pytest.approx(0.4)
    assert share_of_tolerance(SIMULATED) == pytest.approx(0.125)
    assert share_of_tolerance(WRONG) == math.inf
    assert share_of_tolerance(MISSING) == math.inf
    assert share_of_tolerance(replace(WRONG, computed=14.0)) == 0
    infinite = replace(RIGHT, computed=math.inf, reference=math.inf)
    assert infinite.passed
    assert share_of_tolerance(infinite) == 0
    assert not replace(infinite, computed=1e300).passed
    assert share_of_tolerance(replace(infinite, computed=1e300)) == math.inf
    assert math.isnan(GroupResult("a", "b", "c", (), 0.0).largest)
