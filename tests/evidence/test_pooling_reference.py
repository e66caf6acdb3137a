"""Pooled priors against what RBesT and PowerTOST print."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize, special, stats

from planner.evidence import beta_mixture, normal_mixture
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import HalfNormal, Normal
from planner.evidence.mixture_fit import fit_beta_mixture, fit_normal_mixture
from planner.evidence.pilot_variance import cv_upper_limit, pooled_cv
from planner.evidence.pooling import pool_estimates
from planner.evidence.pooling_shares import pool_counts
from planner.evidence.tabulated import Summary, share_summary
from tests.evidence.pooled_examples import (
    CROHN,
    CROHN_MIXTURE,
    SIGMA,
    SPONDYLITIS,
    spondylitis_mixture,
)
from tests.monte_carlo import assert_within_mcse
from tests.reference import published

FloatArray = NDArray[np.float64]
DRAWS = 1000
"""Independent draws that RBesT's samples are worth at least: it warns below that."""
UNIFORM = BetaMixture(weights=(1.0,), a=(1.0,), b=(1.0,))
TREATMENT = BetaMixture(weights=(1.0,), a=(0.5,), b=(1.0,))


def _assert_like_sample(
    found: Summary,
    density: Callable[[FloatArray], FloatArray],
    mean: float,
    sd: float,
    quantiles: list[float],
) -> None:
    """Printed mean, SD and 2.5, 50 and 97.5 % quantiles lie within their Monte-Carlo error.

    The standard error of a quantile is √(p(1 − p)/n) / density; of an SD, with the kurtosis of a
    heavy tail, at most sd · √(6/n).
    """
    p = np.array([0.025, 0.5, 0.975])
    places = np.array([found.quantiles[0], found.median, found.quantiles[-1]])
    errors = np.sqrt(p * (1 - p) / DRAWS) / density(places)
    exact = [found.mean, found.sd, *places.tolist()]
    spread = [found.sd / DRAWS**0.5, found.sd * (6 / DRAWS) ** 0.5, *errors]
    assert_within_mcse([mean, sd, *quantiles], exact, spread, what="RBesT")


@pytest.mark.parametrize(
    ("tau", "predictive"),
    [
        ([14.5, 10.3, 1.47, 12.3, 40.5], [-50.0, 20.5, -92.3, -48.9, -9.67]),
        ([14.3, 9.99, 1.35, 12.2, 38.4], [-50.0, 19.3, -93.1, -48.6, -13.8]),
    ],
)
def test_reference_map_of_a_normal_endpoint(tau: list[float], predictive: list[float]) -> None:
    """RBesT vignette 'RBesT for a Normal Endpoint', versions 1.2-0 (seed 1234) and 1.9-0."""
    found = pool_estimates(CROHN, tau=HalfNormal(scale=SIGMA / 2), mean=Normal(sd=SIGMA))
    assert found.error < 1e-8
    new = found.predictive
    _assert_like_sample(new.summary(), new.density_at, predictive[0], predictive[1], predictive[2:])
    assert found.tau_table is not None
    _assert_like_sample(found.tau, found.tau_table.density_at, tau[0], tau[1], tau[2:])


def test_reference_map_of_a_share() -> None:
    """RBesT vignette 'Getting started with RBesT (binary)', version 1.3-1."""
    found = pool_counts(SPONDYLITIS, tau=HalfNormal(scale=1))
    assert found.error < 1e-7

    def density(share: FloatArray) -> FloatArray:
        return found.predictive.density_at(special.logit(share)) / (share * (1 - share))

    summary = share_summary(found.predictive)
    _assert_like_sample(summary, density, 0.258, 0.0877, [0.108, 0.248, 0.469])
    assert found.tau_table is not None
    tau = found.tau_table.density_at
    _assert_like_sample(found.tau, tau, 0.38, 0.206, [0.0477, 0.355, 0.858])


def test_reference_mixture_of_a_share() -> None:
    """MAP-03: RBesT's mixture and the one found here describe the same prior.

    RBesT's is fitted to a sample, so the cumulative probabilities differ by its error, largest
    for 1 000 draws with probability 0.9999 by 2.2 / √1000.
    """
    reference = spondylitis_mixture()
    _, expected, tolerance = published("MAP-03")
    mean, sd = beta_mixture.mean_and_sd(reference)
    assert mean == pytest.approx(expected["mean"], abs=tolerance["abs"])
    assert sd == pytest.approx(expected["sd"], abs=tolerance["abs"])
    fit = fit_beta_mixture(pool_counts(SPONDYLITIS, tau=HalfNormal(scale=1)).predictive)
    x = np.linspace(0.01, 0.9, 90)
    apart = np.abs(beta_mixture.cdf(reference, x) - beta_mixture.cdf(fit.mixture, x))
    assert apart.max() < 2.2 / np.sqrt(DRAWS)


