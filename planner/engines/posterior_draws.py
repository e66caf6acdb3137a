"""What the draws of one trial say: contrasts, probabilities, and whether to believe them.

A trial has no result unless its chains agree: rank-normalised R̂ at most 1.05 and bulk and tail
effective sample sizes of at least 100 (Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021,
10.1214/20-BA1221) for every contrast, SD and τ, and at most 1 % divergent transitions. Their R̂ of
1.01 is for one careful analysis: with the default 4 × 500 draws it would by chance refuse a few
per cent of sound trials.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.engines.coordinates import basis
from planner.engines.posterior_model import PosteriorModel
from planner.evidence.distribution import Fixed
from planner.plan.priors import ExchangeableSexes
from planner.trials.moments import FloatArray

if TYPE_CHECKING:
    from xarray import DataTree

LARGEST_RHAT = 1.05
SMALLEST_ESS = 100
MOST_DIVERGENT = 0.01
TAIL = 0.05
"""Tail quantile whose effective sample size is judged."""


def converged(model: PosteriorModel, drawn: "DataTree") -> bool:
    """Whether the draws of a trial can be trusted."""
    arviz = _arviz_arrays()
    contrasts = contrast_draws(model, drawn)[:, :, _varying(model)]
    x = np.concatenate([contrasts, _variance_draws(model, drawn)], axis=2)
    bulk = arviz.ess(x, chain_axis=0, draw_axis=1)
    tail = arviz.ess(x, chain_axis=0, draw_axis=1, method="tail", prob=TAIL)
    rhat = arviz.rhat(x, chain_axis=0, draw_axis=1)
    divergent = float(np.mean(drawn["sample_stats"]["diverging"].to_numpy()))
    return bool(
        np.all(rhat <= LARGEST_RHAT)
        and np.all(np.minimum(bulk, tail) >= SMALLEST_ESS)
        and divergent <= MOST_DIVERGENT
    )


def _arviz_arrays() -> Any:
    from arviz_stats.base.array import array_stats

    return array_stats


def _varying(model: PosteriorModel) -> NDArray[np.bool_]:
    """Contrasts that the model does not hold at 0, like a difference between the sexes, [H]."""
    effects = np.hstack(basis(model))[model.n_nuisance :]
    return np.asarray(np.any(np.abs(model.contrasts @ effects) > 1e-12, axis=1))


def contrast_draws(model: PosteriorModel, drawn: "DataTree") -> FloatArray:
    """Draws of the contrasts, axes [chain, draw, H]."""
    effect = drawn["posterior"]["effect"].to_numpy()
    return np.asarray(effect.reshape(*effect.shape[:2], -1) @ model.contrasts.T)


def _variance_draws(model: PosteriorModel, drawn: "DataTree") -> FloatArray:
    """Draws of the SDs and τ, unless they are fixed, axes [chain, draw, …]."""
    posterior, priors = drawn["posterior"], model.priors
    sexes = priors.sexes
    parts = [np.empty((*posterior["sd_within"].shape[:2], 0))]
    if not isinstance(priors.sd_within, Fixed):
        parts.append(posterior["sd_within"].to_numpy())
    if not isinstance(priors.sd_between, Fixed):
        parts.append(posterior["sd_between"].to_numpy())
    if isinstance(sexes, ExchangeableSexes) and not isinstance(sexes.tau, Fixed):
        parts.append(posterior["tau"].to_numpy()[..., None])
    return np.concatenate(parts, axis=2)


def summaries(model: PosteriorModel, contrasts: FloatArray) -> FloatArray:
    """Mean, SD, lower and upper end of the contrasts, axes [H, 4]."""
    flat = contrasts.reshape(-1, contrasts.shape[2])
    tails = model.regions.tail
    ends = [np.quantile(flat[:, h], (tail, 1 - tail)) for h, tail in enumerate(tails)]
    return np.column_stack([flat.mean(axis=0), flat.std(axis=0, ddof=1), np.array(ends)])


def probabilities(model: PosteriorModel, contrasts: FloatArray) -> tuple[FloatArray, float]:
    """Probability of every region, [R], and their largest Monte-Carlo standard error.

    The error is that of (k + ½)/(n + 1), so that it is not 0 where all draws agree.
    """
    regions = model.regions
    chosen = contrasts[:, :, regions.row]
    inside = (chosen > regions.lower) & (chosen < regions.upper)
    ess = _arviz_arrays().ess(inside.astype(float), chain_axis=0, draw_axis=1, method="mean")
    share = (inside.sum(axis=(0, 1)) + 0.5) / (inside[..., 0].size + 1)
    error = np.sqrt(share * (1 - share) / ess)
    return inside.mean(axis=(0, 1)), float(np.max(error))


def mean_variances(model: PosteriorModel, drawn: "DataTree", people: FloatArray) -> FloatArray:
    """Posterior means of (σ_w², σ_b²), averaged over the people [V] of each group, [2].

    NaN for σ_b² where everybody is observed once.
    """
    means = []
    people = people if people.any() else np.ones_like(people)
    for name in ("sd_within", "sd_between"):
        by_group = np.mean(drawn["posterior"][name].to_numpy() ** 2, axis=(0, 1))
        means.append(np.average(by_group, weights=people))
    if np.all(model.strata.n_observed == 1):
        means[1] = np.nan
    return np.array(means)
