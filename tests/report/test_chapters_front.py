"""Front, question and design: what they print comes from the scenario and its results."""

from dataclasses import replace
from math import ceil

from planner.operating.characteristics import MonteCarloEstimate
from planner.report.author import Author
from planner.report.chapters import design, front, question
from planner.report.model import Gap, Paragraph, Section, Table
from planner.report.results import Results


def sections(results: Results) -> dict[str, Section]:
    author = Author(results)
    found = (*front.sections(author), *question.sections(author), *design.sections(author))
    return {section.id: section for section in found}


def text(section: Section) -> str:
    return " ".join(b.text for b in section.blocks if isinstance(b, Paragraph))


def tables(section: Section) -> list[Table]:
    return [b for b in section.blocks if isinstance(b, Table)]


def test_every_item_is_there_in_order(results: Results) -> None:
    assert list(sections(results)) == [
        *(f"R0{k}" for k in range(1, 6)), *(f"R1{k}" for k in range(4)),
        *(f"R2{k}" for k in range(5)),
    ]  # fmt: skip
    for section in sections(results).values():
        assert section.blocks
        assert section.asked_by


def test_gaps_are_what_the_built_in_plan_leaves_open(results: Results) -> None:
    assert [k for k, s in sections(results).items() if s.gaps] == ["R02", "R03", "R05", "R21"]


def test_plain_words_give_the_simulated_chances_with_their_error(results: Results) -> None:
    answer, said = results.found.answer, text(sections(results)["R04"])
    assert f"include {answer.n_randomised} people" in said
    assert answer.type_i_error is not None
    for share in (answer.power, answer.type_i_error):
        shown, margin = round(1000 * share.value), ceil(1000 * share.mcse)
        assert margin > 0
        assert f"about {shown} (give or take {margin}) of 1000 such trials" in said
    assert "only so many trials were simulated" in said


def test_plain_words_give_an_interval_where_all_trials_agree(results: Results) -> None:
    certain = MonteCarloEstimate(1.0, 0.0, 1000, 0.9962, 1.0)
    found = replace(results.found, answer=replace(results.found.answer, power=certain))
    said = text(sections(replace(results, found=found))["R04"])
    assert "about 1000 (996 to 1000) of 1000 such trials" in said


def test_the_authors_summary_stands_first(results: Results) -> None:
    said = results.scenario.with_changes({"protocol.summary": "First words."})
    blocks = sections(replace(results, scenario=said))["R04"].blocks
    assert isinstance(blocks[0], Paragraph)
    assert blocks[0].text == "First words."


def test_people_per_sequence_add_up(results: Results) -> None:
    (table,) = tables(sections(results)["R20"])
    *rows, total = [[int(c.replace(" ", "")) for c in row[2:]] for row in table.rows]
    assert [sum(column) for column in zip(*rows, strict=True)] == total
    assert total[0] == results.n == total[1] + total[2]
    assert [r[0] for r in rows] == list(results.found.answer.per_sequence.values())


def test_the_estimand_has_its_five_attributes(results: Results) -> None:
    table, events = tables(sections(results)["R11"])
    assert len(table.rows) == 5
    assert "NOT STATED" not in str(table.rows)
    assert dict(events.rows).keys() == results.scenario.protocol.intercurrent_events.keys()


def test_without_texts_the_report_says_so(results: Results) -> None:
    bare = replace(results, scenario=results.scenario.with_changes({"protocol": {}}))
    found = sections(bare)
    for identity in ("R02", "R03", "R05", "R11", "R12", "R13", "R20", "R21", "R22"):
        assert any(isinstance(b, Gap) for b in found[identity].blocks), identity
