"""The posterior by brute force: dense covariance matrices of all visits, a grid over the SDs and τ.

Means are integrated out of the normal likelihood by adding their prior covariance to that of the
data, y ~ N(X μ, V + X C Xᵀ); nothing is shared with the program but the model.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, special, stats

FloatArray = NDArray[np.float64]
Visits = Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class GridPriors:
    """Proper priors: of δ a list of (weight, mean, sd), the means' SDs, and densities.

    `tau` None means that each sex has the prior of δ by itself.
    """

    effect: Sequence[tuple[float, float, float]]
    mean_sd: float
    sd_within: Callable[[FloatArray], FloatArray]
    sd_between: Callable[[FloatArray], FloatArray]
    tau: Callable[[FloatArray], FloatArray] | None = None
    tau_max: float = 0.0


@dataclass(frozen=True)
class GridPosterior:
    """Means, SDs and covariances of the effects in every cell of the grid, and its weight."""

    weight: FloatArray
    mean: FloatArray
    covariance: FloatArray

    def probability_above(self, contrast: FloatArray, edge: float) -> float:
        """P(contrast of the effects > edge | data)."""
        sd = np.sqrt(np.einsum("i,gij,j->g", contrast, self.covariance, contrast))
        return float(self.weight @ special.ndtr((self.mean @ contrast - edge) / sd))

    def mean_and_sd(self, contrast: FloatArray) -> tuple[float, float]:
        """Posterior mean and SD of a contrast of the effects."""
        middle = self.mean @ contrast
        variance = np.einsum("i,gij,j->g", contrast, self.covariance, contrast)
        mean = float(self.weight @ middle)
        return mean, float(np.sqrt(self.weight @ (variance + middle**2) - mean**2))


def design(trial: Visits, *, by_sex: bool) -> tuple[FloatArray, int]:
    """X with columns intercept, periods, sex, then one effect per treatment and sex."""
    y = len(trial["y"])
    period, treatment = np.array(trial["period"]), np.array(trial["treatment"])
    male = np.array([str(s)[:1].upper() == "M" for s in trial["sex"]]) if by_sex else None
    columns = [np.ones(y)]
    columns += [(period == p).astype(float) for p in sorted(set(period))[1:]]
    if male is not None:
        columns.append(male.astype(float))
    n_nuisance = len(columns)
    for letter in sorted(set(treatment))[1:]:
        given = (treatment == letter).astype(float)
        columns += [given] if male is None else [given * ~male, given * male]
    return np.column_stack(columns), n_nuisance


def grid_posterior(
    trial: Visits, priors: GridPriors, within: FloatArray, between: FloatArray, *, by_sex: bool
) -> GridPosterior:
    """Posterior of the effects on equally spaced grids of σ_w and σ_b (two treatments)."""
    x, n_nuisance = design(trial, by_sex=by_sex)
    y = np.asarray(trial["y"], float)
    subject = np.array(trial["subject"])
    same = (subject[:, None] == subject[None, :]).astype(float)
    n_sexes = x.shape[1] - n_nuisance
    taus = np.array([0.0]) if priors.tau is None else _simpson_nodes(priors.tau_max)
    tau_weight = np.ones(1) if priors.tau is None else _simpson(taus) * priors.tau(taus)
    log_weight, means, covariances = [], [], []
    for sw, pw in zip(within, _trapezoid(within) * priors.sd_within(within), strict=True):
        for sb, pb in zip(between, _trapezoid(between) * priors.sd_between(between), strict=True):
            v = sw**2 * np.eye(len(y)) + sb**2 * same
            inverse_x = linalg.solve(v, np.column_stack([x, y]), assume_a="pos")
            information = x.T @ inverse_x
            _, log_v = np.linalg.slogdet(v)
            for tau, pt in zip(taus, tau_weight, strict=True):
                for share, location, effect in _components(priors, n_sexes, tau):
                    prior = linalg.block_diag(priors.mean_sd**2 * np.eye(n_nuisance), effect)
                    mu = np.concatenate([np.zeros(n_nuisance), location])
                    z = information[:, -1] - information[:, :-1] @ mu
                    gain = np.eye(len(mu)) + prior @ information[:, :-1]
                    covariance = np.linalg.solve(gain, prior)
                    residual = y - x @ mu
                    quadratic = residual @ (inverse_x[:, -1] - inverse_x[:, :-1] @ mu)
                    quadratic -= z @ covariance @ z
                    log_likelihood = -0.5 * (log_v + np.linalg.slogdet(gain)[1] + quadratic)
                    log_weight.append(log_likelihood + np.log(pw * pb * pt * share + 1e-300))
                    means.append((mu + covariance @ z)[n_nuisance:])
                    covariances.append(covariance[n_nuisance:, n_nuisance:])
    weight = np.exp(np.array(log_weight) - np.max(log_weight))
    return GridPosterior(weight / weight.sum(), np.array(means), np.array(covariances))


def _components(
    priors: GridPriors, n_sexes: int, tau: float
) -> Iterator[tuple[float, FloatArray, FloatArray]]:
    """Weight, mean and covariance of the effects: δ shared by exchangeable sexes, or one each."""
    if priors.tau is not None:
        for share, location, sd in priors.effect:
            common = sd**2 * np.ones((n_sexes, n_sexes)) + tau**2 * np.eye(n_sexes)
            yield share, np.full(n_sexes, location), common
        return
    for parts in product(priors.effect, repeat=n_sexes):
        share = float(np.prod([p[0] for p in parts]))
        yield share, np.array([p[1] for p in parts]), np.diag([p[2] ** 2 for p in parts])


def half_normal(scale: float) -> Callable[[FloatArray], FloatArray]:
    """Density of |N(0, scale²)|."""
    return lambda s: np.asarray(stats.halfnorm.pdf(s, scale=scale))


def log_normal(median: float, sd_log: float) -> Callable[[FloatArray], FloatArray]:
    """Density of exp N(log median, sd_log²)."""
    return lambda s: np.asarray(stats.lognorm.pdf(s, sd_log, scale=median))


def _simpson_nodes(last: float) -> FloatArray:
    return np.linspace(1e-6, last, 61)


def _simpson(x: FloatArray) -> FloatArray:
    weights = np.full(len(x), 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    return weights * (x[1] - x[0]) / 3


def _trapezoid(x: FloatArray) -> FloatArray:
    weights = np.ones(len(x))
    weights[[0, -1]] = 0.5
    return weights
