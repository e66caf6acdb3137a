"""Simulation-based calibration of the fast engine (Talts et al. 2018, arXiv 1804.06788).

Parameters are drawn from the prior, a trial from the parameters, and the posterior probability
below the true value must be uniform: AB/BA with 20 people, some of whom leave; robust mixture,
exchangeable sexes. Trials are simulated visit by visit, without the program's own simulation.
"""

import pytest

from planner.evidence.distribution import HalfNormal, Normal
from planner.plan.analysis import Posterior
from planner.plan.priors import ExchangeableSexes
from planner.validation.prior_trials import CONTRASTS, PRIORS, Ranks, ranks, uniformity
from tests.calibration import assert_uniform_pit
from tests.validation.passing import assert_passes


def assert_uniform(found: Ranks) -> None:
    """Every contrast, by χ² and by simultaneous bands of its ECDF."""
    for h, name in enumerate(CONTRASTS):
        assert_uniform_pit(found.below[:, h], comparisons=len(CONTRASTS), what=name)


def test_calibration_of_the_posterior_of_contrasts() -> None:
    """Common SDs; what ships with the package passes too."""
    found = ranks()
    assert len(assert_passes(uniformity("calibration", found))) == 1 + 3 * len(CONTRASTS)
    assert_uniform(found)


@pytest.mark.slow
def test_calibration_of_the_posterior_of_contrasts_with_sds_by_sex() -> None:
    """Each sex has its own SDs."""
    found = ranks(250, Posterior(priors=PRIORS, sd_by_sex=True))
    assert found.refused <= 2  # the rest is flagged as not integrated to 0.005
    assert_uniform(found)


@pytest.mark.parametrize(
    ("changed", "quantity"),
    [
        ({"effect": Normal(mean=2.0, sd=1.0)}, "overall: distance"),
        ({"sexes": ExchangeableSexes(tau=HalfNormal(scale=0.3))}, "interaction: variance"),
    ],
)
def test_property_another_prior_than_that_of_the_trials_is_noticed(
    changed: dict[str, Normal | ExchangeableSexes], quantity: str
) -> None:
    """The checks can fail."""
    wrong = Posterior(priors=PRIORS.model_copy(update=changed))
    failed = {check.quantity for check in uniformity("", ranks(500, wrong)) if not check.passed}
    assert quantity in failed
