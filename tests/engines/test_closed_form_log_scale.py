"""Closed-form power and sample size against published values for ratios (PowerTOST)."""

import math

import pytest

from planner.engines.student import critical_values, power_between
from planner.scenario import Scenario
from tests.planning import (
    equivalent,
    non_inferior,
    plan,
    power_at,
    precision_at,
    smallest,
    spread,
)
from tests.reference import Case, published

POWER_AND_SIZE = (
    "NI-01", "NI-02", "NI-05", "NI-06", "NI-07", "NI-08", "NI-09",
    "EQ-01", "EQ-04", "EQ-06", "EQ-07", "EQ-08",
    "HO-01", "HO-03", "HO-05", "HO-06", "HO-08",
    "DO-02", "DO-04", "EP-13",
)  # fmt: skip
IDS = (*POWER_AND_SIZE, "DO-03", "EP-15")
LATTICE = {"4x4": 4}


def scenario(inputs: Case) -> Scenario:
    """The planned trial of a case, with PowerTOST's defaults for what it does not say."""
    design, ratio = inputs.get("design", "2x2"), inputs["theta0"]
    cv = inputs.get("CV", inputs.get("CV_upper"))
    if "margin" in inputs:
        objective = non_inferior(inputs["margin"], inputs["alpha"])
    else:
        lower = inputs.get("theta1", 0.8)
        upper = inputs.get("theta2", 1 / lower)
        objective = equivalent(lower, upper, inputs.get("alpha", 0.05))
    covariance = {"kind": "compound-symmetry", "cv_within": cv}
    if design == "parallel":
        covariance["sd_between"] = 0.0
    return plan(design, objective, ratio, covariance, scale="log")


@pytest.mark.parametrize("case", POWER_AND_SIZE)
def test_reference_power_and_size(case: str) -> None:
    """Power at given (possibly unequal) people per sequence, and the smallest balanced N."""
    inputs, expected, tolerance = published(case)
    planned = scenario(inputs)
    if "target_power" in inputs:
        step = LATTICE.get(inputs.get("design", "2x2"), 2)
        n = smallest(lambda n: power_at(planned, n), inputs["target_power"], step, start=2)
        assert n == expected["n_total"]
    else:
        n = inputs["n"]
    if "power" in expected:
        assert power_at(planned, n) == pytest.approx(expected["power"], abs=tolerance["power"])
    if "power_at_28" in expected:
        power = power_at(planned, 28)
        assert power == pytest.approx(expected["power_at_28"], abs=tolerance["power"])


@pytest.mark.parametrize(("design", "n"), [("2x2x3", 29), ("2x3x3", 29), ("2x2x4", 19)])
def test_reference_one_dropout_from_a_replicate_design(design: str, n: int) -> None:
    """DO-03: an odd number of completers, spread as evenly as they can be.

    For the partial replicate, with 10, 10 and 9 people, PowerTOST's value belongs to the
    unweighted mean over sequences, with variance (1/6) Σ 1/n_s σ². Least squares, which `planner`
    plans with, has 29/560 σ²; its power is larger by 5e-4.
    """
    inputs, expected, tolerance = published("DO-03")
    planned = scenario({**inputs, "design": design})
    target = expected["power"][design]
    if design != "2x3x3":
        assert power_at(planned, n) == pytest.approx(target, abs=tolerance["power"])
        return
    variance, precision = math.log1p(inputs["CV"] ** 2), precision_at(planned, [10, 10, 9])
    assert precision.se[0] ** 2 == pytest.approx(29 / 560 * variance, rel=1e-12)
    assert precision.df[0] == 55
    assert power_at(planned, n) == power_at(planned, [10, 10, 9])
    assert power_at(planned, n) == pytest.approx(0.8068731, abs=tolerance["power"])
    unweighted = math.sqrt(variance * (1 / 10 + 1 / 10 + 1 / 9) / 6)
    limits = math.log(0.8), math.log(1.25)
    power = power_between(math.log(inputs["theta0"]), limits, unweighted, 55, 0.05)
    assert power == pytest.approx(target, abs=tolerance["power"])


def test_reference_confidence_interval_at_a_point_estimate() -> None:
    """EP-15: 1 − 2α interval from the standard error and df of 13 + 12 people."""
    inputs, expected, tolerance = published("EP-15")
    planned = scenario({**inputs, "theta0": inputs["pe"]})
    precision = precision_at(planned, inputs["n"])
    reach = float(critical_values(precision.df, inputs["alpha"])[0] * precision.se[0])
    centre = math.log(inputs["pe"])
    for end, key in ((centre - reach, "lower_pct"), (centre + reach, "upper_pct")):
        assert 100 * math.exp(end) == pytest.approx(expected[key], abs=tolerance["abs"])


def test_reference_power_without_uncertainty_in_cases_of_expected_power() -> None:
    """The conditional power that EP-01 and EP-05 print beside their expected power."""
    inputs, expected, _ = published("EP-01")
    assert power_at(scenario(inputs), inputs["n"]) == pytest.approx(
        expected["cond_power"], abs=1e-6
    )
    inputs, expected, tolerance = published("EP-05")
    planned = scenario(inputs)
    n = smallest(lambda n: power_at(planned, n), inputs["target_power"], 2, start=2)
    assert n == expected["n"]["carved_in_stone"]
    power = expected["power"]["carved_in_stone"]
    assert power_at(planned, n) == pytest.approx(power, abs=tolerance["power"])


def test_reference_equal_fractions_are_no_better_than_whole_people() -> None:
    """NI-02's 18 + 17 people against 17.5 in each sequence."""
    inputs, _, _ = published("NI-02")
    planned = scenario(inputs)
    assert power_at(planned, spread(35, 2)) > power_at(planned, inputs["n"])
    assert power_at(planned, 35) == power_at(planned, inputs["n"])
