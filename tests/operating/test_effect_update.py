"""Prior, likelihood and posterior of one trial as densities."""

from typing import Any

import numpy as np
import pytest

from planner.errors import InvalidInput
from planner.evidence.distribution import Normal, density
from planner.operating.contrast_prior import design_prior
from planner.operating.effect_update import EffectUpdate, effect_update
from planner.operating.prior_simulation import contrasts_under
from planner.operating.replay import replay
from planner.scenario import Scenario, load_scenario
from planner.trials.varied import draw_truths

NORMAL = {"kind": "normal", "mean": 1.0, "sd": 2.0}


def bayesian(effect: dict[str, Any], **priors: Any) -> Scenario:
    analysis = {"kind": "posterior", "by_sex": True, "priors": {"effect": effect, **priors}}
    return load_scenario("confirmatory").with_changes(
        {"plan.analysis": analysis, "plan.hypotheses": [{"name": "overall"}]}
    )


def middles(found: EffectUpdate) -> np.ndarray:
    return np.asarray((found.edges[1:] + found.edges[:-1]) / 2)


def test_property_posterior_is_prior_times_likelihood_of_a_common_effect() -> None:
    found = effect_update(bayesian(NORMAL, sexes={"kind": "common"}), 86, "overall", 3)
    assert found.prior is not None
    width = np.diff(found.edges)
    product = found.prior * found.likelihood
    product /= product @ width
    assert found.posterior == pytest.approx(product / (product @ width), abs=2e-4)
    assert found.prior == pytest.approx(density(Normal(mean=1, sd=2), middles(found)), abs=1e-4)


def test_twin_posterior_has_the_moments_and_probability_of_the_simulation() -> None:
    scenario = bayesian(NORMAL)
    found = effect_update(scenario, 86, "overall", 3)
    reading = replay(scenario, 86, 3).readings[0]
    width, x = np.diff(found.edges), middles(found)
    assert found.posterior @ width == pytest.approx(1, abs=1e-3)
    assert (found.posterior * width) @ x == pytest.approx(reading.estimate, abs=2e-3)
    assert found.success == pytest.approx(1 - reading.p_value, abs=1e-9)
    above = (found.posterior * width)[found.edges[:-1] >= 0].sum()
    assert above == pytest.approx(found.success, abs=0.01)


def test_flat_prior_has_no_density_and_leaves_the_likelihood() -> None:
    found = effect_update(bayesian({"kind": "flat"}), 86, "overall", 3)
    assert found.prior is None
    assert found.posterior == pytest.approx(found.likelihood, abs=1e-12)


@pytest.mark.parametrize("hypothesis", ["overall", "female", "male", "interaction"])
def test_twin_design_prior_of_a_contrast_is_that_of_drawn_truths(hypothesis: str) -> None:
    """The truths that assurance draws; tolerance four standard errors of their mean and SD."""
    scenario = load_scenario("confirmatory")
    prior = design_prior(scenario, hypothesis)
    assert prior is not None
    column = scenario.plan.hypothesis_names.index(hypothesis)
    drawn = contrasts_under(scenario, draw_truths(scenario, 0))[:, column]
    mean = float(prior.weights @ prior.means)
    sd = float(np.sqrt(prior.weights @ (prior.sds**2 + (prior.means - mean) ** 2)))
    assert drawn.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(len(drawn)))
    assert drawn.std() == pytest.approx(sd, abs=4 * sd / np.sqrt(2 * len(drawn)))


def test_a_test_has_no_posterior_to_show() -> None:
    with pytest.raises(InvalidInput, match="which has no posterior"):
        effect_update(load_scenario("confirmatory"), 86, "overall", 0)
