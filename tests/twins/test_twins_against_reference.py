"""The independent implementations reproduce the reference values of R and of the literature."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import optimize

from .mixed_model import (
    analyse,
    design_matrix,
    fit_reml,
    previous_treatment,
    reml_deviance,
    terms_of_formula,
)
from .power import (
    Layout,
    gls_variance,
    power_one_sided,
    power_tost,
    power_two_sided,
    variance_factor,
)

REFERENCE = Path(__file__).parents[2] / "planner/validation/reference"
B_MINUS_A = {"B": 1.0, "A": -1.0}
SEQUENCES = {
    "2x2": ["AB", "BA"],
    "3x3": ["ABC", "BCA", "CAB"],
    "3x6x3": ["ABC", "BCA", "CAB", "CBA", "ACB", "BAC"],
    "4x4": ["ABDC", "BCAD", "CDBA", "DACB"],
    "2x2x3": ["ABA", "BAB"],
    "2x2x4": ["ABAB", "BABA"],
    "2x4x4": ["AABB", "BBAA", "ABBA", "BAAB"],
    "2x3x3": ["BAA", "ABA", "AAB"],
    "2x4x2": ["AB", "BA", "AA", "BB"],
    "paired": ["AB", "BA"],
}


def cases(file: str) -> list[dict[str, Any]]:
    """All cases of a reference file."""
    loaded: list[dict[str, Any]] = json.loads((REFERENCE / file).read_text())["cases"]
    return loaded


def published(case_id: str) -> dict[str, Any]:
    """One published case."""
    return next(case for case in cases("published.json") if case["id"] == case_id)


def split(n: int, parts: int) -> list[int]:
    """Split n as evenly as possible, larger parts first."""
    return [n // parts + (i < n % parts) for i in range(parts)]


def by_id(case: dict[str, Any]) -> str:
    """Test id of a case."""
    return str(case["id"])


def fit_case(case: dict[str, Any]) -> tuple[Any, Any]:
    """Fit a reference data set and tabulate every coefficient."""
    x, names = design_matrix(case["data"], terms_of_formula(case["formula"]))
    assert names == case["expected"]["terms"]
    fit = fit_reml(x, case["data"]["subject"], case["data"]["y"])
    return fit, analyse(fit, np.eye(len(names)))


@pytest.mark.parametrize("case", cases("mixed_model_lme4.json"), ids=by_id)
def test_twin_mixed_model_reproduces_lme4(case: dict[str, Any]) -> None:
    """Estimates, both standard errors, both df and p-values of lme4, lmerTest and pbkrtest."""
    fit, table = fit_case(case)
    expected = case["expected"]
    for column in ("estimate", "se_model", "se_kr", "df_kr", "t_kr", "p_kr"):
        np.testing.assert_allclose(getattr(table, column), expected[column], rtol=1e-5)
    assert fit.sd_within == pytest.approx(expected["sd_within"], rel=1e-6)
    assert fit.sd_between == pytest.approx(expected["sd_between"], rel=1e-6, abs=1e-12)
    assert fit.deviance == pytest.approx(expected["reml_deviance"], abs=1e-8)
    assert (fit.sd_between == 0.0) == expected["singular"]
    if not expected["singular"]:
        for column in ("df_satterthwaite", "p_satterthwaite"):
            np.testing.assert_allclose(getattr(table, column), expected[column], rtol=1e-4)


@pytest.mark.parametrize("case", cases("carryover_lme4.json"), ids=by_id)
def test_twin_mixed_model_with_carryover_reproduces_lme4(case: dict[str, Any]) -> None:
    """Fits with previous-treatment columns."""
    fit, table = fit_case(case)
    expected = case["expected"]
    assert previous_treatment(case["data"]) == case["data"]["previous"]
    for column in ("estimate", "se_kr", "df_kr", "p_kr"):
        np.testing.assert_allclose(getattr(table, column), expected[column], rtol=1e-5)
    assert fit.sd_within == pytest.approx(expected["sd_within"], rel=1e-6)
    assert fit.sd_between == pytest.approx(expected["sd_between"], rel=1e-6)


@pytest.mark.parametrize("case", cases("mixed_model_lme4.json")[::3], ids=by_id)
def test_twin_reml_optimum_is_not_beaten_by_a_direct_search(case: dict[str, Any]) -> None:
    """A simplex search over both standard deviations ends at the same deviance."""
    fit, _ = fit_case(case)

    def deviance(sds: np.ndarray[Any, Any]) -> float:
        return reml_deviance(fit.x, fit.z, fit.y, abs(sds[0]), abs(sds[1]))

    found = optimize.fmin(deviance, [4.0, 4.0], xtol=1e-9, ftol=1e-11, maxiter=2000, disp=False)
    assert fit.deviance == pytest.approx(deviance(found), abs=1e-8)


def powertost_constants(design: str, n: list[int]) -> tuple[float, int]:
    """Variance constant and df with which PowerTOST plans a design.

    For Balaam's design it combines the carry-over-adjusted variance 8/n with the df n - 2 of
    the model without carry-over; the model with carry-over has n - 3.
    """
    if design == "parallel":
        return 1 / n[0] + 1 / n[1], sum(n) - 2
    layout = Layout(SEQUENCES[design], n)
    if design == "2x4x2":
        factor, df = variance_factor(layout, B_MINUS_A, carryover=True)
        return factor, df + 1
    return variance_factor(layout, B_MINUS_A, period_effects=design != "paired")


@pytest.mark.parametrize(
    "case",
    [case for case in cases("power_powertost.json") if not case["id"].startswith("exppower")],
    ids=by_id,
)
def test_twin_power_reproduces_powertost(case: dict[str, Any]) -> None:
    """Superiority, non-inferiority and equivalence on the additive scale."""
    inputs, expected = case["inputs"], case["expected"]
    n = inputs["n"] if "n" in inputs else expected["n"]
    expected_power = expected["power"] if isinstance(expected, dict) else expected
    counts = n if isinstance(n, list) else split(n, len(SEQUENCES.get(inputs["design"], "AB")))
    factor, df = powertost_constants(inputs["design"], counts)
    if "robust" in case["id"]:
        df = sum(counts) - len(counts)
    effect, alpha, se = inputs["effect"], inputs["alpha"], inputs["sd_within"] * factor**0.5
    if "lower" in inputs:
        power = power_tost(effect, se, df, alpha, inputs["lower"], inputs["upper"])
    else:
        power = power_one_sided(effect, se, df, alpha, bound=inputs.get("margin", 0.0))
    assert power == pytest.approx(expected_power, abs=1e-10)


@pytest.mark.parametrize(
    ("design", "sequences", "n"),
    [
        ("2x2x3", ["ABA", "BAB"], 29),
        ("2x2x3", ["ABB", "BAA"], 29),
        ("2x2x4", ["ABAB", "BABA"], 19),
        ("2x2x4", ["ABBA", "BAAB"], 19),
        ("2x3x3", ["BAA", "ABA", "AAB"], 29),
    ],
)
def test_twin_power_with_an_odd_number_of_completers(
    design: str, sequences: list[str], n: int
) -> None:
    """PowerTOST's unbalanced constants against least squares, log scale, CV 0.3.

    They agree for two sequences. For the partial replicate PowerTOST uses
    (1/6) sum 1/n_s, the variance of the unweighted mean over sequences of T minus the mean of
    the two R; least squares is slightly smaller (0.0517857 against 0.0518519), so its power is
    larger by 5e-4.
    """
    sd = math.sqrt(math.log1p(0.3**2))
    counts = split(n, len(sequences))
    factor, df = variance_factor(Layout(sequences, counts), B_MINUS_A)
    limits = math.log(0.8), math.log(1.25)
    target = published("DO-03")["expected"]["power"][design]
    if design == "2x3x3":
        least_squares = power_tost(math.log(0.95), sd * factor**0.5, df, 0.05, *limits)
        assert least_squares == pytest.approx(0.8068731, abs=1e-6)
        factor = sum(1 / count for count in counts) / 6
    power = power_tost(math.log(0.95), sd * factor**0.5, df, 0.05, *limits)
    assert power == pytest.approx(target, abs=1e-6)


@pytest.mark.parametrize("case_id", ["CO-03", "CO-04", "CO-05", "CO-06", "CO-07", "CO-09"])
def test_twin_power_adjusted_for_carryover_reproduces_lrstat(case_id: str) -> None:
    """First against last treatment; lrstat spreads n over the sequences in equal fractions."""
    case = published(case_id)
    inputs, expected = case["inputs"], case["expected"]
    sequences = ["".join("_ABC"[k] for k in row) for row in inputs["design"]]
    last = max("".join(sequences))
    layout = Layout(sequences, [1] * len(sequences))
    contrast = {last: 1.0, "A": -1.0}
    per_subject = variance_factor(layout, contrast, carryover=True)[0] * len(sequences)
    n = expected["n_total"]
    layout = Layout(sequences, split(n, len(sequences)))
    df = variance_factor(layout, contrast, carryover=True)[1]
    assert per_subject / n == pytest.approx(expected["var_direct"], rel=1e-7)
    assert df == expected["df"]
    power = power_one_sided(inputs["mean_diff"], math.sqrt(per_subject / n), df, 0.025)
    assert power == pytest.approx(expected["power"], abs=1e-6)


@pytest.mark.parametrize("case_id", ["HO-11", "HO-12", "HO-13", "HO-14"])
def test_twin_variance_under_carryover_reproduces_jones_and_kenward(case_id: str) -> None:
    """Four-period designs with six sequences."""
    case = published(case_id)
    sequences = case["inputs"]["sequences"]
    layout = Layout(sequences, [1] * len(sequences))
    factor, _ = variance_factor(layout, {"1": 1.0, "2": -1.0}, carryover=True)
    assert factor == pytest.approx(case["expected"]["var_tau1_minus_tau2"], abs=1e-5)


def test_twin_refuses_carryover_in_the_two_by_two() -> None:
    """The direct effect is not estimable in AB/BA with carry-over (CO-11)."""
    with pytest.raises(ValueError, match="not estimable"):
        variance_factor(Layout(["AB", "BA"], [9, 9]), B_MINUS_A, carryover=True)
    with pytest.raises(ValueError, match="not estimable"):
        gls_variance(
            Layout(["AB", "BA"], [9, 9]), B_MINUS_A, 1.0, 1.0, carryover=True, sequence_effects=True
        )


def test_twin_gls_variance_reproduces_dropout_by_period() -> None:
    """DO-06 and DO-07: correlation 0.5, sequence in the model."""
    halves = Layout(["AB", "BA", "AB", "BA"], [16, 16, 4, 4], [2, 2, 1, 1])
    variance = gls_variance(halves, B_MINUS_A, 1.0, 1.0, sequence_effects=True)
    assert variance == pytest.approx(published("DO-07")["expected"]["var_direct"], rel=1e-9)
    thirds = Layout(["ABB", "BAA"] * 3, [16, 16, 2, 2, 2, 2], [3, 3, 2, 2, 1, 1])
    variance = gls_variance(thirds, B_MINUS_A, 1.0, 1.0, carryover=True, sequence_effects=True)
    expected = published("DO-06")["expected"]
    assert variance_factor(thirds, B_MINUS_A, carryover=True)[1] == expected["df"]
    power = power_one_sided(0.5, math.sqrt(variance), expected["df"], 0.025)
    assert power == pytest.approx(expected["power"], abs=1e-6)


def test_twin_two_sided_power_of_a_paired_t_test() -> None:
    """XO-03: 50 pairs, d_z = 0.421637."""
    inputs = published("XO-03")["inputs"]
    n = inputs["n_pairs"]
    power = power_two_sided(inputs["dz"], 1 / math.sqrt(n), n - 1, inputs["alpha"])
    assert power == pytest.approx(published("XO-03")["expected"]["power"], abs=1e-6)
