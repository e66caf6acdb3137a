"""Published expected power and assurance: PowerTOST, bayesassurance, O'Hagan & Stevens 2001."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from planner.design.allocation import LARGEST_TRIAL
from planner.operating.expected_power import ExpectedPowerForm, expected_power
from planner.scenario import Scenario
from planner.validation.check import Check
from planner.validation.planned_trials import (
    Table,
    equivalent,
    non_inferior,
    of_difference,
    one_sided,
    plan,
    power_at,
    smallest,
    within,
)
from planner.validation.reference_values import Case, Reference


def known_from(df: float, value: float) -> Table:
    """An SD known from `df` degrees of freedom."""
    return {"kind": "scaled-inverse-chi", "value": float(value), "df": float(df)}


def sd_of(cv: float) -> float:
    """SD of the within-person difference of logarithms."""
    return math.sqrt(2 * math.log1p(cv**2))


def ratio(objective: Table, theta0: float, cv: float, prior: Table | None = None) -> Scenario:
    """A 2 × 2 crossover with a log-scale endpoint."""
    more: dict[str, Any] = {"truth_prior": prior} if prior else {}
    covariance = {"kind": "compound-symmetry", "cv_within": cv}
    return plan("2x2", objective, theta0, covariance, scale="log", **more)


def average(scenario: Scenario, n: int) -> float:
    """Expected power of the first hypothesis; not a number where it has no exact form."""
    result = expected_power(scenario, n)
    return float(result.power[0]) if result is not None and result.exact else math.nan


def uncertain_cv(case: Reference) -> Iterator[Check]:
    """EP-01: PowerTOST, exppower.noninf, CV 0.3 known from 10 df."""
    inputs, expected, tolerance = case.inputs, case.expected, case.tolerance["power"]
    objective = non_inferior(inputs["margin"], inputs["alpha"])
    prior = {"sd_difference": known_from(inputs["df_pilot"], sd_of(inputs["CV"]))}
    uncertain = ratio(objective, inputs["theta0"], inputs["CV"], prior)
    certain = ratio(objective, inputs["theta0"], inputs["CV"])
    n = inputs["n"]
    yield case.check("expected power", average(uncertain, n), expected["exp_power"], tolerance)
    yield case.check("power", power_at(certain, n), expected["cond_power"], tolerance)
    same = average(certain, n)
    yield case.check("expected power of a certain CV", same, expected["cond_power"], tolerance)


def uncertain_priors(inputs: Case) -> Mapping[str, Table | None]:
    """EP-05: what is uncertain → design prior by a pilot of 16."""
    pilot = {"kind": "pilot", "mean": math.log(inputs["theta0"]), "n_subjects": inputs["m_pilot"]}
    known = known_from(inputs["m_pilot"] - 2, sd_of(inputs["CV"]))
    return {
        "carved_in_stone": None,
        "CV": {"sd_difference": known},
        "theta0": {"effect": pilot},
        "both": {"effect": pilot, "sd_difference": known},
    }


def uncertain_in_turn(case: Reference) -> Iterator[Check]:
    """EP-05: PowerTOST's vignette; sizes 28, 30, 46 and 54."""
    inputs, expected = case.inputs, case.expected
    objective = equivalent(0.8, 1.25)
    for what, prior in uncertain_priors(inputs).items():
        form = ExpectedPowerForm(ratio(objective, inputs["theta0"], inputs["CV"], prior))

        def at(n: int, form: ExpectedPowerForm = form) -> float:
            result = form.at(n)
            return 0.0 if result is None else float(result.power[0])

        words = "nothing" if prior is None else what
        n = smallest(at, inputs["target_power"], 2, start=2)
        yield case.check(f"n, {words} uncertain", n, expected["n"][what], 0)
        power, printed = at(expected["n"][what]), expected["power"][what]
        yield case.check(f"power, {words} uncertain", power, printed, case.tolerance["power"])


def pooled(inputs: Case) -> tuple[float, float]:
    """CV and df of several pilots, variances of logarithms weighted by their df."""
    if "CVs" not in inputs:
        return inputs["CV"], inputs["m_pilot"] - 2
    variance = np.average(np.log1p(np.square(inputs["CVs"])), weights=inputs["dfs"])
    return float(np.sqrt(np.expm1(variance))), float(np.sum(inputs["dfs"]))


