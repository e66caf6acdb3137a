"""How the trial will be analysed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.errors import InvalidInput
from planner.plan.priors import Priors
from planner.spec import Spec


class WithinSubjectT(Spec):
    """Least squares on within-person contrasts: y ~ person + period + treatment.

    With two periods this is the two-sample t test on period differences, halved (Hills &
    Armitage 1979; Senn 2002, ch. 3); without the period term, the paired t test.

    Parameters
    ----------
    adjust_period : whether the model has period effects.
    carryover : whether it has first-order carry-over effects.
    by_sex : one treatment effect per sex; default: whenever the scenario distinguishes sexes.
    """

    kind: Literal["within-subject-t"] = "within-subject-t"
    adjust_period: bool = True
    carryover: bool = False
    by_sex: bool | None = None

    @model_validator(mode="after")
    def _carryover_with_period(self) -> Self:
        if self.carryover and not self.adjust_period:
            raise InvalidInput(
                "carryover is true but adjust_period is false; carry-over effects need period "
                "effects beside them, set adjust_period to true",
                key="adjust_period",
            )
        return self


class MixedModel(Spec):
    """Random-intercept model fitted by REML: y ~ period (+ sequence) + treatment (× sex).

    Parameters
    ----------
    df : small-sample method (Kenward & Roger 1997; Satterthwaite as in Giesbrecht & Burns 1985).
    sequence_effect : whether the model has sequence effects.
    carryover, by_sex : as for `WithinSubjectT`.
    """

    kind: Literal["mixed-model"] = "mixed-model"
    df: Literal["kenward-roger", "satterthwaite"] = "kenward-roger"
    sequence_effect: bool = False
    carryover: bool = False
    by_sex: bool | None = None


class Nuts(Spec):
    """How the No-U-Turn sampler is run, per trial.

    Parameters
    ----------
    chains, draws, tune : chains, and iterations per chain kept and thrown away.
    """

    chains: Annotated[int, Field(ge=2, le=16)] = 4
    draws: Annotated[int, Field(ge=100, le=1_000_000)] = 500
    tune: Annotated[int, Field(ge=100, le=100_000)] = 300


class Posterior(Spec):
    """Bayesian analysis with the likelihood of `MixedModel`.

    Parameters
    ----------
    engine : ``quadrature`` integrates numerically, ``nuts`` samples with PyMC and nutpie.
    priors : analysis priors, part of the plan; never taken from the truth.
    sd_by_sex : SDs of women and men are different parameters with the same priors.
    nuts : settings of the sampler, where it is used.
    sequence_effect, carryover, by_sex : as for `MixedModel`.
    """

    kind: Literal["posterior"] = "posterior"
    engine: Literal["quadrature", "nuts"] = "quadrature"
    priors: Priors = Priors()
    sequence_effect: bool = False
    carryover: bool = False
    by_sex: bool | None = None
    sd_by_sex: bool = False
    nuts: Nuts = Nuts()


Frequentist = WithinSubjectT | MixedModel
Analysis = Annotated[WithinSubjectT | MixedModel | Posterior, Field(discriminator="kind")]


def frequentist_counterpart(analysis: Analysis) -> Frequentist:
    """The analysis itself, or the mixed model with the likelihood of a Bayesian one."""
    if not isinstance(analysis, Posterior):
        return analysis
    return MixedModel(
        sequence_effect=analysis.sequence_effect,
        carryover=analysis.carryover,
        by_sex=analysis.by_sex,
    )


def describe(analysis: Analysis) -> str:
    """The analysis in a few words."""
    carry = " with carry-over" if analysis.carryover else ""
    if isinstance(analysis, Posterior):
        return f"Bayesian mixed model ({analysis.engine}){carry}"
    if isinstance(analysis, MixedModel):
        names = {"kenward-roger": "Kenward-Roger", "satterthwaite": "Satterthwaite"}
        return f"mixed model ({names[analysis.df]}){carry}"
    kind = "period-adjusted" if analysis.adjust_period else "paired"
    return f"within-subject t ({kind}){carry}"
