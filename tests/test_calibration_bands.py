"""The tests of uniformity: they hold what they promise, and they can fail."""

import numpy as np
import pytest

from tests.calibration import (
    assert_uniform_pit,
    assert_uniform_ranks,
    chi_squared_p_value,
    ecdf_bands,
    leaving_probability,
)
from tests.monte_carlo import assert_within_mcse, proportion_mcse


@pytest.mark.parametrize(("n", "cells"), [(50, 50), (300, 100), (1_000, 20)])
def test_twin_bands_are_left_as_often_as_they_should_be(n: int, cells: int) -> None:
    """Simulated uniform values against the recursion, at a level that can be counted."""
    lower, upper = ecdf_bands(n, cells, 0.1)
    expected = leaving_probability(n, lower, upper)
    assert 0.02 < expected <= 0.1
    rng = np.random.default_rng(1)
    counts = rng.multinomial(n, np.full(cells, 1 / cells), size=20_000).cumsum(axis=1)[:, :-1]
    left = np.mean(np.any((counts < lower) | (counts > upper), axis=1))
    assert_within_mcse(left, expected, proportion_mcse(expected, 20_000), what="level")


def test_twin_single_cut_is_binomial() -> None:
    """With two cells there is one count, and its band leaves out the binomial tails."""
    lower, upper = ecdf_bands(10, 2, 0.03)
    assert (lower[0], upper[0]) == (2, 8)
    assert leaving_probability(10, lower, upper) == pytest.approx(22 / 1024)


def test_property_uniform_values_pass() -> None:
    """Ranks and probability transforms."""
    rng = np.random.default_rng(2)
    assert_uniform_ranks(rng.integers(0, 100, 300), 99)
    assert_uniform_pit(rng.random(2_000))


@pytest.mark.parametrize("shape", [(1.0, 1.6), (1.7, 1.0), (1.9, 1.9), (0.6, 0.6)])
def test_property_other_values_fail(shape: tuple[float, float]) -> None:
    """Biased, too wide and too narrow posteriors."""
    values = np.random.default_rng(3).beta(*shape, 1_000)
    with pytest.raises(AssertionError, match="not uniform"):
        assert_uniform_pit(values)
    with pytest.raises(AssertionError, match="not uniform"):
        assert_uniform_ranks(np.floor(100 * values), 99)


def test_property_bands_notice_a_drift_that_many_bins_hide() -> None:
    """Evenly spread quantiles of Beta(1.25, 1), without noise."""
    values = ((np.arange(1_000) + 0.5) / 1_000) ** (1 / 1.25)
    assert chi_squared_p_value(np.histogram(values, 100, (0.0, 1.0))[0]) > 0.5
    with pytest.raises(AssertionError, match="values are in the first"):
        assert_uniform_pit(values)
