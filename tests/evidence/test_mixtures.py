"""Tables, mixtures fitted to them, and what is done with mixtures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from planner.evidence import beta_mixture, distribution, normal_mixture
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import HalfNormal, NormalMixture
from planner.evidence.mixture_fit import fit_beta_mixture, fit_normal_mixture
from planner.evidence.pooling import pool_estimates, tabulate_normals
from planner.evidence.pooling_shares import StudyCount, pool_counts
from planner.evidence.tabulated import sinh_nodes, tabulate
from tests.evidence.pooled_examples import CROHN


def test_property_table_of_a_mixture_is_the_mixture() -> None:
    """Cumulative probabilities, quantiles and moments of a table of two distant normals."""
    weights, means, sds = np.array([0.7, 0.3]), np.array([0.0, 4.0]), np.array([0.5, 2.0])
    table = tabulate_normals(weights, means, sds)
    mixture = NormalMixture(weights=(0.7, 0.3), means=(0.0, 4.0), sds=(0.5, 2.0))
    x = np.linspace(-3, 12, 301)
    np.testing.assert_allclose(table.cdf(x), distribution.cdf(mixture, x), atol=1e-9)
    np.testing.assert_allclose(table.density_at(x), distribution.density(mixture, x), atol=1e-7)
    assert (table.mean, table.sd) == pytest.approx(distribution.mean_and_sd(mixture), abs=1e-10)
    for p in (0.001, 0.3, 0.71, 0.999):
        assert table.quantile(p) == pytest.approx(distribution.quantile(mixture, p), abs=1e-6)


def test_property_accumulated_density_is_the_distribution() -> None:
    """`tabulate` integrates a density to its cumulative probabilities."""
    x, width = sinh_nodes(1.0, 0.4, 12.0, 301)
    table = tabulate(x, width, 7.0 * stats.norm.pdf(x, 1, 0.4))
    np.testing.assert_allclose(table.cumulative, stats.norm.cdf(x, 1, 0.4), atol=1e-8)
    np.testing.assert_allclose(table.density, stats.norm.pdf(x, 1, 0.4), atol=1e-12)


def test_property_mixture_fit_recovers_a_mixture() -> None:
    """A table of a two-component mixture is fitted by two components."""
    weights, means, sds = np.array([0.6, 0.4]), np.array([0.0, 1.0]), np.array([1.0, 3.0])
    fit = fit_normal_mixture(tabulate_normals(weights, means, sds))
    assert len(fit.mixture.weights) == 2
    assert fit.divergence < 5e-4
    one = fit_normal_mixture(tabulate_normals(np.ones(1), np.array([2.0]), np.array([0.3])))
    assert one.mixture.means == pytest.approx([2.0])
    assert one.mixture.sds == pytest.approx([0.3])
    assert one.divergence < 1e-9


def test_property_mixture_fit_reports_its_own_distance() -> None:
    """Divergence and largest difference, recomputed on another grid; more components, closer."""
    found = pool_estimates(CROHN, tau=HalfNormal(scale=44)).predictive
    fits = [fit_normal_mixture(found, most=k, close_enough=0) for k in (1, 2, 3)]
    assert fits[0].divergence > fits[1].divergence > fits[2].divergence
    x = np.linspace(-600, 500, 40001)
    p = found.density_at(x)
    for fit in fits:
        q = distribution.density(fit.mixture, x)
        kept = p > 1e-14
        divergence = float(np.sum(p[kept] * np.log(p[kept] / q[kept])) * (x[1] - x[0]))
        assert fit.divergence == pytest.approx(divergence, abs=1e-6)
        apart = np.abs(distribution.cdf(fit.mixture, x) - found.cdf(x)).max()
        assert fit.largest_difference == pytest.approx(apart, abs=1e-4)


def test_property_beta_mixture_fit_keeps_parameters_of_at_least_one() -> None:
    """Few events: the density piles up at 0, yet stays finite, and is still close."""
    studies = [StudyCount(study="a", events=0, total=5)]
    fit = fit_beta_mixture(pool_counts(studies, tau=HalfNormal(scale=1)).predictive)
    assert min(*fit.mixture.a, *fit.mixture.b) >= 1
    assert fit.divergence < 5e-4
    assert fit.largest_difference < 0.003


def test_property_mixture_fit_finds_two_places() -> None:
    """Studies that contradict each other: a bimodal share needs components apart."""
    studies = [StudyCount(study="a", events=r, total=20) for r in (0, 20)]
    predictive = pool_counts(studies, tau=HalfNormal(scale=1)).predictive
    fit = fit_beta_mixture(predictive)
    assert fit.largest_difference < 0.01
    share = np.linspace(0.01, 0.99, 99)
    apart = beta_mixture.cdf(fit.mixture, share) - predictive.cdf(np.log(share / (1 - share)))
    assert np.abs(apart).max() <= fit.largest_difference + 1e-4


@given(st.floats(0, 1), st.floats(0.1, 10))
def test_property_robust_weight_runs_from_nothing_to_all(weight: float, sd: float) -> None:
    """Mean is linear in the weight; 0 returns the prior, 1 the robust component alone."""
    prior = NormalMixture(weights=(0.4, 0.6), means=(1.0, 2.0), sds=(0.5, 1.0))
    robust = normal_mixture.robustify(prior, weight, 0.0, sd)
    mean, _ = distribution.mean_and_sd(robust)
    assert mean == pytest.approx((1 - weight) * 1.6, abs=1e-9)
    assert normal_mixture.robustify(prior, 0, 0, sd) == prior
    alone = normal_mixture.robustify(prior, 1, 0, sd)
    assert alone == NormalMixture(weights=(1.0,), means=(0.0,), sds=(sd,))
    shares = BetaMixture(weights=(0.4, 0.6), a=(1.0, 2.0), b=(5.0, 7.0))
    assert beta_mixture.robustify(shares, 0) == shares
    uniform = beta_mixture.robustify(shares, 1)
    assert (uniform.a, uniform.b) == ((1.0,), (1.0,))


@given(st.floats(-0.6, 0.6), st.integers(0, 20), st.integers(0, 15), st.floats(0.5, 4))
@settings(max_examples=20)
def test_twin_probability_of_a_difference_of_shares(
    above: float, r1: int, r2: int, a: float
) -> None:
    """Against a plain sum over the second share's quantiles."""
    prior = BetaMixture(weights=(0.3, 0.7), a=(1.0, a), b=(1.0, 3.0))
    first, second = beta_mixture.posterior(prior, r1, 20), beta_mixture.posterior(prior, r2, 15)
    found = beta_mixture.probability_difference(first, second, above)
    edges = np.sin(np.linspace(0, np.pi / 2, 20001)) ** 4
    mass = np.diff(beta_mixture.cdf(second, edges))
    middle = (edges[1:] + edges[:-1]) / 2
    expected = float(mass @ (1 - beta_mixture.cdf(first, middle + above)))
    assert found == pytest.approx(expected, abs=2e-6)


