"""Pooling of studies: the meta-analytic-predictive (MAP) prior of a new study's effect.

Random effects (Neuenschwander et al. 2010, Clin Trials 7:5, 10.1177/1740774509356002; gMAP of
RBesT, Weber et al. 2021, 10.18637/jss.v100.i19): study i estimates θ_i with standard error s_i,

    y_i ~ N(θ_i, s_i²),   θ_i ~ N(μ, τ²),   μ ~ N(m, s²) or flat,   τ half-normal or fixed,

and the prior of the new trial is the posterior predictive distribution of θ_new ~ N(μ, τ²). Given
τ all of it is normal; τ is integrated numerically.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy import special

from planner.errors import InvalidInput
from planner.evidence.distribution import Fixed, Flat, HalfNormal, Normal
from planner.evidence.heterogeneity import integrate_tau
from planner.evidence.tabulated import FloatArray, Summary, Tabulated, sinh_nodes, tabulate
from planner.spec import Positive, Spec

TABLE_SIZE = 1201
TAIL = 9.0
"""Standard deviations of the widest normal that a table reaches out to."""

TauPrior = HalfNormal | Fixed
MeanPrior = Normal | Flat


class StudyEstimate(Spec):
    """A study's estimate of the effect.

    Parameters
    ----------
    study : name.
    estimate, se : estimate and its standard error, in the unit of the effect.
    """

    study: Annotated[str, Field(min_length=1)]
    estimate: float
    se: Positive


@dataclass(frozen=True, slots=True, eq=False)
class PooledPrior:
    """What the studies together say, and what they let expect of a new one.

    Parameters
    ----------
    scale : of all effects here: their own unit, or the logit of a share.
    studies : names.
    weights : of the studies in the mean, averaged over τ, [I]; the prior of the mean has the
        rest.
    mean, tau : posterior of μ and τ.
    tau_table : that of τ as a table; None where τ is fixed.
    predictive : distribution of the effect in a new study, the MAP prior.
    error : largest change of a cumulative probability when the quadrature is halved.
    """

    scale: Literal["effect", "logit"]
    studies: tuple[str, ...]
    weights: FloatArray
    mean: Summary
    tau: Summary
    tau_table: Tabulated | None
    predictive: Tabulated
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class _GivenTau:
    """The meta-analysis at one τ: μ is normal with `mean` and `variance`."""

    log_evidence: float
    mean: float
    variance: float
    weights: FloatArray


def pool_estimates(
    studies: Sequence[StudyEstimate], *, tau: TauPrior, mean: MeanPrior | None = None
) -> PooledPrior:
    """MAP prior from estimates with standard errors.

    Parameters
    ----------
    studies : at least one.
    tau : prior of the between-study SD.
    mean : prior of the mean effect; default flat.

    Raises
    ------
    InvalidInput : there is no study.
    """
    require_studies(studies)
    y = np.array([study.estimate for study in studies])
    se = np.array([study.se for study in studies])
    prior = Flat() if mean is None else mean
    found = integrate_tau(lambda t: _condition(y, se, t, prior), tau, float(se.min()))
    centres = np.array([given.mean for given in found.given])
    variances = np.array([given.variance for given in found.given])
    spread = np.sqrt(variances + found.tau**2)
    predictive, coarse = (
        tabulate_normals(weights, centres, spread) for weights in (found.weights, found.coarse)
    )
    return PooledPrior(
        scale="effect",
        studies=tuple(study.study for study in studies),
        weights=found.weights @ np.array([given.weights for given in found.given]),
        mean=tabulate_normals(found.weights, centres, np.sqrt(variances)).summary(),
        tau=found.summary,
        tau_table=found.table,
        predictive=predictive,
        error=float(np.abs(coarse.cdf(predictive.x) - predictive.cumulative).max()),
    )


def require_studies(studies: Sequence[object]) -> None:
    """Refuse an empty list of studies."""
    if not studies:
        raise InvalidInput("no study is given; pooling needs at least one", key="studies")


def _condition(y: FloatArray, se: FloatArray, tau: float, prior: MeanPrior) -> _GivenTau:
    """Known variances: precision-weighted mean, and evidence with μ integrated out."""
    variance = se**2 + tau**2
    precision = 1 / variance
    m, known = (0.0, 0.0) if isinstance(prior, Flat) else (prior.mean, prior.sd**-2)
    total = float(precision.sum()) + known
    mean = float(precision @ y + known * m) / total
    misfit = float(precision @ (y - mean) ** 2) + known * (mean - m) ** 2
    log_evidence = -(float(np.log(variance).sum()) + np.log(total) + misfit) / 2
    return _GivenTau(log_evidence, mean, 1 / total, precision / total)


def tabulate_normals(weights: FloatArray, means: FloatArray, sds: FloatArray) -> Tabulated:
    """A mixture of many normals as a table, with exact cumulative probabilities."""
    kept = weights > 1e-15
    w, m, s = weights[kept] / weights[kept].sum(), means[kept], sds[kept]
    centre = float(w @ m)
    reach = float((np.abs(m - centre) + TAIL * s).max())
    x, width = sinh_nodes(centre, float(s.min()), reach, TABLE_SIZE)
    z = (x[:, None] - m) / s
    table = tabulate(x, width, np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) @ (w / s))
    return Tabulated(x, table.density, special.ndtr(z) @ w, table.mass)


def discount_estimate(study: StudyEstimate, weight: float) -> StudyEstimate:
    """Power prior with a fixed weight a₀: the standard error becomes se / √a₀.

    References
    ----------
    Ibrahim & Chen 2000, Statist Sci 15:46, 10.1214/ss/1009212673.
    """
    return study.model_copy(update={"se": study.se / np.sqrt(checked_discount(weight))})


def checked_discount(weight: float) -> float:
    """The weight of a power prior if it is one."""
    if not 0 < weight <= 1:
        raise InvalidInput(
            f"power-prior weight {weight:g} is not above 0 and at most 1; 1 takes a study at full "
            "value, and one of no value is left out",
            key="power_prior",
        )
    return weight
