"""Sums over simulated trials; adding two tallies is tallying both sets of trials."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from planner.engines.protocol import AnalysisBatch, Status
from planner.operating.decide import Decisions
from planner.trials.moments import FloatArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts and sums; arrays are [H] unless said otherwise.

    Parameters
    ----------
    n : trials.
    status : trials per `Status`, [5].
    rejected, success, any_rejected, all_rejected : successes.
    stopped : hypotheses whose stop rule held.
    error, error2 : sums of estimate − truth, and of its square.
    variance, variance2 : sums of squared standard errors, and of their squares.
    covered : intervals that cover the truth.
    log_width, log_width2 : sums of the logarithm of interval widths, and of its square; widths
        themselves have no mean when some trials are left with hardly a degree of freedom.
    wrong_sign, size, size2 : among rejections, estimates of the wrong sign and sizes of estimates.
    same_sign, consistent : trials in which both sexes' estimates have the sign of the overall
        effect, and in which both are at least half of the overall estimate.
    """

    n: int
    status: IntArray
    rejected: IntArray
    stopped: IntArray
    success: int
    any_rejected: int
    all_rejected: int
    error: FloatArray
    error2: FloatArray
    variance: FloatArray
    variance2: FloatArray
    covered: IntArray
    log_width: FloatArray
    log_width2: FloatArray
    wrong_sign: IntArray
    size: FloatArray
    size2: FloatArray
    same_sign: int
    consistent: int
    completers: int
    completers2: int

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def analysed(self) -> int:
        """Trials with a result."""
        return int(self.status[Status.OK] + self.status[Status.BOUNDARY])


@dataclass(frozen=True, slots=True)
class SexColumns:
    """Columns of the overall, female and male hypotheses, for consistency across sexes."""

    overall: int
    female: int
    male: int


def tally(
    batch: AnalysisBatch,
    decisions: Decisions,
    truth: FloatArray,
    completers: IntArray,
    sexes: SexColumns | None,
) -> Tally:
    """Tally a block.

    Parameters
    ----------
    truth : true value of every contrast, [H].
    completers : people observed in every period, [T].
    """
    fitted = ~batch.failed
    estimate, half = batch.estimate[fitted], decisions.half_width[fitted]
    rejected = decisions.rejected[fitted]
    error, squared_se = estimate - truth, batch.se[fitted] ** 2
    miss = error if batch.posterior is None else decisions.centre[fitted] - truth
    log_width, size = np.log(2 * half), np.where(rejected, np.abs(estimate), 0.0)
    same_sign, consistent = _consistency(estimate, truth, sexes)
    return Tally(
        n=len(batch.status),
        status=np.bincount(batch.status, minlength=len(Status)).astype(np.int64),
        rejected=rejected.sum(axis=0),
        stopped=decisions.stopped.sum(axis=0),
        success=int(decisions.success.sum()),
        any_rejected=int(rejected.any(axis=1).sum()),
        all_rejected=int(rejected.all(axis=1).sum()),
        error=_sums(error),
        error2=_sums(error**2),
        variance=_sums(squared_se),
        variance2=_sums(squared_se**2),
        covered=(np.abs(miss) < half).sum(axis=0),
        log_width=_sums(log_width),
        log_width2=_sums(log_width**2),
        wrong_sign=(rejected & (estimate * truth < 0)).sum(axis=0),
        size=_sums(size),
        size2=_sums(size**2),
        same_sign=same_sign,
        consistent=consistent,
        completers=int(completers.sum()),
        completers2=int((completers**2).sum()),
    )


def _sums(values: FloatArray) -> FloatArray:
    """Column sums whose rounding does not depend on how many columns there are."""
    return np.asarray(np.ascontiguousarray(values.T).sum(axis=1))


def _consistency(
    estimate: FloatArray, truth: FloatArray, sexes: SexColumns | None
) -> tuple[int, int]:
    if sexes is None:
        return 0, 0
    sign = 1.0 if truth[sexes.overall] >= 0 else -1.0
    female, male = sign * estimate[:, sexes.female], sign * estimate[:, sexes.male]
    overall = sign * estimate[:, sexes.overall]
    weakest = np.minimum(female, male)
    return int((weakest > 0).sum()), int(((weakest >= overall / 2) & (overall > 0)).sum())
