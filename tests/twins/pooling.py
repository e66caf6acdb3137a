"""Random-effects pooling on one dense grid of (μ, τ), and the statistic of a study by plain sums.

Everything is a plain sum over equally spaced values: no adaptive nodes, no analytic integral over
the mean, no closed form for significant estimates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Posterior probabilities over a grid: axes [M] of the mean and [K] of τ."""

    mean: FloatArray
    tau: FloatArray
    probability: FloatArray

    def new_study_below(self, x: float) -> float:
        """P(θ_new ≤ x), μ spread evenly over its cell and τ = 0 taken as a tenth of its step."""
        step, tau = self.mean[1] - self.mean[0], np.maximum(self.tau, self.tau[1] / 10)
        ends = (x - self.mean[:, None] + step / 2) / tau, (x - self.mean[:, None] - step / 2) / tau
        upper, lower = (z * special.ndtr(z) + stats.norm.pdf(z) for z in ends)
        return float(np.sum(self.probability * (upper - lower) * tau / step))

    def moments(self) -> tuple[float, float, float, float]:
        """Means and SDs of μ and of τ."""
        margins = (
            (self.probability.sum(axis=1), self.mean),
            (self.probability.sum(axis=0), self.tau),
        )
        means = [float(p @ x) for p, x in margins]
        sds = [float(np.sqrt(p @ (x - m) ** 2)) for (p, x), m in zip(margins, means, strict=True)]
        return means[0], sds[0], means[1], sds[1]


def _normalise(logs: FloatArray, mean: FloatArray, tau: FloatArray) -> Grid:
    simpson = np.where(np.arange(len(tau)) % 2 == 1, 4.0, 2.0)
    simpson[[0, -1]] = 1.0
    probability = np.exp(logs - logs.max()) * simpson
    return Grid(mean, tau, probability / probability.sum())


def pool_estimates(
    y: FloatArray,
    se: FloatArray,
    tau_scale: float,
    mean_prior: tuple[float, float] | None,
    mean: FloatArray,
    tau: FloatArray,
) -> Grid:
    """Joint posterior of μ and τ for estimates with standard errors."""
    logs = -((tau / tau_scale) ** 2) / 2 + np.zeros((len(mean), 1))
    if mean_prior is not None:
        logs = logs + stats.norm.logpdf(mean, *mean_prior)[:, None]
    for estimate, error in zip(y, se, strict=True):
        logs = logs + stats.norm.logpdf(estimate, mean[:, None], np.hypot(error, tau))
    return _normalise(logs, mean, tau)


def pool_counts(
    r: FloatArray,
    n: FloatArray,
    tau_scale: float,
    mean_prior: tuple[float, float],
    mean: FloatArray,
    tau: FloatArray,
) -> Grid:
    """Joint posterior of the mean logit and τ; every study's logit is summed out over z."""
    z = np.linspace(-8, 8, 401)
    weight = stats.norm.pdf(z) * (z[1] - z[0])
    logs = -((tau / tau_scale) ** 2) / 2 + stats.norm.logpdf(mean, *mean_prior)[:, None]
    for k, t in enumerate(tau):
        share = special.expit(mean[:, None] + t * z)
        for events, total in zip(r, n, strict=True):
            likelihood = special.xlogy(events, share) + special.xlog1py(total - events, -share)
            logs[:, k] += np.log(np.exp(likelihood) @ weight)
    return _normalise(logs, mean, tau)


def statistic_density(statistic: float, df: float, shifts: FloatArray) -> FloatArray:
    """Density of a noncentral t at `statistic`, summed over equally spaced standard errors."""
    s, weight = _standard_errors(df)
    return np.asarray(stats.norm.pdf(statistic * s - shifts[:, None]) @ (weight * s))


def power(critical: float, df: float, shifts: FloatArray) -> FloatArray:
    """P(|T| > critical), summed over equally spaced standard errors."""
    s, weight = _standard_errors(df)
    above, below = critical * s - shifts[:, None], -critical * s - shifts[:, None]
    return np.asarray((stats.norm.sf(above) + stats.norm.cdf(below)) @ weight)


def _standard_errors(df: float) -> tuple[FloatArray, FloatArray]:
    if not np.isfinite(df):
        return np.ones(1), np.ones(1)
    edges = np.linspace(0, 1 + 12 / np.sqrt(df), 2001)
    return (edges[1:] + edges[:-1]) / 2, np.diff(stats.chi2.cdf(df * edges**2, df))


def simulate_statistics(
    shift: float, df: float, size: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Estimates in true standard errors, and their t statistics."""
    estimate = shift + rng.standard_normal(size)
    error = np.sqrt(rng.chisquare(df, size) / df) if np.isfinite(df) else np.ones(size)
    return estimate, estimate / error
