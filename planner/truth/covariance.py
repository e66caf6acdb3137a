"""How the outcomes of one person vary and hang together over periods.

Both kinds are compound symmetry: Σ = σ_w² I + σ_b² J, scaled per sex where asked. On a log-scale
endpoint standard deviations are of the logarithm, and CV = √(exp(σ²) − 1)
(Julious 2004, Stat Med 23:1921).
"""

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from planner.errors import InvalidInput
from planner.spec import Positive, Spec

Correlation = Annotated[float, Field(gt=-1, lt=1)]


class SdMultiplier(Spec):
    """Factor on every standard deviation of women and of men."""

    female: Positive = 1.0
    male: Positive = 1.0


class CompoundSymmetry(Spec):
    """Between- and within-person SD (or CV, for log-scale endpoints).

    Without a between-person value the two are taken equal (correlation 0.5).
    """

    kind: Literal["compound-symmetry"] = "compound-symmetry"
    sd_within: Positive | None = None
    sd_between: Annotated[float, Field(ge=0)] | None = None
    cv_within: Positive | None = None
    cv_between: Annotated[float, Field(ge=0)] | None = None
    sd_multiplier: SdMultiplier = SdMultiplier()

    @model_validator(mode="after")
    def _one_each(self) -> Self:
        if (self.sd_within is None) == (self.cv_within is None):
            raise InvalidInput(
                f"sd_within is {self.sd_within} and cv_within is {self.cv_within}; give exactly "
                "one of them",
                key="sd_within",
            )
        if self.sd_between is not None and self.cv_between is not None:
            raise InvalidInput(
                "sd_between and cv_between are both given; give one of them", key="sd_between"
            )
        return self

    @property
    def uses_cv(self) -> bool:
        return self.cv_within is not None or self.cv_between is not None

    def components(self) -> tuple[float, float]:
        """(σ_w², σ_b²) on the scale of the analysis."""
        within = _variance(self.sd_within, self.cv_within)
        if self.sd_between is None and self.cv_between is None:
            return within, within
        return within, _variance(self.sd_between, self.cv_between)


class PairedDifference(Spec):
    """SD of the within-person difference between two periods, and their correlation.

    σ_w = sd_difference / √2 and σ_b² = σ_w² ρ / (1 − ρ).
    """

    kind: Literal["paired-difference"] = "paired-difference"
    sd_difference: Positive | None = None
    correlation: Correlation = 0.5
    sd_multiplier: SdMultiplier = SdMultiplier()

    @property
    def uses_cv(self) -> bool:
        return False

    def components(self) -> tuple[float, float]:
        """(σ_w², σ_b²) on the scale of the analysis."""
        if self.sd_difference is None:
            raise InvalidInput("sd_difference is missing; give it", key="sd_difference")
        within = self.sd_difference**2 / 2
        return within, within * self.correlation / (1 - self.correlation)


Covariance = Annotated[CompoundSymmetry | PairedDifference, Field(discriminator="kind")]


def covariance_matrix(covariance: Covariance, n_periods: int, stratum: int) -> NDArray[np.float64]:
    """Σ of one person's outcomes, shape [P, P]; stratum 0 is female (or everybody), 1 male.

    Raises
    ------
    InvalidInput : the correlation is too negative for this many periods.
    """
    within, between = covariance.components()
    if within + n_periods * between <= 1e-12 * within:
        correlation = between / (within + between)
        raise InvalidInput(
            f"correlation {correlation:g} is impossible over {n_periods} periods; it must be "
            f"above {-1 / (n_periods - 1):g}",
            key="truth.covariance.correlation",
        )
    multiplier = covariance.sd_multiplier
    scale = (multiplier.female, multiplier.male)[stratum] ** 2
    return scale * (within * np.eye(n_periods) + between)


def _variance(sd: float | None, cv: float | None) -> float:
    return float(np.log1p((cv or 0.0) ** 2)) if sd is None else sd**2
