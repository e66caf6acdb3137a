"""Published interactions: of sex and treatment, and of two factors given to every person."""

import math
from collections.abc import Callable, Iterator, Mapping

from planner.engines.closed_form import ClosedForm, Precision, power_of
from planner.errors import NotEstimable
from planner.scenario import Scenario
from planner.validation.check import Check
from planner.validation.planned_trials import (
    Table,
    crossing,
    of_difference,
    plan,
    power_at,
    precision_at,
    smallest,
    spread,
    two_sided,
    within,
)
from planner.validation.published.traps import trap
from planner.validation.reference_values import Case, Reference

SUPERPOWER = {"INT-01": 0.904745, "INT-02": 0.988079}
"""What Superpower's ANOVA_exact2 prints for the same designs."""
FACTORIAL: Mapping[str, Mapping[str, float]] = {
    "power_A": {"A": -0.5, "B": 0.5, "C": -0.5, "D": 0.5},
    "power_B": {"A": -0.5, "B": -0.5, "C": 0.5, "D": 0.5},
    "power_AB": {"A": 1.0, "B": -1.0, "C": -1.0, "D": 1.0},
    "power_A_given_B1": {"A": -1.0, "B": 1.0},
    "power_A_given_B2": {"C": -1.0, "D": 1.0},
}
"""Contrasts of the cells A1B1, A2B1, A1B2, A2B2, named A to D."""


def by_sex(design: str, effects: Mapping[str, float], covariance: Table, alpha: float) -> Scenario:
    """Half women; the hypothesis is the difference between the sexes' effects."""
    return plan(
        design,
        two_sided(alpha),
        effects,
        covariance,
        analysis={"adjust_period": False},
        truth__female_share=0.5,
        plan__hypotheses__overall__contrast="interaction",
    )


def sex_by_treatment(case: Reference) -> Iterator[Check]:
    """Two-sample t on within-person differences: 23 women and 23 men, 44 df."""
    inputs, expected = case.inputs, case.expected
    effects = {"female": inputs["diff_group1"], "male": inputs["diff_group2"]}
    sd = inputs["sd"] * math.sqrt(2 * (1 - inputs["r"]))
    planned = by_sex("AB/BA", effects, of_difference(sd), inputs["alpha"])
    women = men = inputs["n_per_group"]
    people = [women // 2 + 1, men // 2, women // 2, men // 2 + 1]
    df = precision_at(planned, people).df[0]
    yield case.check("df", df, women + men - 2, 1e-9)
    power = power_at(planned, people)
    right = case.check("power", power, expected["power"], case.tolerance["power"])
    yield trap(right, SUPERPOWER[case.id])


def between_persons(case: Reference) -> Iterator[Check]:
    """INT-04: the F test of a 2 × 2 interaction is a squared t test; f² = (contrast / 4σ)²."""
    inputs, expected, target = case.inputs, case.expected, case.inputs["target_power"]
    f = math.sqrt(inputs["eta2"] / (1 - inputs["eta2"]))
    covariance = within(1.0, between=0.0)
    planned = by_sex("parallel", {"female": -2 * f, "male": 2 * f}, covariance, inputs["alpha"])
    n = smallest(lambda n: power_at(planned, n), target, 4, start=2)
    yield case.check("n", n, expected["n_total"], 0)
    yield case.check("df", precision_at(planned, n).df[0], n - 4, 1e-9)
    ncp = crossing(planned, target, (20, 2000), n_cells=4) * f**2
    yield case.check("noncentrality of F", ncp, expected["ncp"], 5e-4)


def group_by_time(case: Reference) -> Iterator[Check]:
    """INT-06: 197 people, not divisible by the two groups; λ = f² n m / (1 − ρ)."""
    inputs, expected, target = case.inputs, case.expected, case.inputs["target_power"]
    f2 = inputs["eta2"] / (1 - inputs["eta2"]) * inputs["n_rm"] / (1 - inputs["corr"])
    effects = {"female": -math.sqrt(f2), "male": math.sqrt(f2)}
    planned = by_sex("AB/BA", effects, of_difference(1.0), inputs["alpha"])
    n = smallest(lambda n: power_at(planned, spread(n, 4)), target, start=8)
    yield case.check("n", n, expected["n_total"], 0)
    yield case.check("df", precision_at(planned, spread(n, 4)).df[0], n - 2, 1e-9)
    size = crossing(planned, target, (20, 2000), n_cells=4)
    yield case.check("fractional n", size, 196.199, 5e-4)
    yield case.check("noncentrality of F", size * f2, expected["ncp"], 5e-4)


def two_factors_trial(inputs: Case, var_between: float) -> Scenario:
    """Every person receives all four cells; the published model has no period effects."""
    cells = list(inputs["cell_means"].values())
    effects = {letter: mean - cells[0] for letter, mean in zip("BCD", cells[1:], strict=True)}
    hypotheses = [
        {"name": name, "contrast": {"weights": weights}, "objective": two_sided(inputs["alpha"])}
        for name, weights in FACTORIAL.items()
    ]
    return plan(
        "4x4",
        two_sided(),
        effects,
        within(math.sqrt(inputs["var_within"]), math.sqrt(var_between)),
        analysis={"adjust_period": False},
        plan__hypotheses=hypotheses,
    )


def two_factors(case: Reference) -> Iterator[Check]:
    """MIX-01: eight people, 8 · 3 − 3 = 21 df; the variance between people does not matter."""
    inputs, expected = case.inputs, case.expected
    for var_between in (0.0, float(inputs["var_between"]), 400.0):
        planned = two_factors_trial(inputs, var_between)
        precision = _precision(planned, inputs["n_subjects"])
        condition = f"with {var_between:g} between people"
        yield case.check(f"df {condition}", precision.df[0], expected["df"], 1e-9)
        for name, power in zip(FACTORIAL, power_of(planned, precision), strict=True):
            tolerance = case.tolerance["t" if "given" in name else "F"]
            quantity = f"{name.replace('_', ' ')} {condition}"
            yield case.check(quantity, power, expected[name], tolerance)


def _precision(planned: Scenario, n: int) -> Precision:
    precision = ClosedForm(planned).precision(n)
    if precision is None:
        raise NotEstimable(f"{n} people cannot estimate the contrasts; take more")
    return precision


CASES: Mapping[str, Callable[[Reference], Iterator[Check]]] = {
    "INT-01": sex_by_treatment,
    "INT-02": sex_by_treatment,
    "INT-04": between_persons,
    "INT-06": group_by_time,
    "MIX-01": two_factors,
}
"""Published case → its checks."""
