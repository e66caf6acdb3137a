"""Closed-form power and sample size against published values on the raw scale."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize, stats

from planner.engines.student import critical_values, power_between
from planner.scenario import Scenario
from tests.planning import (
    equivalent,
    non_inferior,
    of_difference,
    one_sided,
    plan,
    power_at,
    precision_at,
    smallest,
    spread,
    two_sided,
    within,
)
from tests.reference import published

PAIRED_SIZE = ("XO-05", "XO-06", "TRAP-01", "TRAP-02")
PAIRED_POWER = ("XO-03", "XO-09", "XO-10", "XO-11", "EQ-10", "EQ-11", "EQ-12", "TRAP-05")
TWO_SAMPLE = ("EQ-13", "EQ-14", "EQ-16", "EQ-17")
IDS = (*PAIRED_SIZE, *PAIRED_POWER, *TWO_SAMPLE, "XO-02", "XO-12", "XO-13", "TRAP-07")
PAIRED = {"adjust_period": False}


def paired(objective: object, effect: float, sd: float) -> Scenario:
    """AB/BA analysed by a paired t test; `sd` is that of the within-person difference."""
    assert isinstance(objective, dict)
    return plan("paired", objective, effect, of_difference(sd), analysis=PAIRED)


def paired_scenario(case: str) -> Scenario:
    """The planned trial of a paired case."""
    inputs, _, _ = published(case)
    match inputs:
        case {"dz": effect}:
            return paired(two_sided(inputs.get("alpha", 0.05)), effect, 1.0)
        case {"d": effect, "alternative": direction}:
            return paired(one_sided(inputs["alpha"], direction), effect, 1.0)
        case {"mu1": first, "mu2": second, "sd1": a, "sd2": b, "r": r}:
            sd = np.sqrt(a**2 + b**2 - 2 * r * a * b)
            return paired(two_sided(inputs["alpha"]), float(first - second), float(sd))
        case {"avg_variance": variance, "es": effect, "cor": r}:
            sd = np.sqrt(2 * variance * (1 - r))
            return paired(two_sided(inputs["alpha"]), effect, float(sd))
        case {"mean_diff": effect, "limits": limits, "sd_diff": sd}:
            lower, upper = limits
            return paired(equivalent(lower, upper, inputs["alpha"]), effect, sd)
        case {"true_diff": effect, "margin": margin, "sd_diff": sd}:
            return paired(non_inferior(margin, inputs["alpha_one_sided"]), effect, sd)
        case {"delta": effect, "lower": lower, "upper": upper, "sd_diff": sd}:
            return paired(equivalent(lower, upper, inputs["alpha"]), effect, sd)
    raise AssertionError(case)


@pytest.mark.parametrize("case", PAIRED_POWER)
def test_reference_paired_power(case: str) -> None:
    """Two-sided, one-sided in either direction, and equivalence."""
    inputs, expected, tolerance = published(case)
    power = power_at(paired_scenario(case), inputs["n_pairs" if "n_pairs" in inputs else "n"])
    target = expected.get("power", expected.get("correct"))
    assert power == pytest.approx(target, abs=tolerance["power"])


@pytest.mark.parametrize("case", PAIRED_SIZE)
def test_reference_paired_size(case: str) -> None:
    """Smallest number of pairs."""
    inputs, expected, tolerance = published(case)
    planned = paired_scenario(case)
    n = smallest(lambda n: power_at(planned, n), inputs["target_power"], start=3)
    assert n == expected.get("n", expected.get("correct_n_pairs"))
    assert precision_at(planned, n).df[0] == n - 1
    if "correct_power" in expected:
        assert power_at(planned, n) == pytest.approx(
            expected["correct_power"], abs=tolerance["power"]
        )
    if "ncp" in expected:
        precision = precision_at(planned, n)
        ncp = abs(precision.estimate[0]) / precision.se[0]
        assert ncp == pytest.approx(expected["ncp"], abs=tolerance["ncp"])
    if "balanced_n" in expected:
        n = smallest(lambda n: power_at(planned, n), inputs["target_power"], 2, start=2)
        assert n == expected["balanced_n"]


def test_reference_equivalence_margins_are_not_shifted() -> None:
    """TRAP-01: limits around 0, not around the assumed difference."""
    inputs, expected, tolerance = published("TRAP-01")
    planned, n = paired_scenario("TRAP-01"), expected["correct_n_pairs"]
    power = power_at(planned, n)
    assert power == pytest.approx(expected["correct_power_df_n1"], abs=tolerance["power"])
    adjusted = planned.with_changes({"plan.analysis.adjust_period": True})
    power = power_at(adjusted, spread(n, 2))
    assert power == pytest.approx(expected["correct_power_df_n2"], abs=tolerance["power"])
    balanced = smallest(lambda n: power_at(adjusted, n), inputs["target_power"], 2, start=2)
    assert balanced == expected["balanced_n"]
    wrong = expected["wrong_published"]
    assert power_at(planned, wrong) < inputs["target_power"]
    centre, (lower, upper) = inputs["mean_diff"], inputs["limits"]
    shifted = (lower + centre, upper + centre)
    se = inputs["sd_diff"] / np.sqrt(wrong)
    assert power_between(centre, shifted, se, wrong - 1, 0.05) == pytest.approx(0.87246, abs=1e-5)


def test_reference_non_inferiority_is_not_an_equivalence_test() -> None:
    """TRAP-02: 13 people are too few."""
    inputs, expected, _ = published("TRAP-02")
    power = power_at(paired_scenario("TRAP-02"), expected["wrong_published"])
    assert power < inputs["target_power"]


def test_reference_pairs_with_uncorrelated_outcomes() -> None:
    """TRAP-05: the wrong value is the power of twice as many uncorrelated pairs."""
    inputs, _, tolerance = published("TRAP-05")
    planned = paired(two_sided(), inputs["dz"], float(np.sqrt(2)))
    assert precision_at(planned, 100).df[0] == 99
    assert power_at(planned, 100) == pytest.approx(0.839503, abs=tolerance["power"])


def test_reference_fractional_size() -> None:
    """XO-02: `power.t.test` counts one tail, `pwr.t.test` both; SAS prints the next whole."""
    inputs, expected, tolerance = published("XO-02")
    alpha, target = inputs["alpha"], inputs["target_power"]

    def root(power: Callable[[float], float]) -> float:
        return float(optimize.brentq(lambda n: power(n) - target, 5, 100, xtol=1e-9))

    one_tail = paired(one_sided(alpha / 2), inputs["delta"], inputs["sd"])
    both = paired(two_sided(alpha), inputs["delta"], inputs["sd"])
    n = root(lambda n: power_at(one_tail, spread(n, 2)))
    assert n == pytest.approx(expected["n_fractional"], abs=tolerance["abs"])
    n = root(lambda n: power_at(both, spread(n, 2)))
    assert n == pytest.approx(expected["n_pwr"], abs=tolerance["abs"])
    assert smallest(lambda n: power_at(both, n), target, start=3) == 20


def test_reference_odd_size_of_the_two_by_two() -> None:
    """XO-12: lrstat does not balance the sequences; `planner` knows 65 and 66."""
    inputs, expected, tolerance = published("XO-12")
    planned = plan(
        "2x2",
        one_sided(inputs["alpha_one_sided"]),
        inputs["mean_diff"],
        within(inputs["sd_within"]),
    )
    target = inputs["target_power"]
    n = smallest(lambda n: power_at(planned, spread(n, 2)), target, start=3)
    precision = precision_at(planned, spread(n, 2))
    assert n == expected["n_total"]
    assert precision.df[0] == expected["df"]
    assert precision.se[0] ** 2 == pytest.approx(expected["v_direct"], abs=5e-10)
    power = power_at(planned, spread(n, 2))
    assert power == pytest.approx(expected["power"], abs=tolerance["power"])
    assert smallest(lambda n: power_at(planned, n), target, start=3) == 65
    assert smallest(lambda n: power_at(planned, n), target, 2, start=2) == 66


def test_reference_repeated_measures_anova_with_two_measurements() -> None:
    """XO-13: the F test is the square of the paired t test with d_z² = f² m / (1 − ρ)."""
    inputs, expected, tolerance = published("XO-13")
    dz = inputs["f"] * np.sqrt(inputs["n_meas"] / (1 - inputs["corr"]))
    planned = paired(two_sided(inputs["alpha"]), float(dz), 1.0)
    n = smallest(lambda n: power_at(planned, n), inputs["target_power"], start=3)
    precision = precision_at(planned, n)
    assert n == expected["n"]
    assert precision.df[0] == expected["df2"]
    ratio = precision.estimate[0] / precision.se[0]
    assert ratio**2 == pytest.approx(expected["lambda_"], abs=1e-9)
    critical = critical_values(precision.df, inputs["alpha"] / 2)[0]
    assert critical**2 == pytest.approx(expected["crit_F"], abs=5e-8)
    assert critical**2 == pytest.approx(stats.f.isf(inputs["alpha"], 1, n - 1), rel=1e-10)
    power = power_at(planned, n)
    assert power == pytest.approx(expected["actual_power"], abs=tolerance["power"])


@pytest.mark.parametrize("case", TWO_SAMPLE)
def test_reference_two_sample_equivalence(case: str) -> None:
    """Parallel groups."""
    inputs, expected, tolerance = published(case)
    objective = equivalent(inputs["lower"], inputs["upper"], inputs["alpha"])
    planned = plan("parallel", objective, inputs["delta"], within(inputs["sd"], between=0.0))
    power = power_at(planned, 2 * inputs["n_per_group"])
    assert power == pytest.approx(expected["power"], abs=tolerance["power"])


def test_reference_two_meanings_of_the_same_standard_deviation() -> None:
    """TRAP-07: within-person SD, or SD of the within-person difference."""
    inputs, expected, tolerance = published("TRAP-07")
    objective = equivalent(*inputs["limits"])
    for covariance, key in (
        (within(inputs["sd"]), "power_if_residual_sd"),
        (of_difference(inputs["sd"]), "power_if_sd_of_difference"),
    ):
        planned = plan("paired", objective, inputs["diff"], covariance, analysis=PAIRED)
        power = power_at(planned, inputs["n"])
        assert power == pytest.approx(expected[key], abs=tolerance["power"])
