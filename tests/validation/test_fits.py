"""The fits that ship with the package: everything expected is compared, and errors are seen."""

import pytest

from planner.validation import carryover, lme4, pooling, prepost
from planner.validation.check import Check
from tests.reference import Case, reference
from tests.validation.passing import assert_passes

NOT_REPORTED = {"terms", "singular", "reml_deviance"}
"""Names of the fixed effects, what the between-person SD says, and what no result holds."""
ELSEWHERE = {"df_satterthwaite", "p_satterthwaite"}
"""Not comparable where the between-person SD is 0."""


def numbers(case: Case) -> int:
    """Expected numbers of a mixed model that can be compared."""
    left_out = NOT_REPORTED | (ELSEWHERE if case["expected"]["sd_between"] == 0 else set())
    return sum(
        len(value) if isinstance(value, list) else 1
        for name, value in case["expected"].items()
        if name not in left_out
    )


def assert_named(found: list[Check], group: str) -> None:
    """Every check has a case and quantity of its own, and the group of its module."""
    assert len({(check.case, check.quantity) for check in found}) == len(found)
    assert {check.group for check in found} == {group}


def test_reference_every_expected_number_of_lme4_is_compared() -> None:
    """Estimates twice, and besides the numbers whether the fit is at the boundary."""
    found = assert_passes(lme4.checks())
    cases = reference("mixed_model_lme4")
    estimates = sum(len(case["expected"]["estimate"]) for case in cases)
    at_boundary = [c for c in cases if c["expected"]["sd_between"] == 0]
    other_df = sum(len(case["expected"]["estimate"]) for case in at_boundary)
    expected = sum(map(numbers, cases)) + estimates + other_df + len(cases)
    assert len(found) == expected
    assert_named(found, lme4.GROUP)


def test_reference_every_expected_number_with_carryover_is_compared() -> None:
    """And besides whether the fit is at the boundary."""
    found = assert_passes(carryover.checks())
    cases = reference("carryover_lme4")
    assert len(found) == sum(map(numbers, cases)) + len(cases)
    assert_named(found, carryover.GROUP)


def test_reference_t_tests_of_both_outcomes_are_compared() -> None:
    """Estimate, standard error, df and p value."""
    found = assert_passes(prepost.checks())
    assert len(found) == 4 * 2 * len(reference("prepost_r"))
    assert_named(found, prepost.GROUP)


def test_reference_pooled_priors_are_compared() -> None:
    """All vignettes, and the published cases of the group."""
    found = assert_passes(pooling.checks())
    vignettes = {case["id"] for case in reference("rbest")}
    assert {check.case for check in found} == vignettes | set(pooling.CASES)
    assert_named(found, pooling.GROUP)


@pytest.mark.parametrize(("name", "quantity"), [("se_kr", "se"), ("df_kr", "df"), ("p_kr", "p")])
def test_property_a_small_error_of_a_fit_is_seen(name: str, quantity: str) -> None:
    """A tenth of a thousandth."""
    case = reference("mixed_model_lme4")[0]
    values = [1.0001 * value for value in case["expected"][name]]
    wrong = case | {"expected": case["expected"] | {name: values}}
    failed = [check for check in lme4.kenward_roger(wrong, "lme4") if not check.passed]
    assert len(failed) == len(values)
    assert all(f": {quantity}" in check.quantity for check in failed)
