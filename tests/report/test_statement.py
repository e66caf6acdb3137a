"""The sample-size statement: every number from its result, every gap marked, text stays text."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import planner as pl
from planner.errors import UnknownName
from planner.report.basis import recited
from planner.report.planned_range import power_range, varied_inputs
from planner.report.statement import Statement, find_size, findings, statement
from planner.report.writing import Findings
from planner.scenario import Scenario, built_in_names
from planner.words.prose import escaped, one_line

HOSTILE = "<script>alert(1)</script> $x^2$ | *a* _b_ [c](http://d.e) `f` :red[g] www.h.i #j &amp;"


def scenario(name: str = "confirmatory", **changes: Any) -> Scenario:
    """A built-in scenario with few trials; ``__`` stands for the dot of a path."""
    few = {"monte_carlo.n_trials": 300}
    return pl.load_scenario(name).with_changes(
        few | {path.replace("__", "."): value for path, value in changes.items()}
    )


def found(planned: Scenario, hypothesis: str | None = None) -> Findings:
    return findings(planned, find_size(planned, hypothesis))


@cache
def confirmatory() -> Findings:
    return found(scenario())


def both(results: Findings) -> tuple[Statement, Statement]:
    return statement(results), statement(results, long=True)


@pytest.mark.parametrize("long", [False, True])
def test_every_number_is_that_of_its_result(long: bool) -> None:
    results = confirmatory()
    answer, text = results.answer, statement(results, long=long).text()
    assert f"randomise {answer.n_randomised} participants" in text
    for name, n in answer.per_sequence.items():
        assert f"{n} to {'→'.join(name)}" in text
    assert f"{answer.per_sex['female']} women and {answer.per_sex['male']} men" in text
    assert f"{answer.n_evaluable} who complete suffice" in text
    power, error = answer.power, answer.type_i_error
    assert error is not None
    assert f"{100 * power.value:.1f} % power (Monte-Carlo SE {100 * power.mcse:.1f} " in text
    assert f"error is {100 * error.value:.1f} % (Monte-Carlo SE {100 * error.mcse:.1f} " in text
    for shown in ("7.5 MADRS points", "2.1 in women and 3.1 in men", "12 % leaving", "seed 1",
                  "300 simulated trials", f"planner {pl.__version__}",
                  results.scenario.short_fingerprint, "one-sided α = 0.025"):  # fmt: skip
        assert shown in text, shown


def test_long_form_has_the_whole_fingerprint_and_the_basis_of_every_cited_number() -> None:
    results = confirmatory()
    text = statement(results, long=True).text()
    assert results.scenario.fingerprint() in text
    for path in results.scenario.citations:
        if not path.startswith("truth_prior"):
            assert f"{path} = " in text
    assert "95 % interval 5.5 to 11" in text


def test_sources_are_those_of_the_library() -> None:
    study = pl.load_library().study("lapidus-2014")
    for form in both(confirmatory()):
        assert study.doi in form.text()
        assert "derived [" in form.text()


def test_a_number_without_citation_is_not_stated() -> None:
    planned = scenario(citations={})
    form = statement(found(planned))
    for what in ("the SD", "the target difference", "the share that leaves"):
        assert f"[NOT STATED: source of {what}]" in form.text()
        assert form.gaps[f"source of {what}"]
    assert "power over plausible deviations from the assumptions" in form.gaps


def test_a_changed_number_loses_the_source_of_the_old_one() -> None:
    planned = scenario(truth__covariance__sd_difference=9.0)
    changed = recited(planned, ["truth.covariance.sd_difference"])
    assert changed.fingerprint() == planned.fingerprint()
    assert "lapidus-2014" in statement(found(planned)).text()
    text = statement(found(changed)).text()
    assert "lapidus-2014" not in text
    assert "assumed; [NOT STATED: source of the SD]" in text
    whole = recited(planned, ["truth.attrition"]).citations["truth.attrition.after_period_1"]
    assert (whole.flag, whole.evidence, whole.note) == ("assumed", "", "")


@pytest.mark.parametrize(
    ("gap", "changes"),
    [
        ("how many women and men", {"truth__female_share": 0.5}),
        ("how many leave", {"truth__attrition": {"kind": "mcar", "after_period_1": 0.1}}),
    ],
)
def test_stating_it_closes_the_gap(gap: str, changes: dict[str, Any]) -> None:
    assert gap in statement(found(scenario("kcl-2025"))).gaps
    assert gap not in statement(found(scenario("kcl-2025", **changes))).gaps


def test_unnamed_treatments_outcome_and_unit_are_gaps() -> None:
    bare = scenario("kcl-2025", plan__treatments={}, truth__endpoint={})
    gaps = statement(found(bare)).gaps
    assert {"what treatment A is", "what treatment B is", "the primary outcome", "its unit"} <= set(
        gaps
    )


@pytest.mark.parametrize(
    ("changes", "phrases"),
    [
        ({"plan__design": "parallel"}, ["parallel-group", "SD of one participant's outcome"]),
        (
            {"plan__hypotheses": [{"name": "overall", "objective": {
                "kind": "non-inferiority", "margin": -2.0}}]},
            ["non-inferiority with margin −2", "one-sided α = 0.025"],
        ),
        (
            {"plan__hypotheses": [{"name": "overall", "objective": {
                "kind": "equivalence", "lower": -9.0, "upper": 9.0}}]},
            ["equivalence within −9 to 9", "in each of two tests"],
        ),
        (
            {"plan__analysis": {"kind": "posterior", "priors": {
                "effect": {"kind": "normal", "mean": 0.0, "sd": 5.0}}}},
            ["Bayesian", "P(effect as claimed | data) ≥ 0.975", "normal (mean 0, sd 5)"],
        ),
        (
            {"plan__hypotheses": [{"name": "overall", "objective": {
                "kind": "posterior", "go": [{"above": 0.5, "probability": 0.9}]}}]},
            ["P(0.5 < effect | data) ≥ 0.9"],
        ),
    ],
)  # fmt: skip
def test_other_plans_have_their_words(changes: dict[str, Any], phrases: list[str]) -> None:
    text = statement(found(scenario("kcl-2025", **changes)), long=True).text()
    for phrase in phrases:
        assert phrase in text
    if "plan__design" in changes:
        assert "within-participant" not in text
        assert "period" not in text.split("Basis of the numbers")[0]


def test_a_ratio_has_its_words_and_gaps_name_the_numbers_that_are_there() -> None:
    planned = scenario(
        "kcl-2025", citations={}, truth__standardised_effect=None, truth__effect=0.95,
        truth__endpoint={"name": "AUC", "scale": "log"}, truth__carryover=1.0,
        truth__covariance={"kind": "compound-symmetry", "cv_within": 0.3},
    )  # fmt: skip
    form = statement(found(planned))
    for phrase in ("a ratio of 0.95", "CV 0.300", "and no carry-over", "divided by"):
        assert phrase in form.text()
    assert "write truth.covariance.cv_within as" in form.gaps["source of the SD"]


def test_a_target_out_of_reach_is_said() -> None:
    for name in ("kcl-2025", "stanford-2018"):
        for form in both(found(scenario(name, plan__n_limit=10))):
            assert "No trial of up to 10 participants reaches 80 % power" in form.text()
            for wrong in ("plan to randomise", "suffice", "confirmed"):
                assert wrong not in form.text()


def test_unknown_hypothesis_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="choose overall, female, male, interaction"):
        find_size(scenario(), "everybody")


def test_twin_power_over_ranges_is_power_at_the_corners() -> None:
    planned = scenario()
    span = confirmatory().span
    assert span is not None
    assert [(v.low, v.high) for v in span.varied] == [(5.5, 11.0), (0.08, 0.2)]
    by_hand = {
        (sd, loss): pl.power(
            planned.with_changes(
                {"truth.covariance.sd_difference": sd, "truth.attrition.after_period_1": loss}
            ),
            span.n_randomised,
        )["overall"].success.value
        for sd in (5.5, 11.0)
        for loss in (0.08, 0.2)
    }
    assert span.lowest.value == min(by_hand.values()) == by_hand[11.0, 0.2]
    assert span.highest.value == max(by_hand.values()) == by_hand[5.5, 0.08]
    assert span.sizes is not None
    few, many = span.sizes
    assert few is not None
    assert many is not None
    assert few < confirmatory().answer.n_randomised < many


def test_ranges_are_those_of_the_same_quantity_around_the_value() -> None:
    assert [v.path for v in varied_inputs(scenario("kcl-2025"))] == ["truth.standardised_effect"]
    outside = scenario(truth__covariance__sd_difference=12.0)
    assert "truth.covariance.sd_difference" not in [v.path for v in varied_inputs(outside)]
    assert power_range(scenario(citations={}), "overall", 60) is None


@pytest.mark.parametrize("name", built_in_names())
def test_twin_markdown_reads_like_the_plain_text(name: str) -> None:
    planned = scenario(name, label=HOSTILE, truth__endpoint={"name": HOSTILE, "unit": HOSTILE},
                       plan__treatments={"A": HOSTILE, "B": f"\n# {HOSTILE}\n\n- b"})  # fmt: skip
    for form in both(found(planned)):
        assert one_line(HOSTILE) in form.text()
        plain = [line.lstrip("-0123456789. ") for line in form.text().splitlines() if line]
        read = [line.lstrip("-0123456789. ") for line in as_read(form.markdown())]
        assert read == plain


def as_read(markdown: str) -> list[str]:
    """Text of the blocks of a Markdown document, by an independent parser; no markup in them."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    blocks = [token for token in parser.parse(markdown) if token.type == "inline"]
    assert not [t for t in parser.parse(markdown) if t.type in {"html_block", "code_block"}]
    for block in blocks:
        assert {child.type for child in block.children or []} <= {"text", "text_special"}, block
    return ["".join(child.content for child in block.children or []) for block in blocks]


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=200, deadline=None)
def test_property_escaped_text_is_read_back(text: str) -> None:
    line = one_line(text)
    if line:
        assert as_read(escaped(text)) == [line]
