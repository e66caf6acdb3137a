"""What a Bayesian analysis expects before data: its prior, and the prior predictive."""

import numpy as np
import pytest

from planner.evidence.distribution import NormalMixture, sample
from planner.operating.prior_predictive import prior_predictive
from planner.scenario import load_scenario

EFFECT = {"kind": "mixture", "weights": [0.8, 0.2], "means": [2.5, 0.0], "sds": [1.5, 5.0]}
TAU = {"kind": "half-normal", "scale": 1.5}
DRAWS = 400_000


@pytest.mark.parametrize("sexes", [{"kind": "independent"}, {"kind": "exchangeable", "tau": TAU}])
def test_twin_prior_and_predictive_of_every_contrast(sexes: dict[str, object]) -> None:
    """Effects drawn sex by sex, contrasts computed from them, and estimates around those.

    A quantile's tolerance is 5 Monte-Carlo standard errors √(p(1 − p)/n) / f(q), f by the share
    of draws around it, and 0.5 % of an SD for the sum over τ.
    """
    scenario = load_scenario("confirmatory").with_changes(
        {"plan.analysis": {"kind": "posterior", "priors": {"effect": EFFECT, "sexes": sexes}}}
    )
    rng = np.random.default_rng(20)
    prior = NormalMixture.parse(EFFECT)
    if sexes["kind"] == "independent":
        women, men = sample(prior, rng, DRAWS), sample(prior, rng, DRAWS)
    else:
        centre, tau = sample(prior, rng, DRAWS), np.abs(rng.normal(0, 1.5, DRAWS))
        women, men = (centre + tau * rng.standard_normal(DRAWS) for _ in range(2))
    draws = {"overall": 0.6 * women + 0.4 * men, "female": women, "male": men,
             "interaction": men - women}  # fmt: skip
    for found in prior_predictive(scenario, 86):
        effect = draws[found.hypothesis]
        assert found.claim == pytest.approx(np.mean(effect > 0), abs=5 * 0.5 / DRAWS**0.5)
        assert found.se is not None
        assert found.estimate is not None
        estimate = effect + found.se * rng.standard_normal(DRAWS)
        for values, quantiles in ((effect, found.effect), (estimate, found.estimate)):
            for p, quantile in zip((0.025, 0.5, 0.975), quantiles, strict=True):
                near = 0.05 * values.std()
                density = np.mean(np.abs(values - quantile) < near) / (2 * near)
                error = 5 * (p * (1 - p) / DRAWS) ** 0.5 / density + 0.005 * values.std()
                assert quantile == pytest.approx(np.quantile(values, p), abs=error)


def test_reference_normal_prior() -> None:
    """N(2, 2.5²): 95 % interval 2 ± 1.96 × 2.5 for one effect; P(effect > 0) = Φ(0.8) = 0.7881."""
    prior = {"effect": {"kind": "normal", "mean": 2.0, "sd": 2.5}}
    scenario = load_scenario("kcl-2025").with_changes(
        {"plan.analysis": {"kind": "posterior", "priors": prior}}
    )
    (found,) = prior_predictive(scenario, 26)
    assert found.effect == pytest.approx((2 - 4.89991, 2.0, 2 + 4.89991), abs=1e-4)
    assert found.claim == pytest.approx(0.788145, abs=1e-6)


def test_property_nothing_is_predicted_without_a_proper_prior() -> None:
    scenario = load_scenario("confirmatory")
    assert prior_predictive(scenario, 86) == ()
    flat = scenario.with_changes({"plan.analysis": {"kind": "posterior"}})
    assert prior_predictive(flat, 86) == ()
