"""Distributions of effects, standard deviations and shares: what priors are made of.

Effects are on the scale of the analysis, in the unit of the outcome (log ratios for log-scale
endpoints).
"""

from dataclasses import dataclass
from typing import Annotated, Literal, Self, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator
from scipy import special

from planner.errors import InvalidInput
from planner.spec import Positive, Spec, Weight

FloatArray = NDArray[np.float64]


class Normal(Spec):
    """Normal distribution."""

    kind: Literal["normal"] = "normal"
    mean: float = 0.0
    sd: Positive


class StudentT(Spec):
    """Student's t with `df` degrees of freedom, located at `mean`; heavier tails than normal."""

    kind: Literal["student-t"] = "student-t"
    mean: float = 0.0
    scale: Positive
    df: Annotated[float, Field(ge=1, le=200)] = 4.0


class NormalMixture(Spec):
    """Finite mixture of normals, e.g. a robust meta-analytic-predictive prior.

    Parameters
    ----------
    weights : summing to 1.
    means, sds : one per component.
    """

    kind: Literal["mixture"] = "mixture"
    weights: Annotated[tuple[Weight, ...], Field(min_length=1, max_length=12)]
    means: tuple[float, ...]
    sds: tuple[Positive, ...]

    @model_validator(mode="after")
    def _matched(self) -> Self:
        if not len(self.weights) == len(self.means) == len(self.sds):
            raise InvalidInput(
                f"{len(self.weights)} weights, {len(self.means)} means and {len(self.sds)} sds are "
                "given; give one of each per component",
                key="weights",
            )
        if abs(sum(self.weights) - 1) > 1e-6:
            raise InvalidInput(
                f"the weights sum to {sum(self.weights):g}; they must sum to 1", key="weights"
            )
        return self


class Flat(Spec):
    """The improper uniform distribution over all effects."""

    kind: Literal["flat"] = "flat"


class HalfNormal(Spec):
    """Absolute value of a normal deviate of mean 0 and SD `scale`."""

    kind: Literal["half-normal"] = "half-normal"
    scale: Positive


class LogNormal(Spec):
    """The logarithm is normal with mean log(`median`) and SD `sd_log`."""

    kind: Literal["log-normal"] = "log-normal"
    median: Positive
    sd_log: Positive


class Fixed(Spec):
    """A value taken as known."""

    kind: Literal["fixed"] = "fixed"
    value: Annotated[float, Field(ge=0)]


class Jeffreys(Spec):
    """The improper density 1/σ, uniform in log σ."""

    kind: Literal["jeffreys"] = "jeffreys"


class HalfNormalRatio(Spec):
    """Half-normal distribution of the ratio to the within-person SD; free of the unit."""

    kind: Literal["half-normal-ratio"] = "half-normal-ratio"
    scale: Positive = 2.0


class ScaledInverseChi(Spec):
    """SD as known from `df` degrees of freedom: df · value² / σ² is χ² distributed."""

    kind: Literal["scaled-inverse-chi"] = "scaled-inverse-chi"
    value: Positive
    df: Annotated[float, Field(ge=1)]


class Beta(Spec):
    """Beta distribution of a share."""

    kind: Literal["beta"] = "beta"
    a: Positive
    b: Positive


class Uniform(Spec):
    """Uniform distribution between two values."""

    kind: Literal["uniform"] = "uniform"
    lower: float
    upper: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.lower >= self.upper:
            raise InvalidInput(
                f"lower limit {self.lower:g} is not below upper limit {self.upper:g}; swap or "
                "correct them",
                key="lower",
            )
        return self


EffectDistribution = Annotated[
    Normal | StudentT | NormalMixture | Flat, Field(discriminator="kind")
]
ProperEffect = Annotated[Normal | StudentT | NormalMixture, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True, eq=False)
class NormalComponents:
    """A finite mixture of normals as arrays [J]; an infinite SD is a flat component."""

    weights: FloatArray
    means: FloatArray
    sds: FloatArray


FARTHEST = 50.0
"""Scales from its centre up to which data are met by a Student t; there log w is at the mode."""