def test_property_difference_of_equal_distributions_is_even() -> None:
    """P(difference > 0) = ½, also for densities that are infinite at an end."""
    for mixture in (
        BetaMixture(weights=(1.0,), a=(0.5,), b=(0.5,)),
        BetaMixture(weights=(0.5, 0.5), a=(2.0, 900.0), b=(5.0, 100.0)),
    ):
        found = beta_mixture.probability_difference(mixture, mixture)
        assert found == pytest.approx(0.5, abs=1e-8)
        assert beta_mixture.probability_difference(mixture, mixture, -1) == 1
        assert beta_mixture.probability_difference(mixture, mixture, 1) == 0


def test_twin_normal_posterior_by_bayes_on_a_grid() -> None:
    """Posterior of a mixture is prior times likelihood, normalised."""
    prior = NormalMixture(weights=(0.8, 0.2), means=(0.0, 0.0), sds=(0.1, 1.0))
    after = normal_mixture.posterior(prior, 0.6, 0.2)
    x = np.linspace(-6, 6, 120001)
    mass = distribution.density(prior, x) * stats.norm.pdf(0.6, x, 0.2)
    at = x[[58000, 61000, 65000, 67000]]
    expected = np.interp(at, x, np.cumsum(mass) / mass.sum())
    np.testing.assert_allclose(distribution.cdf(after, at), expected, atol=1e-4)
