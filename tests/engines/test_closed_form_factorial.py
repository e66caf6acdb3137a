"""Interactions: of sex and treatment, and of two factors given to every person."""

import math
from collections.abc import Callable

import pytest
from scipy import optimize

from planner.engines.closed_form import ClosedForm, power_of
from planner.scenario import Scenario
from tests.planning import (
    of_difference,
    plan,
    power_at,
    precision_at,
    smallest,
    spread,
    two_sided,
    within,
)
from tests.reference import published

IDS = ("INT-01", "INT-02", "INT-04", "INT-06", "MIX-01")


def by_sex(design: str, effects: dict[str, float], covariance: object, alpha: float) -> Scenario:
    """Half women; the hypothesis is the difference between the sexes' effects."""
    assert isinstance(covariance, dict)
    return plan(
        design,
        two_sided(alpha),
        effects,
        covariance,
        analysis={"adjust_period": False},
        truth__female_share=0.5,
        plan__hypotheses__overall__contrast="interaction",
    )


@pytest.mark.parametrize("case", ["INT-01", "INT-02"])
def test_reference_sex_by_treatment_interaction(case: str) -> None:
    """Two-sample t on within-person differences: 23 women and 23 men, 44 df."""
    inputs, expected, tolerance = published(case)
    effects = {"female": inputs["diff_group1"], "male": inputs["diff_group2"]}
    sd = inputs["sd"] * math.sqrt(2 * (1 - inputs["r"]))
    planned = by_sex("AB/BA", effects, of_difference(sd), inputs["alpha"])
    women = men = inputs["n_per_group"]
    people = [women // 2 + 1, men // 2, women // 2, men // 2 + 1]
    precision = precision_at(planned, people)
    assert precision.df[0] == 44
    assert precision.estimate[0] == pytest.approx(-1.0)
    assert power_at(planned, people) == pytest.approx(expected["power"], abs=tolerance["power"])


def test_reference_sex_by_treatment_interaction_between_persons() -> None:
    """INT-04: the F test of a 2 × 2 interaction is a squared t test; f² = (contrast / 4σ)²."""
    inputs, expected, _ = published("INT-04")
    f = math.sqrt(inputs["eta2"] / (1 - inputs["eta2"]))
    covariance = within(1.0, between=0.0)
    planned = by_sex("parallel", {"female": -2 * f, "male": 2 * f}, covariance, inputs["alpha"])
    target = inputs["target_power"]
    n = smallest(lambda n: power_at(planned, n), target, 4, start=2)
    assert n == expected["n_total"]
    assert precision_at(planned, n).df[0] == n - 4
    size = _root(lambda n: power_at(planned, spread(n, 4)), target)
    assert size * f**2 == pytest.approx(expected["ncp"], abs=5e-4)


def test_reference_group_by_time_interaction() -> None:
    """INT-06: 197 people, not divisible by the two groups; λ = f² n m / (1 − ρ)."""
    inputs, expected, _ = published("INT-06")
    f2 = inputs["eta2"] / (1 - inputs["eta2"]) * inputs["n_rm"] / (1 - inputs["corr"])
    effects = {"female": -math.sqrt(f2), "male": math.sqrt(f2)}
    planned = by_sex("AB/BA", effects, of_difference(1.0), inputs["alpha"])
    target = inputs["target_power"]
    n = smallest(lambda n: power_at(planned, spread(n, 4)), target, start=8)
    assert n == expected["n_total"]
    assert precision_at(planned, spread(n, 4)).df[0] == pytest.approx(n - 2)
    size = _root(lambda n: power_at(planned, spread(n, 4)), target)
    assert size == pytest.approx(196.199, abs=5e-4)
    assert size * f2 == pytest.approx(expected["ncp"], abs=5e-4)


def _root(power: Callable[[float], float], target: float) -> float:
    return float(optimize.brentq(lambda n: power(n) - target, 20, 2000, xtol=1e-9))


FACTORIAL = {
    "power_A": {"A": -0.5, "B": 0.5, "C": -0.5, "D": 0.5},
    "power_B": {"A": -0.5, "B": -0.5, "C": 0.5, "D": 0.5},
    "power_AB": {"A": 1.0, "B": -1.0, "C": -1.0, "D": 1.0},
    "power_A_given_B1": {"A": -1.0, "B": 1.0},
    "power_A_given_B2": {"C": -1.0, "D": 1.0},
}
"""Contrasts of the cells A1B1, A2B1, A1B2, A2B2, named A to D."""


@pytest.mark.parametrize("between", [0.0, 11.0, 400.0])
def test_reference_two_factors_within_persons(between: float) -> None:
    """MIX-01: eight people receive all four cells; the variance between them does not matter.

    The published model has no period effects: 8 · 3 − 3 = 21 df.
    """
    inputs, expected, tolerance = published("MIX-01")
    cells = list(inputs["cell_means"].values())
    effects = {letter: mean - cells[0] for letter, mean in zip("BCD", cells[1:], strict=True)}
    hypotheses = [
        {
            "name": name,
            "contrast": {"weights": weights},
            "objective": {"kind": "two-sided", "alpha": inputs["alpha"]},
        }
        for name, weights in FACTORIAL.items()
    ]
    planned = plan(
        "4x4",
        two_sided(),
        effects,
        within(math.sqrt(inputs["var_within"]), math.sqrt(between)),
        analysis={"adjust_period": False},
        plan__hypotheses=hypotheses,
    )
    precision = ClosedForm(planned).precision(inputs["n_subjects"])
    assert precision is not None
    assert set(precision.df) == {expected["df"]}
    for name, power in zip(FACTORIAL, power_of(planned, precision), strict=True):
        kind = "t" if "given" in name else "F"
        assert power == pytest.approx(expected[name], abs=tolerance[kind])
