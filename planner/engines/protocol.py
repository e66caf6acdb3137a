"""What every analysis engine takes and gives.

An engine is prepared once for a plan and the cells it will meet, and then fits block after
block. Failures are data: a status per trial, with a sentence.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planner.trials.moments import FloatArray, Moments


class Status(IntEnum):
    """How the analysis of one trial ended."""

    OK = 0
    BOUNDARY = 1
    NOT_CONVERGED = 2
    NOT_ESTIMABLE = 3
    IMPRECISE = 4

    @property
    def sentence(self) -> str:
        """What the status means."""
        return {
            Status.OK: "fitted",
            Status.BOUNDARY: "fitted with between-person variance 0",
            Status.NOT_CONVERGED: "the fit did not converge, or nothing varies within persons",
            Status.NOT_ESTIMABLE: "the people observed do not determine the effects",
            Status.IMPRECISE: "a posterior probability is not known to 0.005",
        }[self]


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorBatch:
    """What a Bayesian analysis adds for a block of trials.

    Parameters
    ----------
    probability : of every region, axes [T, R].
    lower, upper : equal-tailed credible interval of every contrast, axes [T, H].
    error : numerical error of the probabilities (quadrature), or their largest Monte-Carlo
        standard error (sampling), [T].
    """

    probability: FloatArray
    lower: FloatArray
    upper: FloatArray
    error: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class AnalysisBatch:
    """Results of a block of trials on the scale of the analysis.

    Parameters
    ----------
    estimate, se, df : per hypothesis, axes [T, H]; NaN where the trial could not be analysed.
        Of a Bayesian analysis posterior mean, posterior SD and ∞.
    variance : (within, between) person, axes [T, 2]; NaN where a component is not estimated.
        Of a Bayesian analysis posterior means.
    status : `Status` per trial, [T].
    posterior : of a Bayesian analysis.
    """

    estimate: FloatArray
    se: FloatArray
    df: FloatArray
    variance: FloatArray
    status: NDArray[np.int8]
    posterior: PosteriorBatch | None = None

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Trials without a result, [T]."""
        return self.status >= Status.NOT_CONVERGED


class Prepared(Protocol):
    """An engine ready to analyse blocks of trials."""

    def fit(self, batch: Moments, rng: np.random.Generator | None = None) -> AnalysisBatch:
        """Analyse every trial of a block; `rng` serves analyses that sample."""
        ...
