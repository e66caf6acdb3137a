"""A pooled prior as a short mixture of normals or betas, by the EM algorithm.

The algorithm runs on the tabulated density itself, not on a sample: a node counts with its mass.
Its fixed points are those of the Kullback–Leibler divergence from the table to the mixture.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from planner.evidence import beta_mixture, distribution
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import NormalMixture
from planner.evidence.tabulated import FloatArray, Tabulated, share_summary

MOST_COMPONENTS, ITERATIONS, CHECK_EVERY, NEWTON_STEPS = 4, 4000, 20, 2
MOST_NODES = 300
CLOSE_ENOUGH = 5e-4
"""Divergence at which no component is added: over 1 000 draws, half a unit of log likelihood."""
SETTLED = 1e-9


@dataclass(frozen=True, slots=True)
class MixtureFit[Mixture: (NormalMixture, BetaMixture)]:
    """A mixture with its distance from what it approximates.

    Parameters
    ----------
    divergence : Kullback–Leibler divergence from the table to the mixture.
    largest_difference : between the two cumulative distributions.
    tried : divergences of the mixtures with 1, 2, … components, up to this one.
    """

    mixture: Mixture
    divergence: float
    largest_difference: float
    tried: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Nodes:
    """Statistics of each node [G, S], its mass and its log density, [G] each."""

    statistics: FloatArray
    mass: FloatArray
    log_density: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Components:
    """Weights and two parameters of each component: mean and SD, or a and b; [J] each."""

    weights: FloatArray
    first: FloatArray
    second: FloatArray


class _Family(Protocol):
    """What the EM algorithm needs to know of normals or betas."""

    def log_density(self, nodes: _Nodes, parts: _Components) -> FloatArray:
        """Log density of every component at every node, [G, J]."""

    def maximise(self, nodes: _Nodes, share: FloatArray, parts: _Components) -> _Components:
        """Components of greatest likelihood when nodes count with `share` [G, J]."""


def fit_normal_mixture(
    target: Tabulated, most: int = MOST_COMPONENTS, close_enough: float = CLOSE_ENOUGH
) -> MixtureFit[NormalMixture]:
    """The normal mixture with fewest components, up to `most`, that is close enough."""
    kept = _kept(target)
    nodes = _nodes(target.x[kept][:, None], target.mass[kept], np.log(target.density[kept]))
    tried: list[float] = []
    for size in range(1, most + 1):
        parts, divergence = _best(_Normals(), nodes, _normal_starts(target, size))
        tried.append(divergence)
        if divergence <= close_enough:
            break
    mixture = NormalMixture(
        weights=_summing(parts.weights),
        means=tuple(parts.first.tolist()),
        sds=tuple(parts.second.tolist()),
    )
    difference = distribution.cdf(mixture, target.x) - target.cumulative
    return MixtureFit(mixture, tried[-1], float(np.abs(difference).max()), tuple(tried))


def fit_beta_mixture(
    logit: Tabulated, most: int = MOST_COMPONENTS, close_enough: float = CLOSE_ENOUGH
) -> MixtureFit[BetaMixture]:
    """The beta mixture of a share whose logit is tabulated, with fewest components as above.

    All a and b are at least 1: densities stay finite, so that the effective sample size exists.
    """
    kept = _kept(logit)
    x = logit.x[kept]
    logs = np.column_stack([special.log_expit(x), special.log_expit(-x)])
    nodes = _nodes(logs, logit.mass[kept], np.log(logit.density[kept]) - logs.sum(axis=1))
    tried: list[float] = []
    for size in range(1, most + 1):
        parts, divergence = _best(_Betas(), nodes, _beta_starts(logit, size))
        tried.append(divergence)
        if divergence <= close_enough:
            break
    mixture = BetaMixture(
        weights=_summing(parts.weights),
        a=tuple(parts.first.tolist()),
        b=tuple(parts.second.tolist()),
    )
    difference = beta_mixture.cdf(mixture, special.expit(logit.x)) - logit.cumulative
    return MixtureFit(mixture, tried[-1], float(np.abs(difference).max()), tuple(tried))


def _kept(target: Tabulated) -> NDArray[np.int64]:
    """Evenly spaced nodes with mass, about `MOST_NODES` of them: a trapezoidal rule as well."""
    massive = np.flatnonzero((target.mass > 1e-13) & (target.density > 0))
    return massive[:: -(-len(massive) // MOST_NODES)]


def _nodes(statistics: FloatArray, mass: FloatArray, log_density: FloatArray) -> _Nodes:
    return _Nodes(statistics, mass / mass.sum(), log_density)


def _summing(weights: FloatArray) -> tuple[float, ...]:
    return tuple((weights / weights.sum()).tolist())


def _normal_starts(target: Tabulated, size: int) -> list[_Components]:
    """Components of different width in one place, and of one width in different places."""
    weights = np.full(size, 1 / size)
    if size == 1:
        return [_Components(weights, np.array([target.mean]), np.array([target.sd]))]
    around = target.mean + target.sd * np.linspace(-0.1, 0.1, size)
    places = np.array([target.quantile((j + 0.5) / size) for j in range(size)])
    return [
        _Components(weights, around, target.sd * np.geomspace(0.4, 2.0, size)),
        _Components(weights, places, np.full(size, target.sd / size)),
    ]


def _beta_starts(logit: Tabulated, size: int) -> list[_Components]:
    """The same for shares."""
    summary = share_summary(logit)
    weights = np.full(size, 1 / size)
    total = summary.mean * (1 - summary.mean) / summary.sd**2 - 1
    totals = total * (np.geomspace(3.0, 0.3, size) if size > 1 else np.ones(1))
    same_place = _Components(weights, summary.mean * totals, (1 - summary.mean) * totals)
    if size == 1:
        return [same_place]
    quantiles = [logit.quantile((j + 0.5) / size) for j in range(size)]
    places = np.clip(special.expit(np.array(quantiles)), 1e-6, 1 - 1e-6)
    many = size * (total + 1)
    return [same_place, _Components(weights, 1 + places * many, 1 + (1 - places) * many)]


def _best(family: _Family, nodes: _Nodes, starts: list[_Components]) -> tuple[_Components, float]:
    """The closest of the fixed points that different starts lead to, largest weight first."""
    found = [_em(family, nodes, start) for start in starts]
    parts, divergence = min(found, key=lambda result: result[1])
    order = np.argsort(-parts.weights)
    return _Components(parts.weights[order], parts.first[order], parts.second[order]), divergence


def _em(family: _Family, nodes: _Nodes, parts: _Components) -> tuple[_Components, float]:
    """Components at a fixed point, and their divergence from the nodes."""
    before = np.inf
    for iteration in range(ITERATIONS):
        logs = family.log_density(nodes, parts) + np.log(parts.weights)
        log_fit = _log_sum(logs)
        if iteration % CHECK_EVERY == 0:
            divergence = float(nodes.mass @ (nodes.log_density - log_fit))
            if before - divergence < SETTLED * CHECK_EVERY:
                break
            before = divergence
        share = np.exp(logs - log_fit[:, None]) * nodes.mass[:, None]
        parts = family.maximise(nodes, share, parts)
    logs = family.log_density(nodes, parts) + np.log(parts.weights)
    divergence = float(nodes.mass @ (nodes.log_density - _log_sum(logs)))
    return parts, max(divergence, 0.0)


def _log_sum(logs: FloatArray) -> FloatArray:
    """log Σ exp over components; without the overhead of scipy's for few of them."""
    peak = logs.max(axis=1)
    return np.asarray(peak + np.log(np.exp(logs - peak[:, None]).sum(axis=1)))


