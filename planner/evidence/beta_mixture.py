"""Finite mixtures of beta distributions: priors and posteriors of a share."""

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator
from scipy import special

from planner.errors import InvalidInput, PlannerError
from planner.evidence.normal_mixture import check_robust_weight
from planner.evidence.tabulated import FloatArray
from planner.spec import Positive, Spec, Weight

FIRST_NODES, MOST_NODES, AGREEMENT = 257, 2**17, 1e-9


class BetaMixture(Spec):
    """Finite mixture of beta distributions.

    Parameters
    ----------
    weights : summing to 1.
    a, b : parameters, one of each per component.
    """

    kind: Literal["beta-mixture"] = "beta-mixture"
    weights: Annotated[tuple[Weight, ...], Field(min_length=1, max_length=12)]
    a: tuple[Positive, ...]
    b: tuple[Positive, ...]

    @model_validator(mode="after")
    def _matched(self) -> Self:
        if not len(self.weights) == len(self.a) == len(self.b):
            raise InvalidInput(
                f"{len(self.weights)} weights, {len(self.a)} values a and {len(self.b)} values b "
                "are given; give one of each per component",
                key="weights",
            )
        if abs(sum(self.weights) - 1) > 1e-6:
            raise InvalidInput(
                f"the weights sum to {sum(self.weights):g}; they must sum to 1", key="weights"
            )
        return self


def parameters(mixture: BetaMixture) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weights, a and b as arrays, [J] each."""
    weights = np.array(mixture.weights)
    return weights / weights.sum(), np.array(mixture.a), np.array(mixture.b)


def mean_and_sd(mixture: BetaMixture) -> tuple[float, float]:
    """Mean and standard deviation of the share."""
    weights, a, b = parameters(mixture)
    means, total = a / (a + b), a + b
    mean = float(weights @ means)
    square = float(weights @ (means * (1 - means) / (total + 1) + means**2))
    return mean, float(np.sqrt(square - mean**2))


def cdf(mixture: BetaMixture, share: ArrayLike) -> FloatArray:
    """P(share ≤ x), elementwise."""
    weights, a, b = parameters(mixture)
    x = np.clip(np.asarray(share, float), 0.0, 1.0)[..., None]
    return np.asarray(special.betainc(a, b, x) @ weights)


def posterior(mixture: BetaMixture, events: float, total: float) -> BetaMixture:
    """Posterior after `events` among `total` people: conjugate, weights by marginal likelihood.

    Raises
    ------
    InvalidInput : events below 0 or above the total.
    """
    if not 0 <= events <= total:
        raise InvalidInput(
            f"{events:g} events among {total:g} people do not fit; give 0 to {total:g} events",
            key="events",
        )
    weights, a, b = parameters(mixture)
    after_a, after_b = a + events, b + total - events
    logs = np.log(weights) + special.betaln(after_a, after_b) - special.betaln(a, b)
    likelihood = np.exp(logs - logs.max())
    kept = likelihood > 0
    return BetaMixture(
        weights=tuple((likelihood[kept] / likelihood.sum()).tolist()),
        a=tuple(after_a[kept].tolist()),
        b=tuple(after_b[kept].tolist()),
    )


def probability_difference(first: BetaMixture, second: BetaMixture, above: float = 0.0) -> float:
    """P(first share − second share > above), the two independent.

    The trapezoidal rule over x, where the second share is lower + (upper − lower) expit(x) and
    between these limits the event is uncertain; its step is halved until the result settles.

    Raises
    ------
    PlannerError : it does not settle.
    """
    lower, upper = max(0.0, -above), min(1.0, 1 - above)
    certain = float(cdf(second, lower)) if above < 0 else 0.0
    if lower >= upper:
        return 1.0 if above < 0 else 0.0
    reach = 40 / min(1.0, *first.a, *first.b, *second.a, *second.b)
    size, before = FIRST_NODES, np.nan
    while size <= MOST_NODES:
        x = np.linspace(-reach, reach, size)
        share = lower + (upper - lower) * special.expit(x)
        slope = (upper - lower) * special.expit(x) * special.expit(-x)
        mass = np.exp(_log_density(second, share) + np.log(np.maximum(slope, 1e-300)))
        now = float((mass * (1 - cdf(first, share + above))).sum() * (x[1] - x[0]))
        if abs(now - before) < AGREEMENT:
            return float(np.clip(certain + now, 0.0, 1.0))
        size, before = 2 * size - 1, now
    raise PlannerError(
        f"P(difference > {above:g}) does not settle with {MOST_NODES} nodes; the distributions are "
        "too narrow"
    )


def robustify(prior: BetaMixture, weight: float, mean: float = 0.5, n: float = 1) -> BetaMixture:
    """The prior with Beta(mean (n + 1), (1 − mean)(n + 1)) of the given weight added.

    The default is uniform: RBesT counts a Beta(½, ½) as no person at all, a Beta(1, 1) as one.

    Raises
    ------
    InvalidInput : the weight is not a share, or the mean not strictly one.

    References
    ----------
    Schmidli et al. 2014, Biometrics 70:1023, 10.1111/biom.12242.
    """
    check_robust_weight(weight)
    if not 0 < mean < 1:
        raise InvalidInput(
            f"robust mean {mean:g} is not strictly between 0 and 1; give a share", key="robust_mean"
        )
    weights, a, b = parameters(prior)
    kept = (1 - weight) * weights > 0
    added = weight > 0
    return BetaMixture.parse(
        {
            "weights": [*((1 - weight) * weights[kept]).tolist(), *[weight] * added],
            "a": [*a[kept].tolist(), *[mean * (n + 1)] * added],
            "b": [*b[kept].tolist(), *[(1 - mean) * (n + 1)] * added],
        }
    )


def _log_density(mixture: BetaMixture, share: FloatArray) -> FloatArray:
    """Log density at shares, [G]."""
    weights, a, b = parameters(mixture)
    x = np.clip(share, 1e-300, 1 - 1e-16)[:, None]
    logs = special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b)
    return np.asarray(special.logsumexp(logs + np.log(weights), axis=1))
