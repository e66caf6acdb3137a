"""Truths drawn from a design prior, and trials laid out under each of them.

Every trial of a block has a truth of its own. Each varied quantity has its own generator, so that
varying one more of them does not move the others, and no truth moves a draw of outcomes.
"""

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from planner.evidence.distribution import (
    Beta,
    Fixed,
    LogNormal,
    ProperEffect,
    ScaledInverseChi,
    Uniform,
    sample,
)
from planner.plan.hypothesis import sex_weights
from planner.rng import BLOCK_SIZE, Stream, generator
from planner.scenario import Scenario
from planner.trials.layout import Layout, expected_outcomes
from planner.trials.moments import FloatArray
from planner.truth.attrition import Mcar
from planner.truth.truth_prior import PilotEstimate, SdPrior, SharePrior


@dataclass(frozen=True, slots=True, eq=False)
class Truths:
    """What differs between truths, [T] each, on the scale of the analysis.

    None stays at the scenario's truth; the names are those of `TruthPrior`.
    """

    effect: FloatArray | None = None
    sex_difference: FloatArray | None = None
    sd_difference: FloatArray | None = None
    correlation: FloatArray | None = None
    dropout: FloatArray | None = None
    carryover: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class VariedLayout:
    """What a simulation needs to know of every truth; T is 1 where they do not differ.

    Parameters
    ----------
    mean : expected outcome of every visit of a cell, axes [T, C, P].
    covariance : Σ per stratum, axes [T, G, P, P].
    probability : chance of a person of the cell's sequence and stratum to be in it, [T, C].
    """

    mean: FloatArray
    covariance: FloatArray
    probability: FloatArray


def unvaried(layout: Layout) -> VariedLayout:
    """The layout's own truth, for all trials."""
    return VariedLayout(layout.mean[None], layout.covariance[None], layout.probability[None])


def with_every_cell(scenario: Scenario) -> Scenario:
    """The scenario with the mean of a varied dropout: its layout has every cell that may fill."""
    prior = scenario.truth_prior
    if prior is None or prior.dropout is None:
        return scenario
    match prior.dropout:
        case Beta(a=a, b=b):
            hazard = a / (a + b)
        case Uniform(lower=lower, upper=upper):
            hazard = (lower + upper) / 2
        case _:
            assert_never(prior.dropout)
    periods = range(1, scenario.plan.design.n_periods)
    leaving = Mcar.parse({f"after_period_{p}": hazard for p in periods})
    truth = scenario.truth.model_copy(update={"attrition": leaving})
    return scenario.model_copy(update={"truth": truth})


def draw_truths(scenario: Scenario, block: int) -> Truths:
    """Truths of all trials of a block, T = `BLOCK_SIZE`."""
    prior, size = scenario.truth_prior, BLOCK_SIZE
    if prior is None:
        return Truths()
    streams = generator(scenario.monte_carlo.seed, Stream.TRUTH, block).spawn(6)
    effects, sexes, sds, correlations, dropouts, carryovers = streams
    sd = _sample_sd(prior.sd_difference, sds, size)
    if isinstance(prior.effect, PilotEstimate):
        se = (scenario.truth.sd_difference if sd is None else sd) / np.sqrt(prior.effect.n_subjects)
        effect: FloatArray | None = prior.effect.mean + se * effects.standard_normal(size)
    else:
        effect = _sample_effect(prior.effect, effects, size)
    return Truths(
        effect=effect,
        sex_difference=_sample_effect(prior.sex_difference, sexes, size),
        sd_difference=sd,
        correlation=_sample_share(prior.correlation, correlations, size),
        dropout=_sample_share(prior.dropout, dropouts, size),
        carryover=_sample_effect(prior.carryover, carryovers, size),
    )


def vary(scenario: Scenario, layout: Layout, truths: Truths) -> VariedLayout:
    """A layout under several truths."""
    plain = unvaried(layout)
    cells = layout.cells
    mean = plain.mean
    if not (truths.effect is truths.sex_difference is truths.carryover is None):
        outcomes = expected_outcomes(
            scenario, effects_under(scenario, truths), _lasting_under(scenario, truths)
        )
        mean = outcomes[:, [c.sequence for c in cells], [c.stratum for c in cells]]
    probability = plain.probability
    if truths.dropout is not None:
        observed, last = layout.n_observed, layout.mean.shape[1]
        leaving = truths.dropout[:, None]
        probability = (1 - leaving) ** (observed - 1) * np.where(observed < last, leaving, 1.0)
    return VariedLayout(mean, _covariance_under(scenario, layout, truths), probability)


