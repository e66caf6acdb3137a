"""Pooling of shares (response, dropout): MAP prior from events and totals, on the logit scale.

    r_i ~ Binomial(n_i, expit θ_i),   θ_i ~ N(μ, τ²),   μ ~ N(m, s²) or flat,   τ as in pooling.

The binomial likelihood is exact. Every log-concave integral (over θ_i given μ, over μ given τ) is
a trapezoidal rule on sinh-spaced nodes about its mode or mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator
from scipy import special

from planner.errors import InvalidInput, PlannerError
from planner.evidence.distribution import Flat, Normal
from planner.evidence.heterogeneity import TauPosterior, integrate_tau
from planner.evidence.pooling import (
    MeanPrior,
    PooledPrior,
    TauPrior,
    checked_discount,
    require_studies,
)
from planner.evidence.tabulated import FloatArray, Tabulated, sinh_nodes, tabulate
from planner.spec import NonNegative, Positive, Spec

MEAN_PRIOR = Normal(mean=0, sd=2)
"""Default prior of the mean logit; 95 % of it lies between shares of 0.02 and 0.98."""
THETA_NODES, MEAN_NODES, TABLE_NODES = 101, 121, 801
MOST_NODES, AGREEMENT, MODE_STEPS = 1500, 1e-7, 300
REACH = 9.0
"""Standard deviations covered on either side of a mode."""


class StudyCount(Spec):
    """A study's events among its participants.

    Parameters
    ----------
    study : name.
    events, total : people with the event, and people; not whole when discounted.
    """

    study: Annotated[str, Field(min_length=1)]
    events: NonNegative
    total: Positive

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.events > self.total:
            raise InvalidInput(
                f"{self.events:g} events are more than the {self.total:g} people; correct one",
                key="events",
            )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Events r and totals n, [I], with approximate logits and their variances."""

    r: FloatArray
    n: FloatArray
    logit: FloatArray
    variance: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _GivenTau:
    """The meta-analysis at one τ, with the posterior of μ as a table."""

    log_evidence: float
    mean: Tabulated
    error: float


def pool_counts(
    studies: Sequence[StudyCount], *, tau: TauPrior, mean: MeanPrior = MEAN_PRIOR
) -> PooledPrior:
    """MAP prior of a share's logit from events and totals.

    Parameters
    ----------
    studies : at least one.
    tau : prior of the between-study SD of logits.
    mean : prior of the mean logit.

    Raises
    ------
    InvalidInput : no study, or a flat mean with no event (or no non-event) in any study.

    Notes
    -----
    The weights of the studies use the usual approximate variance of a logit,
    1/(r + ½) + 1/(n − r + ½); all else is exact.
    """
    require_studies(studies)
    counts = _counts(studies)
    _require_proper(counts, mean)
    smallest = float(np.sqrt(counts.variance.min()))
    found = integrate_tau(lambda t: _condition(counts, t, mean), tau, smallest)
    tables = [given.mean for given in found.given]
    predictive, halved = _predictive(found, tables)
    return PooledPrior(
        scale="logit",
        studies=tuple(study.study for study in studies),
        weights=found.weights @ _weights(counts, found.tau, mean),
        mean=_average(found.weights, tables).summary(),
        tau=found.summary,
        tau_table=found.table,
        predictive=predictive,
        error=max(halved, *(given.error for given in found.given)),
    )


def discount_count(study: StudyCount, weight: float) -> StudyCount:
    """Power prior with a fixed weight a₀: a₀ r events among a₀ n people."""
    a0 = checked_discount(weight)
    return study.model_copy(update={"events": a0 * study.events, "total": a0 * study.total})


def _counts(studies: Sequence[StudyCount]) -> _Counts:
    r = np.array([study.events for study in studies])
    n = np.array([study.total for study in studies])
    logit = np.log((r + 0.5) / (n - r + 0.5))
    return _Counts(r, n, logit, 1 / (r + 0.5) + 1 / (n - r + 0.5))


def _require_proper(counts: _Counts, mean: MeanPrior) -> None:
    extreme = counts.r.sum() == 0 or counts.r.sum() == counts.n.sum()
    if isinstance(mean, Flat) and extreme:
        raise InvalidInput(
            f"{counts.r.sum():g} of {counts.n.sum():g} people had the event, so that a flat prior "
            "of the mean has no proper posterior; give the mean a normal prior",
            key="mean",
        )


def _condition(counts: _Counts, tau: float, prior: MeanPrior) -> _GivenTau:
    """Posterior of μ at one τ, about a centre and scale that are found by repetition."""
    precision = 1 / (counts.variance + tau**2)
    m, known = (0.0, 0.0) if isinstance(prior, Flat) else (prior.mean, prior.sd**-2)
    total = float(precision.sum()) + known
    centre, scale = float(precision @ counts.logit + known * m) / total, total**-0.5
    reach, size = 30.0, MEAN_NODES
    for _ in range(30):
        x, width = sinh_nodes(centre, scale, reach * scale, size)
        logs = _log_likelihood(counts, x, tau) - known * (x - m) ** 2 / 2
        density = np.exp(logs - logs.max())
        table = tabulate(x, width, density)
        outside = max(density[0], density[-1]) > 1e-12
        settled = abs(table.mean - centre) < scale / 4 and 0.8 < table.sd / scale < 1.25
        if settled and not outside:
            total = float(width @ density)
            error = abs(2 * float(width[::2] @ density[::2]) / total - 1)
            if error < AGREEMENT or size > MOST_NODES:
                return _GivenTau(float(logs.max() + np.log(total)), table, error)
            size = 2 * size - 1
        centre, scale, reach = table.mean, table.sd, reach * (2 if outside else 1)
    raise PlannerError(
        f"the mean logit cannot be located at a between-study SD of {tau:g}; give the mean a "
        "narrower prior"
    )


