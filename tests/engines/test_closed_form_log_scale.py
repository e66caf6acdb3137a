"""Closed-form power and sample size against published values for ratios (PowerTOST)."""

import pytest

from planner.validation.published.ratios import CASES, ratio_trial
from tests.planning import power_at, precision_at, smallest, spread
from tests.reference import published
from tests.validation.passing import assert_passes, published_case


@pytest.mark.parametrize("case", CASES)
def test_reference_published(case: str) -> None:
    """Power at given (possibly unequal) people per sequence, and the smallest balanced N."""
    assert_passes(CASES[case](published_case(case)))


def test_reference_one_dropout_from_the_partial_replicate() -> None:
    """DO-03: people are spread as evenly as they can be; least squares has the larger power."""
    inputs, _, tolerance = published("DO-03")
    planned = ratio_trial({**inputs, "design": "2x3x3"})
    assert power_at(planned, 29) == power_at(planned, [10, 10, 9])
    assert power_at(planned, 29) == pytest.approx(0.8068731, abs=tolerance["power"])
    assert precision_at(planned, 29).exact


def test_reference_power_without_uncertainty_in_cases_of_expected_power() -> None:
    """The conditional power that EP-01 and EP-05 print beside their expected power."""
    inputs, expected, _ = published("EP-01")
    assert power_at(ratio_trial(inputs), inputs["n"]) == pytest.approx(
        expected["cond_power"], abs=1e-6
    )
    inputs, expected, tolerance = published("EP-05")
    planned = ratio_trial(inputs)
    n = smallest(lambda n: power_at(planned, n), inputs["target_power"], 2, start=2)
    assert n == expected["n"]["carved_in_stone"]
    power = expected["power"]["carved_in_stone"]
    assert power_at(planned, n) == pytest.approx(power, abs=tolerance["power"])


def test_reference_equal_fractions_are_no_better_than_whole_people() -> None:
    """NI-02's 18 + 17 people against 17.5 in each sequence."""
    inputs, _, _ = published("NI-02")
    planned = ratio_trial(inputs)
    assert power_at(planned, spread(35, 2)) > power_at(planned, inputs["n"])
    assert power_at(planned, 35) == power_at(planned, inputs["n"])
