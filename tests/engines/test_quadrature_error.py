"""The numerical error that the fast engine reports, against much finer lattices."""

from typing import Any

import numpy as np
import pytest

from planner.engines.prepare import prepare
from planner.engines.quadrature import Quadrature
from planner.evidence.distribution import (
    Flat,
    HalfNormal,
    LogNormal,
    Normal,
    NormalMixture,
    StudentT,
)
from planner.operating.evaluate import Case, Simulation
from planner.plan.priors import ExchangeableSexes, Priors
from planner.trials.draw import draw_moments
from planner.trials.layout import lay_out
from tests.crossovers import crossover
from tests.posterior_trials import bayesian_trial

SEXES = ExchangeableSexes(tau=HalfNormal(scale=2.0))
LOG_SDS: dict[str, Any] = {
    "sd_within": LogNormal(median=5.0, sd_log=0.5),
    "sd_between": LogNormal(median=5.0, sd_log=1.0),
}
SETTINGS = {
    "flat": (Priors(effect=Flat()), 12, False),
    "exchangeable": (Priors(effect=Normal(sd=10.0), sexes=SEXES), 12, False),
    "mixture": (
        Priors(effect=NormalMixture(weights=(0.8, 0.2), means=(4.0, 0.0), sds=(0.8, 10.0))),
        24,
        False,
    ),
    "student": (Priors(effect=StudentT(scale=1.0, df=3.0), sexes=SEXES, **LOG_SDS), 24, False),
    "sds by sex": (Priors(effect=Normal(sd=10.0), sexes=SEXES, **LOG_SDS), 24, True),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_property_reported_error_is_not_too_small(name: str) -> None:
    """No probability is further from that of a fine lattice than reported, and few are flagged."""
    priors, n, by_sex = SETTINGS[name]
    trial = bayesian_trial(priors, n, dropout=0.15, sd_by_sex=by_sex)
    moments = trial.moments(20 if by_sex else 200)
    usual, fine = (
        Quadrature(trial.model, spacing).fit(moments) for spacing in (None, 0.8 if by_sex else 0.5)
    )
    assert usual.posterior is not None
    assert fine.posterior is not None
    known = ~usual.failed & ~fine.failed
    assert known.mean() >= 0.97
    gap = np.abs(usual.posterior.probability - fine.posterior.probability)[known].max(axis=1)
    assert (gap <= usual.posterior.error[known] + 3e-4).all()
    assert gap.max() <= 0.004


def test_property_no_top_is_made_of_rounding_errors() -> None:
    """Four people whose data fit exactly: at σ_w = 1e-7 the density is noise, in truth nothing.

    How exactly so small a trial is integrated is not asked here.
    """
    weak = Normal(mean=0.0, sd=50.0)
    priors = Priors(
        effect=Normal(mean=2.0, sd=1.0),
        sexes=ExchangeableSexes(tau=HalfNormal(scale=1.0)),
        intercept=weak,
        nuisance=weak,
        sd_within=HalfNormal(scale=8.0),
        sd_between=HalfNormal(scale=8.0),
    )
    trial = bayesian_trial(priors, 4, dropout=0.3)
    moments = trial.moments(300)
    usual, fine = (Quadrature(trial.model, spacing).fit(moments) for spacing in (None, 0.6))
    for found in (usual, fine):
        assert not found.failed.any()
        assert np.sqrt(found.variance[:, 0].min()) > 1.0


def test_property_a_parallel_trial_has_a_posterior() -> None:
    """One period: σ_b is taken as 0, and the default priors give nearly the t test."""
    scenario = crossover(
        "parallel",
        plan={"analysis": {"kind": "posterior"}},
        truth={"effect": 4.0},
        monte_carlo={"n_trials": 300},
    )
    simulation = Simulation(Case(scenario, 40))
    _, bayes = simulation.simulate(0, 300)
    assert not bayes.failed.any()
    test = scenario.with_changes({"plan.analysis": {"kind": "mixed-model"}})
    layout = lay_out(test, 40)
    seed = scenario.monte_carlo.seed
    plain = prepare(test, layout).fit(draw_moments(layout, seed, 0, 300))
    np.testing.assert_allclose(bayes.estimate, plain.estimate, atol=1e-8)
    spread = plain.se * np.sqrt(plain.df / (plain.df - 2))
    np.testing.assert_allclose(bayes.se, spread, rtol=2e-3)
