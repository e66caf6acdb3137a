"""Draw a block of trials: who is in which cell, then the moments of every cell.

Moments are drawn directly: the mean of n people is normal and their centred cross-products are
Wishart, drawn by Bartlett's decomposition, which for n ≤ P keeps its first n − 1 columns
(Bartlett 1933; Anderson 2003, §7.2).
"""

import numpy as np

from planner.compiled import kernel
from planner.rng import BLOCK_SIZE, Stream, generator
from planner.trials.layout import Layout
from planner.trials.moments import FloatArray, IntArray, Moments


def draw_moments(layout: Layout, seed: int, block: int, size: int) -> Moments:
    """The first `size` trials of a block, as moments."""
    n = draw_counts(layout, seed, block)[:size]
    n_periods = layout.mean.shape[1]
    factors = [
        np.pad(np.linalg.cholesky(layout.covariance[c.stratum, :m, :m]), (0, n_periods - m))
        for c, m in zip(layout.cells, layout.n_observed, strict=True)
    ]
    mean = np.zeros((size, len(layout.cells), n_periods))
    scatter = np.zeros((*mean.shape, n_periods))
    rng = generator(seed, Stream.OUTCOME, block)
    _fill(rng, n, layout.n_observed, layout.mean, np.array(factors), mean, scatter)
    return Moments(n, mean, scatter)


def draw_counts(layout: Layout, seed: int, block: int) -> IntArray:
    """People per cell for every trial of a block, axes [T, C]."""
    people = draw_people(layout, seed, block)
    rng = generator(seed, Stream.ATTRITION, block)
    counts = np.zeros((BLOCK_SIZE, len(layout.cells)), dtype=np.int64)
    left: dict[tuple[int, int], IntArray] = {}
    share: dict[tuple[int, int], float] = {}
    for c, cell in enumerate(layout.cells):
        place = (cell.sequence, cell.stratum)
        remaining = left.get(place, people[:, cell.sequence, cell.stratum])
        rest = share.get(place, 1.0)
        chance = min(1.0, layout.probability[c] / rest) if rest > 0 else 1.0
        last = rest - layout.probability[c] < 1e-12
        counts[:, c] = remaining if last else rng.binomial(remaining, chance)
        left[place], share[place] = remaining - counts[:, c], rest - layout.probability[c]
    return counts


def draw_people(layout: Layout, seed: int, block: int) -> IntArray:
    """People per sequence and stratum for every trial of a block, axes [T, S, G]."""
    fixed = np.broadcast_to(layout.people, (BLOCK_SIZE, *layout.people.shape))
    if layout.female_probability is None:
        return fixed
    totals = layout.people.sum(axis=1)
    rng = generator(seed, Stream.SEX, block)
    women = rng.binomial(totals, layout.female_probability, (BLOCK_SIZE, len(totals)))
    return np.stack([women, totals - women], axis=2)


@kernel
def _fill(
    rng: np.random.Generator,
    n: IntArray,
    n_observed: IntArray,
    expected: FloatArray,
    factors: FloatArray,
    mean: FloatArray,
    scatter: FloatArray,
) -> None:
    """Fill mean [T, C, P] and scatter [T, C, P, P]; `factors` are Cholesky factors [C, P, P]."""
    n_periods = expected.shape[1]
    z = np.zeros(n_periods)
    bartlett = np.zeros((n_periods, n_periods))
    root = np.zeros((n_periods, n_periods))
    for t in range(n.shape[0]):
        for c in range(n.shape[1]):
            m, people = n_observed[c], n[t, c]
            if people == 0:
                continue
            freedom = people - 1
            shrink = 1.0 / np.sqrt(people)
            for i in range(m):
                z[i] = rng.standard_normal()
                for j in range(min(i + 1, freedom)):
                    if i == j:
                        bartlett[i, i] = np.sqrt(2.0 * rng.standard_gamma(0.5 * (freedom - i)))
                    else:
                        bartlett[i, j] = rng.standard_normal()
            for i in range(m):
                value = expected[c, i]
                for j in range(i + 1):
                    value += shrink * factors[c, i, j] * z[j]
                mean[t, c, i] = value
            columns = min(m, freedom)
            for i in range(m):
                for j in range(min(i + 1, columns)):
                    value = 0.0
                    for k in range(j, i + 1):
                        value += factors[c, i, k] * bartlett[k, j]
                    root[i, j] = value
            for i in range(m):
                for j in range(i + 1):
                    value = 0.0
                    for k in range(min(j + 1, columns)):
                        value += root[i, k] * root[j, k]
                    scatter[t, c, i, j] = value
                    scatter[t, c, j, i] = value