class _Normals:
    """Statistic of a node: x."""

    def log_density(self, nodes: _Nodes, parts: _Components) -> FloatArray:
        z = (nodes.statistics - parts.first) / parts.second
        return np.asarray(-(z**2) / 2 - np.log(parts.second) - np.log(2 * np.pi) / 2)

    def maximise(self, nodes: _Nodes, share: FloatArray, parts: _Components) -> _Components:
        weights = share.sum(axis=0)
        means = nodes.statistics[:, 0] @ share / weights
        variances = (share * (nodes.statistics - means) ** 2).sum(axis=0) / weights
        return _Components(weights, means, np.sqrt(variances))


class _Betas:
    """Statistics of a node: log x and log(1 − x)."""

    def log_density(self, nodes: _Nodes, parts: _Components) -> FloatArray:
        powers = np.stack([parts.first - 1, parts.second - 1])
        return np.asarray(nodes.statistics @ powers - special.betaln(parts.first, parts.second))

    def maximise(self, nodes: _Nodes, share: FloatArray, parts: _Components) -> _Components:
        """Newton's method on ψ(a) − ψ(a + b) = E log x and ψ(b) − ψ(a + b) = E log(1 − x).

        Where a would fall below 1 it is 1, and b solves ψ(b) − ψ(b + 1) = −1/b = E log(1 − x).
        """
        weights = share.sum(axis=0)
        target = nodes.statistics.T @ share / weights
        a, b = parts.first, parts.second
        for _ in range(NEWTON_STEPS):
            total = special.digamma(a + b)
            miss = np.stack([special.digamma(a), special.digamma(b)]) - total - target
            t = special.zeta(2, a + b)  # trigamma
            first, second = special.zeta(2, a) - t, special.zeta(2, b) - t
            determinant = first * second - t**2
            step_a = (second * miss[0] + t * miss[1]) / determinant
            step_b = (first * miss[1] + t * miss[0]) / determinant
            a, b = np.maximum(a - step_a, a / 3), np.maximum(b - step_b, b / 3)
        b = np.where(a < 1, -1 / target[1], b)
        a = np.where(b < 1, -1 / target[0], a)
        return _Components(weights, np.maximum(a, 1.0), np.maximum(b, 1.0))
