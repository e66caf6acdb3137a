"""Closed-form power and sample size against published values on the raw scale."""

import math

import pytest
from scipy import stats

from planner.engines.student import critical_values, power_between
from planner.validation.published.paired import CASES, paired, paired_trial
from tests.planning import one_sided, plan, power_at, precision_at, smallest, two_sided, within
from tests.reference import published
from tests.validation.passing import assert_passes, published_case


@pytest.mark.parametrize("case", CASES)
def test_reference_published(case: str) -> None:
    """Two-sided, one-sided in either direction, non-inferiority and equivalence."""
    assert_passes(CASES[case](published_case(case)))


def test_reference_equivalence_margins_are_not_shifted() -> None:
    """TRAP-01: the wrong value is the power between limits that moved with the difference."""
    inputs, expected, _ = published("TRAP-01")
    wrong, (lower, upper) = expected["wrong_published"], inputs["limits"]
    assert power_at(paired_trial(inputs), wrong) < inputs["target_power"]
    centre, se = inputs["mean_diff"], inputs["sd_diff"] / math.sqrt(wrong)
    shifted = (lower + centre, upper + centre)
    assert power_between(centre, shifted, se, wrong - 1, 0.05) == pytest.approx(0.87246, abs=1e-5)


def test_reference_non_inferiority_is_not_an_equivalence_test() -> None:
    """TRAP-02: 13 people are too few."""
    inputs, expected, _ = published("TRAP-02")
    assert power_at(paired_trial(inputs), expected["wrong_published"]) < inputs["target_power"]


def test_reference_pairs_with_uncorrelated_outcomes() -> None:
    """TRAP-05: the wrong value is the power of twice as many uncorrelated pairs."""
    inputs, _, tolerance = published("TRAP-05")
    planned = paired(two_sided(), inputs["dz"], math.sqrt(2))
    assert precision_at(planned, 100).df[0] == 99
    assert power_at(planned, 100) == pytest.approx(0.839503, abs=tolerance["power"])


@pytest.mark.parametrize("case", ["XO-05", "XO-06", "TRAP-01", "TRAP-02"])
def test_reference_degrees_of_freedom_of_pairs(case: str) -> None:
    """One less than the pairs."""
    inputs, _, _ = published(case)
    assert precision_at(paired_trial(inputs), 17).df[0] == 16


def test_reference_odd_size_of_the_two_by_two() -> None:
    """XO-12: `planner` knows 65, with one sequence larger by one, and 66."""
    inputs, expected, _ = published("XO-12")
    objective = one_sided(inputs["alpha_one_sided"])
    planned = plan("2x2", objective, inputs["mean_diff"], within(inputs["sd_within"]))
    target = inputs["target_power"]
    assert smallest(lambda n: power_at(planned, n), target, start=3) == expected["n_total"]


def test_reference_critical_value_of_f_is_a_squared_t() -> None:
    """XO-13: with one numerator df."""
    inputs, expected, _ = published("XO-13")
    planned = paired(two_sided(inputs["alpha"]), 0.2, 1.0)
    df = precision_at(planned, expected["n"]).df
    critical = critical_values(df, inputs["alpha"] / 2)[0]
    assert critical**2 == pytest.approx(stats.f.isf(inputs["alpha"], 1, df[0]), rel=1e-10)
