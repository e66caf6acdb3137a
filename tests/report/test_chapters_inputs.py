"""Inputs and size: every number with its basis, and the range of sizes computed."""

import pytest

from planner.report.author import Author
from planner.report.chapters import inputs
from planner.report.completeness import completeness
from planner.report.model import Paragraph, Section, Table
from planner.report.results import Results
from planner.scenario import load_scenario
from planner.search.moved_truth import with_assumption
from planner.search.sample_size import SizeSearch
from planner.search.size_range import size_by_formula, size_range, usual_ranges


@pytest.fixture(scope="module")
def written(results: Results) -> tuple[Author, dict[str, Section]]:
    author = Author(results)
    return author, {section.id: section for section in inputs.sections(author)}


def tables(section: Section) -> list[Table]:
    return [b for b in section.blocks if isinstance(b, Table)]


def test_every_cited_input_carries_a_reference_that_is_listed(
    written: tuple[Author, dict[str, Section]],
) -> None:
    author, found = written
    for identity in ("R31", "R33", "R35"):
        (table,) = tables(found[identity])
        bases = [row[2] for row in table.rows if row[2] != "computed"]
        assert bases
        for basis in bases:
            flag, _, number = basis.rpartition(" ")
            assert flag in {"reported", "derived", "assumed"}
            assert 1 <= int(number.strip("[]")) <= len(author.sources)


def test_gaps_agree_with_the_list_of_items(
    written: tuple[Author, dict[str, Section]], results: Results
) -> None:
    listed = {i.id: i.status for i in completeness(results.scenario)}
    for identity, section in written[1].items():
        assert (listed[identity] == "not stated") == bool(section.gaps), identity


def test_size_prints_what_was_found(written: tuple[Author, dict[str, Section]]) -> None:
    author, found = written
    answer = author.results.found.answer
    parts = {row[0]: row[1] for row in tables(found["R38"])[0].rows}
    assert parts["Evaluable"] == str(answer.n_evaluable)
    assert parts["Randomised"] == str(answer.n_randomised)
    assert parts["Women randomised"] == str(answer.per_sex["female"])
    said = " ".join(b.text for b in found["R38"].blocks if isinstance(b, Paragraph))
    assert "exaggerates" in said


@pytest.mark.parametrize("name", ["confirmatory", "parallel", "kcl-2025"])
def test_twin_the_formula_meets_the_search(name: str) -> None:
    """Within one balanced step of the size that simulation finds with many trials."""
    scenario = load_scenario(name).with_changes({"monte_carlo.n_trials": 4000})
    found = SizeSearch(scenario).find("overall", scenario.plan.power_targets[0])
    quick = size_by_formula(scenario, "overall")
    assert quick is not None
    assert abs(quick - found.n_randomised) <= 2 * sum(scenario.plan.weights)


def test_property_sizes_move_with_what_is_assumed() -> None:
    scenario = load_scenario("confirmatory")
    found = size_range(scenario, "overall", 86, usual_ranges(scenario))
    ends = {s.swing.range.name: (s.at_low, s.at_high) for s in found.swings}
    assert found.n_trials == 0
    few, many = ends["sd_difference"]
    assert few is not None
    assert many is not None
    assert found.planned is not None
    assert few < found.planned < many
    assert ends["effect"][0] is None  # hardly any effect: more than the search considers
    assert found.extremes[1] is None
    low, high = ends["carryover"]
    assert low == found.planned
    assert high is not None
    assert high > found.planned
    for swing in found.swings:
        moved = with_assumption(scenario, swing.swing.range.name, swing.swing.range.high)
        assert size_by_formula(moved, "overall") == swing.at_high


def test_property_an_even_effect_gives_four_times_the_people_at_half_its_size() -> None:
    """N is about proportional to 1 / effect² (normal approximation), without loss."""
    scenario = load_scenario("kcl-2025")
    effect = scenario.truth.sd_difference * (scenario.truth.standardised_effect or 0.0)
    assert effect > 0
    full = size_by_formula(with_assumption(scenario, "effect", 0.5 * effect), "overall")
    half = size_by_formula(with_assumption(scenario, "effect", 0.25 * effect), "overall")
    assert full is not None
    assert half is not None
    assert half / full == pytest.approx(4, rel=0.05)
