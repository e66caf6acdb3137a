"""Simulated trials as arrays: cells, and their moments.

A cell is a group of people who share a design matrix and a covariance: same sequence, same sex,
same observed periods. For Gaussian outcomes every analysis of this package depends on the data
only through each cell's count, mean vector and centred cross-products.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.design.matrices import Observation

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cell:
    """People with the same visits.

    Parameters
    ----------
    sequence, stratum : indices of sequence and sex.
    visits : what is known of each observed visit before its outcome, in order of period.
    """

    sequence: int
    stratum: int
    visits: tuple[Observation, ...]

    @property
    def n_observed(self) -> int:
        return len(self.visits)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sufficient statistics of a block of trials.

    Parameters
    ----------
    n : people, axes [T, C].
    mean : mean of each observed visit, axes [T, C, P]; entries beyond a cell's visits are 0.
    scatter : centred cross-products, axes [T, C, P, P]; likewise.
    """

    n: IntArray
    mean: FloatArray
    scatter: FloatArray

    @property
    def n_trials(self) -> int:
        return int(self.n.shape[0])


def moments_of(y: FloatArray, member: NDArray[np.bool_], n_observed: IntArray) -> Moments:
    """Reduce subject-level outcomes to moments.

    Parameters
    ----------
    y : outcomes, axes [T, N, P]; entries of unobserved visits are ignored.
    member : whether a subject belongs to a cell, axes [T, N, C].
    n_observed : visits per cell, [C].
    """
    n_trials, _, n_periods = y.shape
    n = member.sum(axis=1)
    mean = np.zeros((n_trials, len(n_observed), n_periods))
    scatter = np.zeros((*mean.shape, n_periods))
    for c, m in enumerate(n_observed):
        inside = member[:, :, c].astype(float)
        used = np.where(member[:, :, c, None], y[:, :, :m], 0.0)
        mean[:, c, :m] = used.sum(axis=1) / np.maximum(n[:, c], 1)[:, None]
        centred = (used - mean[:, None, c, :m]) * inside[:, :, None]
        scatter[:, c, :m, :m] = np.einsum("tni,tnj->tij", centred, centred)
    return Moments(n.astype(np.int64), mean, scatter)
