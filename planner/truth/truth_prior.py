"""Design prior: a distribution over truths, over which a trial's success is averaged.

It says what nature may do and belongs to nobody's analysis: the analysis prior of a Bayesian plan
is another object (O'Hagan, Stevens & Campbell 2005, 10.1002/pst.175).
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.errors import InvalidInput
from planner.evidence.distribution import (
    Beta,
    Fixed,
    LogNormal,
    Normal,
    NormalMixture,
    ProperEffect,
    ScaledInverseChi,
    StudentT,
    Uniform,
)
from planner.spec import Spec
from planner.truth.truth import Truth


class PilotEstimate(Spec):
    """Effect as known from a pilot crossover: θ given the SD is N(`mean`, sd_difference² / n).

    With `ScaledInverseChi` for the SD the pair is normal–inverse-χ², what a pilot in AB/BA leaves
    behind under a flat prior (Held & Sabanés Bové 2014, example 6.26).

    Parameters
    ----------
    mean : estimate of the pilot, on the scale of the analysis.
    n_subjects : its people, sequences together.
    """

    kind: Literal["pilot"] = "pilot"
    mean: float
    n_subjects: Annotated[int, Field(ge=2)]


EffectPrior = Annotated[
    Normal | StudentT | NormalMixture | PilotEstimate, Field(discriminator="kind")
]
SdPrior = Annotated[LogNormal | ScaledInverseChi | Fixed, Field(discriminator="kind")]
SharePrior = Annotated[Beta | Uniform, Field(discriminator="kind")]


class TruthPrior(Spec):
    """What is varied; whatever is absent stays at the scenario's truth.

    Effects are on the scale of the analysis (log ratios for log-scale endpoints), and the
    quantities are independent of each other, but for `PilotEstimate`.

    Parameters
    ----------
    effect : overall effect of the test treatment, sexes weighted by their population share.
    sex_difference : effect in men − effect in women; moves the sexes around the overall effect.
    sd_difference : SD of the within-person difference; every other SD changes in proportion.
    correlation : between two periods of a person, at the same `sd_difference`.
    dropout : hazard of leaving after each period but the last, the same for all.
    carryover : lasting effect of the test treatment on the next period.
    treatment : the test treatment meant; default the first after the reference.
    """

    effect: EffectPrior | None = None
    sex_difference: ProperEffect | None = None
    sd_difference: SdPrior | None = None
    correlation: SharePrior | None = None
    dropout: SharePrior | None = None
    carryover: ProperEffect | None = None
    treatment: str | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        varied = (self.effect, self.sex_difference, self.sd_difference, self.correlation,
                  self.dropout, self.carryover)  # fmt: skip
        if all(distribution is None for distribution in varied):
            raise InvalidInput(
                "truth_prior varies nothing; give effect, sd_difference or another distribution, "
                "or remove it",
                key="effect",
            )
        if isinstance(self.sd_difference, Fixed) and self.sd_difference.value == 0:
            raise InvalidInput(
                "sd_difference is fixed at 0; give a value above 0", key="sd_difference.value"
            )
        dropout, correlation = self.dropout, self.correlation
        if isinstance(dropout, Uniform) and not (dropout.lower >= 0 and dropout.upper < 1):
            raise InvalidInput(
                f"dropout lies between {dropout.lower:g} and {dropout.upper:g}; give limits from 0 "
                "to below 1",
                key="dropout",
            )
        if isinstance(correlation, Uniform) and correlation.upper >= 1:
            raise InvalidInput(
                f"correlation reaches up to {correlation.upper:g}; it must stay below 1",
                key="correlation.upper",
            )
        return self


def check_truth_prior(
    prior: TruthPrior, truth: Truth, treatments: tuple[str, ...], n_periods: int
) -> None:
    """Whether a prior fits the truth that it varies and the design.

    Raises
    ------
    InvalidInput : sexes or periods that are not there, an impossible correlation, or a letter
        that is no test treatment.
    """
    if prior.sex_difference is not None and truth.female_share is None:
        raise InvalidInput(
            "sex_difference varies but truth.female_share is missing; give it",
            key="truth_prior.sex_difference",
        )
    if prior.treatment is not None and prior.treatment not in treatments[1:]:
        raise InvalidInput(
            f"treatment {prior.treatment!r} is not a non-reference treatment of the design; use "
            f"{', '.join(treatments[1:])}",
            key="truth_prior.treatment",
        )
    for name in ("correlation", "dropout", "carryover"):
        if getattr(prior, name) is not None and n_periods == 1:
            raise InvalidInput(
                f"{name} varies but the design has one period; remove it",
                key=f"truth_prior.{name}",
            )
    if isinstance(prior.correlation, Uniform) and (
        prior.correlation.lower <= (lowest := -1 / (n_periods - 1))
    ):
        raise InvalidInput(
            f"correlation {prior.correlation.lower:g} is impossible over {n_periods} periods; it "
            f"must be above {lowest:g}",
            key="truth_prior.correlation.lower",
        )
