"""The list of report items: every item once, with a status and a reason."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

import planner as pl
from planner.report.build import report_model
from planner.report.completeness import STATUSES, completeness, counts
from planner.report.items import ITEMS, SECTIONS, Item
from planner.report.results import Results
from planner.report.statement import statement
from planner.scenario import Scenario, built_in_names
from tests.report.varied_results import with_changes

# Identities as the design of the report numbers them: section × 10 + place.
EXPECTED = [
    f"R{number:02d}"
    for first, last in ((1, 5), (10, 13), (20, 24), (30, 39), (40, 47), (50, 59), (60, 69),
                        (70, 72), (80, 80), (90, 91), (100, 103), (110, 116))
    for number in range(first, last + 1)
]  # fmt: skip


def items(scenario: Scenario) -> dict[str, Item]:
    return {item.id: item for item in completeness(scenario)}


def test_every_item_is_there_once_and_in_order() -> None:
    assert [identity for identity, _, _ in ITEMS] == [*EXPECTED, "A1"]
    assert [item.id for item in completeness(pl.load_scenario("confirmatory"))] == [*EXPECTED, "A1"]


@pytest.mark.parametrize("name", built_in_names())
def test_every_item_has_a_status_and_a_reason(name: str) -> None:
    found = completeness(pl.load_scenario(name))
    for item in found:
        assert item.status in STATUSES
        assert item.detail.strip(), item.id
        assert item.section in SECTIONS.values()
        assert item.source
    assert counts(found) == {s: Counter(i.status for i in found)[s] for s in STATUSES}
    assert min(counts(found).values()) > 0


@pytest.mark.parametrize(
    ("identity", "changes"),
    [
        ("R02", {"protocol.version": "1.0, 1 June 2026"}),
        ("R24", {"truth.female_share": 0.5, "citations": {
            "truth.female_share": {"evidence": "planning.female_share", "flag": "assumed"}}}),
        ("R32", {"citations": {
            "truth.standardised_effect": {"evidence": "planning.mcid", "flag": "assumed"}}}),
        ("R35", {"truth.attrition": {"kind": "mcar", "after_period_1": 0.1}, "citations": {
            "truth.attrition.after_period_1": {"evidence": "planning.dropout"}}}),
        ("R45", {"truth_prior": {"effect": {"kind": "normal", "mean": 2.5, "sd": 1.0}}}),
    ],
)  # fmt: skip
def test_stating_it_fills_the_item(identity: str, changes: dict[str, Any]) -> None:
    pilot = pl.load_scenario("kcl-2025")
    assert items(pilot)[identity].status == "not stated"
    assert items(pilot.with_changes(changes))[identity].status != "not stated"


@pytest.mark.parametrize("identity", ["R31", "R33", "R35", "R24", "R39", "R52"])
def test_a_number_without_source_does_not_count_as_stated(identity: str) -> None:
    scenario = pl.load_scenario("confirmatory")
    assert items(scenario)[identity].status == "filled"
    bare = scenario.with_changes({"citations": {}, "protocol": {}})
    assert items(bare)[identity].status == "not stated"


def test_a_parallel_design_needs_no_reason_for_a_crossover() -> None:
    crossover = pl.load_scenario("kcl-2025")
    assert items(crossover)["R12"].status == "not stated"
    parallel = crossover.with_changes({"plan.design": "parallel"})
    assert items(parallel)["R12"].detail == "not a crossover: one period"


def test_an_informative_prior_must_be_justified() -> None:
    prior = {"effect": {"kind": "normal", "mean": 0.0, "sd": 5.0}}
    bayesian = pl.load_scenario("kcl-2025").with_changes(
        {"plan.analysis": {"kind": "posterior", "priors": prior}}
    )
    for identity in ("R44", "R46"):
        assert items(pl.load_scenario("kcl-2025"))[identity].status == "filled"
        assert items(bayesian)[identity].status == "not stated"


def test_a_flat_prior_borrows_nothing_and_needs_no_reason_for_it() -> None:
    flat = {"kind": "posterior", "priors": {"effect": {"kind": "flat"}}}
    found = items(pl.load_scenario("kcl-2025").with_changes({"plan.analysis": flat}))
    assert found["R46"].detail == "none: the prior of the effects is flat"


def test_effects_of_time_that_are_not_given_are_stated_as_defaults() -> None:
    pilot = pl.load_scenario("kcl-2025")
    assert pilot.truth.carryover is None
    assert items(pilot)["R36"].detail == (
        "period effects none: assumed, default; carry-over none: assumed, default"
    )
    told = pilot.with_changes({"truth.carryover": 0.0})
    assert items(told)["R36"].detail.endswith("carry-over given")


@pytest.mark.parametrize("name", built_in_names())
@pytest.mark.parametrize("changes", [{}, {"protocol": {}, "citations": {}, "label": ""}])
def test_the_list_and_the_document_miss_the_same(
    built_in: dict[str, Results], name: str, changes: dict[str, Any]
) -> None:
    """As the scenario is, and without texts and sources; the statement marks what R90 lists."""
    results = with_changes(built_in[name], changes)
    if changes:
        results = replace(results, found=replace(results.found, span=None))
    document = report_model(results)
    listed = {i.id for i in completeness(results.scenario) if i.status == "not stated"}
    assert {identity for identity, _ in document.gaps} == listed
    marked = {gap.what for identity, gap in document.gaps if identity == "R90"}
    assert set(statement(results.found, long=True).gaps) == marked
    assert set(statement(results.found).gaps) <= marked


def test_what_is_missing_is_said_with_what_to_add_and_the_same_addition_once() -> None:
    bare = pl.load_scenario("confirmatory").with_changes({"citations": {}, "protocol": {}})
    found = items(bare)
    assert found["R05"].detail == (
        "what was changed from an earlier version, or that this is the first: write it as "
        "protocol.changes in the scenario"
    )
    assert found["R52"].detail.count("the source of") == 5
    assert found["R52"].detail.count("write its value") == 1
