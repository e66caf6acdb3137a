"""Random numbers: one generator per named stream and block of trials.

A block of `BLOCK_SIZE` trials is the unit of random numbers, memory, progress, parallel work and
cancelling. Every block owns independent generators, so results do not depend on the number of
workers or on the order in which blocks finish, and the first trials of a longer run are the
trials of a shorter one.
"""

from enum import IntEnum

import numpy as np

BLOCK_SIZE = 1_000
"""Trials per block; part of what a seed means, so never a setting."""

EXPLORATION_BLOCK = 1 << 24
"""First block used while searching; confirmations use blocks 0, 1, … and so see fresh trials."""


class Stream(IntEnum):
    """What a generator is for: adding draws to one stream never moves another."""

    OUTCOME = 0
    ATTRITION = 1
    SEX = 2
    TRUTH = 3
    INFERENCE = 4


def generator(seed: int, stream: Stream, block: int) -> np.random.Generator:
    """Generator of one stream in one block.

    Parameters
    ----------
    seed : non-negative integer, the entropy of the whole run.
    stream, block : place of the generator in the run.
    """
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(int(stream), block))
    return np.random.Generator(np.random.PCG64DXSM(sequence))


def block_sizes(n_trials: int) -> list[int]:
    """Sizes of the consecutive blocks that make up `n_trials`; only the last may be short."""
    full, rest = divmod(n_trials, BLOCK_SIZE)
    return [BLOCK_SIZE] * full + ([rest] if rest else [])
