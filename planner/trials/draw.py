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
from planner.trials.varied import VariedLayout, unvaried


def draw_moments(
    layout: Layout, seed: int, block: int, size: int, varied: VariedLayout | None = None
) -> Moments:
    """The first `size` trials of a block, as moments; under truths of their own if `varied`."""
    truths = varied or unvaried(layout)
    n = draw_counts(layout, seed, block, truths.probability)[:size]
    mean = np.zeros((size, len(layout.cells), layout.mean.shape[1]))
    scatter = np.zeros((*mean.shape, mean.shape[2]))
    rng = generator(seed, Stream.OUTCOME, block)
    factors = _factors(layout, truths.covariance)
    _fill(rng, n, layout.n_observed, truths.mean, factors, mean, scatter)
    return Moments(n, mean, scatter)


def _factors(layout: Layout, covariance: FloatArray) -> FloatArray:
    """Cholesky factors of the observed visits of every cell, axes [T, C, P, P], zero-padded."""
    n_periods = covariance.shape[-1]
    factors = np.zeros((len(covariance), len(layout.cells), n_periods, n_periods))
    for c, (cell, m) in enumerate(zip(layout.cells, layout.n_observed, strict=True)):
        factors[:, c, :m, :m] = np.linalg.cholesky(covariance[:, cell.stratum, :m, :m])
    return factors


def draw_counts(
    layout: Layout, seed: int, block: int, probability: FloatArray | None = None
) -> IntArray:
    """People per cell for every trial of a block, axes [T, C].

    Parameters
    ----------
    probability : chances of the cells by trial, [T or 1, C]; default the layout's.
    """
    people = draw_people(layout, seed, block)
    rng = generator(seed, Stream.ATTRITION, block)
    chances = layout.probability[None] if probability is None else probability
    counts = np.zeros((BLOCK_SIZE, len(layout.cells)), dtype=np.int64)
    left: dict[tuple[int, int], IntArray] = {}
    share: dict[tuple[int, int], FloatArray] = {}
    for c, cell in enumerate(layout.cells):
        place = (cell.sequence, cell.stratum)
        remaining = left.get(place, people[:, cell.sequence, cell.stratum])
        rest = share.get(place, np.ones(len(chances)))
        after = rest - chances[:, c]
        if np.all(after < 1e-12):
            counts[:, c] = remaining
        else:
            chance = np.divide(chances[:, c], rest, out=np.ones(len(rest)), where=rest > 0)
            counts[:, c] = rng.binomial(remaining, np.minimum(1.0, chance))
        left[place], share[place] = remaining - counts[:, c], after
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
    """Fill mean [T, C, P] and scatter [T, C, P, P].

    `expected` [T, C, P] and the Cholesky factors [T, C, P, P] have one T where trials do not
    differ.
    """
    n_periods = expected.shape[2]
    mean_step, factor_step = int(expected.shape[0] > 1), int(factors.shape[0] > 1)
    z = np.zeros(n_periods)
    bartlett = np.zeros((n_periods, n_periods))
    root = np.zeros((n_periods, n_periods))
    for t in range(n.shape[0]):
        centre, factor = expected[t * mean_step], factors[t * factor_step]
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
                value = centre[c, i]
                for j in range(i + 1):
                    value += shrink * factor[c, i, j] * z[j]
                mean[t, c, i] = value
            columns = min(m, freedom)
            for i in range(m):
                for j in range(min(i + 1, columns)):
                    value = 0.0
                    for k in range(j, i + 1):
                        value += factor[c, i, k] * bartlett[k, j]
                    root[i, j] = value
            for i in range(m):
                for j in range(i + 1):
                    value = 0.0
                    for k in range(min(j + 1, columns)):
                        value += root[i, k] * root[j, k]
                    scatter[t, c, i, j] = value
                    scatter[t, c, j, i] = value
