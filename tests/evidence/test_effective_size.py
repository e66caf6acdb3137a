"""Effective sample sizes: conjugate cases, and the theorem that singles out ELIR.

RBesT's are in test_pooling_reference.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from planner.errors import InvalidInput
from planner.evidence import beta_mixture, distribution, normal_mixture
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import HalfNormal, Normal, NormalMixture
from planner.evidence.effective_size import effective_size, effective_size_of_share
from planner.evidence.mixture_fit import fit_normal_mixture
from planner.evidence.pooling import pool_estimates
from tests.evidence.pooled_examples import CROHN, SIGMA
from tests.monte_carlo import assert_within_mcse, mean_and_mcse

HEAVY = NormalMixture(weights=(0.8, 0.2), means=(0.0, 0.5), sds=(0.3, 2.0))
SHARE = BetaMixture(weights=(0.7, 0.3), a=(6.0, 2.0), b=(14.0, 3.0))


def test_twin_pooled_prior_without_a_mixture() -> None:
    """ELIR of the mixture found here, and of the table it approximates by differences."""
    found = pool_estimates(CROHN, tau=HalfNormal(scale=SIGMA / 2), mean=Normal(sd=SIGMA))
    x = np.linspace(-250, 150, 8001)
    p = found.predictive.density_at(x)
    slope = np.gradient(p, x)
    elir = SIGMA**2 * float(np.sum(slope**2 / p) * (x[1] - x[0]))
    fitted = effective_size(fit_normal_mixture(found.predictive).mixture, SIGMA)
    assert fitted.elir == pytest.approx(elir, rel=0.02)


@given(st.floats(-5, 5), st.floats(0.05, 5), st.floats(0.1, 20))
def test_property_a_normal_prior_is_worth_its_variance_ratio(
    mean: float, sd: float, sigma: float
) -> None:
    """σ²/s² by all three methods; Morita's vague prior takes 1 % off."""
    found = effective_size(Normal(mean=mean, sd=sd), sigma)
    worth = (sigma / sd) ** 2
    assert found.elir == pytest.approx(worth, rel=1e-8)
    assert found.moment == pytest.approx(worth, rel=1e-12)
    assert found.morita == pytest.approx(0.99 * worth, rel=1e-6)


@given(st.floats(1.0, 300), st.floats(1.0, 300))
def test_property_a_beta_prior_is_worth_its_parameters(a: float, b: float) -> None:
    """a + b by moments; ELIR where a, b > 1 too, and a + b less what an end of 1 gives."""
    found = effective_size_of_share(BetaMixture(weights=(1.0,), a=(a,), b=(b,)))
    assert found.moment == pytest.approx(a + b, rel=1e-9)
    if min(a, b) > 1.2:
        assert found.elir == pytest.approx(a + b, rel=1e-7)


def test_twin_information_by_simulation() -> None:
    """ELIR as the mean, over draws of the prior, of second differences of its log density."""
    rng = np.random.default_rng(5)
    draws = distribution.sample(HEAVY, rng, 400_000)
    step = 1e-3
    logs = [np.log(distribution.density(HEAVY, draws + k * step)) for k in (-1, 0, 1)]
    information = -(logs[0] - 2 * logs[1] + logs[2]) / step**2
    mean, error = mean_and_mcse(4.0 * information)
    assert_within_mcse(effective_size(HEAVY, 2.0).elir, mean, error)


@pytest.mark.parametrize("n", [1, 10, 60])
def test_property_elir_of_a_share_is_predictively_consistent(n: int) -> None:
    """E over data of ELIR(posterior) = ELIR(prior) + n (Neuenschwander et al. 2020, theorem 1)."""
    weights, a, b = beta_mixture.parameters(SHARE)
    r = np.arange(n + 1)[:, None]
    logs = special.betaln(a + r, b + n - r) - special.betaln(a, b)
    logs += special.gammaln(n + 1) - special.gammaln(r + 1) - special.gammaln(n - r + 1)
    predictive = np.exp(logs) @ weights
    after = [effective_size_of_share(beta_mixture.posterior(SHARE, k, n)) for k in range(n + 1)]
    expected = float(predictive @ [size.elir for size in after]) - n
    assert effective_size_of_share(SHARE).elir == pytest.approx(expected, rel=1e-7)


def test_property_elir_of_a_normal_prior_is_predictively_consistent() -> None:
    """The same for a mean of n = 25 people with σ = 2."""
    sigma, n = 2.0, 25
    se = sigma / n**0.5
    y = np.linspace(-16, 17, 501)
    spread = np.hypot(np.array(HEAVY.sds), se)
    predictive = stats.norm.pdf(y[:, None], np.array(HEAVY.means), spread) @ np.array(HEAVY.weights)
    sizes = [effective_size(normal_mixture.posterior(HEAVY, float(v), se), sigma).elir for v in y]
    expected = float(predictive @ sizes) * (y[1] - y[0]) - n
    assert effective_size(HEAVY, sigma).elir == pytest.approx(expected, rel=1e-6)


def test_property_size_falls_with_robust_weight_and_grows_with_sigma() -> None:
    """More doubt, fewer people; noisier people, more of them."""
    robust = [normal_mixture.robustify(Normal(sd=0.5), w, 0.0, 5.0) for w in (0, 0.1, 0.3, 0.6, 1)]
    sizes = [effective_size(mixture, 5.0) for mixture in robust]
    for name in ("elir", "moment", "morita"):
        assert np.all(np.diff([getattr(size, name) for size in sizes]) < 0), name
    assert effective_size(HEAVY, 4.0).elir == pytest.approx(4 * effective_size(HEAVY, 2.0).elir)


def test_property_size_grows_with_studies_and_falls_with_heterogeneity() -> None:
    """Of pooled priors, by ELIR."""

    def worth(k: int, scale: float) -> float:
        found = pool_estimates(CROHN[:k], tau=HalfNormal(scale=scale), mean=Normal(sd=SIGMA))
        return effective_size(fit_normal_mixture(found.predictive, most=2).mixture, SIGMA).elir

    middle = worth(3, 44)
    assert worth(1, 44) < worth(2, 44) < middle
    assert worth(3, 15) > middle > worth(3, 90)


def test_property_mode_at_an_end_has_no_morita_size() -> None:
    """A falling density: NaN, not a number that looks right; ELIR and moments exist."""
    found = effective_size_of_share(BetaMixture(weights=(1.0,), a=(1.0,), b=(10.0,)))
    assert np.isnan(found.morita)
    assert found.moment == pytest.approx(11)
    assert np.isfinite(found.elir)


def test_malformed_input_gives_one_sentence() -> None:
    """An SD of 0, and a share whose information has no expectation."""
    with pytest.raises(InvalidInput, match=r"^sigma: sigma 0 is not above 0; give the SD of one"):
        effective_size(Normal(sd=1), 0)
    with pytest.raises(InvalidInput, match=r"Beta\(0.5, 3\) .* a and b of at least 1$"):
        effective_size_of_share(BetaMixture(weights=(1.0,), a=(0.5,), b=(3.0,)))