def _log_likelihood(counts: _Counts, mean: FloatArray, tau: float) -> FloatArray:
    """Σ_i log ∫ Bin(r_i | n_i, expit(μ + τz)) φ(z) dz without binomial coefficients, [M]."""
    if tau == 0:
        theta = mean[:, None]
        return (counts.r * theta - counts.n * np.logaddexp(0, theta)).sum(axis=1)
    z, scale = _modes(counts, mean[:, None], tau)
    furthest = np.arcsinh(REACH / scale)
    v = np.linspace(-1, 1, THETA_NODES) * furthest[..., None]
    nodes = z[..., None] + scale[..., None] * np.sinh(v)
    theta = mean[:, None, None] + tau * nodes
    logs = counts.r[:, None] * theta - counts.n[:, None] * np.logaddexp(0, theta) - nodes**2 / 2
    logs += np.log(np.cosh(v))
    step = 2 * furthest / (THETA_NODES - 1) * scale / np.sqrt(2 * np.pi)
    peak = logs.max(axis=-1)
    integral = np.log(np.exp(logs - peak[..., None]).sum(axis=-1) * step)
    return np.asarray((peak + integral).sum(axis=1))


def _modes(counts: _Counts, mean: FloatArray, tau: float) -> tuple[FloatArray, FloatArray]:
    """Mode in z of Bin(r | n, expit(μ + τz)) φ(z) and 1/√curvature there, [M, I] each.

    The derivative τ(r − n expit(μ + τz)) − z falls in z with a slope of at most −1, so that it
    changes its sign between 0 and its value there: Newton's method, with bisection where it would
    leave that bracket and in every third step.
    """
    r, n = counts.r, counts.n
    at_zero = tau * (r - n * special.expit(mean))
    low, high = np.minimum(at_zero, 0), np.maximum(at_zero, 0)
    z = np.clip(tau * (counts.logit - mean) / (counts.variance + tau**2), low, high)
    for iteration in range(MODE_STEPS):
        share = special.expit(mean + tau * z)
        slope = tau * (r - n * share) - z
        low, high = np.where(slope > 0, z, low), np.where(slope > 0, high, z)
        curvature = 1 + n * tau**2 * share * (1 - share)
        step = slope / curvature
        found = np.abs(step) < 0.01 / np.sqrt(curvature)
        if np.all(found):
            return z, 1 / np.sqrt(curvature)
        bisect = (z + step < low) | (z + step > high) | (iteration % 3 == 2)
        z = np.where(found, z, np.where(bisect, (low + high) / 2, z + step))
    raise PlannerError(
        f"the logits of the studies cannot be located at a between-study SD of {tau:g}; check "
        "events and totals"
    )


def _nodes(
    weights: FloatArray, tables: list[Tabulated], tau: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Nodes for the predictive distribution, and quadrature weights."""
    means = np.array([table.mean for table in tables])
    sds = np.array([np.hypot(table.sd, t) for table, t in zip(tables, tau, strict=True)])
    kept = weights > 1e-15
    centre = float(weights @ means)
    tails = np.array([max(t.x[-1] - centre, centre - t.x[0]) for t in tables]) + REACH * tau
    return sinh_nodes(centre, float(sds[kept].min()), float(tails[kept].max()), TABLE_NODES)


def _predictive(found: TauPosterior[_GivenTau], tables: list[Tabulated]) -> tuple[Tabulated, float]:
    """Distribution of a new study's logit, and its largest change with half the nodes of τ."""
    x, width = _nodes(found.weights, tables, found.tau)
    rows = [_new_study(table, float(t), x) for table, t in zip(tables, found.tau, strict=True)]
    density, cumulative = (np.array(part) for part in zip(*rows, strict=True))
    table = tabulate(x, width, found.weights @ density)
    predictive = Tabulated(x, table.density, found.weights @ cumulative, table.mass)
    return predictive, float(np.abs((found.weights - found.coarse) @ cumulative).max())


def _new_study(mean: Tabulated, tau: float, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Density and cumulative probability of N(μ, τ²) at x, μ as tabulated, [G] each.

    Summed over the nodes of μ where its posterior is the narrower, over those of z otherwise.
    """
    if tau >= mean.sd:
        z = (x[:, None] - mean.x) / tau
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) / tau
        return density @ mean.mass, special.ndtr(z) @ mean.mass
    z = np.linspace(-REACH, REACH, 46)
    share = np.exp(-(z**2) / 2)
    shifted = x[:, None] - tau * z
    share /= share.sum()
    return mean.density_at(shifted) @ share, mean.cdf(shifted) @ share


def _average(weights: FloatArray, tables: list[Tabulated]) -> Tabulated:
    """Posterior of μ, averaged over τ."""
    x, width = _nodes(weights, tables, np.zeros(len(tables)))
    kept = [(w, table) for w, table in zip(weights, tables, strict=True) if w > 1e-15]
    density = sum((w * table.density_at(x) for w, table in kept), np.zeros(len(x)))
    return tabulate(x, width, density)


def _weights(counts: _Counts, tau: FloatArray, mean: MeanPrior) -> FloatArray:
    """Approximate weights of the studies in the mean at each τ, [K, I]."""
    precision = 1 / (counts.variance + tau[:, None] ** 2)
    known = 0.0 if isinstance(mean, Flat) else mean.sd**-2
    return np.asarray(precision / (precision.sum(axis=1, keepdims=True) + known))
