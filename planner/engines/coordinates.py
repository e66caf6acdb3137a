"""Coordinates in which the posterior of one trial is close to a standard normal.

With γ = (nuisance means, mean effects) and, of exchangeable sexes, d = orthonormal contrasts of
the effects between the sexes, the means are

    β = centre + scale·z + along·d,  d_i | τ = v_i(τ) g_i + √v_i(τ) u_i,  1/v_i = p_i + 1/τ².

At typical SDs of the trial, d has precision p_i and score g_i, and z and u would be exactly
standard normal: neither a centred nor a non-centred hierarchy samples both small and large trials
well (Papaspiliopoulos, Roberts & Sköld 2007, 10.1214/088342307000000014; Gorinova, Moore & Hoffman
2020, arXiv:1906.03028). The map is exact whatever the typical SDs; they only set its quality.
"""

from dataclasses import dataclass

import numpy as np

from planner.engines.kernels.linear import invert_spd
from planner.engines.posterior_model import PosteriorModel
from planner.engines.protocol import Status
from planner.engines.sums import Sums
from planner.evidence.distribution import Fixed, HalfNormal, HalfNormalRatio, Jeffreys, LogNormal
from planner.plan.priors import ExchangeableSexes, SdBetweenPrior, SdWithinPrior
from planner.trials.moments import FloatArray

