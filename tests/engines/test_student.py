"""Critical values and exact power against scipy and against direct integration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from planner.engines.student import (
    critical_values,
    power_above,
    power_between,
    power_two_sided,
    upper_tail,
)
from tests.twins import power as twin

DF = [1.0, 2.0, 5.5, 22.0, 68.0, 500.0, 20_000.0]
LEVELS = [0.05, 0.025, 0.0125, 0.001]
effects = st.floats(-5, 5)
degrees = st.floats(2, 3000)
levels = st.floats(0.005, 0.4)


@pytest.mark.parametrize(
    ("level", "rtol"), [*((level, 1e-11) for level in (0.4, *LEVELS, 1e-4)), (1e-6, 1e-9)]
)
def test_reference_critical_values(level: float, rtol: float) -> None:
    """The interpolated quantile, and the exact one below 1 df."""
    df = np.concatenate([np.geomspace(0.05, 1, 30), np.geomspace(1, 1e9, 300)])
    np.testing.assert_allclose(critical_values(df, level), stats.t.isf(level, df), rtol=rtol)


def test_critical_values_need_positive_degrees_of_freedom() -> None:
    """NaN, not a number that looks right."""
    df = np.array([-1.0, 0.0, np.nan, 5.0])
    np.testing.assert_array_equal(
        np.isnan(critical_values(df, 0.025)), np.array([True, True, True, False])
    )


def test_reference_upper_tail() -> None:
    """p values."""
    t, df = np.meshgrid(np.linspace(-6, 6, 25), np.array(DF))
    np.testing.assert_allclose(upper_tail(t, df), stats.t.sf(t, df), rtol=1e-11)


@pytest.mark.parametrize("df", DF)
@pytest.mark.parametrize("level", LEVELS)
def test_twin_power_of_one_and_two_sided_tests(df: float, level: float) -> None:
    """Noncentral t against integration over the sample SD."""
    for shift in (-3.0, 0.0, 1.0, 2.8, 5.0):
        expected = twin.power_one_sided(shift, 1.0, df, level)
        assert float(power_above(shift, 0.0, 1.0, df, level)) == pytest.approx(expected, abs=1e-9)
        expected = twin.power_two_sided(shift, 1.0, df, 2 * level)
        assert float(power_two_sided(shift, 1.0, df, 2 * level)) == pytest.approx(
            expected, abs=1e-9
        )


def test_twin_power_far_from_the_null() -> None:
    """Effects of many standard errors with few df: still a probability, in both tails."""
    for df, shift, level in [(1, 8, 0.025), (2, 45, 0.001), (4, 7.5, 0.005), (8, 6, 0.001)]:
        expected = twin.power_two_sided(shift, 1.0, df, 2 * level)
        power = float(power_two_sided(shift, 1.0, df, 2 * level))
        assert power == pytest.approx(expected, abs=1e-9)
        assert float(power_above(-shift, 0.0, 1.0, df, level)) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("df", DF)
@pytest.mark.parametrize("level", LEVELS)
def test_twin_power_of_two_one_sided_tests(df: float, level: float) -> None:
    """Owen's Q against adaptive integration, for narrow and wide limits."""
    for width in (0.5, 2.0, 4.0, 8.0, 30.0):
        for effect in (0.0, 0.3 * width, 0.9 * width):
            expected = twin.power_tost(effect, 1.0, df, level, -width, width)
            power = power_between(effect, (-width, width), 1.0, df, level)
            assert power == pytest.approx(expected, abs=1e-9)


@given(levels, degrees, st.floats(-5, 5), st.floats(0.1, 10))
def test_property_power_at_the_bound_is_the_level(
    level: float, df: float, bound: float, se: float
) -> None:
    """Nothing is rejected too often."""
    assert float(power_above(bound, bound, se, df, level)) == pytest.approx(level, rel=1e-8)
    assert float(power_two_sided(0.0, se, df, level)) == pytest.approx(level, rel=1e-8)


@given(effects, degrees, levels)
def test_property_two_sided_power_is_both_tails_and_symmetric(
    effect: float, df: float, level: float
) -> None:
    """The sign of the effect does not matter."""
    power = float(power_two_sided(effect, 1.0, df, level))
    tails = [float(power_above(e, 0.0, 1.0, df, level / 2)) for e in (effect, -effect)]
    assert power == pytest.approx(sum(tails), abs=1e-12)
    assert power == pytest.approx(float(power_two_sided(-effect, 1.0, df, level)), abs=1e-12)


@given(effects, st.floats(0.5, 20), degrees, levels)
def test_property_equivalence_is_harder_than_either_of_its_tests(
    effect: float, width: float, df: float, level: float
) -> None:
    """Bounds by the single tests: P(A) + P(B) − 1 ≤ P(A and B) ≤ min(P(A), P(B))."""
    both = power_between(effect, (-width, width), 1.0, df, level)
    above = float(power_above(effect, -width, 1.0, df, level))
    below = float(power_above(-effect, -width, 1.0, df, level))
    assert above + below - 1 - 1e-9 <= both <= min(above, below) + 1e-9
    assert both == pytest.approx(power_between(-effect, (-width, width), 1.0, df, level), abs=1e-9)


@given(st.floats(-2, 6), degrees, st.floats(0.5, 2))
def test_property_inflated_standard_error_moves_the_critical_value(
    effect: float, df: float, inflation: float
) -> None:
    """A test that uses `inflation` times the true standard error has another true level."""
    critical = inflation * stats.t.isf(0.025, df)
    level = float(stats.t.sf(critical, df))
    expected = float(power_above(effect, 0.0, 1.0, df, level))
    power = float(power_above(effect, 0.0, 1.0, df, 0.025, inflation))
    assert power == pytest.approx(expected, abs=1e-8)
    expected = power_between(effect, (-4.0, 4.0), 1.0, df, level)
    power = power_between(effect, (-4.0, 4.0), 1.0, df, 0.025, inflation)
    assert power == pytest.approx(expected, abs=1e-8)
