"""Published powers and sizes of paired and parallel comparisons on the raw scale."""

import math
from collections.abc import Callable, Iterator, Mapping

from planner.engines.student import critical_values
from planner.scenario import Scenario
from planner.validation.check import Check
from planner.validation.planned_trials import (
    Table,
    crossing,
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
from planner.validation.published.traps import trap
from planner.validation.reference_values import Case, Reference

EXACT = 1e-9
"""Tolerance of degrees of freedom."""


def paired(objective: Table, effect: float, sd: float) -> Scenario:
    """AB/BA analysed by a paired t test; `sd` is that of the within-person difference."""
    unadjusted = {"adjust_period": False}
    return plan("paired", objective, effect, of_difference(sd), analysis=unadjusted)


def paired_trial(inputs: Case) -> Scenario:
    """The planned trial of a paired case, from whichever of its numbers the source gives."""
    match inputs:
        case {"dz": effect}:
            return paired(two_sided(inputs.get("alpha", 0.05)), effect, 1.0)
        case {"d": effect, "alternative": direction}:
            return paired(one_sided(inputs["alpha"], direction), effect, 1.0)
        case {"mu1": first, "mu2": second, "sd1": a, "sd2": b, "r": r}:
            sd = math.sqrt(a**2 + b**2 - 2 * r * a * b)
            return paired(two_sided(inputs["alpha"]), float(first - second), sd)
        case {"avg_variance": variance, "es": effect, "cor": r}:
            return paired(two_sided(inputs["alpha"]), effect, math.sqrt(2 * variance * (1 - r)))
        case {"mean_diff": effect, "limits": [lower, upper], "sd_diff": sd}:
            return paired(equivalent(lower, upper, inputs["alpha"]), effect, sd)
        case {"true_diff": effect, "margin": margin, "sd_diff": sd}:
            return paired(non_inferior(margin, inputs["alpha_one_sided"]), effect, sd)
        case {"delta": effect, "lower": lower, "upper": upper, "sd_diff": sd}:
            return paired(equivalent(lower, upper, inputs["alpha"]), effect, sd)
        case _:
            raise ValueError(f"{sorted(inputs)} describe no paired comparison")


def paired_power(case: Reference) -> Iterator[Check]:
    """Two-sided, one-sided in either direction, and equivalence."""
    inputs, expected = case.inputs, case.expected
    n = inputs["n_pairs" if "n_pairs" in inputs else "n"]
    yield case.check(
        "power", power_at(paired_trial(inputs), n), expected["power"], case.tolerance["power"]
    )


def paired_size(case: Reference) -> Iterator[Check]:
    """Smallest number of pairs."""
    inputs, expected = case.inputs, case.expected
    planned = paired_trial(inputs)
    n = smallest(lambda n: power_at(planned, n), inputs["target_power"], start=3)
    precision = precision_at(planned, n)
    yield case.check("n", n, expected["n"], 0)
    if "df" in expected:
        yield case.check("df", precision.df[0], expected["df"], EXACT)
    if "ncp" in expected:
        ratio = abs(precision.estimate[0]) / precision.se[0]
        yield case.check("noncentrality", ratio, expected["ncp"], case.tolerance["ncp"])


def moved_limits(case: Reference) -> Iterator[Check]:
    """TRAP-01: limits around 0, not around the assumed difference; without and with periods."""
    inputs, expected, within_ = case.inputs, case.expected, case.tolerance["power"]
    planned, target = paired_trial(inputs), inputs["target_power"]
    n = smallest(lambda n: power_at(planned, n), target, start=3)
    yield trap(case.check("n", n, expected["correct_n_pairs"], 0), expected["wrong_published"])
    yield case.check("power", power_at(planned, n), expected["correct_power_df_n1"], within_)
    adjusted = planned.with_changes({"plan.analysis.adjust_period": True})
    power = power_at(adjusted, spread(n, 2))
    yield case.check("power with n − 2 df", power, expected["correct_power_df_n2"], within_)
    balanced = smallest(lambda n: power_at(adjusted, n), target, 2, start=2)
    yield case.check("balanced n", balanced, expected["balanced_n"], 0)


def coded_as_equivalence(case: Reference) -> Iterator[Check]:
    """TRAP-02: non-inferiority has one limit, and a size in all."""
    inputs, expected = case.inputs, case.expected
    planned, target = paired_trial(inputs), inputs["target_power"]
    n = smallest(lambda n: power_at(planned, n), target, start=3)
    yield trap(case.check("n", n, expected["correct_n_pairs"], 0), expected["wrong_published"])
    power = power_at(planned, n)
    yield case.check("power", power, expected["correct_power"], case.tolerance["power"])
    balanced = smallest(lambda n: power_at(planned, n), target, 2, start=2)
    yield case.check("balanced n", balanced, expected["balanced_n"], 0)


def independent_pairs(case: Reference) -> Iterator[Check]:
    """TRAP-05: 50 pairs are not 100 independent ones."""
    power = power_at(paired_trial(case.inputs), case.inputs["n_pairs"])
    right = case.check("power", power, case.expected["correct"], case.tolerance["power"])
    yield trap(right, case.expected["spower"])


def two_meanings(case: Reference) -> Iterator[Check]:
    """TRAP-07: within-person SD, or SD of the within-person difference."""
    inputs, expected = case.inputs, case.expected
    of: Mapping[str, Table] = {
        "power_if_residual_sd": within(inputs["sd"]),
        "power_if_sd_of_difference": of_difference(inputs["sd"]),
    }
    for key, covariance in of.items():
        unadjusted = {"adjust_period": False}
        objective = equivalent(*inputs["limits"])
        planned = plan("paired", objective, inputs["diff"], covariance, analysis=unadjusted)
        wrong = next(expected[other] for other in of if other != key)
        power = power_at(planned, inputs["n"])
        quantity = key.replace("_", " ").replace("sd", "SD")
        yield trap(case.check(quantity, power, expected[key], case.tolerance["power"]), wrong)


def fractional_size(case: Reference) -> Iterator[Check]:
    """XO-02: `power.t.test` counts one tail, `pwr.t.test` both; SAS prints the next whole."""
    inputs, expected = case.inputs, case.expected
    alpha, target = inputs["alpha"], inputs["target_power"]
    one_tail = paired(one_sided(alpha / 2), inputs["delta"], inputs["sd"])
    both = paired(two_sided(alpha), inputs["delta"], inputs["sd"])
    for planned, key in ((one_tail, "n_fractional"), (both, "n_pwr")):
        n = crossing(planned, target, (5, 100), n_cells=2)
        yield case.check(key, n, expected[key], case.tolerance["abs"])
    whole = smallest(lambda n: power_at(both, n), target, start=3)
    yield case.check("n", whole, math.ceil(expected["n_pwr"]), 0)


def odd_size(case: Reference) -> Iterator[Check]:
    """XO-12: lrstat does not balance the sequences, 65; balanced, it is 66."""
    inputs, expected = case.inputs, case.expected
    objective = one_sided(inputs["alpha_one_sided"])
    planned = plan("2x2", objective, inputs["mean_diff"], within(inputs["sd_within"]))
    target = inputs["target_power"]
    n = smallest(lambda n: power_at(planned, spread(n, 2)), target, start=3)
    precision = precision_at(planned, spread(n, 2))
    power = power_at(planned, spread(n, 2))
    yield case.check("n", n, expected["n_total"], 0)
    yield case.check("df", precision.df[0], expected["df"], EXACT)
    yield case.check("variance", precision.se[0] ** 2, expected["v_direct"], 5e-10)
    yield case.check("power", power, expected["power"], case.tolerance["power"])
    balanced = smallest(lambda n: power_at(planned, n), target, 2, start=2)
    yield case.check("balanced n", balanced, expected["n_total"] + 1, 0)


def two_measurements(case: Reference) -> Iterator[Check]:
    """XO-13: the F test is the square of the paired t test with d_z² = f² m / (1 − ρ)."""
    inputs, expected = case.inputs, case.expected
    dz = inputs["f"] * math.sqrt(inputs["n_meas"] / (1 - inputs["corr"]))
    planned = paired(two_sided(inputs["alpha"]), dz, 1.0)
    n = smallest(lambda n: power_at(planned, n), inputs["target_power"], start=3)
    precision = precision_at(planned, n)
    ratio = float(precision.estimate[0] / precision.se[0])
    critical = float(critical_values(precision.df, inputs["alpha"] / 2)[0])
    power = power_at(planned, n)
    yield case.check("n", n, expected["n"], 0)
    yield case.check("df", precision.df[0], expected["df2"], EXACT)
    yield case.check("noncentrality of F", ratio**2, expected["lambda_"], EXACT)
    yield case.check("critical F", critical**2, expected["crit_F"], 5e-8)
    yield case.check("power", power, expected["actual_power"], case.tolerance["power"])


def two_sample(case: Reference) -> Iterator[Check]:
    """Equivalence of parallel groups."""
    inputs = case.inputs
    objective = equivalent(inputs["lower"], inputs["upper"], inputs["alpha"])
    planned = plan("parallel", objective, inputs["delta"], within(inputs["sd"], between=0.0))
    power = power_at(planned, 2 * inputs["n_per_group"])
    yield case.check("power", power, case.expected["power"], case.tolerance["power"])


CASES: Mapping[str, Callable[[Reference], Iterator[Check]]] = {
    **dict.fromkeys(("XO-05", "XO-06"), paired_size),
    **dict.fromkeys(("XO-03", "XO-09", "XO-10", "XO-11", "EQ-10", "EQ-11", "EQ-12"), paired_power),
    **dict.fromkeys(("EQ-13", "EQ-14", "EQ-16", "EQ-17"), two_sample),
    "XO-02": fractional_size,
    "XO-12": odd_size,
    "XO-13": two_measurements,
    "TRAP-01": moved_limits,
    "TRAP-02": coded_as_equivalence,
    "TRAP-05": independent_pairs,
    "TRAP-07": two_meanings,
}
"""Published case → its checks."""