HALF_NORMAL_MEDIAN = 0.6745
NOTHING = 1e-12
"""Share of a sum of squares below which a residual is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """Standardising map of one trial.

    Parameters
    ----------
    centre, scale, along : axes [q], [q, Z] and [q, D].
    precision, score : p and g, [D].
    typical_sd : within persons, where log σ_w is centred.
    """

    centre: FloatArray
    scale: FloatArray
    along: FloatArray
    precision: FloatArray
    score: FloatArray
    typical_sd: float


def basis(model: PosteriorModel) -> tuple[FloatArray, FloatArray]:
    """β = E γ + F d: E, axes [q, Z], and F, axes [q, D]; D is 0 unless sexes are exchangeable."""
    n, g = model.n_nuisance, model.n_sexes
    n_treatments = model.locations.shape[1]
    q = n + n_treatments * g
    if not (is_common(model) or is_exchangeable(model)):
        return np.eye(q), np.zeros((q, 0))
    mean, across = np.zeros((q, n + n_treatments)), np.zeros((q, n_treatments))
    mean[:n, :n] = np.eye(n)
    mean[n:, n:] = np.kron(np.eye(n_treatments), np.ones((g, 1)))
    across[n:] = np.kron(np.eye(n_treatments), np.array([[1.0], [-1.0]]) / np.sqrt(2))
    return mean, across if is_exchangeable(model) else np.zeros((q, 0))


def is_common(model: PosteriorModel) -> bool:
    """Whether both sexes have one effect; exchangeable effects with τ = 0 are one."""
    return model.priors.one_effect


def is_exchangeable(model: PosteriorModel) -> bool:
    """Whether the effects of the sexes differ by a random τ."""
    return isinstance(model.priors.sexes, ExchangeableSexes) and not is_common(model)


def coordinates_of(model: PosteriorModel, sums: Sums, trial: int) -> Coordinates | Status:
    """Map of one trial, or why the trial has no posterior."""
    status = _within_persons(model, sums, trial)
    if status is not Status.OK:
        return status
    sds = _typical_sds(model, sums, trial)
    weight = 1 / (sds[0] ** 2 + model.strata.multiplier * sds[1] ** 2)
    information = np.einsum("vkij,k->ij", sums.information[trial], weight)
    score = np.einsum("vki,k->i", sums.score[trial], weight)
    mean, across = basis(model)
    prior, shift = _prior(model)
    total = mean.T @ information @ mean + np.diag(prior)
    covariance = np.empty_like(total)
    if not np.isfinite(invert_spd(total, covariance, np.empty_like(total))):
        return Status.NOT_ESTIMABLE
    centre = covariance @ (mean.T @ score + shift)
    regression = covariance @ mean.T @ information @ across
    precision, rotation = np.linalg.eigh(
        across.T @ information @ across - across.T @ information @ mean @ regression
    )
    difference = (across - mean @ regression) @ rotation
    return Coordinates(
        centre=mean @ centre,
        scale=mean @ np.linalg.cholesky(covariance),
        along=difference,
        precision=np.maximum(precision, 0.0),
        score=rotation.T @ (across.T @ (score - information @ mean @ centre)),
        typical_sd=sds[0],
    )


def _prior(model: PosteriorModel) -> tuple[FloatArray, FloatArray]:
    """Precision of γ and precision times mean, [Z] each: of a mixture, that about its centre."""
    weights = model.weights[:, None] / model.sds**2
    copies = 1 if is_common(model) or is_exchangeable(model) else model.n_sexes
    effect = np.repeat(weights.sum(axis=0), copies)
    shift = np.repeat((weights * model.locations).sum(axis=0), copies)
    nuisance = model.precision * model.mean
    return np.concatenate([model.precision, effect]), np.concatenate([nuisance, shift])


def _within_persons(model: PosteriorModel, sums: Sums, trial: int) -> Status:
    """Whether every group has residual variation within persons, as far as priors need it."""
    prior = model.priors.sd_within
    for v in range(model.n_groups):
        freedom, residual, squares = _residual(sums, trial, slice(v, v + 1), _strata_within(model))
        if freedom < 1 and isinstance(prior, Jeffreys):
            return Status.NOT_ESTIMABLE
        if freedom >= 1 and residual <= NOTHING * squares and not isinstance(prior, Fixed):
            return Status.NOT_CONVERGED
    return Status.OK


def _strata_within(model: PosteriorModel) -> slice:
    """Strata with variance σ_w²: within persons, or all of them where σ_b is 0."""
    return slice(None) if model.priors.sd_between == Fixed(value=0.0) else slice(0, 1)


def _residual(sums: Sums, trial: int, groups: slice, strata: slice) -> tuple[float, float, float]:
    """Degrees of freedom, residual and total sum of squares of least squares in some strata."""
    a = sums.information[trial, groups, strata].sum(axis=(0, 1))
    b = sums.score[trial, groups, strata].sum(axis=(0, 1))
    squares = float(sums.squares[trial, groups, strata].sum())
    values, vectors = np.linalg.eigh(a)
    kept = values > 1e-9 * max(float(values[-1]), 1e-300)
    explained = np.sum((vectors[:, kept].T @ b) ** 2 / values[kept])
    freedom = float(sums.freedom[trial, groups, strata].sum()) - int(kept.sum())
    return freedom, max(squares - float(explained), 0.0), squares


def _typical_sds(model: PosteriorModel, sums: Sums, trial: int) -> tuple[float, float]:
    """Plausible SDs (within, between): fixed, or moment estimates.

    In an estimate the prior median counts as one degree of freedom.
    """
    priors = model.priors
    within = _median(priors.sd_within, 1.0)
    if not isinstance(priors.sd_within, Fixed):
        freedom, residual, _ = _residual(sums, trial, slice(None), _strata_within(model))
        within = _pooled(residual, freedom, within)
    between = _median(priors.sd_between, within)
    if isinstance(priors.sd_between, Fixed):
        return within, between
    freedom, residual, _ = _residual(sums, trial, slice(None), slice(1, None))
    people = sums.freedom[trial, :, 1:].sum(axis=0)
    visits = float(people @ model.strata.multiplier[1:]) / max(float(people.sum()), 1.0)
    above = max(residual - max(freedom, 0.0) * within**2, 0.0) / max(visits, 1.0)
    return within, _pooled(above, freedom, between)


def _pooled(squares: float, freedom: float, median: float) -> float:
    own = 1.0 if median > 0 else 0.0
    return float(np.sqrt((squares + median**2) / (max(freedom, 0.0) + own)))


def _median(prior: SdWithinPrior | SdBetweenPrior, within: float) -> float:
    """Rough prior median of an SD; 0 if it has none."""
    match prior:
        case Fixed():
            return prior.value
        case LogNormal():
            return prior.median
        case HalfNormal():
            return HALF_NORMAL_MEDIAN * prior.scale
        case HalfNormalRatio():
            return HALF_NORMAL_MEDIAN * prior.scale * within
        case Jeffreys():
            return 0.0
