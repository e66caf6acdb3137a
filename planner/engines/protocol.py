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

    @property
    def sentence(self) -> str:
        """What the status means."""
        return {
            Status.OK: "fitted",
            Status.BOUNDARY: "fitted with between-person variance 0",
            Status.NOT_CONVERGED: "the fit did not converge, or nothing varies within persons",
            Status.NOT_ESTIMABLE: "the people observed do not determine the effects",
        }[self]


@dataclass(frozen=True, slots=True, eq=False)
class AnalysisBatch:
    """Results of a block of trials on the scale of the analysis.

    Parameters
    ----------
    estimate, se, df : per hypothesis, axes [T, H]; NaN where the trial could not be analysed.
    variance : (within, between) person, axes [T, 2]; NaN where a component is not estimated.
    status : `Status` per trial, [T].
    """

    estimate: FloatArray
    se: FloatArray
    df: FloatArray
    variance: FloatArray
    status: NDArray[np.int8]

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Trials without a result, [T]."""
        return self.status >= Status.NOT_CONVERGED


class Prepared(Protocol):
    """An engine ready to analyse blocks of trials."""

    def fit(self, batch: Moments) -> AnalysisBatch:
        """Analyse every trial of a block."""
        ...
