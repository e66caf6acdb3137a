"""Words that pages and reports share: contrasts with their signs, numbers beside their units."""

import pytest

from planner.report.writing import Findings, compared
from planner.scenario import Scenario, load_scenario
from planner.search.sample_size import SizeSearch
from planner.ui.evidence.assumption import Range
from planner.ui.fields.truth import assumed
from planner.ui.sections import citations
from planner.words.hypotheses import weighted_sum
from planner.words.prose import measured, with_unit


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ([("B", 0.5), ("C", 0.5), ("A", -1.0)], "0.5 × B + 0.5 × C − 1 × A"),
        ([("A", -1.0), ("B", 1.0)], "−1 × A + 1 × B"),
        (
            [("drug + placebo", 1.0), ("drug − dose", -1.0)],
            "1 × (drug + placebo) − 1 × (drug − dose)",
        ),
        ([("S-ketamine", 1.0), ("pre-dose", -1.0)], "1 × S-ketamine − 1 × pre-dose"),
        ([("same", 1.0), ("same", -1.0)], "1 × same − 1 × same"),
    ],
)
def test_a_contrast_has_its_signs(terms: list[tuple[str, float]], words: str) -> None:
    assert weighted_sum(terms) == words
    assert weighted_sum(terms, logarithms=True) == f"{words}, of logarithms"


def free(scale: str) -> Scenario:
    """A scenario with a free contrast."""
    contrast = {"weights": {"A": -1.0, "B": 1.0}}
    ratio = {"truth.effect": 1.3, "truth.endpoint": {"name": "y", "scale": "log"}}
    return load_scenario("parallel").with_changes(
        {
            "monte_carlo.n_trials": 200,
            "plan.hypotheses": [{"name": "free", "contrast": contrast}],
            "plan.treatments": {"A": "sham", "B": "drug"},
            **(ratio if scale == "log" else {}),
        }
    )


@pytest.mark.parametrize("scale", ["raw", "log"])
def test_a_report_compares_what_the_weights_say(scale: str) -> None:
    scenario = free(scale)
    answer = SizeSearch(scenario).find("free", 0.8)
    words = compared(Findings(scenario, answer, None))
    assert words == "−1 × sham + 1 × drug" + (", of logarithms" if scale == "log" else "")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("1", "MADRS points", "1.0 MADRS points"),
        ("−1", "MADRS points", "−1.0 MADRS points"),
        ("-1", "mm", "-1.0 mm"),
        ("1.00", "points", "1.00 points"),
        ("11", "points", "11 points"),
        ("0", "points", "0 points"),
        ("1", "", "1"),
    ],
)
def test_one_unit_is_no_plural_and_the_unit_stays_as_given(
    value: str, unit: str, words: str
) -> None:
    assert measured(value, unit) == words


def test_a_ratio_of_1_has_no_unit_and_no_decimal() -> None:
    assert with_unit("1", free("log")) == "1"
    assert with_unit("1", load_scenario("kcl-2025")) == "1.0 MADRS points"


def test_controls_and_ranges_show_1_with_a_decimal() -> None:
    wide = load_scenario("parallel").with_changes(
        {"truth.covariance.sd_difference": 20.0, "truth.endpoint.unit": "points"}
    )
    items = [i for i in assumed(wide, "parallel") if citations.unit_of(i) == "points"]
    assert {"Effect in women", "SD of within-person difference"} <= {item.label for item in items}
    for item in items:
        assert citations.shown(item, 1.0) == item.format % 1.0 == "1.0 points"
        found = Range(0.5, 1.0, "points", "range", "planning.effect")
        assert "**0.5 to 1.0 points**" in citations._range(item, found)
