"""Design quantities of the cells, in the strata in which compound symmetry is diagonal.

V_c = σ_w² I + σ_b² J has two eigenspaces: contrasts within a person, with variance
λ_0 = σ_w², and the person's total, with variance λ_k = σ_w² + m_k σ_b² for people observed m_k
times. All sums over people that REML, Kenward–Roger and the posterior need are sums over these
strata, so a fit never sees an m × m matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.design.matrices import Column, model_matrix
from planner.trials.moments import Cell, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """Per-cell design quantities.

    Parameters
    ----------
    n_observed : visits per cell, [C].
    stratum : index k ≥ 1 of the between-person stratum of each cell, [C].
    multiplier : m_k per stratum, [K]; 0 for the within-person stratum.
    centred : X with each person's column means removed, axes [C, P, q], zero-padded.
    total : column sums of X, axes [C, q].
    within, between : Xᵀ(I − J/m)X and XᵀJX/m, axes [C, q, q].
    """

    n_observed: IntArray
    stratum: IntArray
    multiplier: FloatArray
    centred: FloatArray
    total: FloatArray
    within: FloatArray
    between: FloatArray

    def information(self, counts: FloatArray) -> FloatArray:
        """A_k = Σ_c n_c XᵀE_kX for given counts [C], axes [K, q, q]."""
        n_columns = self.total.shape[1]
        result = np.zeros((len(self.multiplier), n_columns, n_columns))
        result[0] = np.einsum("c,cij->ij", counts, self.within)
        for c, k in enumerate(self.stratum):
            result[k] += counts[c] * self.between[c]
        return result

    def freedom(self, counts: FloatArray) -> FloatArray:
        """ν_k = Σ_c n_c rank(E_k) for given counts [C], shape [K]."""
        result = np.zeros(len(self.multiplier))
        result[0] = np.sum(counts * (self.n_observed - 1))
        np.add.at(result, self.stratum, counts)
        return result


def prepare_strata(columns: Sequence[Column], cells: Sequence[Cell]) -> Strata:
    """Design quantities of `cells` for the fixed effects `columns`."""
    n_periods = max(cell.n_observed for cell in cells)
    centred = np.zeros((len(cells), n_periods, len(columns)))
    total = np.zeros((len(cells), len(columns)))
    for c, cell in enumerate(cells):
        x = model_matrix(columns, cell.visits).reshape(cell.n_observed, len(columns))
        centred[c, : cell.n_observed] = x - x.mean(axis=0)
        total[c] = x.sum(axis=0)
    n_observed = np.array([cell.n_observed for cell in cells], dtype=np.int64)
    sizes = np.unique(n_observed)
    return Strata(
        n_observed=n_observed,
        stratum=1 + np.searchsorted(sizes, n_observed),
        multiplier=np.concatenate([[0.0], sizes.astype(float)]),
        centred=centred,
        total=total,
        within=np.einsum("cpi,cpj->cij", centred, centred),
        between=np.einsum("ci,cj->cij", total, total) / n_observed[:, None, None],
    )
