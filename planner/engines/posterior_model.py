"""The Bayesian model of a planned analysis as arrays, for the engines that compute its posterior.

β = (nuisance means, effects); effects are δ_kg of treatment k against the reference in sex g.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.design.matrices import Column
from planner.engines.strata import Strata, prepare_strata
from planner.errors import InvalidInput
from planner.evidence.distribution import Fixed, Flat, normal_components
from planner.plan.analysis import Posterior
from planner.plan.priors import (
    CommonEffect,
    ExchangeableSexes,
    IndependentSexes,
    MeanPrior,
    Priors,
)
from planner.trials.moments import Cell, FloatArray, IntArray

MOST_COMPONENTS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Intervals of contrasts whose posterior probabilities are wanted, R of them.

    Parameters
    ----------
    row : index of the contrast, [R].
    lower, upper : open ends on the scale of the analysis, may be infinite, [R].
    tail : probability in each tail of the credible interval of every contrast, [H].
    """

    row: IntArray
    lower: FloatArray
    upper: FloatArray
    tail: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorModel:
    """What a posterior engine needs to know.

    Parameters
    ----------
    strata : design quantities; columns in the order nuisance, effects.
    group : variance group of every cell, [C].
    n_nuisance : number of nuisance columns.
    n_sexes : effects per treatment (1 unless the analysis is by sex), varying fastest.
    mean, precision : prior of the nuisance means, [q_n]; precision 0 is flat.
    weights : of the components of the effect prior, [J].
    locations, sds : of the effects of the treatments per component, axes [J, K − 1]; an
        infinite SD is flat.
    contrasts : on the effects, axes [H, p].
    """

    analysis: Posterior
    strata: Strata
    group: IntArray
    n_nuisance: int
    n_sexes: int
    mean: FloatArray
    precision: FloatArray
    weights: FloatArray
    locations: FloatArray
    sds: FloatArray
    contrasts: FloatArray
    regions: Regions

    @property
    def priors(self) -> Priors:
        """Priors, with the between-person SD taken as 0 where everybody is observed once."""
        priors = self.analysis.priors
        if np.all(self.strata.n_observed == 1):
            return priors.model_copy(update={"sd_between": Fixed(value=0.0)})
        return priors

    @property
    def uses_between(self) -> bool:
        """Whether comparisons between people say something about the effects."""
        total, n = self.strata.between.sum(axis=0), self.n_nuisance
        inner, cross = total[:n, :n], total[:n, n:]
        left = total[n:, n:] - cross.T @ np.linalg.pinv(inner) @ cross
        return bool(np.abs(left).max() > 1e-9 * np.abs(total).max())

    def effect_components(self) -> tuple[int, FloatArray, FloatArray, FloatArray]:
        """Sexes that share a component, and weights [J], locations and SDs of the components.

        Independent sexes have a component each, so there every effect counts by itself and all
        combinations occur: locations and SDs are [J, p] instead of [J, K − 1].
        """
        if self.n_sexes == 1 or not isinstance(self.priors.sexes, IndependentSexes):
            return self.n_sexes, self.weights, self.locations, self.sds
        n_effects = self.locations.shape[1] * self.n_sexes
        return 1, *_product(self.priors, n_effects)

    @property
    def n_groups(self) -> int:
        """Number of variance groups."""
        return int(self.group.max()) + 1


def posterior_model(
    analysis: Posterior,
    columns: Sequence[Column],
    cells: Sequence[Cell],
    contrasts: FloatArray,
    regions: Regions,
) -> PosteriorModel:
    """Model with given fixed effects and cells; contrasts [H, q] on the fixed effects.

    Raises
    ------
    InvalidInput : the priors do not fit the model.
    """
    is_effect = np.array([column.term == "treatment" for column in columns])
    order = np.argsort(is_effect, kind="stable")
    effects = [columns[i] for i in order if is_effect[i]]
    letters = list(dict.fromkeys(column.level for column in effects))
    sexes = list(dict.fromkeys(column.sex for column in effects))
    by_letter = [
        i for letter in letters for i in order if is_effect[i] and columns[i].level == letter
    ]
    order = np.array([*order[: int((~is_effect).sum())], *by_letter], dtype=np.int64)
    if len(effects) != len(letters) * len(sexes):
        raise InvalidInput(
            "a treatment is observed in one sex only; the posterior needs every treatment in "
            "both sexes, drop by_sex",
            key="plan.analysis.by_sex",
        )
    ordered = [columns[i] for i in order]
    nuisance = [column for column in ordered if column.term != "treatment"]
    _check_sexes(analysis.priors, len(sexes), contrasts[:, order][:, len(nuisance) :])
    mean, precision = _nuisance_prior(analysis.priors, nuisance)
    weights, locations, sds = _product(analysis.priors, len(letters))
    group = np.array([c.stratum if analysis.sd_by_sex else 0 for c in cells], dtype=np.int64)
    return PosteriorModel(
        analysis=analysis,
        strata=prepare_strata(ordered, cells),
        group=group,
        n_nuisance=len(nuisance),
        n_sexes=len(sexes),
        mean=mean,
        precision=precision,
        weights=weights,
        locations=locations,
        sds=sds,
        contrasts=np.ascontiguousarray(contrasts[:, order][:, len(nuisance) :]),
        regions=regions,
    )


def _check_sexes(priors: Priors, n_sexes: int, contrasts: FloatArray) -> None:
    by_treatment = contrasts.reshape(len(contrasts), -1, n_sexes).sum(axis=2)
    if priors.one_effect and np.any(np.all(by_treatment == 0, axis=1)):
        raise InvalidInput(
            "the prior gives both sexes one effect, so a difference between them is 0 by "
            "assumption; leave the interaction out, or make the sexes exchangeable",
            key="plan.analysis.priors.sexes",
        )
    if n_sexes == 1 and isinstance(priors.sexes, ExchangeableSexes | CommonEffect):
        raise InvalidInput(
            f"sexes is {priors.sexes.kind} but the analysis has one effect for everybody; set "
            "by_sex to true, or leave sexes out",
            key="plan.analysis.priors.sexes",
        )


def _nuisance_prior(priors: Priors, columns: list[Column]) -> tuple[FloatArray, FloatArray]:
    chosen: list[MeanPrior] = [
        priors.intercept if column.term == "intercept" else priors.nuisance for column in columns
    ]
    mean = [0.0 if isinstance(prior, Flat) else prior.mean for prior in chosen]
    precision = [0.0 if isinstance(prior, Flat) else prior.sd**-2 for prior in chosen]
    return np.array(mean), np.array(precision)


def _product(priors: Priors, n_effects: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Components of independent effects of several treatments: all combinations."""
    one = normal_components(priors.effect)
    if len(one.weights) ** n_effects > MOST_COMPONENTS:
        raise InvalidInput(
            f"a {priors.effect.kind} prior for {n_effects} effects has "
            f"{len(one.weights) ** n_effects} components, more than {MOST_COMPONENTS}; use a "
            "normal prior or a mixture of fewer normals",
            key="plan.analysis.priors.effect",
        )
    places = np.indices((len(one.weights),) * n_effects).reshape(n_effects, -1).T
    return (
        np.asarray(one.weights[places].prod(axis=1)),
        np.ascontiguousarray(one.means[places]),
        np.ascontiguousarray(one.sds[places]),
    )
