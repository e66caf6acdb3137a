"""A report of an outcome on the logarithmic scale: effects are ratios, whatever the table."""

from typing import Any

import pytest

from planner.report.build import report_model
from planner.report.model import ReportModel, Section, Table
from planner.report.results import Results, compute
from planner.scenario import load_scenario
from tests.report.varied_results import text_of

CHANGES: dict[str, Any] = {
    "monte_carlo.n_trials": 100,
    "label": "AUC of a test product",
    "citations": {},
    "truth.standardised_effect": None,
    "truth.effect": {"female": 0.95, "male": 1.05},
    "truth.female_share": 0.5,
    "truth.endpoint": {"name": "AUC", "unit": "ng h/ml", "scale": "log"},
    "truth.carryover": 1.02,
    "truth.covariance": {"kind": "compound-symmetry", "cv_within": 0.3, "cv_between": 0.4},
    "truth_prior": {"effect": {"kind": "normal", "mean": 0.0, "sd": 0.05}},
    "plan.hypotheses": [
        {"name": "overall", "objective": {"kind": "equivalence", "lower": 0.8, "upper": 1.25}},
        {"name": "interaction", "contrast": "interaction",
         "objective": {"kind": "two-sided", "alpha": 0.05}},
    ],
}  # fmt: skip
OVERALL = (0.95 * 1.05) ** 0.5
"""Geometric mean of the ratios in women and men, who weigh the same."""


@pytest.fixture(scope="module")
def results() -> Results:
    return compute(load_scenario("kcl-2025").with_changes(CHANGES))


@pytest.fixture(scope="module")
def model(results: Results) -> ReportModel:
    return report_model(results)


@pytest.fixture(scope="module")
def found(model: ReportModel) -> dict[str, Section]:
    return {section.id: section for section in model.sections}


def rows(section: Section, caption: str) -> list[tuple[str, ...]]:
    """Rows of the table whose caption has these words."""
    (table,) = [b for b in section.blocks if isinstance(b, Table) and caption in b.caption]
    return list(table.rows)


@pytest.mark.parametrize(
    ("item", "caption", "column"),
    [("R10", "Hypotheses", 4), ("R38", "Sizes of all", 2), ("R61", "under the planned truth", 2)],
)
def test_ratios_that_follow_from_others_are_rounded(
    found: dict[str, Section], item: str, caption: str, column: int
) -> None:
    shown = {row[column] for row in rows(found[item], caption)}
    assert shown == {f"{OVERALL:.3g}", f"{1.05 / 0.95:.3g}"}


def test_ratios_have_no_unit_of_the_outcome(model: ReportModel, found: dict[str, Section]) -> None:
    variable = text_of(found["R11"]) + text_of(found["R30"])
    assert "ng h/ml" in variable
    for item in ("R10", "R31", "R36", "R37", "R53", "R60", "R61", "R62", "R65", "R69", "R71"):
        tables = [b for b in found[item].blocks if isinstance(b, Table)]
        assert not [t.caption for t in tables if "ng h/ml" in str(t.rows) + str(t.columns)], item


def test_no_effect_is_the_ratio_1(found: dict[str, Section]) -> None:
    effects = {row[0]: row for row in rows(found["R36"], "Effects of time")}
    assert effects["Sequence effects"][1:3] == ("none (1)", "assumed, default")
    assert effects["Carry-over into the next period, relative to the reference"][1] == "1.02"
    assert [gap.what for gap in found["R36"].gaps] == ["source of the carry-over"]


def test_the_sexes_are_divided_and_not_subtracted(found: dict[str, Section]) -> None:
    contrasts = [row[1] for row in rows(found["R53"], "True value")]
    assert contrasts[1].startswith("men divided by women")
    for item in ("R90", "R91", "R102"):
        assert "a factor of 1." in text_of(found[item]), item
        assert "minus" not in text_of(found[item]), item


def test_an_aim_between_limits_has_no_errors_of_sign_or_size(found: dict[str, Section]) -> None:
    for row in rows(found["R62"], "Intervals with"):
        assert (row[4] == row[5] == "–") == (row[0] == "overall")
    assert "P(relevant)" not in text_of(found["R63"])


def test_plain_words_speak_of_ratios_and_of_what_lowers_the_chance(
    found: dict[str, Section],
) -> None:
    said = text_of(found["R04"])
    assert f"the true ratio is {OVERALL:.3g}" in said
    assert "the ratio lay just at the agreed limit" in said
    assert "if the treatments truly differ by more, the chance is lower" in said


def test_rounding_errors_are_no_monte_carlo_errors(found: dict[str, Section]) -> None:
    """The design prior leaves the ratio of the sexes as it is: it has no error at all."""
    for row in rows(found["R63"], "True effects behind"):
        if row[0] == "men − women":
            assert row[1] == "1.105 ± 0.000"
