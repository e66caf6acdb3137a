"""Stress scenarios: how a plan fares if the truth is kinder or harsher than planned.

The deviations are assumed planning deviations, not estimates: they stand for no probability and
no published range, and say by how much every assumption is off at once. What the data support is
the design prior, `planner.truth.truth_prior`.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from planner.engines.model import bounds_of, true_values
from planner.operating.nulls import null_values, with_contrasts
from planner.scenario import Scenario
from planner.truth.attrition import HazardBySex, Mcar
from planner.truth.covariance import SdMultiplier

StressName = Literal["optimistic", "realistic", "adverse"]
LARGEST_HAZARD = 0.95
"""Nobody is stressed out of a trial for certain."""


@dataclass(frozen=True, slots=True)
class Stress:
    """Assumed factors on what a scenario assumes; 1 leaves it alone.

    Parameters
    ----------
    effect : on treatment effects, on the scale of the analysis (ratios by their logarithm). Of a
        first hypothesis that no effect at all would satisfy (non-inferiority, equivalence), on
        the distance of its true value from its margin instead.
    sd : on the SD of one outcome.
    correlation : on the correlation of a person's outcomes, at the same SD of one outcome; a
        negative correlation is left alone.
    dropout : on every hazard of leaving.
    carryover : on the carry-over, on the scale of the analysis, where the truth has one.
    """

    name: StressName
    effect: float = 1.0
    sd: float = 1.0
    correlation: float = 1.0
    dropout: float = 1.0
    carryover: float = 1.0

    @property
    def words(self) -> str:
        """What it changes, as a sentence."""
        if self == REALISTIC:
            return "As planned."
        parts = {
            "effect (or distance from the margin)": self.effect,
            "SD of an outcome": self.sd,
            "correlation between periods": self.correlation,
            "dropout": self.dropout,
            "carry-over, where there is one,": self.carryover,
        }
        changes = ", ".join(f"{what} × {factor:g}" for what, factor in parts.items())
        return f"Assumed: {changes}."


OPTIMISTIC = Stress("optimistic", 1.15, 0.95, 1.1, 0.5, 0.5)
REALISTIC = Stress("realistic")
ADVERSE = Stress("adverse", 0.75, 1.1, 0.9, 1.5, 1.5)
"""At a correlation of 0.5 the SD of the within-person difference is 10 % smaller when optimistic
and 15 % larger when adverse."""
STRESSES: tuple[Stress, ...] = (OPTIMISTIC, REALISTIC, ADVERSE)


def stress_scenarios(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario under every stress, by name; ``realistic`` is the scenario itself."""
    return {s.name: scenario if s == REALISTIC else stressed(scenario, s) for s in STRESSES}


def stress_words(name: str) -> str:
    """What a stress changes, as a sentence."""
    return next(s.words for s in STRESSES if s.name == name)


def stressed(scenario: Scenario, stress: Stress) -> Scenario:
    """The scenario under one stress; the size, the design and the analysis stay as they are."""
    truth = scenario.truth
    changes: dict[str, Any] = {
        "truth.covariance": _covariance(scenario, stress),
        "truth.standardised_effect": None,
        "truth.effect": _effects(scenario, stress.effect),
    }
    if isinstance(truth.attrition, Mcar):
        changes["truth.attrition"] = scaled_attrition(truth.attrition, stress.dropout)
    if truth.carryover is not None:
        changes["truth.carryover"] = _carryover(scenario, stress.carryover)
    return scenario.with_changes(changes, f"{stress.name} stress")


def _effects(scenario: Scenario, factor: float) -> dict[str, Any]:
    """Treatment letter → effect on the natural scale."""
    truth, treatments = scenario.truth, scenario.plan.design.treatments
    lower, upper = (float(bound[0]) for bound in bounds_of(scenario))
    if lower < 0 < upper:
        name = scenario.plan.hypothesis_names[0]
        scenario = with_contrasts(scenario, {name: _from_margin(scenario, factor)})[0]
        truth, factor = scenario.truth, 1.0
    effects = truth.treatment_effects(treatments, treatments[1]) * factor
    natural = [[truth.endpoint.to_natural(float(v)) for v in row] for row in effects]
    return {
        letter: natural[0][k]
        if len(natural) == 1
        else {"female": natural[0][k], "male": natural[1][k]}
        for k, letter in enumerate(treatments)
        if k
    }


def _from_margin(scenario: Scenario, factor: float) -> float:
    """True value of the first hypothesis with its distance from the nearer margin scaled.

    Between two margins no further than halfway.
    """
    lower, upper = (float(bound[0]) for bound in bounds_of(scenario))
    edge = null_values(scenario)[scenario.plan.hypothesis_names[0]]
    distance = factor * (float(true_values(scenario)[0]) - edge)
    halfway = (upper - lower) / 2
    return edge + float(np.clip(distance, -halfway, halfway))


def _covariance(scenario: Scenario, stress: Stress) -> dict[str, Any]:
    """The same SD structure, given as SD of the within-person difference and correlation."""
    covariance = scenario.truth.resolved_covariance()
    within, between = covariance.components()
    total = (within + between) * stress.sd**2
    correlation = between / (within + between)
    if correlation > 0:
        correlation = min(correlation * stress.correlation, (1 + correlation) / 2)
    multiplier = covariance.sd_multiplier
    return {
        "kind": "paired-difference",
        "sd_difference": float(np.sqrt(2 * total * (1 - correlation))),
        "correlation": float(correlation),
        **({} if multiplier == SdMultiplier() else {"sd_multiplier": multiplier.plain()}),
    }


def scaled_attrition(attrition: Mcar, factor: float) -> dict[str, Any]:
    """Every hazard of leaving times a factor, at most `LARGEST_HAZARD`, as in a scenario file."""

    def scaled(hazard: float) -> float:
        return min(factor * hazard, max(hazard, LARGEST_HAZARD))

    result: dict[str, Any] = {"kind": "mcar"}
    for name in (f"after_period_{p}" for p in range(1, 8)):
        match getattr(attrition, name):
            case HazardBySex(female=female, male=male):
                result[name] = {"female": scaled(female), "male": scaled(male)}
            case float() as hazard:
                result[name] = scaled(hazard)
    return result


def _carryover(scenario: Scenario, factor: float) -> dict[str, float]:
    truth, treatments = scenario.truth, scenario.plan.design.treatments
    lasting = factor * truth.carryover_effects(treatments, treatments[1])
    return {
        letter: truth.endpoint.to_natural(float(value))
        for letter, value in zip(treatments[1:], lasting[1:], strict=True)
    }
