"""Chapters of results: every number is that of its result, and what does not apply says why."""

import re
from functools import cache
from typing import Any

import pytest

from planner.cli import show_flow, show_power, show_sensitivity
from planner.engines.model import true_values
from planner.operating.characteristics import MonteCarloEstimate
from planner.operating.sex_questions import DIFFERENCE, SHOWN
from planner.report.author import Author
from planner.report.chapters import comparison, flow, operating
from planner.report.model import Paragraph, Section, Table
from planner.report.results import Results, compute
from planner.report.tables import exact, measure, share
from planner.report.tables_sensitivity import shown_sizes
from planner.report.tables_sexes import right_conclusion
from planner.scenario import load_scenario

ITEMS = ("R60", "R61", "R62", "R63", "R64", "R65", "R66", "R67", "R68", "R69", "R70", "R71", "R72",
         "R80")  # fmt: skip
HOW_FOUND = re.compile(
    r"[Ss]imulated|[Ff]ormula|[Aa]ssumed|Counts of|Separate: estimates|As given|are given"
)
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "one period": ("parallel", {}),
    "no sexes": ("stanford-2018", {}),
    "Bayesian": ("kcl-2025", {"plan.analysis": {"kind": "posterior"}}),
    "no effect": ("confirmatory", {"truth.effect": 0.0, "plan.n_limit": 40, "truth_prior": None}),
    "replicate": ("replicate", {}),
}


@cache
def other(name: str) -> Results:
    """Results of another scenario, with as few trials as allowed."""
    starter, changes = OTHERS[name]
    few: dict[str, Any] = {"monte_carlo.n_trials": 100}
    return compute(load_scenario(starter).with_changes(few | changes))


def written(results: Results) -> dict[str, Section]:
    author = Author(results)
    chapters = (operating.sections, comparison.sections, flow.sections)
    return {section.id: section for write in chapters for section in write(author)}


@cache
def other_report(name: str) -> dict[str, Section]:
    return written(other(name))


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def words(section: Section) -> str:
    """Everything that a section says outside its figures."""
    parts = []
    for block in section.blocks:
        if block.kind == "table":
            parts += [
                block.caption,
                block.note,
                *block.columns,
                *(c for r in block.rows for c in r),
            ]
        elif block.kind == "paragraph":
            parts.append(block.text)
        elif block.kind == "points":
            parts += block.items
    return "\n".join(parts)


def cells(table: Table, column: str) -> list[str]:
    place = table.columns.index(column)
    return [row[place] for row in table.rows]


@pytest.fixture(scope="module")
def report(results: Results) -> dict[str, Section]:
    return written(results)


def test_all_items_are_there_in_order(report: dict[str, Section]) -> None:
    assert tuple(report) == ITEMS
    assert all(section.blocks for section in report.values())


def test_every_table_fits_and_says_how_its_numbers_were_found(report: dict[str, Section]) -> None:
    for section in report.values():
        for table in tables(section):
            assert len(table.columns) <= 7, table.caption
            assert all(len(row) == len(table.columns) for row in table.rows), table.caption
            assert HOW_FOUND.search(table.note), (section.id, table.caption)


def test_nothing_is_missing_but_lengths_and_prices_which_are_no_gaps(
    report: dict[str, Section],
) -> None:
    assert not [identity for identity, section in report.items() if section.gaps]
    said = [block.text for block in report["R64"].blocks if isinstance(block, Paragraph)]
    assert ["protocol.costs" in text for text in said] == [True, True]


def test_power_has_the_digits_of_the_command_line(
    results: Results, report: dict[str, Section]
) -> None:
    printed = show_power.text(results.scenario, [results.power])
    power, type_i = (tables(report[i])[0] for i in ("R61", "R60"))
    for h in results.power.hypotheses:
        assert str(h.success) in printed
        value, mcse = str(h.success).split(" ± ")
        shown = f"{100 * float(value):.1f} % ± {100 * float(mcse):.1f}"
        assert shown in cells(power, "Power")
        assert share(results.power.null[h.hypothesis].success) in cells(type_i, "Type I error")
        assert str(h.coverage).split(" ± ")[0] in printed
        assert share(h.coverage) in cells(tables(report["R62"])[1], "Coverage")
        assert str(h.width) in cells(tables(report["R62"])[1], "Width")


def test_sensitivity_and_flow_have_the_digits_of_the_command_line(
    results: Results, report: dict[str, Section]
) -> None:
    printed = show_sensitivity.text(results.scenario, results.swings)
    swings = tables(report["R71"])[0]
    for cell in cells(swings, "Power at low") + cells(swings, "Power at high"):
        assert cell.removesuffix(" %") in printed
    printed = show_flow.text(results.scenario, results.flow, results.n)
    table = tables(report["R80"])[0]
    for column in ("Expected", "SD", "80 % of trials"):
        assert all(cell in printed for cell in cells(table, column))
    assert len(table.rows) == len(results.flow)


def test_largest_type_i_error_is_named(results: Results, report: dict[str, Section]) -> None:
    grid = tables(report["R60"])[-1]
    marked = [row for row in grid.rows if "largest" in row[-1]]
    found = results.null_grid.maxima[results.hypothesis]
    assert len(marked) == 1
    assert share(found.found) in marked[0]
    assert all(
        cell.type_i_error[results.hypothesis].value <= found.found.value
        for cell in results.null_grid.cells
    )
    assert len(grid.rows) == len(results.null_grid.cells)


