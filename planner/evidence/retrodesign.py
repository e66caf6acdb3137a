"""What a study could find: power, type S and type M error at plausible true effects.

Type S is the probability that a significant estimate has the wrong sign, type M (exaggeration)
the expected size of a significant estimate divided by that of the true effect (Gelman & Carlin
2014, Perspect Psychol Sci 9:641, 10.1177/1745691614551642).

The estimate is normal about the true effect with standard error `se`; its standard error is known
(df infinite; closed forms of Lu, Qiu & Deng 2018, 10.1111/bmsp.12132) or itself estimated with
`df` degrees of freedom, so that the statistic is noncentral t. A study that is looked back on
lends its own standard error; in units of the SD of differences that is 1/√n exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from planner.errors import InvalidInput
from planner.evidence.tabulated import FloatArray

RATIO_NODES, MORE_NODES = 241, 481
"""Nodes over the ratio of standard errors; more of them below 3 degrees of freedom."""


@dataclass(frozen=True, slots=True, eq=False)
class Retrodesign:
    """Properties of a design at true effects, [E] each.

    Parameters
    ----------
    power : probability of significance in either direction.
    type_s : probability of the wrong sign, given significance; ½ without a true effect.
    type_m : E |estimate| / |true effect|, given significance; infinite without a true effect.
    threshold : size of the smallest significant estimate, at the standard error given.
    """

    true_effects: FloatArray
    power: FloatArray
    type_s: FloatArray
    type_m: FloatArray
    threshold: float


def retrodesign(
    true_effects: Sequence[float], se: float, df: float = np.inf, alpha: float = 0.05
) -> Retrodesign:
    """Power, type S and type M error of the two-sided test of no effect.

    Parameters
    ----------
    true_effects : plausible true effects, in the unit of `se`.
    se : true standard error of the estimate.
    df : degrees of freedom of its estimate.
    alpha : two-sided level.

    Raises
    ------
    InvalidInput : a standard error, df or level that cannot be, or no true effect.

    Notes
    -----
    With s = estimated / true standard error, c the critical value and δ = effect / se, a
    significant estimate in the true direction has probability E Φ(δ − cs), and
    E |estimate| 1{significant} / se = E[δ (Φ(δ − cs) − Φ(−δ − cs)) + φ(δ − cs) + φ(δ + cs)].
    """
    effects = np.array(true_effects, float)
    if not effects.size or not np.all(np.isfinite(effects)):
        raise InvalidInput("no finite true effect is given; give at least one", key="true")
    critical = critical_value(se, df, alpha)
    s, weights = standard_error_ratio(df)
    shift = np.abs(effects)[:, None] / se
    right, wrong = special.ndtr(shift - critical * s), special.ndtr(-shift - critical * s)
    peaks = (np.exp(-((shift - side * critical * s) ** 2) / 2) for side in (1, -1))
    size = shift * (right - wrong) + sum(peaks, np.zeros_like(right)) / np.sqrt(2 * np.pi)
    power = (right + wrong) @ weights
    with np.errstate(divide="ignore"):
        type_m = size @ weights / power * se / np.abs(effects)
    return Retrodesign(effects, power, wrong @ weights / power, type_m, float(critical * se))


def critical_value(se: float, df: float, alpha: float) -> float:
    """Critical value of the two-sided t test, after a check of its arguments.

    Raises
    ------
    InvalidInput : a standard error, df or level that cannot be.
    """
    if not (se > 0 and np.isfinite(se)):
        raise InvalidInput(f"standard error {se:g} is not above 0; correct it", key="se")
    if not df >= 1:
        raise InvalidInput(f"{df:g} degrees of freedom are too few; give at least 1", key="df")
    if not 0 < alpha < 1:
        raise InvalidInput(f"level {alpha:g} is not between 0 and 1; 0.05 is usual", key="alpha")
    return float(-special.stdtrit(df, alpha / 2) if np.isfinite(df) else -special.ndtri(alpha / 2))


def standard_error_ratio(df: float) -> tuple[FloatArray, FloatArray]:
    """Nodes s and weights of s = √(χ²_df / df), estimated over true standard error, [K] each.

    The trapezoidal rule over log s, whose density falls at least exponentially on both sides.
    """
    if not np.isfinite(df):
        return np.ones(1), np.ones(1)
    low = np.log(special.chdtri(df, 1 - 1e-15) / df) / 2 if df > 40 else -40 / df
    high = np.log(special.chdtri(df, 1e-18) / df) / 2
    log_s = np.linspace(low, high, RATIO_NODES if df >= 3 else MORE_NODES)
    logs = df * log_s - df * np.exp(2 * log_s) / 2
    weights = np.exp(logs - logs.max())
    return np.exp(log_s), weights / weights.sum()
