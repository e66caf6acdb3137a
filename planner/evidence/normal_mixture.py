"""Finite mixtures of normals as priors: posterior, difference of two, and a robust component."""

import numpy as np
from scipy import special

from planner.errors import InvalidInput
from planner.evidence.distribution import (
    Normal,
    NormalMixture,
    ProperEffect,
    StudentT,
    normal_components,
)

ProperNormal = Normal | NormalMixture


def posterior(prior: ProperEffect, estimate: float, se: float) -> NormalMixture:
    """Posterior after an estimate with a known standard error.

    Conjugate in every component, with weights proportional to prior weight times marginal
    likelihood N(estimate; m_j, s_j² + se²). A Student t is taken as its mixture of normals.

    Raises
    ------
    InvalidInput : the standard error is not above 0.
    """
    if not se > 0:
        raise InvalidInput(f"standard error {se:g} is not above 0; correct it", key="se")
    c = normal_components(prior)
    marginal = np.hypot(c.sds, se)
    logs = np.log(c.weights) - np.log(marginal) - ((estimate - c.means) / marginal) ** 2 / 2
    likelihood = np.exp(logs - logs.max())
    kept = np.argsort(-likelihood)[: 12 if isinstance(prior, StudentT) else None]
    kept = kept[likelihood[kept] > 0]
    share = se**2 / marginal[kept] ** 2
    return NormalMixture(
        weights=tuple((likelihood[kept] / likelihood[kept].sum()).tolist()),
        means=tuple((share * c.means[kept] + (1 - share) * estimate).tolist()),
        sds=tuple((c.sds[kept] * se / marginal[kept]).tolist()),
    )


def probability_difference(first: ProperNormal, second: ProperNormal, above: float = 0.0) -> float:
    """P(first effect − second effect > above), the two independent."""
    one, two = normal_components(first), normal_components(second)
    distance = one.means[:, None] - two.means - above
    z = distance / np.hypot(one.sds[:, None], two.sds)
    return float(one.weights @ special.ndtr(z) @ two.weights)


def robustify(prior: ProperNormal, weight: float, mean: float, sd: float) -> NormalMixture:
    """The prior with a wide normal of the given weight added (robust MAP prior).

    Parameters
    ----------
    weight : of the added component; the others share the rest in proportion.
    mean : where it lies, usually no effect.
    sd : its width; the sampling SD of one person's outcome makes it worth one person.

    Raises
    ------
    InvalidInput : the weight is not a share.

    References
    ----------
    Schmidli et al. 2014, Biometrics 70:1023, 10.1111/biom.12242.
    """
    check_robust_weight(weight)
    c = normal_components(prior)
    kept = (1 - weight) * c.weights > 0
    added = weight > 0
    return NormalMixture.parse(
        {
            "weights": [*((1 - weight) * c.weights[kept]).tolist(), *[weight] * added],
            "means": [*c.means[kept].tolist(), *[mean] * added],
            "sds": [*c.sds[kept].tolist(), *[sd] * added],
        }
    )


def check_robust_weight(weight: float) -> None:
    """Refuse a weight that is not a share."""
    if not 0 <= weight <= 1:
        raise InvalidInput(
            f"robust weight {weight:g} is not between 0 and 1; 0.1 to 0.5 are usual",
            key="robust_weight",
        )
