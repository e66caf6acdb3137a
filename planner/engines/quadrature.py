"""The fast posterior engine: exact given the variances, integrated numerically over them.

Given SDs and τ the means are exactly a normal mixture; the SDs are integrated over an adaptive
lattice, τ over nodes of its own (see `planner.engines.kernels`). Nothing is sampled.
"""

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from planner.engines.kernels import sd_prior, tau
from planner.engines.kernels.arrays import Answers, EffectPrior, Prior, Questions
from planner.engines.kernels.posterior import fit_posterior
from planner.engines.posterior_model import PosteriorModel
from planner.engines.protocol import AnalysisBatch, PosteriorBatch
from planner.engines.sums import sums_of
from planner.evidence.distribution import (
    Fixed,
    HalfNormal,
    HalfNormalRatio,
    Jeffreys,
    LogNormal,
)
from planner.plan.priors import (
    CommonEffect,
    ExchangeableSexes,
    IndependentSexes,
    SdBetweenPrior,
    SdWithinPrior,
    SexPrior,
)
from planner.trials.moments import IntArray, Moments

SPACING = {1: 1.1, 2: 1.2}
"""Spacing of the lattice over the SDs, in posterior SDs, by number of variance groups."""
MOST_TAU = 42


@dataclass(frozen=True, slots=True, eq=False)
class Quadrature:
    """Posterior by numerical integration.

    Parameters
    ----------
    spacing : of the lattice over the SDs, in posterior SDs.
    """

    model: PosteriorModel
    spacing: float | None = None

    def fit(self, batch: Moments, rng: np.random.Generator | None = None) -> AnalysisBatch:
        """Analyse every trial of a block; nothing is sampled, so `rng` is not used."""
        model, priors = self.model, self.model.priors
        sums = sums_of(model.strata, model.group, batch)
        n_trials, n_contrasts = batch.n_trials, len(model.contrasts)
        regions, groups = model.regions, model.n_groups
        kinds, settings = zip(_sd(priors.sd_within), _sd(priors.sd_between), strict=True)
        prior = Prior(
            np.array(kinds * groups, dtype=np.int64),
            np.array(settings * groups, dtype=np.float64),
            model.mean,
            model.precision,
        )
        shared, weights, locations, sds = model.effect_components()
        effects = EffectPrior(shared, np.log(weights), locations, sds, *_tau(priors.sexes))
        questions = Questions(
            model.contrasts, regions.row, regions.lower, regions.upper, regions.tail,
            model.uses_between,
        )  # fmt: skip
        estimate = np.empty((n_trials, n_contrasts))
        answers = Answers(
            probability=np.empty((n_trials, len(regions.row))),
            mean=estimate,
            sd=np.empty_like(estimate),
            ends=np.empty((n_trials, n_contrasts, 2)),
            variance=np.empty((n_trials, 2)),
        )
        error, status = np.empty(n_trials), np.zeros(n_trials, dtype=np.int8)
        fit_posterior(
            model.strata.multiplier, sums.information, sums.score, sums.squares, sums.freedom,
            prior, effects, questions, self.spacing or SPACING[groups], _capacity(groups),
            answers, error, status,
        )  # fmt: skip
        ends = answers.ends
        posterior = PosteriorBatch(answers.probability, ends[:, :, 0], ends[:, :, 1], error)
        return AnalysisBatch(
            estimate,
            answers.sd,
            np.full(estimate.shape, np.inf),
            answers.variance,
            status,
            posterior,
        )


def _capacity(groups: int) -> IntArray:
    """Largest reach of the lattice, most points on it, and most nodes of τ."""
    return np.array([64, 6_000, MOST_TAU] if groups == 1 else [20, 80_000, MOST_TAU])


def _sd(prior: SdWithinPrior | SdBetweenPrior) -> tuple[int, tuple[float, float]]:
    match prior:
        case Fixed():
            return sd_prior.FIXED, (prior.value, 0.0)
        case HalfNormal():
            return sd_prior.HALF_NORMAL, (prior.scale, 0.0)
        case LogNormal():
            return sd_prior.LOG_NORMAL, (prior.median, prior.sd_log)
        case Jeffreys():
            return sd_prior.JEFFREYS, (0.0, 0.0)
        case HalfNormalRatio():
            return sd_prior.RATIO, (prior.scale, 0.0)
        case _:
            assert_never(prior)


def _tau(sexes: SexPrior) -> tuple[int, float]:
    """Kind and scale of the prior of τ; a negative kind means τ infinite."""
    match sexes:
        case IndependentSexes():
            return -1, np.inf
        case CommonEffect():
            return tau.TAU_FIXED, 0.0
        case ExchangeableSexes():
            if isinstance(sexes.tau, Fixed):
                return tau.TAU_FIXED, sexes.tau.value
            return tau.TAU_HALF_NORMAL, sexes.tau.scale
        case _:
            assert_never(sexes)