def effects_under(scenario: Scenario, truths: Truths) -> FloatArray:
    """Treatment effects under several truths, axes [T or 1, G, K]; the reference is 0.

    With population weights w the sexes have θ − (1 − w) d and θ + w d, for the overall effect θ
    and the sex difference d.
    """
    truth, treatments = scenario.truth, scenario.plan.design.treatments
    planned = truth.treatment_effects(treatments, treatments[1])[None]
    if truths.effect is None and truths.sex_difference is None:
        return planned
    k = _test_treatment(scenario)
    weights = sex_weights("overall", scenario.population_share)
    overall = planned[:, :, k] @ weights if truths.effect is None else truths.effect
    moved = np.repeat(overall[:, None], len(weights), axis=1)
    if len(weights) > 1:
        apart = truths.sex_difference
        difference = planned[:, 1, k] - planned[:, 0, k] if apart is None else apart
        moved = moved + difference[:, None] * np.array([-weights[1], weights[0]])
    effects = np.repeat(planned, len(moved), axis=0)
    effects[:, :, k] = moved
    return effects


def planned_effect(scenario: Scenario) -> float:
    """Overall effect of the test treatment in the scenario's truth, on the analysis scale."""
    effects = effects_under(scenario, Truths())[0, :, _test_treatment(scenario)]
    return float(sex_weights("overall", scenario.population_share) @ effects)


def _test_treatment(scenario: Scenario) -> int:
    treatments = scenario.plan.design.treatments
    named = scenario.truth_prior.treatment if scenario.truth_prior else None
    return treatments.index(named or treatments[1])


def _lasting_under(scenario: Scenario, truths: Truths) -> FloatArray:
    """Carry-over under several truths, axes [T or 1, K]."""
    treatments = scenario.plan.design.treatments
    planned = scenario.truth.carryover_effects(treatments, treatments[1])[None]
    if truths.carryover is None:
        return planned
    lasting = np.repeat(planned, len(truths.carryover), axis=0)
    lasting[:, _test_treatment(scenario)] = truths.carryover
    return lasting


def _covariance_under(scenario: Scenario, layout: Layout, truths: Truths) -> FloatArray:
    """Σ under several truths, axes [T or 1, G, P, P]."""
    truth, planned = scenario.truth, layout.covariance[None]
    if truths.sd_difference is not None:
        scale = (truths.sd_difference / truth.sd_difference) ** 2
        planned = planned * scale[:, None, None, None]
    if truths.correlation is None:
        return planned
    ratio = truths.correlation / (1 - truths.correlation)
    within = planned[..., 0, 0] - planned[..., 0, 1]
    shape = np.eye(layout.mean.shape[1]) + ratio[:, None, None, None]
    return np.asarray(within[..., None, None] * shape)


def _sample_effect(
    prior: ProperEffect | None, rng: np.random.Generator, size: int
) -> FloatArray | None:
    return None if prior is None else sample(prior, rng, size)


def _sample_sd(prior: SdPrior | None, rng: np.random.Generator, size: int) -> FloatArray | None:
    match prior:
        case None:
            return None
        case Fixed():
            return np.full(size, prior.value)
        case LogNormal():
            return np.asarray(prior.median * np.exp(prior.sd_log * rng.standard_normal(size)))
        case ScaledInverseChi():
            return np.asarray(prior.value * np.sqrt(prior.df / rng.chisquare(prior.df, size)))
        case _:
            assert_never(prior)


def _sample_share(
    prior: SharePrior | None, rng: np.random.Generator, size: int
) -> FloatArray | None:
    match prior:
        case None:
            return None
        case Beta():
            return rng.beta(prior.a, prior.b, size)
        case Uniform():
            return rng.uniform(prior.lower, prior.upper, size)
        case _:
            assert_never(prior)