def test_mean_squared_error_is_bias_squared_plus_variance(
    results: Results, report: dict[str, Section]
) -> None:
    table = tables(report["R62"])[0]
    for row in table.rows:
        bias, se, _, _, mse = (float(c.split(" ± ")[0].replace("−", "-")) for c in row[2:])
        n = results.scenario.monte_carlo.n_trials
        assert mse == pytest.approx(bias**2 + se**2 * (n - 1) / n, abs=0.004)


def test_conclusions_of_the_sexes_add_up_and_the_right_one_is_that_of_the_truth(
    results: Results, report: dict[str, Section]
) -> None:
    sexes = results.sexes
    assert sexes is not None
    total = sum(sexes.conclusions.cell(s, d).value for s in SHOWN for d in DIFFERENCE)
    assert total == pytest.approx(1)
    assert right_conclusion(sexes.questions) == ("both", "male above female")
    female, male = true_values(sexes.questions.scenario)[list(sexes.questions.columns)][1:3]
    assert 0 < female < male
    table = next(t for t in tables(report["R65"]) if "conclusion" in t.caption)
    assert [c for row in table.rows for c in row if "(right)" in c] == [table.rows[3][3]]
    assert "is not a difference between them" in words(report["R65"])


def test_success_and_relevant_is_no_more_than_either(results: Results) -> None:
    assert results.assurance is not None
    for aim in results.assurance.hypotheses:
        relevant = aim.relevant
        assert relevant is not None
        assert relevant.joint.value <= min(relevant.share.value, aim.success.value)


def test_each_truth_and_analysis_accounts_for_every_trial(
    results: Results, report: dict[str, Section]
) -> None:
    table = tables(report["R68"])[0]
    n = results.scenario.monte_carlo.n_trials
    for analysed, failed in zip(
        cells(table, "Analysed"), cells(table, "Without result"), strict=True
    ):
        assert int(analysed.replace(" ", "")) + int(failed.replace(" ", "")) == n


def test_examples_say_why_they_were_chosen_and_nothing_of_observed_power(
    results: Results, report: dict[str, Section]
) -> None:
    text = words(report["R69"])
    assert len(results.examples) == 3
    assert all(example.why in text for example in results.examples)
    for example in results.examples:
        assert all(exact(r.estimate) in text for r in example.trial.readings)
    assert "observed power" in text
    assert sum(block.kind == "figure" for block in report["R69"].blocks) == 3


def test_designs_and_robustness_are_those_of_the_comparison(
    results: Results, report: dict[str, Section]
) -> None:
    first = tables(report["R70"])[0]
    assert len(first.rows) == len(results.designs.plans)
    for row, plan in zip(first.rows, results.designs.plans, strict=True):
        assert str(plan.n_randomised) in row
        assert f"{share(plan.worst[1])}, {plan.worst[0]}" in row
    weighted = cells(tables(report["R72"])[0], "Weighted mean")
    assert weighted == [share(p.weighted_power) for p in results.designs.plans]


def test_costs_and_weeks_follow_from_the_protocol(results: Results) -> None:
    costs = {"per_visit": 100.0, "currency": "EUR", "period_weeks": 2.0, "washout_weeks": 3.0}
    priced = results.scenario.with_changes({"protocol.costs": costs})
    assert priced.fingerprint() == results.scenario.fingerprint()
    author = Author(results)
    author.results = _with_scenario(results, priced)
    section = next(s for s in operating.sections(author) if s.id == "R64")
    assert not section.gaps
    table = tables(section)[0]
    values = dict(zip(cells(table, "Quantity"), cells(table, "Value"), strict=True))
    assert values["Weeks per person"] == "7"
    assert values["Cost, EUR"] == f"{results.n * 2 * 100:,}".replace(",", " ")


def _with_scenario(results: Results, scenario: Any) -> Results:
    from dataclasses import replace

    return replace(results, scenario=scenario)


@pytest.mark.parametrize("name", list(OTHERS))
def test_other_scenarios_say_what_does_not_apply(name: str) -> None:
    found = other_report(name)
    assert tuple(found) == ITEMS
    assert all(section.blocks for section in found.values())
    assert {i for i, section in found.items() if section.gaps} <= {"R64"}
    assert "nan" not in " ".join(words(section) for section in found.values())


def test_reasons_are_given_in_words() -> None:
    assert "female_share" in words(other_report("no sexes")["R65"])
    assert "no design prior" in words(other_report("no effect")["R63"])
    assert "has no prior" in words(other_report("no effect")["R67"])
    assert "one period" in words(other_report("one period")["R65"])
    assert "sceptical" in words(other_report("Bayesian")["R67"])
    assert "more than 40" in words(other_report("no effect")["R70"])


def test_some_sizes_of_a_grid_keep_the_planned_one() -> None:
    sizes = tuple(range(10, 170, 10))
    for n in sizes:
        chosen = shown_sizes(sizes, n)
        assert len(set(chosen)) == 5
        assert chosen == sorted(chosen)
        assert sizes.index(n) in chosen
    assert shown_sizes((10, 20, 30), 20) == [0, 1, 2]


def test_numbers_have_true_minus_signs_and_counts_where_all_agree() -> None:
    assert measure(MonteCarloEstimate(-0.5, 0.01, 10, -0.52, -0.48), sign=True) == "−0.500 ± 0.010"
    assert measure(MonteCarloEstimate(0.5, 0.01, 10, 0.48, 0.52), sign=True) == "+0.500 ± 0.010"
    assert share(MonteCarloEstimate(0.0, 0.0, 1000, 0.0, 0.004)) == "0 % (0 of 1 000)"
    assert exact(-0.001) == "0.00"