def test_reference_mixture_of_a_normal_endpoint() -> None:
    """The same for the mixture that RBesT 1.9-0 prints for the Crohn data."""
    found = pool_estimates(CROHN, tau=HalfNormal(scale=SIGMA / 2), mean=Normal(sd=SIGMA))
    fit = fit_normal_mixture(found.predictive)
    assert fit.divergence < 5e-4
    assert fit.largest_difference < 0.002
    x = np.linspace(-150, 50, 101)
    w, m, s = (np.array(v) for v in (CROHN_MIXTURE.weights, CROHN_MIXTURE.means, CROHN_MIXTURE.sds))
    reference = stats.norm.cdf(x[:, None], m, s) @ w
    assert np.abs(reference - found.predictive.cdf(x)).max() < 2.2 / np.sqrt(DRAWS)


def test_reference_posterior_of_a_robust_normal_prior() -> None:
    """RBesT 1.9-0, same vignette: robustify (0.2 at −50), postmix and pmixdiff."""
    robust = normal_mixture.robustify(CROHN_MIXTURE, 0.2, -50, SIGMA)
    assert robust.weights == pytest.approx([0.40083877, 0.33497275, 0.06418848, 0.2], abs=1e-8)
    active = normal_mixture.posterior(Normal(mean=-50, sd=SIGMA), -29.2, 14.0)
    placebo = normal_mixture.posterior(robust, -63.1, 13.9)
    below_0 = 1 - normal_mixture.probability_difference(active, placebo)
    below_50 = 1 - normal_mixture.probability_difference(active, placebo, -50)
    assert below_0 == pytest.approx(0.06270104, abs=5e-9)
    assert below_50 == pytest.approx(3.827361e-06, abs=5e-13)


def test_reference_probability_of_a_difference_of_shares() -> None:
    """MAP-06: 14/24 with Beta(½, 1) against 1/6 with the robust prior."""
    inputs, expected, tolerance = published("MAP-06")
    robust = beta_mixture.robustify(spondylitis_mixture(), inputs["robust_w"])
    found = beta_mixture.probability_difference(
        beta_mixture.posterior(TREATMENT, 14, 24), beta_mixture.posterior(robust, 1, 6)
    )
    assert found == pytest.approx(expected["prob"], abs=tolerance["abs"])


def test_reference_decision_with_a_pooled_control() -> None:
    """MAP-07: P(difference > 0) > 0.95 on either side of the boundary."""
    _, expected, _ = published("MAP-07")
    prior = spondylitis_mixture()
    for text, decision in expected["decision"].items():
        (r1, n1), (r2, n2) = (map(int, part.split("/")) for part in text.split(" vs "))
        found = beta_mixture.probability_difference(
            beta_mixture.posterior(TREATMENT, r1, n1), beta_mixture.posterior(prior, r2, n2)
        )
        assert (found > 0.95) == bool(decision)


def _success_bound(active: BetaMixture, control: BetaMixture, n_control: int) -> list[int]:
    """Fewest responders of 24 that succeed, for every number of responders under control."""
    bounds: list[int] = []
    for r in range(n_control + 1):
        after = beta_mixture.posterior(control, r, n_control)
        fewest = bounds[-1] if bounds else 0  # success never gets easier as the control improves
        while fewest <= 24:
            treated = beta_mixture.posterior(active, fewest, 24)
            if beta_mixture.probability_difference(treated, after) > 0.95:
                break
            fewest += 1
        bounds.append(fewest)
    return bounds


def test_reference_effect_with_80_percent_power() -> None:
    """MAP-08: operating characteristics of four designs, solved for the difference of shares."""
    _, expected, tolerance = published("MAP-08")
    prior = spondylitis_mixture()
    control = beta_mixture.mean_and_sd(prior)[0]
    designs = {
        "nonrobust": (TREATMENT, prior, 6),
        "robust": (TREATMENT, beta_mixture.robustify(prior, 0.2), 6),
        "uniform": (UNIFORM, UNIFORM, 6),
        "uniform_24_24": (UNIFORM, UNIFORM, 24),
    }
    for name, (active, mixture, n) in designs.items():
        bounds = _success_bound(active, mixture, n)
        weights = stats.binom.pmf(np.arange(n + 1), n, control)

        def power(delta: float, bounds: list[int] = bounds, weights: object = weights) -> float:
            success = stats.binom.sf(np.array(bounds) - 1, 24, control + delta)
            return float(weights @ success)

        delta = optimize.brentq(lambda d, power=power: power(d) - 0.8, 0.05, 0.7)
        assert delta == pytest.approx(expected[name], abs=tolerance["abs"]), name


def test_reference_upper_limit_of_a_pilot_cv() -> None:
    """EP-11: PowerTOST CVCL."""
    inputs, expected, tolerance = published("EP-11")
    for (cv, df, alpha), upper in zip(inputs["cases"], expected["upper_CL"], strict=True):
        assert cv_upper_limit(cv, df, 1 - alpha) == pytest.approx(upper, abs=tolerance["abs"])


def test_reference_pooled_cv() -> None:
    """EP-12: PowerTOST CVpooled, two 2×2 crossovers with n − 2 degrees of freedom."""
    inputs, expected, tolerance = published("EP-12")
    pooled = pooled_cv(inputs["CVs"], [n - 2 for n in inputs["ns"]])
    assert pooled.df == expected["df"]
    assert pooled.value == pytest.approx(expected["pooled"], abs=tolerance["abs"])
    upper = cv_upper_limit(pooled.value, pooled.df, 1 - inputs["alpha"])
    assert upper == pytest.approx(expected["upper80"], abs=tolerance["abs"])
