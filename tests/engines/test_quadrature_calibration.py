"""Simulation-based calibration of the fast engine (Talts et al. 2018, arXiv 1804.06788).

Parameters are drawn from the prior, a trial from the parameters, and the posterior probability
below the true value must be uniform. Trials are simulated person by person, without the program's
own simulation.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.engines.posterior_model import Regions, posterior_model
from planner.engines.quadrature import Quadrature
from planner.evidence.distribution import HalfNormal, Normal, NormalMixture
from planner.plan.analysis import Posterior
from planner.plan.priors import ExchangeableSexes, Priors
from planner.trials.moments import moments_of
from tests.calibration import assert_uniform_pit
from tests.posterior_trials import bayesian_trial

FloatArray = NDArray[np.float64]
REPLICATES = 1_000
MIXTURE = NormalMixture(weights=(0.7, 0.3), means=(2.0, 0.0), sds=(1.0, 4.0))
PRIORS = Priors(
    effect=MIXTURE,
    sexes=ExchangeableSexes(tau=HalfNormal(scale=1.5)),
    intercept=Normal(mean=-10.0, sd=4.0),
    nuisance=Normal(mean=0.0, sd=3.0),
    sd_within=HalfNormal(scale=6.0),
    sd_between=HalfNormal(scale=6.0),
)
CONTRASTS = ("overall", "female", "male", "interaction")


def drawn(rng: np.random.Generator, sds: int) -> tuple[FloatArray, FloatArray]:
    """(δ_F, δ_M), then σ_w and σ_b of every variance group, from the prior."""
    part = int(rng.random() < 0.3)
    delta = rng.normal((2.0, 0.0)[part], (1.0, 4.0)[part])
    effects = delta + np.abs(rng.normal(0, 1.5)) * rng.standard_normal(2)
    return effects, np.abs(rng.normal(0, 6.0, (sds, 2)))


@pytest.mark.slow
@pytest.mark.parametrize("sd_by_sex", [False, True])
def test_calibration_of_the_posterior_of_contrasts(sd_by_sex: bool) -> None:
    """AB/BA with 20 people, some of whom leave; robust mixture, exchangeable sexes."""
    rng = np.random.default_rng(20_261)
    trial = bayesian_trial(PRIORS, 20, dropout=0.2, sd_by_sex=sd_by_sex)
    cells, groups = trial.layout.cells, 2 if sd_by_sex else 1
    replicates = REPLICATES if not sd_by_sex else REPLICATES // 4
    analysis = Posterior(priors=PRIORS, sd_by_sex=sd_by_sex)
    place = {(c.sequence, c.stratum, c.n_observed): i for i, c in enumerate(cells)}
    pit = np.empty((replicates, 4))
    for replicate in range(replicates):
        effects, sds = drawn(rng, groups)
        intercept, sex = rng.normal(-10.0, 4.0), rng.normal(0.0, 3.0)
        period = np.array([0.0, rng.normal(0.0, 3.0)])
        y, member = np.zeros((1, 20, 2)), np.zeros((1, 20, len(cells)), dtype=bool)
        for i in range(20):
            s, g = i % 2, int(i >= 12)
            within, between = sds[g % groups]
            given = np.array([s == 1, s == 0], dtype=float)
            mean = intercept + sex * g + period + effects[g] * given
            y[0, i] = mean + between * rng.standard_normal() + within * rng.standard_normal(2)
            seen = 1 if rng.random() < 0.2 else 2
            member[0, i, place[(s, g, seen)]] = True
        moments = moments_of(y, member, trial.layout.n_observed)
        true = trial.model.contrasts @ effects
        regions = Regions(np.arange(4), np.full(4, -np.inf), true, np.full(4, 0.025))
        model = posterior_model(
            analysis, trial.planned.columns, cells, trial.planned.contrasts, regions
        )
        batch = Quadrature(model).fit(moments)
        assert batch.posterior is not None
        pit[replicate] = batch.posterior.probability[0]
    known = np.isfinite(pit).all(axis=1)
    assert known.mean() >= 0.99  # the rest is flagged as not integrated to 0.005
    for h, name in enumerate(CONTRASTS):
        assert_uniform_pit(pit[known, h], comparisons=4, what=name)
