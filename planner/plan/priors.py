"""Analysis priors: what a Bayesian analysis of the trial assumes before seeing its data."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.errors import InvalidInput
from planner.evidence.distribution import (
    EffectDistribution,
    Fixed,
    Flat,
    HalfNormal,
    HalfNormalRatio,
    Jeffreys,
    LogNormal,
    Normal,
)
from planner.spec import Spec

SdWithinPrior = Annotated[HalfNormal | LogNormal | Fixed | Jeffreys, Field(discriminator="kind")]
SdBetweenPrior = Annotated[
    HalfNormal | LogNormal | Fixed | HalfNormalRatio | Jeffreys, Field(discriminator="kind")
]
TauPrior = Annotated[HalfNormal | Fixed, Field(discriminator="kind")]
MeanPrior = Annotated[Normal | Flat, Field(discriminator="kind")]


class IndependentSexes(Spec):
    """The effects in women and in men have the effect prior each by itself (τ → ∞)."""

    kind: Literal["independent"] = "independent"


class CommonEffect(Spec):
    """One effect for both sexes (τ → 0); the data cannot contradict it."""

    kind: Literal["common"] = "common"


class ExchangeableSexes(Spec):
    """δ_g ~ N(δ, τ²): the effect of a sex borrows from the other (Dixon & Simon 1991).

    Parameters
    ----------
    tau : prior of the SD of effects between the sexes; δ has the effect prior.
    """

    kind: Literal["exchangeable"] = "exchangeable"
    tau: TauPrior


SexPrior = Annotated[
    IndependentSexes | CommonEffect | ExchangeableSexes, Field(discriminator="kind")
]


class Priors(Spec):
    """Priors of all parameters, on the scale of the analysis.

    Parameters
    ----------
    effect : effect of every non-reference treatment against the reference.
    sexes : how the effects in women and men hang together.
    intercept : mean outcome in period 1 under the reference treatment.
    nuisance : every other mean: period, sequence, sex and carry-over effects.
    sd_within, sd_between : SDs within and between persons.

    The defaults have no unit and say as little as possible: flat effects and means, 1/σ for the
    within-person SD, and a half-normal ratio of between- to within-person SD.
    """

    effect: EffectDistribution = Flat()
    sexes: SexPrior = IndependentSexes()
    intercept: MeanPrior = Flat()
    nuisance: MeanPrior = Flat()
    sd_within: SdWithinPrior = Jeffreys()
    sd_between: SdBetweenPrior = HalfNormalRatio()

    @property
    def one_effect(self) -> bool:
        """Whether both sexes have one effect: exchangeable effects with τ = 0 are one."""
        sexes = self.sexes
        return isinstance(sexes, CommonEffect) or (
            isinstance(sexes, ExchangeableSexes) and sexes.tau == Fixed(value=0.0)
        )

    @model_validator(mode="after")
    def _proper_posterior(self) -> Self:
        if isinstance(self.sd_between, Jeffreys):
            raise InvalidInput(
                "the improper prior 1/σ on the between-person SD has no proper posterior, as "
                "the data cannot exclude 0; use half-normal, half-normal-ratio or log-normal",
                key="sd_between",
            )
        if isinstance(self.sd_within, Fixed) and self.sd_within.value == 0:
            raise InvalidInput(
                "the within-person SD is fixed at 0; give a value above 0", key="sd_within.value"
            )
        return self
