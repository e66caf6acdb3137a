"""Distributions in words, as the command line and reports write them."""

from collections.abc import Callable

from planner.evidence.distribution import (
    Beta,
    Fixed,
    Flat,
    HalfNormal,
    HalfNormalRatio,
    Jeffreys,
    LogNormal,
    Normal,
    NormalMixture,
    ScaledInverseChi,
    StudentT,
    Uniform,
)
from planner.truth.truth_prior import PilotEstimate
from planner.words.prose import given

Distribution = (
    Normal | StudentT | NormalMixture | Flat | HalfNormal | HalfNormalRatio | LogNormal | Fixed
    | Jeffreys | ScaledInverseChi | Beta | Uniform | PilotEstimate
)  # fmt: skip


def distribution_in_words(
    distribution: Distribution, number: Callable[[float], str] = given
) -> str:
    """A distribution with its parameters.

    Parameters
    ----------
    number : writes a parameter; default as it was given.
    """
    match distribution:
        case Normal(mean=mean, sd=sd):
            return f"normal, mean {number(mean)}, SD {number(sd)}"
        case StudentT(mean=mean, scale=scale, df=df):
            return f"Student t, mean {number(mean)}, scale {number(scale)}, {number(df)} df"
        case NormalMixture(weights=weights, means=means, sds=sds):
            parts = " + ".join(
                f"{number(w)} N({number(m)}, {number(s)}²)"
                for w, m, s in zip(weights, means, sds, strict=True)
            )
            return f"mixture {parts}"
        case Flat():
            return "flat"
        case HalfNormal(scale=scale):
            return f"half-normal, scale {number(scale)}"
        case HalfNormalRatio(scale=scale):
            return f"half-normal in its ratio to the within-person SD, scale {number(scale)}"
        case LogNormal(median=median, sd_log=sd):
            return f"log-normal, median {number(median)}, SD of the logarithm {number(sd)}"
        case Fixed(value=value):
            return f"{number(value)}"
        case Jeffreys():
            return "1/σ"
        case ScaledInverseChi(value=value, df=df):
            return f"{number(value)} as known from {number(df)} df"
        case Beta(a=a, b=b):
            return f"beta ({number(a)}, {number(b)}), mean {number(a / (a + b))}"
        case Uniform(lower=lower, upper=upper):
            return f"uniform from {number(lower)} to {number(upper)}"
        case PilotEstimate(mean=mean, n_subjects=n):
            return f"{number(mean)} as estimated from {n} people"
