"""Exact power and size on the additive scale, against PowerTOST."""

import math
from collections.abc import Iterator
from dataclasses import replace

from planner.engines.student import power_above, power_between
from planner.scenario import Scenario
from planner.validation.check import Check
from planner.validation.planned_trials import (
    Size,
    Table,
    equivalent,
    non_inferior,
    one_sided,
    plan,
    power_at,
    precision_at,
    smallest,
    within,
)
from planner.validation.reference_values import Case, Reference, references

GROUP = "powertost"
POWER = 1e-6
"""Tolerance of a power, which PowerTOST prints with eleven digits."""
EXPECTED_POWER = 1e-4
"""Relative tolerance of PowerTOST's own quadrature over effect and variance."""
OTHER_DF = "sup_robust_3x3"
"""Planned with the df of the robust analysis, sum(n) − sequences."""
UNCERTAIN = ("exppower_exact_both", "exppower_approx_both")
SEARCHED = ("n_sup_2x2_0.8", "n_sup_2x2x4_0.8", "n_sup_3x3_0.8")
"""Cases whose size is also searched by simulation, as `planner size` does."""
STANDARD_ERRORS = 4.0
"""Monte-Carlo standard errors that a simulated power may differ from the exact one."""
LATTICE = {"paired": 1, "parallel": 2, "3x3": 3, "3x6x3": 6, "4x4": 4, "2x4x4": 4, "2x3x3": 3}
"""Step in which PowerTOST searches: people per set of sequences, 2 where not named."""
LEAST_SQUARES = "least squares: observations less people less effects, and σ² (X'X)⁻¹"
BALAAM_TRAP = (
    "PowerTOST plans Balaam's design with the variance of the effect adjusted for carry-over, "
    "8 σ²/n, also where the analysis does not adjust; that has 4 σ²/n"
)


def checks(workers: int | None = None) -> Iterator[Check]:
    """Every case of PowerTOST."""
    for case in references("power_powertost", GROUP):
        yield from checks_of(case, workers)


def checks_of(case: Reference, workers: int | None = None) -> Iterator[Check]:
    """The checks of one case."""
    if case.id in UNCERTAIN:
        return _expected_power(case)
    if case.id == OTHER_DF:
        return _robust_df(case)
    if case.inputs["design"] == "2x4x2":
        return _balaam(case)
    return _power_and_size(case, workers)


def planned_trial(inputs: Case) -> Scenario:
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


def _power_and_size(case: Reference, workers: int | None) -> Iterator[Check]:
    """Power at given people, or the smallest number on PowerTOST's lattice and its power."""
    inputs, expected = case.inputs, case.expected
    planned = planned_trial(inputs)
    if not isinstance(expected, dict):
        yield case.check("power", power_at(planned, inputs["n"]), expected, POWER)
        return
    step = LATTICE.get(inputs["design"], 2)
    n = smallest(lambda n: power_at(planned, n), inputs["target_power"], step, start=2)
    yield case.check("n", n, expected["n"], 0)
    yield case.check("power", power_at(planned, n), expected["power"], POWER)
    if case.id in SEARCHED:
        yield from _searched(case, planned, workers)


def _searched(case: Reference, planned: Scenario, workers: int | None) -> Iterator[Check]:
    """The size that the search by simulation finds, and its simulated power."""
    from planner.search.sample_size import sample_size

    target, settings = case.inputs["target_power"], {"n_trials": 20_000, "seed": 1}
    changed = planned.with_changes({"plan.power_targets": [target], "monte_carlo": settings})
    (found,) = sample_size(changed, workers=workers)
    yield case.check("n by simulation", found.n_evaluable, case.expected["n"], 0)
    power = found.power
    allowed = STANDARD_ERRORS * power.mcse
    simulated = case.check("simulated power", power.value, case.expected["power"], allowed)
    yield replace(simulated, mcse=power.mcse)


def balaam_power(inputs: Case, size: Size) -> float:
    """Power with the carry-over-adjusted variance but the df of the model without carry-over."""
    precision = precision_at(planned_trial(inputs), size)
    se, df = float(precision.se[0]), float(precision.df[0]) + 1
    if "lower" in inputs:
        limits = inputs["lower"], inputs["upper"]
        return power_between(inputs["effect"], limits, se, df, inputs["alpha"])
    bound = inputs.get("margin", 0.0)
    return float(power_above(inputs["effect"], bound, se, df, inputs["alpha"]))


def _balaam(case: Reference) -> Iterator[Check]:
    """PowerTOST plans Balaam's design with the variance 8 σ²/n and n − 2 df.

    8 σ²/n is the variance of the contrast when carry-over is in the model (4 σ²/n without it);
    that model has n − 3 df, which is what `planner` uses. Here its variance is combined with
    PowerTOST's df.
    """
    inputs, expected = case.inputs, case.expected
    if not isinstance(expected, dict):
        n, variance = inputs["n"], inputs["sd_within"] ** 2
        adjusted = precision_at(planned_trial(inputs), n)
        without = planned_trial(inputs).with_changes({"plan.analysis.carryover": False})
        own = adjusted.se[0] ** 2
        yield case.check("variance with carry-over", own, 8 * variance / n, 1e-9)
        yield case.check("df", adjusted.df[0], n - 3, 1e-9, LEAST_SQUARES)
        plain = precision_at(without, n).se[0] ** 2
        trap = case.check(
            "variance without carry-over", plain, 4 * variance / n, 1e-9, LEAST_SQUARES
        )
        yield replace(trap, trap=BALAAM_TRAP, wrong=8 * variance / n)
        yield case.check("power with PowerTOST's df", balaam_power(inputs, n), expected, POWER)
        return
    n = smallest(lambda n: balaam_power(inputs, n), inputs["target_power"], 4, start=2)
    yield case.check("n with PowerTOST's df", n, expected["n"], 0)
    power = balaam_power(inputs, n)
    yield case.check("power with PowerTOST's df", power, expected["power"], POWER)


def _robust_df(case: Reference) -> Iterator[Check]:
    """The robust analysis of a 3 × 3 design has n − 3 df and the same variance."""
    inputs = case.inputs
    precision = precision_at(planned_trial(inputs), inputs["n"])
    df = inputs["n"] - 3
    power = power_above(inputs["effect"], 0.0, precision.se[0], df, inputs["alpha"])
    yield case.check("power with the robust df", float(power), case.expected, POWER)


def uncertain_trial(inputs: Case) -> Scenario:
    """Superiority with effect and SD known from a pilot, as a design prior."""
    df, sd = inputs["pilot_n"] - 2, math.sqrt(2) * inputs["sd_within"]
    prior: Table = {
        "effect": {"kind": "pilot", "mean": inputs["effect"], "n_subjects": inputs["pilot_n"]},
        "sd_difference": {"kind": "scaled-inverse-chi", "value": sd, "df": float(df)},
    }
    return plan(
        inputs["design"],
        one_sided(inputs["alpha"]),
        inputs["effect"],
        within(inputs["sd_within"]),
        truth_prior=prior,
    )


def _expected_power(case: Reference) -> Iterator[Check]:
    """PowerTOST integrates with relative tolerance 1e-4, here the integral is exact."""
    from planner.operating.expected_power import expected_power

    found = expected_power(uncertain_trial(case.inputs), case.inputs["n"])
    power = math.nan if found is None else float(found.power[0])
    yield case.check("expected power", power, case.expected, EXPECTED_POWER * case.expected)