def by_pilots(case: Reference) -> Iterator[Check]:
    """EP-06 to EP-08: expsampleN.noninf and expsampleN.TOST with one or two pilots."""
    inputs, expected, target = case.inputs, case.expected, case.inputs["target_power"]
    cv, df = pooled(inputs)
    if "pooled_CV" in expected:
        yield case.check("pooled CV", cv, expected["pooled_CV"], 1e-6)
        yield case.check("df", df, expected["df"], 0)
    prior = {"sd_difference": known_from(df, sd_of(cv))}
    margin = inputs.get("margin")
    objective = equivalent(0.8, 1.25) if margin is None else non_inferior(margin)
    scenario = ratio(objective, inputs["theta0"], cv, prior)
    n = smallest(lambda n: average(scenario, n), target, 2, start=4)
    yield case.check("n", n, expected["n_total"], 0)
    power = average(scenario, expected["n_total"])
    yield case.check("expected power", power, expected["exp_power"], case.tolerance["power"])


def with_known_variance(n: int, at: Callable[[int], float]) -> float:
    """Power as a trial grows beyond measure and its variance as much: that is then all but known.

    Parameters
    ----------
    at : power of a trial this many times as large as one of n.
    """
    return at(LARGEST_TRIAL // n)


def z_test(case: Reference) -> Iterator[Check]:
    """EP-16 and EP-17: bayesassurance, known variance; with a design prior worth n_d people."""
    inputs, unadjusted = case.inputs, {"adjust_period": False}
    effect, variance = inputs["theta1"] - inputs["theta0"], inputs["sigsq"]
    more, key = dict[str, Any](), "power"
    if "n_d" in inputs:
        sd, key = math.sqrt(variance / inputs["n_d"]), "assurance"
        more = {"truth_prior": {"effect": {"kind": "normal", "mean": effect, "sd": sd}}}

    def power(n: int, scale: int) -> float:
        covariance = of_difference(math.sqrt(scale * variance))
        objective = one_sided(inputs["alpha"])
        planned = plan("paired", objective, effect, covariance, analysis=unadjusted, **more)
        return average(planned, n * scale)

    for n, printed in zip(inputs["n"], case.expected[key], strict=True):
        found = with_known_variance(n, partial(power, n))
        yield case.check(f"{key} with {n}", found, printed, case.tolerance["power"])


def cost_effectiveness(case: Reference) -> Iterator[Check]:
    """EP-18: O'Hagan & Stevens 2001, net benefit in two parallel groups of 285."""
    inputs, n = case.inputs, 2 * case.inputs["n_per_arm"]
    k, (effect_0, cost_0, effect_1, cost_1) = inputs["K"], inputs["mu_d"]
    mean = float(k * (effect_1 - effect_0) - (cost_1 - cost_0))
    variance = k**2 * inputs["var_E"] + inputs["var_C"]
    prior_variance = k**2 * 2 * (inputs["prior_var_eff"] - inputs["prior_cov_eff"])
    prior_variance += 2 * inputs["prior_var_cost"]
    prior = {"effect": {"kind": "normal", "mean": mean, "sd": math.sqrt(prior_variance)}}

    def assurance(alpha: float, scale: int) -> float:
        total = within(math.sqrt(scale * variance), between=0.0)
        planned = plan("parallel", one_sided(alpha), mean, total, truth_prior=prior)
        return average(planned, n * scale)

    for alpha, key in ((0.05, "closed_form_alpha05"), (0.025, "closed_form_alpha025")):
        found, printed = assurance(alpha, 1), case.expected[key]
        yield case.check(f"assurance at α = {alpha}", found, printed, case.tolerance["power"])
        known = with_known_variance(n, partial(assurance, alpha))
        yield case.check(f"assurance of a known variance at α = {alpha}", known, printed, 1e-6)


CASES: Mapping[str, Callable[[Reference], Iterator[Check]]] = {
    "EP-01": uncertain_cv,
    "EP-05": uncertain_in_turn,
    **dict.fromkeys(("EP-06", "EP-07", "EP-08"), by_pilots),
    **dict.fromkeys(("EP-16", "EP-17"), z_test),
    "EP-18": cost_effectiveness,
}
"""Published case → its checks."""
