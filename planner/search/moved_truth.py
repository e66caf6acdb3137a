"""A scenario under another truth: one assumption moved, everything else as planned.

Values are on the scale of the analysis. Moving the SD leaves the effect where it is, whichever
two of effect, standardised effect and SD the scenario states.
"""

from typing import Any, Literal, assert_never

import numpy as np

from planner.scenario import Scenario
from planner.trials.varied import Truths, effects_under, planned_effect
from planner.truth.attrition import HazardBySex
from planner.truth.covariance import SdMultiplier

Assumption = Literal[
    "effect",
    "sex_difference",
    "sd_difference",
    "correlation",
    "dropout",
    "carryover",
    "female_share",
]
"""Names as in `TruthPrior`, and the planned share of women."""


def with_assumption(scenario: Scenario, name: Assumption, value: float) -> Scenario:
    """The scenario with one assumption at `value`.

    Parameters
    ----------
    name : ``effect`` is that of the population (sexes weighted by their share) and moves both
        sexes alike, ``sex_difference`` is men − women and leaves the overall effect; ``dropout``
        is the hazard after every period but the last; ``carryover`` is that of the test treatment.
    """
    varied = np.array([value])
    match name:
        case "effect":
            return _with(scenario, Truths(effect=varied))
        case "sex_difference":
            return _with(scenario, Truths(sex_difference=varied))
        case "sd_difference" | "correlation":
            return _with(scenario, Truths(), {f"truth.covariance.{name}": value})
        case "dropout":
            leaving: dict[str, Any] = {"kind": "mcar" if value > 0 else "none"}
            if value > 0:
                periods = range(1, scenario.plan.design.n_periods)
                leaving |= {f"after_period_{p}": value for p in periods}
            return _with(scenario, Truths(), {"truth.attrition": leaving})
        case "carryover":
            lasting = {_test(scenario): scenario.truth.endpoint.to_natural(value)}
            others = scenario.truth.carryover
            kept = others if isinstance(others, dict) else {}
            return _with(scenario, Truths(), {"truth.carryover": kept | lasting})
        case "female_share":
            return _with(scenario, Truths(), {"truth.female_share": value})
        case _:
            assert_never(name)


def planned_value(scenario: Scenario, name: Assumption) -> float | None:
    """Where an assumption stands; None where the scenario does not have it as one number."""
    truth, n_periods = scenario.truth, scenario.plan.design.n_periods
    match name:
        case "effect":
            return planned_effect(scenario)
        case "sex_difference":
            return _sex_difference(scenario) if len(truth.strata) > 1 else None
        case "sd_difference":
            return truth.sd_difference
        case "correlation":
            return _correlation(scenario) if n_periods > 1 else None
        case "dropout":
            hazard = getattr(truth.attrition, "after_period_1", 0.0)
            return None if n_periods == 1 or isinstance(hazard, HazardBySex) else float(hazard)
        case "carryover":
            return _carryover(scenario) if n_periods > 1 else None
        case "female_share":
            return truth.female_share
        case _:
            assert_never(name)


def _with(scenario: Scenario, truths: Truths, changes: dict[str, Any] | None = None) -> Scenario:
    """The same truth stated by effects, SD of the difference and correlation, then changed."""
    truth, treatments = scenario.truth, scenario.plan.design.treatments
    effects = effects_under(scenario, truths)[0]
    natural = [[truth.endpoint.to_natural(float(v)) for v in row] for row in effects]
    table = {
        letter: natural[0][k]
        if len(natural) == 1
        else {"female": natural[0][k], "male": natural[1][k]}
        for k, letter in enumerate(treatments)
        if k
    }
    multiplier = truth.resolved_covariance().sd_multiplier
    covariance = {
        "kind": "paired-difference",
        "sd_difference": truth.sd_difference,
        "correlation": _correlation(scenario),
        **({} if multiplier == SdMultiplier() else {"sd_multiplier": multiplier.plain()}),
    }
    stated = {
        "truth.effect": table,
        "truth.standardised_effect": None,
        "truth.covariance": covariance,
    }
    return scenario.with_changes(stated | (changes or {}))


def _correlation(scenario: Scenario) -> float:
    within, between = scenario.truth.resolved_covariance().components()
    return between / (within + between)


def _sex_difference(scenario: Scenario) -> float:
    """Effect in men − effect in women."""
    k = scenario.plan.design.treatments.index(_test(scenario))
    female, male = effects_under(scenario, Truths())[0, :, k]
    return float(male - female)


def _carryover(scenario: Scenario) -> float:
    treatments = scenario.plan.design.treatments
    lasting = scenario.truth.carryover_effects(treatments, treatments[1])
    return float(lasting[treatments.index(_test(scenario))])


def _test(scenario: Scenario) -> str:
    """The test treatment that a design prior is about."""
    prior = scenario.truth_prior
    return (prior and prior.treatment) or scenario.plan.design.treatments[1]
