"""Closed-form power and sample size against PowerTOST, on the additive scale."""

import pytest

from planner.engines.student import power_above, power_between
from planner.scenario import Scenario
from tests.planning import (
    Size,
    equivalent,
    non_inferior,
    one_sided,
    plan,
    power_at,
    precision_at,
    smallest,
    within,
)
from tests.reference import Case, case_id, reference, reference_case

CASES = reference("power_powertost")
OUT_OF_SCOPE = {
    "exppower_exact_both": "test_closed_form_expected_power.py",
    "exppower_approx_both": "test_closed_form_expected_power.py",
}
OTHER_DF = "sup_robust_3x3"
"""Planned with the df of the robust analysis, sum(n) − sequences."""

POWER_CASES = [
    case
    for case in CASES
    if case["id"] not in {*OUT_OF_SCOPE, OTHER_DF} and case["inputs"]["design"] != "2x4x2"
]
BALAAM_CASES = [case for case in CASES if case["inputs"]["design"] == "2x4x2"]
LATTICE = {"paired": 1, "parallel": 2, "3x3": 3, "3x6x3": 6, "4x4": 4, "2x4x4": 4, "2x3x3": 3}
"""Step in which PowerTOST searches: people per set of sequences, 2 where not named."""


def scenario(inputs: Case) -> Scenario:
    """The planned trial of a case; `sd_within` of a parallel design is the total SD."""
    design, alpha, margin = inputs["design"], inputs["alpha"], inputs.get("margin", 0.0)
    if "lower" in inputs:
        objective = equivalent(inputs["lower"], inputs["upper"], alpha)
    else:
        objective = non_inferior(margin, alpha) if margin else one_sided(alpha)
    return plan(
        design,
        objective,
        inputs["effect"],
        within(inputs["sd_within"], between=0.0 if design == "parallel" else 3.0),
        analysis={"adjust_period": design != "paired", "carryover": design == "2x4x2"},
    )


def test_reference_cases_are_all_used_or_explained() -> None:
    """No PowerTOST case is left out without a reason."""
    used = [*POWER_CASES, *BALAAM_CASES, reference_case("power_powertost", OTHER_DF)]
    assert {case["id"] for case in used} | set(OUT_OF_SCOPE) == {case["id"] for case in CASES}
    assert len(used) + len(OUT_OF_SCOPE) == len(CASES)


@pytest.mark.parametrize("case", POWER_CASES, ids=case_id)
def test_reference_power_and_size(case: Case) -> None:
    """Power to 1e-6; sample sizes exactly, on PowerTOST's lattice."""
    inputs, expected = case["inputs"], case["expected"]
    planned = scenario(inputs)
    if not isinstance(expected, dict):
        assert power_at(planned, inputs["n"]) == pytest.approx(expected, abs=1e-6)
        return
    step = LATTICE.get(inputs["design"], 2)
    n = smallest(lambda n: power_at(planned, n), inputs["target_power"], step, start=2)
    assert n == expected["n"]
    assert power_at(planned, n) == pytest.approx(expected["power"], abs=1e-6)


def balaam_power(inputs: Case, size: Size) -> float:
    """Power with the carry-over-adjusted variance but the df of the model without carry-over."""
    precision = precision_at(scenario(inputs), size)
    se, df = float(precision.se[0]), float(precision.df[0]) + 1
    if "lower" in inputs:
        limits = inputs["lower"], inputs["upper"]
        return power_between(inputs["effect"], limits, se, df, inputs["alpha"])
    bound = inputs.get("margin", 0.0)
    return float(power_above(inputs["effect"], bound, se, df, inputs["alpha"]))


@pytest.mark.parametrize("case", BALAAM_CASES, ids=case_id)
def test_reference_balaam(case: Case) -> None:
    """PowerTOST plans Balaam's design with the variance 8 σ²/n and n − 2 df.

    8 σ²/n is the variance of the contrast when carry-over is in the model (4 σ²/n without it);
    that model has n − 3 df, which is what `planner` uses. Here its variance is combined with
    PowerTOST's df.
    """
    inputs, expected = case["inputs"], case["expected"]
    if not isinstance(expected, dict):
        precision = precision_at(scenario(inputs), inputs["n"])
        assert precision.se[0] ** 2 == pytest.approx(8 * inputs["sd_within"] ** 2 / inputs["n"])
        assert precision.df[0] == inputs["n"] - 3
        assert balaam_power(inputs, inputs["n"]) == pytest.approx(expected, abs=1e-6)
        return
    n = smallest(lambda n: balaam_power(inputs, n), inputs["target_power"], 4, start=2)
    assert n == expected["n"]
    assert balaam_power(inputs, n) == pytest.approx(expected["power"], abs=1e-6)


def test_reference_robust_df() -> None:
    """The robust analysis of a 3 × 3 design has n − 3 df and the same variance."""
    case = reference_case("power_powertost", OTHER_DF)
    inputs = case["inputs"]
    precision = precision_at(scenario(inputs), inputs["n"])
    power = power_above(inputs["effect"], 0.0, precision.se[0], inputs["n"] - 3, inputs["alpha"])
    assert float(power) == pytest.approx(case["expected"], abs=1e-6)


@pytest.mark.parametrize("case", POWER_CASES, ids=case_id)
def test_reference_closed_form_of_least_squares_is_exact(case: Case) -> None:
    """Complete data and least squares: nothing is approximated."""
    n = case["inputs"].get("n", 48)
    precision = precision_at(scenario(case["inputs"]), n)
    assert precision.exact
    assert precision.error == 0.0
    assert precision.inflation[0] == pytest.approx(1.0, abs=1e-12)
