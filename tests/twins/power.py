"""Power of t tests by direct integration over the sample standard deviation.

The sample standard deviation divided by its expectation parameter, w, has the density of
sqrt(chi2_df / df). Given w the test statistic is normal, so every power is one integral over w
(Owen 1965; Phillips 1990). No noncentral t distribution is used.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy import integrate, special, stats

from .design_constants import Layout, gls_variance, variance_factor

__all__ = [
    "Layout",
    "gls_variance",
    "power_one_sided",
    "power_tost",
    "power_two_sided",
    "variance_factor",
]


def _average_over_sd(
    conditional: Callable[[float], float], df: float, upper: float = np.inf
) -> float:
    """Integrate a function of w = sample SD / true SD over the distribution of w."""
    log_constant = np.log(2.0) + (df / 2) * np.log(df / 2) - special.gammaln(df / 2)

    def integrand(w: float) -> float:
        if w <= 0.0:
            return 0.0
        density = np.exp(log_constant + (df - 1) * np.log(w) - df * w * w / 2)
        return float(density * conditional(w))

    spread = 1.0 / np.sqrt(2 * df)
    knots = [0.0, *(1.0 + spread * k for k in (-8, -4, -2, -1, 0, 1, 2, 4, 8, 14, 30))]
    knots = sorted({min(max(knot, 0.0), upper) for knot in knots})
    pieces = (
        integrate.quad(integrand, left, right, epsabs=1e-13, epsrel=1e-12, limit=200)[0]
        for left, right in pairwise(knots)
    )
    return float(sum(pieces))


def power_one_sided(
    effect: float, se: float, df: float, alpha: float, bound: float = 0.0, direction: int = 1
) -> float:
    """Power of a one-sided t test, superiority or non-inferiority.

    Parameters
    ----------
    effect : float
        True difference, test minus reference.
    se : float
        True standard error of the estimate.
    df : float
        Degrees of freedom of its estimated standard error.
    alpha : float
        One-sided level.
    bound : float
        Value under the null: 0 for superiority, the (signed) margin for non-inferiority.
    direction : {1, -1}
        1 if the alternative is effect > bound.

    Returns
    -------
    float
        P((estimate - bound) / se_hat * direction > t_{1-alpha, df}).
    """
    critical = stats.t.ppf(1 - alpha, df)
    shift = direction * (effect - bound) / se
    return _average_over_sd(lambda w: float(special.ndtr(shift - critical * w)), df)


def power_two_sided(effect: float, se: float, df: float, alpha: float) -> float:
    """Power of a two-sided t test of no difference, both tails counted.

    Parameters
    ----------
    effect, se, df : float
        True difference, true standard error, degrees of freedom.
    alpha : float
        Two-sided level.

    Returns
    -------
    float
        P(|estimate| / se_hat > t_{1-alpha/2, df}).
    """
    upper = power_one_sided(effect, se, df, alpha / 2)
    return upper + power_one_sided(effect, se, df, alpha / 2, direction=-1)


def power_tost(
    effect: float, se: float, df: float, alpha: float, lower: float, upper: float
) -> float:
    """Exact power of two one-sided tests (Schuirmann 1987; Phillips 1990).

    Parameters
    ----------
    effect, se, df : float
        True difference, true standard error, degrees of freedom.
    alpha : float
        Level of each one-sided test.
    lower, upper : float
        Equivalence limits on the scale of the effect.

    Returns
    -------
    float
        P(lower + t se_hat < estimate < upper - t se_hat).
    """
    critical = stats.t.ppf(1 - alpha, df)
    largest = (upper - lower) / (2 * critical * se)

    def conditional(w: float) -> float:
        high = special.ndtr((upper - effect) / se - critical * w)
        low = special.ndtr((lower - effect) / se + critical * w)
        return float(max(high - low, 0.0))

    return _average_over_sd(conditional, df, largest)
