"""What nature does: effects, variation, carry-over, attrition and the sex mix."""

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from planner.errors import InvalidInput
from planner.spec import Share, Spec
from planner.truth.attrition import Attrition, NoAttrition
from planner.truth.covariance import CompoundSymmetry, Covariance, PairedDifference
from planner.truth.endpoint import Endpoint

SEXES = ("female", "male")


class BySex(Spec):
    """One value for women and one for men."""

    female: float
    male: float


Effect = Annotated[float | BySex, Field(union_mode="left_to_right")]


class Truth(Spec):
    """One state of nature.

    Parameters
    ----------
    endpoint : name, unit and scale of the outcome.
    effect : test − reference on the natural scale (ratio for log-scale endpoints): one number,
        ``{female, male}``, or a table treatment letter → either.
    standardised_effect : effect / SD of the within-person difference (d_z). Of effect, SD and
        d_z exactly two are given; the third follows.
    covariance : variation within and between persons.
    period_effects : one value per period; differences from period 1 matter.
    carryover : lasting effect of a treatment on the next period, relative to the reference: one
        number for the test treatment, or a table treatment letter → number.
    sex_difference : men − women under the reference treatment.
    attrition : who leaves when.
    female_share : planned share of women; without it sexes are not distinguished.
    sex_mix : ``quota`` recruits exactly the planned numbers, ``random`` as they come.
    """

    endpoint: Endpoint = Endpoint()
    effect: Annotated[Effect | dict[str, Effect] | None, Field(union_mode="left_to_right")] = None
    standardised_effect: float | None = None
    covariance: Covariance
    period_effects: tuple[float, ...] | None = None
    carryover: float | dict[str, float] | None = None
    sex_difference: float | None = None
    attrition: Attrition = NoAttrition()
    female_share: Share | None = None
    sex_mix: Literal["quota", "random"] = "quota"

    @model_validator(mode="after")
    def _two_of_three(self) -> Self:
        sd_given = not (
            isinstance(self.covariance, PairedDifference) and self.covariance.sd_difference is None
        )
        given = {
            "effect": self.effect is not None,
            "standardised_effect": self.standardised_effect is not None,
            "an SD": sd_given,
        }
        if sum(given.values()) != 2:
            have = ", ".join(name for name, there in given.items() if there) or "none"
            raise InvalidInput(
                f"{have} given, but of effect, standardised_effect and the SD exactly two must be; "
                "the third follows from them",
                key="effect",
            )
        if not sd_given and not isinstance(self.effect, float):
            raise InvalidInput(
                "the SD can only be derived from standardised_effect when effect is one number; "
                "give covariance.sd_difference",
                key="effect",
            )
        if self.covariance.uses_cv and self.endpoint.scale != "log":
            raise InvalidInput(
                "a CV is given but the endpoint is on the raw scale; give sd_within, or set "
                'endpoint.scale = "log"',
                key="covariance.cv_within",
            )
        return self

    @property
    def strata(self) -> tuple[str, ...]:
        """Names of the strata: the sexes, or one nameless stratum."""
        return SEXES if self.female_share is not None else ("",)

    def resolved_covariance(self) -> CompoundSymmetry | PairedDifference:
        """The covariance with its SD filled in from effect and standardised effect."""
        covariance = self.covariance
        if not isinstance(covariance, PairedDifference) or covariance.sd_difference is not None:
            return covariance
        if not isinstance(self.effect, float) or not self.standardised_effect:
            raise InvalidInput(
                f"standardised_effect {self.standardised_effect} gives no SD; it must not be 0",
                key="truth.standardised_effect",
            )
        size = self.endpoint.to_model(self.effect, "truth.effect") / self.standardised_effect
        if size <= 0:
            raise InvalidInput(
                f"effect {self.effect} and standardised_effect {self.standardised_effect} have "
                "opposite signs; correct one of them",
                key="truth.standardised_effect",
            )
        return covariance.model_copy(update={"sd_difference": size})

    @property
    def sd_difference(self) -> float:
        """SD of the within-person difference between two periods, √2 σ_w."""
        return float(np.sqrt(2 * self.resolved_covariance().components()[0]))

    def treatment_effects(self, treatments: tuple[str, ...], test: str) -> NDArray[np.float64]:
        """τ on the scale of the analysis, axes [G, K]; the reference (first) treatment is 0.

        Raises
        ------
        InvalidInput : a treatment letter that the design does not have, or effects by sex
            although sexes are not distinguished.
        """
        table = np.zeros((len(self.strata), len(treatments)))
        for letter, effect in self._effect_table(treatments, test).items():
            key = f"truth.effect.{letter}" if isinstance(self.effect, dict) else "truth.effect"
            if letter not in treatments[1:]:
                raise InvalidInput(
                    f"treatment {letter!r} has an effect but is not a non-reference treatment of "
                    f"the design; use {', '.join(treatments[1:])}",
                    key=key,
                )
            table[:, treatments.index(letter)] = self._per_stratum(effect, key)
        return table

    def _effect_table(self, treatments: tuple[str, ...], test: str) -> dict[str, Effect]:
        if isinstance(self.effect, dict):
            if set(self.effect) & set(SEXES):
                raise InvalidInput(
                    f"the table has {', '.join(self.effect)}; give female and male, or treatment "
                    "letters",
                    key="truth.effect",
                )
            absent = [k for k in treatments[1:] if k not in self.effect]
            if absent:
                raise InvalidInput(
                    f"treatment {absent[0]} has no effect; give one for each of "
                    f"{', '.join(treatments[1:])}",
                    key="truth.effect",
                )
            return self.effect
        if len(treatments) > 2:
            raise InvalidInput(
                f"one effect is given but the design has {len(treatments)} treatments; give a "
                f"table with {', '.join(treatments[1:])}",
                key="truth.effect",
            )
        if self.effect is None:
            sized = (self.standardised_effect or 0.0) * self.sd_difference
            return {test: self.endpoint.to_natural(sized)}
        return {test: self.effect}

    def _per_stratum(self, effect: Effect, key: str) -> list[float]:
        if isinstance(effect, BySex):
            if self.female_share is None:
                raise InvalidInput(
                    "effects differ by sex but truth.female_share is missing; give it",
                    key="truth.female_share",
                )
            return [self.endpoint.to_model(v, key) for v in (effect.female, effect.male)]
        return [self.endpoint.to_model(effect, key)] * len(self.strata)

    def carryover_effects(self, treatments: tuple[str, ...], test: str) -> NDArray[np.float64]:
        """λ on the scale of the analysis, shape [K]; the reference treatment is 0."""
        given = self.carryover
        table = {test: given} if isinstance(given, float) else (given or {})
        lasting = np.zeros(len(treatments))
        for letter, value in table.items():
            if letter not in treatments[1:]:
                raise InvalidInput(
                    f"treatment {letter!r} has a carry-over but is not a non-reference treatment; "
                    f"use {', '.join(treatments[1:])}",
                    key="truth.carryover",
                )
            lasting[treatments.index(letter)] = self.endpoint.to_model(value, "truth.carryover")
        return lasting

    def period_means(self, n_periods: int) -> NDArray[np.float64]:
        """π on the scale of the analysis, shape [P]."""
        if self.period_effects is None:
            return np.zeros(n_periods)
        if len(self.period_effects) != n_periods:
            raise InvalidInput(
                f"period_effects has {len(self.period_effects)} entries but the design has "
                f"{n_periods} periods; give one per period",
                key="truth.period_effects",
            )
        return np.array(
            [self.endpoint.to_model(v, "truth.period_effects") for v in self.period_effects]
        )

    def stratum_means(self) -> NDArray[np.float64]:
        """α on the scale of the analysis, shape [G]; women are 0."""
        if self.sex_difference is None:
            return np.zeros(len(self.strata))
        if self.female_share is None:
            raise InvalidInput(
                "sex_difference is given but truth.female_share is missing; give it",
                key="truth.female_share",
            )
        return np.array([0.0, self.endpoint.to_model(self.sex_difference, "truth.sex_difference")])
