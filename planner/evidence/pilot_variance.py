"""Standard deviations and coefficients of variation of pilots: pooled, and an upper limit.

A CV is that of a log-normal outcome: σ² = log(1 + CV²) is pooled and bounded on the log scale
(Julious 2004, Pharm Stat 3:265; Patterson & Jones 2017, ch. 5; as in PowerTOST).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from planner.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class PooledSpread:
    """A pooled SD or CV and the degrees of freedom behind it."""

    value: float
    df: float


def pooled_sd(sds: Sequence[float], dfs: Sequence[float]) -> PooledSpread:
    """Pooled SD: variances weighted by their degrees of freedom.

    Raises
    ------
    InvalidInput : no pilot, unequal numbers of values, or a value that is not above 0.
    """
    _check(sds, dfs, "sd")
    weights = np.array(dfs, float)
    variance = float(weights @ np.array(sds, float) ** 2 / weights.sum())
    return PooledSpread(float(np.sqrt(variance)), float(weights.sum()))


def pooled_cv(cvs: Sequence[float], dfs: Sequence[float]) -> PooledSpread:
    """Pooled CV of log-normal outcomes (0.25 is 25 %).

    Raises
    ------
    InvalidInput : as for `pooled_sd`.
    """
    _check(cvs, dfs, "cv")
    log_scale = pooled_sd([_sd_of_log(cv) for cv in cvs], dfs)
    return PooledSpread(_cv_of_log(log_scale.value), log_scale.df)


def sd_upper_limit(sd: float, df: float, level: float = 0.8) -> float:
    """One-sided upper confidence limit of an SD: sd √(df / χ²), χ² at 1 − level.

    Raises
    ------
    InvalidInput : SD or df not above 0, or a level not between 0 and 1.
    """
    _check([sd], [df], "sd")
    if not 0 < level < 1:
        raise InvalidInput(
            f"level {level:g} is not between 0 and 1; 0.8 is usual for planning", key="level"
        )
    return sd * float(np.sqrt(df / special.chdtri(df, level)))


def cv_upper_limit(cv: float, df: float, level: float = 0.8) -> float:
    """One-sided upper confidence limit of the CV of a log-normal outcome.

    Raises
    ------
    InvalidInput : as for `sd_upper_limit`.
    """
    _check([cv], [df], "cv")
    return _cv_of_log(sd_upper_limit(_sd_of_log(cv), df, level))


def _sd_of_log(cv: float) -> float:
    return float(np.sqrt(np.log1p(cv**2)))


def _cv_of_log(sd: float) -> float:
    return float(np.sqrt(np.expm1(sd**2)))


def _check(values: Sequence[float], dfs: Sequence[float], key: str) -> None:
    if not values or len(values) != len(dfs):
        raise InvalidInput(
            f"{len(values)} values and {len(dfs)} degrees of freedom are given; give one of each "
            "per pilot, for at least one pilot",
            key=key,
        )
    for number, name in [*((v, key) for v in values), *((v, "df") for v in dfs)]:
        if not number > 0 or not np.isfinite(number):
            raise InvalidInput(f"{number:g} is not above 0 and finite; correct it", key=name)
