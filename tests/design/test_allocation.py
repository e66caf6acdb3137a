"""People per sequence and sex: nobody lost, and as close to the plan as whole people allow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.design.allocation import (
    allocate,
    apportion,
    balanced_at_least,
    lattice_step,
    women_among,
)

WEIGHTS = st.lists(st.integers(1, 5), min_size=1, max_size=6)
EQUAL = st.integers(1, 8).map(lambda n: [1] * n)
SHARES = st.floats(0.01, 0.99)
PEOPLE = st.integers(0, 2_000)


@pytest.mark.parametrize(
    ("n", "weights", "share", "expected"),
    [
        (12, (1, 1), None, [[6], [6]]),
        (13, (1, 1), None, [[7], [6]]),
        (12, (2, 1), None, [[8], [4]]),
        (20, (1, 1), 0.6, [[6, 4], [6, 4]]),
        (26, (1, 1), 0.5, [[6, 7], [6, 7]]),
        (12, (1, 1), 0.6, [[4, 2], [4, 2]]),
        (30, (1,) * 6, 0.6, [[3, 2]] * 6),
        (0, (1, 1), 0.5, [[0, 0], [0, 0]]),
    ],
)
def test_reference_allocations(
    n: int, weights: tuple[int, ...], share: float | None, expected: list[list[int]]
) -> None:
    """Cases worked out by hand."""
    assert allocate(n, weights, share).tolist() == expected


@given(n=PEOPLE, weights=WEIGHTS, offset=st.integers(0, 5))
def test_property_apportioning_loses_nobody_and_stays_within_one(
    n: int, weights: list[int], offset: int
) -> None:
    """Largest remainders: every group gets its exact share rounded up or down."""
    counts = apportion(n, weights, offset)
    exact = n * np.array(weights) / sum(weights)
    assert counts.sum() == n
    assert np.all(np.abs(counts - exact) < 1)


@given(n=PEOPLE, weights=WEIGHTS, share=SHARES)
def test_property_sexes_add_up_to_the_sequences(n: int, weights: list[int], share: float) -> None:
    """Sexes split the sequences and move nobody between them."""
    people = allocate(n, weights, share)
    assert np.all(people >= 0)
    assert np.array_equal(people.sum(axis=1), allocate(n, weights, None)[:, 0])
    assert abs(people[:, 0].sum() - n * share) <= 1


@given(n=PEOPLE, weights=EQUAL, share=SHARES)
def test_property_sexes_are_within_one_of_their_share_in_every_sequence(
    n: int, weights: list[int], share: float
) -> None:
    """With equal weights the women of a sequence are within one person of the planned share."""
    people = allocate(n, weights, share)
    assert np.all(np.abs(people[:, 0] - people.sum(axis=1) * share) < 1)


@pytest.mark.parametrize(("n", "weights", "share"), [(10, (3, 1), 0.9), (51, (5, 1), 0.96)])
def test_property_sexes_are_within_one_of_their_share_with_unequal_weights(
    n: int, weights: tuple[int, ...], share: float
) -> None:
    """The same, promised for any weights."""
    people = allocate(n, weights, share)
    assert np.all(np.abs(people[:, 0] - people.sum(axis=1) * share) < 1)


@given(sets=st.integers(1, 50), women=st.integers(0, 8), men=st.integers(0, 8), k=st.integers(1, 6))
def test_property_what_can_be_balanced_is_balanced(sets: int, women: int, men: int, k: int) -> None:
    """If the planned share gives whole people per sequence, every sequence has the same."""
    if not women or not men:
        return
    people = allocate(sets * k * (women + men), (1,) * k, women / (women + men))
    assert people.tolist() == [[sets * women, sets * men]] * k


@given(n=st.floats(0.1, 1e5), weights=WEIGHTS)
def test_property_rounding_up_to_balance(n: float, weights: list[int]) -> None:
    """The next multiple of the ratio's sum, at least one."""
    size, step = balanced_at_least(n, weights), lattice_step(weights)
    assert size % step == 0
    assert size >= step
    assert size >= n - 1e-6 * step
    assert size == step or size - step < n


@given(n=PEOPLE, share=SHARES, step=st.integers(1, 8))
def test_property_women_are_planned_within_one_person(n: int, share: float, step: int) -> None:
    """Rounded to whole sequence sets only if that moves at most one person."""
    women = women_among(n, share, (1,) * step)
    assert 0 <= women <= n
    assert abs(women - n * share) <= 1
