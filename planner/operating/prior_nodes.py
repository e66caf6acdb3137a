"""Quadrature nodes and normal components of the distributions in a design prior."""

from typing import assert_never

import numpy as np
from scipy import special

from planner.evidence.distribution import (
    Beta,
    Fixed,
    LogNormal,
    NormalComponents,
    ScaledInverseChi,
    StudentT,
    Uniform,
    normal_components,
)
from planner.trials.moments import FloatArray
from planner.truth.truth_prior import EffectPrior, PilotEstimate, SdPrior, SharePrior

STEP, FINE_STEP = 0.12, 0.01
"""Steps on the logarithm of the SD; the fine one where power has a kink, as between two limits."""
FEWEST, SHARE_NODES = 24, 4
"""Least number of nodes over an SD, and nodes over correlation and over dropout."""
TAIL = 1e-10
"""Probability left out at either end where a distribution is cut off."""


def normals_of(distribution: EffectPrior, sd: float) -> NormalComponents:
    """A location as a mixture of normals, given the SD of the within-person difference."""
    match distribution:
        case PilotEstimate(mean=mean, n_subjects=n):
            se = sd / np.sqrt(n)
            return NormalComponents(np.ones(1), np.array([mean]), np.array([se]))
        case StudentT(mean=mean, scale=scale, df=df):
            chi, weights = _log_chi_squared(df, STEP)
            return NormalComponents(weights, np.full(len(chi), mean), scale * np.sqrt(df / chi))
        case _:
            return normal_components(distribution)


def sd_nodes(prior: SdPrior | None, planned: float, step: float) -> list[tuple[float, float]]:
    """SDs and their weights, at most `step` apart on the logarithm."""
    match prior:
        case None:
            return [(planned, 1.0)]
        case Fixed(value=value):
            return [(value, 1.0)]
        case LogNormal(median=median, sd_log=sd_log):
            end = -special.ndtri(TAIL)
            z = np.linspace(-end, end, _n_nodes(2 * end * sd_log, step))
            weights = np.exp(-(z**2) / 2)
            return _pairs(median * np.exp(sd_log * z), weights / weights.sum())
        case ScaledInverseChi(value=value, df=df):
            chi, weights = _log_chi_squared(df, step)
            return _pairs(value * np.sqrt(df / chi), weights)
        case _:
            assert_never(prior)


def _log_chi_squared(df: float, step: float) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights over χ² by the trapezoidal rule on log √χ²."""
    low, high = 2 * special.gammaincinv(df / 2, TAIL), special.chdtri(df, TAIL)
    log = np.linspace(np.log(low), np.log(high), _n_nodes(np.log(high / low) / 2, step))
    density = np.exp((df * log - np.exp(log) - df * np.log(df) + df) / 2)
    return np.exp(log), density / density.sum()


def _n_nodes(length: float, step: float) -> int:
    return max(FEWEST, 1 + int(np.ceil(length / step)))


def share_nodes(prior: SharePrior | None) -> list[tuple[float | None, float]]:
    """Shares and their weights by Gauss' rule; None where the share is not varied."""
    match prior:
        case None:
            return [(None, 1.0)]
        case Beta(a=a, b=b):
            x, weights = special.roots_jacobi(SHARE_NODES, b - 1, a - 1)
            return [*_pairs((1 + x) / 2, weights / weights.sum())]
        case Uniform(lower=lower, upper=upper):
            x, weights = special.roots_legendre(SHARE_NODES)
            return [*_pairs(lower + (upper - lower) * (1 + x) / 2, weights / 2)]
        case _:
            assert_never(prior)


def _pairs(values: FloatArray, weights: FloatArray) -> list[tuple[float, float]]:
    return list(zip(values.tolist(), weights.tolist(), strict=True))
