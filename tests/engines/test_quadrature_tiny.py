"""Trials of a few people, whose posterior has long tails and ridges, against brute force."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.engines.posterior_model import PosteriorModel
from planner.engines.quadrature import Quadrature
from planner.evidence.distribution import HalfNormal, Normal
from planner.plan.priors import Priors
from planner.trials.moments import Moments, moments_of
from tests.posterior_trials import bayesian_trial
from tests.twins.posterior import GridPriors, Visits, grid_posterior, half_normal

FloatArray = NDArray[np.float64]
N_TRIALS = 12
WIDE = Normal(mean=0.0, sd=50.0)
EFFECT_SD = 10.0
LETTERS = ("AB", "BA")


def tiny_trials(
    n_subjects: int, stay: float, scale: float
) -> tuple[PosteriorModel, Moments, list[Visits]]:
    """AB/BA trials of which a share `stay` of the people have a second visit, and their data."""
    sd = HalfNormal(scale=scale)
    priors = Priors(
        effect=Normal(sd=EFFECT_SD), intercept=WIDE, nuisance=WIDE, sd_within=sd, sd_between=sd
    )
    trial = bayesian_trial(priors, n_subjects, dropout=0.5)
    rng, cells = np.random.default_rng(20_263), trial.layout.cells
    place = {(c.sequence, c.stratum, c.n_observed): i for i, c in enumerate(cells)}
    y = -9.0 + 5.0 * rng.standard_normal((N_TRIALS, n_subjects, 2))
    y += 5.0 * rng.standard_normal((N_TRIALS, n_subjects, 1))
    member = np.zeros((N_TRIALS, n_subjects, len(cells)), dtype=bool)
    tables: list[Visits] = []
    for t in range(N_TRIALS):
        rows = []
        for i in range(n_subjects):
            sequence, sex = i % 2, i // 2 % 2
            visits = 2 if i < 2 or rng.random() < stay else 1
            member[t, i, place[sequence, sex, visits]] = True
            rows += [(i, p + 1, LETTERS[sequence][p], "FM"[sex], y[t, i, p]) for p in range(visits)]
        names = ("subject", "period", "treatment", "sex", "y")
        tables.append(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    return trial.model, moments_of(y, member, trial.layout.n_observed), tables


def on_log_scale(density: Callable[[FloatArray], FloatArray]) -> Callable[[FloatArray], FloatArray]:
    """Density of an SD whose logarithm is evenly spaced."""
    return lambda s: s * density(s)


def on_bent_scale(
    density: Callable[[FloatArray], FloatArray],
) -> Callable[[FloatArray], FloatArray]:
    """Density of an SD σ = sinh v with v evenly spaced."""
    return lambda s: np.sqrt(1.0 + s * s) * density(s)


@pytest.mark.parametrize(
    ("n_subjects", "stay", "scale"), [(4, 0.6, 8.0), (4, 0.6, 30.0), (6, 0.5, 30.0), (12, 0.2, 8.0)]
)
def test_twin_reported_error_of_tiny_trials(n_subjects: int, stay: float, scale: float) -> None:
    """No probability is further from brute force than reported, nor than 0.005."""
    model, moments, tables = tiny_trials(n_subjects, stay, scale)
    found = Quadrature(model).fit(moments)
    assert found.posterior is not None
    density = half_normal(scale)
    within = np.exp(np.linspace(np.log(3e-3), np.log(5.5 * scale), 64))
    between = np.sinh(np.linspace(0.0, np.arcsinh(5.5 * scale), 40))
    priors = GridPriors(
        [(1.0, 0.0, EFFECT_SD)], 50.0, on_log_scale(density), on_bent_scale(density)
    )
    known = ~found.failed
    assert known.mean() >= 0.9
    for t in np.flatnonzero(known):
        twin = grid_posterior(tables[t], priors, within, between, by_sex=True)
        error = found.posterior.error[t]
        assert error <= 0.005
        for row, probability in zip(model.contrasts, found.posterior.probability[t], strict=True):
            gap = abs(probability - twin.probability_above(row, 0.0))
            assert gap <= error + 2e-4, (t, gap, error)
