"""A distribution as a table: density and cumulative probability at nodes of a quadrature rule.

The nodes are x = centre + scale · sinh(v) with v equally spaced: dense where the distribution
lives and far out in its tails. The trapezoidal rule in v has an error that falls exponentially
with the number of nodes (Trefethen & Weideman 2014, SIAM Review 56:385).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.interpolate import CubicHermiteSpline, CubicSpline

FloatArray = NDArray[np.float64]
SUMMARY_PROBABILITIES = (0.025, 0.25, 0.5, 0.75, 0.975)


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean, standard deviation and quantiles at `SUMMARY_PROBABILITIES`."""

    mean: float
    sd: float
    quantiles: tuple[float, ...]

    @property
    def median(self) -> float:
        return self.quantiles[2]

    @property
    def interval(self) -> tuple[float, float]:
        """Central 95 % interval."""
        return self.quantiles[0], self.quantiles[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Tabulated:
    """A continuous distribution at increasing nodes.

    Parameters
    ----------
    x, density, cumulative : nodes, density per unit of x, and P(X ≤ x), [G] each.
    mass : quadrature weight times density, summing to 1, [G]; expectations are sums over it.
    """

    x: FloatArray
    density: FloatArray
    cumulative: FloatArray
    mass: FloatArray

    @property
    def mean(self) -> float:
        return float(self.mass @ self.x)

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.mass @ (self.x - self.mean) ** 2))

    def cdf(self, x: ArrayLike) -> FloatArray:
        """P(X ≤ x), elementwise; cubic between the nodes, 0 and 1 beyond them."""
        inside = np.clip(np.asarray(x, float), self.x[0], self.x[-1])
        curve = CubicHermiteSpline(self.x, self.cumulative, self.density)
        return np.clip(np.asarray(curve(inside)), 0.0, 1.0)

    def density_at(self, x: ArrayLike) -> FloatArray:
        """Density, elementwise; log-cubic between the nodes, 0 beyond them."""
        given = np.asarray(x, float)
        curve = CubicSpline(self.x, np.log(np.maximum(self.density, 1e-300)))
        value = np.exp(curve(np.clip(given, self.x[0], self.x[-1])))
        return np.where((given < self.x[0]) | (given > self.x[-1]), 0.0, value)

    def quantile(self, probability: float) -> float:
        """Inverse of `cdf`, by bisection between two nodes."""
        above = int(np.searchsorted(self.cumulative, probability))
        low, high = self.x[max(above - 1, 0)], self.x[min(above, len(self.x) - 1)]
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.cdf(middle) < probability else (low, middle)
        return float((low + high) / 2)

    def summary(self) -> Summary:
        """Mean, SD and quantiles."""
        quantiles = tuple(self.quantile(p) for p in SUMMARY_PROBABILITIES)
        return Summary(self.mean, self.sd, quantiles)


def sinh_nodes(
    centre: float, scale: float, reach: float, size: int
) -> tuple[FloatArray, FloatArray]:
    """Nodes centre ± scale · sinh(v) up to `reach` from the centre, and quadrature weights."""
    furthest = np.arcsinh(reach / scale)
    v = np.linspace(-furthest, furthest, size)
    return centre + scale * np.sinh(v), scale * np.cosh(v) * (v[1] - v[0])


def tabulate(x: FloatArray, weights: FloatArray, density: FloatArray) -> Tabulated:
    """Normalise a density given at nodes with quadrature weights, and accumulate it.

    The cumulative probability is the integral of the cubic spline through weights · density,
    over the number of the node.
    """
    share = weights * density
    total = float(share.sum())
    mass = share / total
    index = np.arange(len(x), dtype=float)
    sums = np.asarray(CubicSpline(index, mass).antiderivative()(index))
    cumulative = np.clip(np.maximum.accumulate(sums / sums[-1]), 0.0, 1.0)
    return Tabulated(x, density / total, cumulative, mass)


def share_summary(logit: Tabulated) -> Summary:
    """Mean, SD and quantiles of a share whose logit is tabulated."""
    share = special.expit(logit.x)
    mean = float(logit.mass @ share)
    sd = float(np.sqrt(logit.mass @ (share - mean) ** 2))
    quantiles = tuple(float(special.expit(logit.quantile(p))) for p in SUMMARY_PROBABILITIES)
    return Summary(mean, sd, quantiles)
