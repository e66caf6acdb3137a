"""Sums over people: all that the likelihood of a random-intercept model needs of a trial.

With λ_vk = σ_w,v² + m_k σ_b,v² in variance group v and stratum k (m_0 = 0 within persons),

    −2 log L = Σ_vk [ν_vk log λ_vk + (s_vk − 2 βᵀb_vk + βᵀA_vk β) / λ_vk] + constant.

The shapes do not depend on the number of people, so one compiled model serves every trial.
"""

from dataclasses import dataclass

import numpy as np

from planner.engines.kernels.sums import stratum_sums
from planner.engines.strata import Strata
from planner.trials.moments import FloatArray, IntArray, Moments


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums of a block of trials.

    Parameters
    ----------
    information : A_vk = Σ XᵀE_kX, axes [T, V, K, q, q].
    score : b_vk = Σ XᵀE_ky, axes [T, V, K, q].
    squares : s_vk = Σ yᵀE_ky, axes [T, V, K].
    freedom : ν_vk = Σ rank E_k, axes [T, V, K].
    """

    information: FloatArray
    score: FloatArray
    squares: FloatArray
    freedom: FloatArray


def sums_of(strata: Strata, group: IntArray, batch: Moments) -> Sums:
    """Sums of every trial of a block; `group` is the variance group of every cell, [C]."""
    n_trials, q = batch.n_trials, strata.total.shape[1]
    shape = (n_trials, int(group.max()) + 1, len(strata.multiplier))
    sums = Sums(np.zeros((*shape, q, q)), np.zeros((*shape, q)), np.zeros(shape), np.zeros(shape))
    stratum_sums(
        batch.n, batch.mean, batch.scatter, group, strata.n_observed, strata.stratum,
        strata.centred, strata.total, strata.within, strata.between,
        sums.information, sums.score, sums.squares, sums.freedom,
    )  # fmt: skip
    return sums