def normal_components(distribution: EffectDistribution) -> NormalComponents:
    """The distribution as a finite mixture of normals.

    Student's t is a normal whose precision is scaled by w ~ Gamma(df/2, df/2); the trapezoidal
    rule in log w, from where the density of log w vanishes, has an error that falls
    exponentially with the number of nodes.
    """
    match distribution:
        case Normal():
            return NormalComponents(
                np.ones(1), np.array([distribution.mean]), np.array([distribution.sd])
            )
        case NormalMixture():
            weights = np.array(distribution.weights)
            return NormalComponents(
                weights / weights.sum(), np.array(distribution.means), np.array(distribution.sds)
            )
        case StudentT():
            return _t_components(distribution)
        case Flat():
            return NormalComponents(np.ones(1), np.zeros(1), np.array([np.inf]))
        case _:
            assert_never(distribution)


def _t_components(t: StudentT) -> NormalComponents:
    shape = t.df / 2
    far = t.df / (t.df + FARTHEST**2)
    low = np.log(min(special.gammaincinv(shape, 1e-6) / shape, far))
    high = np.log(special.gammainccinv(shape, 1e-10) / shape)
    spacing = min(0.65, 1.2 * np.sqrt(2 / t.df))  # the SD of log w is about √(2/df)
    nodes = 1 + int(np.ceil((high - low) / spacing))
    log_w = np.linspace(low, high, nodes)
    density = np.exp(shape * log_w - shape * np.exp(log_w))
    weights = density / density.sum()
    return NormalComponents(weights, np.full(nodes, t.mean), t.scale * np.exp(-log_w / 2))


def mean_and_sd(distribution: ProperEffect) -> tuple[float, float]:
    """Mean and standard deviation; NaN where a Student t has none, and infinite up to 2 df."""
    if isinstance(distribution, StudentT):
        df, scale = distribution.df, distribution.scale
        mean = distribution.mean if df > 1 else np.nan
        if df <= 2:
            return mean, np.inf if df > 1 else np.nan
        return mean, float(scale * np.sqrt(df / (df - 2)))
    c = normal_components(distribution)
    mean = float(c.weights @ c.means)
    return mean, float(np.sqrt(c.weights @ (c.sds**2 + c.means**2) - mean**2))


def cdf(distribution: ProperEffect, x: ArrayLike) -> FloatArray:
    """P(effect ≤ x), elementwise."""
    if isinstance(distribution, StudentT):
        z = (np.asarray(x, float) - distribution.mean) / distribution.scale
        return np.asarray(special.stdtr(distribution.df, z))
    c = normal_components(distribution)
    z = (np.asarray(x, float)[..., None] - c.means) / c.sds
    return np.asarray(special.ndtr(z) @ c.weights)


def density(distribution: ProperEffect, x: ArrayLike) -> FloatArray:
    """Probability density, elementwise, per unit of the effect."""
    if isinstance(distribution, StudentT):
        z = (np.asarray(x, float) - distribution.mean) / distribution.scale
        df = distribution.df
        log_constant = special.gammaln((df + 1) / 2) - special.gammaln(df / 2)
        log_constant -= np.log(np.pi * df) / 2 + np.log(distribution.scale)
        return np.asarray(np.exp(log_constant - (df + 1) / 2 * np.log1p(z**2 / df)))
    c = normal_components(distribution)
    z = (np.asarray(x, float)[..., None] - c.means) / c.sds
    return np.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) @ (c.weights / c.sds))


def quantile(distribution: ProperEffect, probability: float) -> float:
    """Inverse of `cdf`, by bracketing between the components' own quantiles."""
    if isinstance(distribution, StudentT):
        z = float(special.stdtrit(distribution.df, probability))
        return distribution.mean + distribution.scale * z
    c = normal_components(distribution)
    ends = c.means + c.sds * special.ndtri(probability)
    low, high = float(ends.min()), float(ends.max())
    for _ in range(200):
        middle = (low + high) / 2
        if high - low <= 1e-12 * max(1.0, abs(middle)):
            break
        if float(cdf(distribution, middle)) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def sample(distribution: ProperEffect, rng: np.random.Generator, size: int) -> FloatArray:
    """Independent draws, shape [size]."""
    if isinstance(distribution, StudentT):
        return distribution.mean + distribution.scale * rng.standard_t(distribution.df, size)
    c = normal_components(distribution)
    chosen = np.searchsorted(np.cumsum(c.weights)[:-1], rng.random(size), side="right")
    return np.asarray(c.means[chosen] + c.sds[chosen] * rng.standard_normal(size))
