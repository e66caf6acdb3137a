"""What the trial wants to show: a contrast of treatment effects, and an objective for it."""

from collections.abc import Callable
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from planner.errors import InvalidInput
from planner.spec import Level, Share, Spec

SexContrast = Literal["overall", "female", "male", "interaction"]


class FreeContrast(Spec):
    """Any linear contrast of treatments, optionally in one sex or as a sex difference."""

    weights: Annotated[dict[str, float], Field(min_length=2)]
    sex: SexContrast = "overall"

    @model_validator(mode="after")
    def _sums_to_zero(self) -> Self:
        if abs(sum(self.weights.values())) > 1e-9:
            raise InvalidInput(
                f"the weights sum to {sum(self.weights.values()):g}; a contrast of treatments "
                "must sum to 0",
                key="weights",
            )
        return self


class Superiority(Spec):
    """One-sided test of effect > 0 (or < 0); on a log scale, of a ratio above (below) 1."""

    kind: Literal["superiority"] = "superiority"
    one_sided_alpha: Level = 0.025
    direction: Literal["greater", "less"] = "greater"


class TwoSided(Spec):
    """Two-sided test of no effect; a rejection in either direction counts."""

    kind: Literal["two-sided"] = "two-sided"
    alpha: Level = 0.05


class NonInferiority(Spec):
    """One-sided test against a margin on the natural scale.

    A margin below no effect (−2, or a ratio 0.8) is to be exceeded; one above no effect
    (2, or 1.25) is to be undercut.
    """

    kind: Literal["non-inferiority"] = "non-inferiority"
    margin: float
    one_sided_alpha: Level = 0.025


class Equivalence(Spec):
    """Two one-sided tests: the effect lies between `lower` and `upper` (Schuirmann 1987)."""

    kind: Literal["equivalence"] = "equivalence"
    lower: float
    upper: float
    one_sided_alpha: Level = 0.05

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.lower >= self.upper:
            raise InvalidInput(
                f"lower limit {self.lower:g} is not below upper limit {self.upper:g}; swap or "
                "correct them",
                key="lower",
            )
        return self


class Criterion(Spec):
    """P(above < effect < below | data) ≥ probability; at least one end must be given.

    Under a frequentist analysis: the one-sided confidence bound at level `probability` lies
    beyond the end (Roychoudhury, Scheuer & Neuenschwander 2018, Clin Trials 15:452).
    """

    above: float | None = None
    below: float | None = None
    probability: Share

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.above is None and self.below is None:
            raise InvalidInput("neither above nor below is given; give at least one", key="above")
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise InvalidInput(
                f"above {self.above:g} is not less than below {self.below:g}; swap or correct them",
                key="above",
            )
        return self


class PosteriorRule(Spec):
    """Decision by posterior probabilities: go, consider or stop.

    Parameters
    ----------
    go : all must hold for success; two make a dual criterion, e.g. ``above = 0`` with 0.975 and
        ``above = 2`` with 0.5. The first is the one that a multiplicity procedure adjusts, and
        its end is where the type I error is judged.
    stop : all must hold, and go must not, for a stop; what is neither is *consider*.
    """

    kind: Literal["posterior"] = "posterior"
    go: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=4)]
    stop: Annotated[tuple[Criterion, ...], Field(max_length=4)] = ()


Objective = Annotated[
    Superiority | TwoSided | NonInferiority | Equivalence | PosteriorRule,
    Field(discriminator="kind"),
]


class Hypothesis(Spec):
    """A named contrast with its objective.

    Parameters
    ----------
    contrast : ``overall`` (sexes weighted by their population share), ``female``, ``male``,
        ``interaction`` (male − female), or a free contrast of treatments.
    test, reference : treatments compared by a named contrast; default B and A.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)]
    contrast: SexContrast | FreeContrast = "overall"
    objective: Objective = Superiority()
    test: str | None = None
    reference: str | None = None

    @property
    def sex(self) -> SexContrast:
        """Which sexes the contrast is about."""
        return self.contrast.sex if isinstance(self.contrast, FreeContrast) else self.contrast

    def treatment_weights(self, treatments: tuple[str, ...]) -> NDArray[np.float64]:
        """Weights over treatments, shape [K]."""
        if isinstance(self.contrast, FreeContrast):
            table = self.contrast.weights
        else:
            table = {self.test or treatments[1]: 1.0, self.reference or treatments[0]: -1.0}
        unknown = [letter for letter in table if letter not in treatments]
        if unknown or len(table) < 2:
            raise InvalidInput(
                f"hypothesis {self.name!r} compares {', '.join(table)} but the design has "
                f"{', '.join(treatments)}; name two different treatments of the design",
                key=f"plan.hypotheses.{self.name}",
            )
        return np.array([table.get(letter, 0.0) for letter in treatments])


def sex_weights(sex: SexContrast, female_share: float | None) -> NDArray[np.float64]:
    """Weights over strata, shape [G]: (female, male), or (1,) when sexes are not distinguished."""
    if female_share is None:
        if sex != "overall":
            raise InvalidInput(
                f"contrast {sex!r} needs the sexes but truth.female_share is missing; give it",
                key="truth.female_share",
            )
        return np.array([1.0])
    match sex:
        case "overall":
            return np.array([female_share, 1 - female_share])
        case "female":
            return np.array([1.0, 0.0])
        case "male":
            return np.array([0.0, 1.0])
        case "interaction":
            return np.array([-1.0, 1.0])


def one_sided_level(objective: Objective) -> float:
    """Level of one tail: α for one-sided objectives, α/2 for a two-sided one.

    For a posterior rule, what its first criterion leaves: 1 − probability.
    """
    match objective:
        case TwoSided():
            return objective.alpha / 2
        case PosteriorRule():
            return 1 - objective.go[0].probability
        case _:
            return objective.one_sided_alpha


def margins(objective: Objective, to_model: Callable[[float, str], float]) -> tuple[float, float]:
    """Open interval of effects that the objective is to show, on the scale of the analysis.

    A two-sided objective has no such interval; it is returned as (0, 0).

    Parameters
    ----------
    to_model : takes a value on the natural scale and its key to the scale of the analysis.

    Raises
    ------
    InvalidInput : a margin at, or equivalence limits not around, no effect.
    """
    match objective:
        case Superiority():
            return (0.0, np.inf) if objective.direction == "greater" else (-np.inf, 0.0)
        case TwoSided():
            return 0.0, 0.0
        case NonInferiority():
            margin = to_model(objective.margin, "objective.margin")
            if margin == 0:
                raise InvalidInput(
                    f"margin {objective.margin:g} means no effect; use superiority, or a margin "
                    "on one side",
                    key="objective.margin",
                )
            return (margin, np.inf) if margin < 0 else (-np.inf, margin)
        case Equivalence():
            lower = to_model(objective.lower, "objective.lower")
            upper = to_model(objective.upper, "objective.upper")
            if not lower < 0 < upper:
                raise InvalidInput(
                    f"limits {objective.lower:g} to {objective.upper:g} do not surround no effect; "
                    "correct them",
                    key="objective.lower",
                )
            return lower, upper
        case PosteriorRule():
            first = objective.go[0]
            return (
                -np.inf if first.above is None else to_model(first.above, "objective.go.above"),
                np.inf if first.below is None else to_model(first.below, "objective.go.below"),
            )
