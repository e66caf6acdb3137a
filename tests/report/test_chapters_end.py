"""The last chapters: statement, limits, reproduction, annex and references; and final reports."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import planner as pl
from planner.errors import InvalidInput
from planner.report import payload
from planner.report.author import Author
from planner.report.build import report_model
from planner.report.bundle import summary
from planner.report.chapters import annex, limits, reproduction, wording
from planner.report.crosswalk import GUIDANCE, OTHERWISE
from planner.report.items import ITEMS
from planner.report.limitations import limitations
from planner.report.model import Code, Gap, Paragraph, Points, Section, Table
from planner.report.results import Results, compute
from planner.report.statement import statement
from planner.scenario import Scenario, scenario_toml
from planner.validation.sets import SETS, reference_sets
from tests.reference import reference

TEXT = "Said by the authors of the trial"


def with_scenario(results: Results, **changes: Any) -> Results:
    """The results of a scenario whose texts or citations are others: no number changes."""
    scenario = results.scenario.with_changes({k.replace("__", "."): v for k, v in changes.items()})
    assert scenario.fingerprint() == results.scenario.fingerprint()
    return replace(results, scenario=scenario, found=replace(results.found, scenario=scenario))


@pytest.fixture(scope="module")
def described() -> Results:
    """Of a scenario that says everything that a report asks for, with very few trials."""
    base = pl.load_scenario("confirmatory")
    none = {"flag": "assumed", "note": "no such effect is expected"}
    paths = ("truth.carryover", "truth.period_effects")
    citations = {path: cited.plain() for path, cited in base.citations.items()}
    protocol = {name: text or TEXT for name, text in base.protocol.plain(full=True).items()}
    costs = {"per_subject": 100.0, "currency": "GBP", "period_weeks": 1.0, "washout_weeks": 3.0}
    stated = {
        "monte_carlo.n_trials": 200,
        "truth.carryover": 0.0,
        "truth.period_effects": [0.0, 0.0],
        "citations": citations | dict.fromkeys(paths, none),
        "protocol": protocol | {"authors": ["A. Author, statistician"], "costs": costs},
    }
    return compute(base.with_changes(stated))


def by_id(sections: tuple[Section, ...]) -> dict[str, Section]:
    return {section.id: section for section in sections}


def words(section: Section) -> str:
    """All text of a section."""
    return "\n".join(_words(section))


def _words(section: Section) -> Iterator[str]:
    for block in section.blocks:
        match block:
            case Paragraph() | Code():
                yield block.text
            case Points():
                yield from block.items
            case Table():
                yield from (block.caption, *(" ".join(row) for row in block.rows), block.note)
            case _:
                pass


@pytest.mark.parametrize(("item", "long"), [("R90", True), ("R91", False)])
def test_twin_statement_is_that_of_the_command_but_for_the_numbers_of_sources(
    results: Results, item: str, long: bool
) -> None:
    """Every sentence of ``planner statement`` is there, whatever is cited before it."""
    author = Author(results, ["A source cited before"])
    section = by_id(wording.sections(author))[item]
    shown = re.sub(r"\[[\d, ]+\]", "[]", words(section))
    for part in statement(results.found, long=long).parts:
        if part.heading not in {"Sources", "Not stated"}:
            for line in part.lines:
                assert re.sub(r"\[[\d, ]+\]", "[]", line) in shown


def test_statement_cites_by_the_numbers_of_the_report(results: Results) -> None:
    author = Author(results)
    author.cite("A source cited before")
    section = by_id(wording.sections(author))["R90"]
    study = pl.load_library().study("lapidus-2014")
    number = 1 + next(i for i, s in enumerate(author.sources) if study.doi and study.doi in s)
    assert f"derived [{number}]" in words(section)
    assert "[1]" not in words(section)
    assert "[jelen-2025]" not in words(section)


def test_marks_of_the_statement_are_gaps_with_their_keys(results: Results) -> None:
    bare = with_scenario(results, protocol={})
    sections = by_id(wording.sections(Author(bare)))
    assert {gap.what for gap in sections["R90"].gaps} == set(
        statement(bare.found, long=True).gaps
    ) | set(statement(bare.found).gaps)
    assert {key for gap in sections["R90"].gaps for key in re.findall(r"protocol\.\w+", gap.add)
            } == {"protocol.rationale", "protocol.importance"}  # fmt: skip
    uncited = with_scenario(results, citations={})
    gaps = by_id(wording.sections(Author(uncited)))["R90"].gaps
    assert "source of the SD" in {gap.what for gap in gaps}


def test_nobody_leaves_is_stated_by_a_citation() -> None:
    base = pl.load_scenario("kcl-2025").with_changes({"monte_carlo.n_trials": 200})
    nobody = {"truth.attrition": {"kind": "none"}}
    cited = {"citations": {"truth.attrition": {"flag": "assumed", "note": "one day"}}}
    for changes, gap in ((nobody, True), (nobody | cited, False)):
        from planner.report.statement import find_size, findings

        planned = base.with_changes(changes)
        form = statement(findings(planned, find_size(planned)))
        assert ("how many leave" in form.gaps) is gap


def test_limits_hold_for_the_scenario(results: Results) -> None:
    crossover = "\n".join(limitations(results))
    for said in ("normal distributions", "compound symmetry", "completely at random",
                 "design prior", "R101", "1 000 simulated trials"):  # fmt: skip
        assert said in crossover


def test_limits_of_one_period_say_nothing_of_periods(built_in: dict[str, Results]) -> None:
    said = "\n".join(limitations(built_in["parallel"]))
    for wrong in ("compound symmetry", "people leave", "carry-over", "correlation"):
        assert wrong.casefold() not in said.casefold()
    carryover = by_id(limits.sections(Author(built_in["parallel"])))["R101"]
    assert "Does not apply" in words(carryover)
    assert not carryover.gaps


def test_carryover_has_the_numbers_of_the_plans_own_design(results: Results) -> None:
    section = by_id(limits.sections(Author(results)))["R101"]
    own = results.designs[results.scenario.plan.design.name]
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert len(table.rows) == len(own.carryover)
    for row, price in zip(table.rows, own.carryover, strict=True):
        assert row[2].startswith(f"{price.bias.value:+.3f}".replace("-", "−"))
        assert row[4].startswith(f"{100 * price.power.value:.1f} %")
        assert row[5] == str(price.n_recovered)
    assert "cannot estimate the effect within participants" in words(section)


def test_sexes_have_power_interval_and_warning(results: Results) -> None:
    assert results.sexes is not None
    found = results.sexes.characteristics["interaction"]
    text = words(by_id(limits.sections(Author(results)))["R102"])
    assert f"{100 * found.success.value:.1f} % (Monte-Carlo SE" in text
    assert f"{found.width.value / 2:.3g} MADRS points to either side" in text
    assert f"{100 * results.sexes.conclusions.only_one_sex.value:.1f} %" in text
    assert "is not a difference between them" in text


def test_without_sexes_the_reason_is_given(built_in: dict[str, Results]) -> None:
    section = by_id(limits.sections(Author(built_in["kcl-2025"])))["R102"]
    assert "truth.female_share" in words(section)
    assert [gap.add for gap in section.gaps] == ["write it as protocol.sex_limits in the scenario"]


def test_scenario_and_hashes_are_those_of_the_files(results: Results) -> None:
    sections = by_id(reproduction.sections(Author(results)))
    text = scenario_toml(results.scenario)
    assert text.rstrip() in words(sections["R111"])
    for content in (text, payload.dump(summary(results)) + "\n"):
        assert hashlib.sha256(content.encode()).hexdigest() in words(sections["R113"])


def test_run_time_is_the_measured_one_or_left_out(results: Results) -> None:
    timed = replace(results, seconds=12.34, workers=2)
    assert "12.3 s with 2 threads" in words(by_id(reproduction.sections(Author(timed)))["R114"])
    first, second = (
        reproduction.sections(Author(replace(results, seconds=s).untimed())) for s in (1.0, 2.0)
    )
    assert first == second


def test_simulated_stands_beside_closed_form(results: Results) -> None:
    section = by_id(reproduction.sections(Author(results)))["R115"]
    table = next(block for block in section.blocks if isinstance(block, Table))
    found = results.power["overall"]
    assert found.oracle is not None
    assert table.rows[0][0] == "overall, power"
    assert table.rows[0][2].startswith(f"{100 * found.success.value:.1f} %")
    assert table.rows[0][4] == f"{found.oracle.z:+.1f}".replace("-", "−")
    assert len(table.rows) == len(results.power.hypotheses) + len(results.power.null)


def test_reference_sets_are_counted_from_their_files() -> None:
    """By an independent count of the numbers in the expected values."""
    sets = {found.name: found for found in reference_sets()}
    assert set(sets) == set(SETS)
    mixed = sets["mixed_model_lme4"]
    expected = [case["expected"] for case in reference("mixed_model_lme4")]
    by_hand = sum(
        len(value) if isinstance(value, list) else 1
        for case in expected
        for name, value in case.items()
        if name not in {"terms", "singular"}
    )
    assert (mixed.cases, mixed.values, mixed.left_out) == (len(expected), by_hand, 0)
    published = sets["published"]
    assert published.cases + published.left_out == len(reference("published"))


def test_crosswalk_names_items_of_the_report() -> None:
    known = {identity for identity, _, _ in ITEMS}
    for guidance in GUIDANCE:
        for asked in guidance.items:
            assert set(asked.where) <= known
            assert bool(asked.where) or asked.only == "later"


def test_crosswalk_states_follow_the_sections(results: Results) -> None:
    """An item is reported where its sections are there without a gap."""
    author = Author(results)
    asked = next(a for a in GUIDANCE[0].items if a.where == ("R30", "R90"))
    whole, gap = Paragraph(text="said"), Gap(what="what", add="add")
    good = {i: author.section(i, whole) for i in asked.where}
    assert annex.state(asked, results.scenario, good) == "reported"
    half = good | {"R30": author.section("R30", whole, gap)}
    assert annex.state(asked, results.scenario, half) == "in part; not stated in R30"
    assert annex.state(asked, results.scenario, {}) == "not stated"


def test_crosswalk_says_what_does_not_apply(results: Results, built_in: dict[str, Results]) -> None:
    by_name = {g.name: {a.item: a for a in g.items} for g in GUIDANCE}
    period = by_name["CONSORT extension to crossover trials"]["7a"]
    parallel: Scenario = built_in["parallel"].scenario
    assert annex.state(period, parallel, {}) == OTHERWISE["crossover"]
    prior = by_name["ROBUST"]["Analysis"]
    assert annex.state(prior, results.scenario, {}) == OTHERWISE["bayesian"]
    sexes = by_name["SAGER"]["Methods"]
    assert annex.state(sexes, built_in["kcl-2025"].scenario, {}) == OTHERWISE["sexes"]


def test_references_are_last_and_every_number_in_the_text_is_one(results: Results) -> None:
    model = report_model(results)
    assert [section.id for section in model.sections[-2:]] == ["A1", "R116"]
    listed = next(block for block in model.sections[-1].blocks if isinstance(block, Points))
    assert listed.numbered
    assert len(set(listed.items)) == len(listed.items)
    for section in model.sections[:-1]:
        if section.id not in {"R111", "R112"}:
            for numbers in re.findall(r"(?<=\s)\[(\d+(?:, \d+)*)\]", words(section)):
                assert all(1 <= int(n) <= len(listed.items) for n in numbers.split(", "))


def test_every_item_is_in_the_report_once(results: Results) -> None:
    ids = [section.id for section in report_model(results).sections]
    assert sorted(ids) == sorted(identity for identity, _, _ in ITEMS)


def test_final_is_refused_with_the_first_gap_its_item_and_its_key(described: Results) -> None:
    texts = described.scenario.protocol.plain() | {"clinical": ""}
    short = with_scenario(described, protocol=texts)
    assert [identity for identity, _ in report_model(short).gaps] == ["R103"]
    with pytest.raises(InvalidInput) as refused:
        report_model(short, "final")
    for said in ("what the result would mean for patients", "(R103)", "protocol.clinical"):
        assert said in str(refused.value)


def test_full_texts_make_a_final_report(described: Results) -> None:
    model = report_model(described, "final")
    assert model.status == "final"
    assert model.gaps == ()
    assert TEXT in "\n".join(map(words, model.sections))
