"""The general path: simulate every person, then reduce to moments.

Outcomes of all periods are drawn for everybody before anybody leaves, so adding attrition
cannot move an outcome.
"""

from dataclasses import dataclass

import numpy as np

from planner.errors import InvalidInput
from planner.rng import BLOCK_SIZE, Stream, generator
from planner.trials.draw import draw_people
from planner.trials.layout import Layout
from planner.trials.moments import FloatArray, IntArray, Moments, moments_of
from planner.trials.varied import VariedLayout, unvaried

MOST_SUBJECTS = 20_000
"""People of a trial that are drawn one by one: some 100 kB each for a block of trials."""


@dataclass(frozen=True, slots=True, eq=False)
class SubjectBatch:
    """People of a block of trials.

    Parameters
    ----------
    y : outcomes on the scale of the analysis, axes [T, N, P], of every period.
    n_observed : periods observed before leaving, axes [T, N].
    sequence, stratum : indices, axes [T, N].
    """

    y: FloatArray
    n_observed: IntArray
    sequence: IntArray
    stratum: IntArray


def draw_subjects(
    layout: Layout, seed: int, block: int, size: int, varied: VariedLayout | None = None
) -> SubjectBatch:
    """The first `size` trials of a block, person by person; see `draw_moments`.

    Raises
    ------
    InvalidInput : more people than `MOST_SUBJECTS`.
    """
    if layout.people.sum() > MOST_SUBJECTS:
        raise InvalidInput(
            f"draw is 'subjects' and {layout.people.sum()} people are more than {MOST_SUBJECTS:,}, "
            "which would not fit into memory; set draw to 'moments'",
            key="monte_carlo.draw",
        )
    truths = varied or unvaried(layout)
    people = draw_people(layout, seed, block)[:size]
    sequence, stratum = _membership(people)
    n_subjects, n_periods = sequence.shape[1], layout.mean.shape[1]
    z = generator(seed, Stream.OUTCOME, block).standard_normal((BLOCK_SIZE, n_subjects, n_periods))[
        :size
    ]
    expected = _by_group(layout, truths.mean)
    factors = np.linalg.cholesky(truths.covariance)
    y = expected[_trial(expected, size), sequence, stratum] + np.einsum(
        "tnij,tnj->tni", factors[_trial(factors, size), stratum], z
    )
    u = generator(seed, Stream.ATTRITION, block).random((BLOCK_SIZE, n_subjects))[:size]
    leaving = _leaving(layout, truths.probability)
    stays = u[..., None] >= leaving[_trial(leaving, size), sequence, stratum][..., :-1]
    return SubjectBatch(y, 1 + stays.sum(axis=2), sequence, stratum)


def _trial(values: FloatArray, size: int) -> IntArray:
    """Index of every trial on the first axis of `values`, [T, 1]; 0 where trials do not differ."""
    return np.arange(size)[:, None] * int(len(values) > 1)


def subject_moments(layout: Layout, batch: SubjectBatch) -> Moments:
    """Reduce people to the moments of the layout's cells."""
    member = np.stack(
        [
            (batch.sequence == cell.sequence)
            & (batch.stratum == cell.stratum)
            & (batch.n_observed == cell.n_observed)
            for cell in layout.cells
        ],
        axis=2,
    )
    return moments_of(batch.y, member, layout.n_observed)


def _membership(people: IntArray) -> tuple[IntArray, IntArray]:
    """Sequence and stratum of every person, axes [T, N], from counts [T, S, G]."""
    n_trials, _, n_strata = people.shape
    flat = people.reshape(n_trials, -1)
    edges = np.cumsum(flat, axis=1)
    index = np.arange(edges[0, -1])
    group = (index[None, :, None] >= edges[:, None, :]).sum(axis=2)
    return group // n_strata, group % n_strata


def _by_group(layout: Layout, mean: FloatArray) -> FloatArray:
    """Expected outcomes, axes [T, S, G, P], from those of the cells [T, C, P]."""
    expected = np.zeros((len(mean), *layout.people.shape, mean.shape[2]))
    for c, cell in enumerate(layout.cells):
        expected[:, cell.sequence, cell.stratum] = mean[:, c]
    return expected


def _leaving(layout: Layout, probability: FloatArray) -> FloatArray:
    """Chance of observing at most m periods, axes [T, S, G, P], from those of the cells [T, C]."""
    n_periods = layout.mean.shape[1]
    exactly = np.zeros((len(probability), *layout.people.shape, n_periods))
    for c, cell in enumerate(layout.cells):
        exactly[:, cell.sequence, cell.stratum, cell.n_observed - 1] = probability[:, c]
    return np.cumsum(exactly, axis=3)
