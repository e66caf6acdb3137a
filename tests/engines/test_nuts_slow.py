"""The reference posterior engine against another model, another engine, and its own prior.

The other model has an effect for every person and the outcome of every visit, and is written and
sampled without anything of the program.
"""

from typing import Any

import numpy as np
import pytest
from arviz_stats.base import array_stats

from planner.engines.nuts import NutsEngine, compiled, draw, seeds_of
from planner.engines.posterior_draws import contrast_draws
from planner.engines.prepare import engine_for
from planner.engines.protocol import Status
from planner.engines.quadrature import Quadrature
from planner.engines.sums import sums_of
from planner.evidence.distribution import (
    Fixed,
    HalfNormal,
    HalfNormalRatio,
    LogNormal,
    Normal,
    NormalMixture,
    StudentT,
)
from planner.plan.analysis import Nuts, WithinSubjectT
from planner.plan.priors import CommonEffect, ExchangeableSexes, Priors
from planner.trials.moments import FloatArray, Moments, moments_of
from planner.trials.subjects import draw_subjects, subject_moments
from tests.calibration import assert_uniform_ranks
from tests.monte_carlo import assert_within_mcse, critical_distance
from tests.posterior_trials import BayesianTrial, bayesian_trial
from tests.twin_fits import long_trial

pytestmark = pytest.mark.slow

LONG = Nuts(draws=10_000, tune=1_000)
MIXTURE = NormalMixture(weights=(0.7, 0.3), means=(3.0, 0.0), sds=(1.5, 6.0))
T_PRIOR = StudentT(mean=1.0, scale=2.0, df=4.0)
MEANS: dict[str, Any] = {"intercept": Normal(sd=20.0), "nuisance": Normal(sd=10.0)}
INDEPENDENT = Priors(
    effect=MIXTURE,
    sd_within=HalfNormal(scale=6.0),
    sd_between=HalfNormal(scale=6.0),
    **MEANS,
)
EXCHANGEABLE = Priors(
    effect=T_PRIOR,
    sexes=ExchangeableSexes(tau=HalfNormal(scale=2.0)),
    sd_within=LogNormal(median=5.0, sd_log=0.4),
    sd_between=HalfNormalRatio(scale=1.5),
    **MEANS,
)
AXES: dict[str, Any] = {"chain_axis": 0, "draw_axis": 1}
WEIGHTS = np.array([[0.6, 0.4], [1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
"""Overall, female, male and interaction of the effects in women and men."""


def explicit_model(visits: dict[str, Any], *, exchangeable: bool) -> Any:
    """AB/BA person by person, with the priors of `INDEPENDENT` or of `EXCHANGEABLE`.

    The exchangeable one has SDs per sex.
    """
    import pymc as pm

    male = (visits["sex"] == "male").astype(int)
    second = visits["period"] == 2
    treated = visits["treatment"] == "B"
    person = visits["subject"].astype(int)
    sex_of_person = np.array([male[person == i][0] for i in range(person.max() + 1)])
    with pm.Model() as model:
        intercept = pm.Normal("intercept", 0, 20)
        period = pm.Normal("period", 0, 10)
        sex = pm.Normal("sex", 0, 10)
        if exchangeable:
            tau = pm.HalfNormal("tau", 2)
            centre = pm.StudentT("centre", nu=4, mu=1, sigma=2)
            effect = pm.Deterministic("effect", centre + tau * pm.Normal("e", 0, 1, shape=2))
            within = pm.LogNormal("within", np.log(5), 0.4, shape=2)
            between = within * pm.HalfNormal("ratio", 1.5, shape=2)
        else:
            effect = pm.NormalMixture("effect", [0.7, 0.3], [3, 0], [1.5, 6], shape=2)
            within = pm.HalfNormal("within", 6) * np.ones(2)
            between = pm.HalfNormal("between", 6) * np.ones(2)
        person_effect = between[sex_of_person] * pm.Normal("b", 0, 1, shape=len(sex_of_person))
        mean = intercept + period * second + sex * male + effect[male] * treated
        pm.Normal(
            "y", mean + person_effect[person], within[male], observed=visits["y"].astype(float)
        )
    return model


@pytest.mark.parametrize("exchangeable", [False, True])
def test_twin_explicit_subject_effects(exchangeable: bool) -> None:
    """Small trials with dropout: independent sexes, mixture; exchangeable ones, t, SDs by sex."""
    import nutpie

    trial = bayesian_trial(
        EXCHANGEABLE if exchangeable else INDEPENDENT,
        12,
        dropout=0.15,
        sd_by_sex=exchangeable,
        nuts=LONG,
    )
    people = draw_subjects(trial.layout, 11, 0, 1)
    batch = subject_moments(trial.layout, people)
    found = NutsEngine(trial.model).fit(batch, np.random.default_rng(1))
    assert found.posterior is not None
    assert list(found.status) == [Status.OK]
    visits = long_trial(trial.scenario, people, 0)
    twin = nutpie.sample(
        nutpie.compile_pymc_model(explicit_model(visits, exchangeable=exchangeable)),
        draws=10_000, tune=2_000, chains=4, cores=2, seed=2, target_accept=0.95,
        progress_bar=False,
    )  # fmt: skip
    x = twin.posterior["effect"].to_numpy() @ WEIGHTS.T
    assert float(np.max(array_stats.rhat(x, **AXES))) < 1.01
    ours = contrasts(trial, batch)
    for method, answer, twins in (
        ("mean", found.estimate[0], x.mean(axis=(0, 1))),
        ("sd", found.se[0], x.std(axis=(0, 1))),
    ):
        error = np.hypot(
            array_stats.mcse(ours, **AXES, method=method),
            array_stats.mcse(x, **AXES, method=method),
        )
        assert_within_mcse(answer, twins, error, comparisons=12, what=method)
    above = (x > 0).astype(float)
    error = np.hypot(found.posterior.error[0], array_stats.mcse(above, **AXES, method="mean"))
    assert_within_mcse(
        found.posterior.probability[0], above.mean(axis=(0, 1)), error, comparisons=12, what="P"
    )


def contrasts(trial: BayesianTrial, batch: Moments, seed: int = 1) -> FloatArray:
    """Draws behind the first result of `NutsEngine.fit`, axes [chain, draw, H]."""
    model = trial.model
    seeds = seeds_of(np.random.default_rng(seed), batch.n_trials)
    sums = sums_of(model.strata, model.group, batch)
    tree = draw(model, compiled(model), sums, 0, int(seeds[0]))
    assert not isinstance(tree, Status)
    return contrast_draws(model, tree)


AGREEING = {
    "defaults": Priors(),
    "exchangeable": Priors(
        effect=Normal(sd=10.0), sexes=ExchangeableSexes(tau=HalfNormal(scale=2.0))
    ),
    "mixture": Priors(effect=MIXTURE, sexes=ExchangeableSexes(tau=HalfNormal(scale=2.0))),
    "t": Priors(effect=T_PRIOR, sexes=ExchangeableSexes(tau=HalfNormal(scale=1.0))),
    "one effect": Priors(effect=T_PRIOR, sexes=CommonEffect()),
    "fixed tau, proper means": EXCHANGEABLE.model_copy(
        update={"sexes": ExchangeableSexes(tau=Fixed(value=1.0))}
    ),
}


@pytest.mark.parametrize("n_subjects", [12, 200])
@pytest.mark.parametrize("name", AGREEING)
def test_twin_both_engines_agree(name: str, n_subjects: int) -> None:
    """Probabilities of overall, female and male, within the errors that both report."""
    trial = bayesian_trial(AGREEING[name], n_subjects, dropout=0.1, nuts=Nuts(draws=5_000))
    batch = trial.moments(3)
    sampled = NutsEngine(trial.model).fit(batch, np.random.default_rng(1))
    integrated = Quadrature(trial.model).fit(batch)
    assert not sampled.failed.any()
    assert not integrated.failed.any()
    assert sampled.posterior is not None
    assert integrated.posterior is not None
    difference = sampled.posterior.probability - integrated.posterior.probability
    allowed = critical_distance(9) * sampled.posterior.error + integrated.posterior.error
    assert np.all(np.abs(difference[:, :3]) <= allowed[:, None])
    np.testing.assert_allclose(sampled.estimate[:, :3], integrated.estimate[:, :3], atol=0.1)
    np.testing.assert_allclose(sampled.se[:, :3], integrated.se[:, :3], rtol=0.05)


def test_twin_both_engines_agree_on_three_treatments() -> None:
    """Exchangeable sexes share τ over the treatments; the effects of one sex are correlated."""
    trial = bayesian_trial(
        AGREEING["exchangeable"],
        18,
        design="Williams 3",
        effect={"B": 2.0, "C": 1.0},
        nuts=Nuts(draws=5_000),
    )
    batch = trial.moments(2)
    sampled = NutsEngine(trial.model).fit(batch, np.random.default_rng(1))
    integrated = Quadrature(trial.model).fit(batch)
    assert sampled.posterior is not None
    assert integrated.posterior is not None
    difference = sampled.posterior.probability - integrated.posterior.probability
    allowed = critical_distance(8) * sampled.posterior.error + integrated.posterior.error
    assert np.all(np.abs(difference) <= allowed[:, None])


def test_twin_parallel_groups_give_the_pooled_t_posterior() -> None:
    """One period: σ_b is 0, and 1/σ_w gives the t posterior with the residual df."""
    trial = bayesian_trial(Priors(), 24, design="parallel", nuts=Nuts(draws=5_000))
    batch = trial.moments(2)
    exact = engine_for(
        WithinSubjectT(), trial.planned.columns, trial.layout.cells, trial.planned.contrasts
    ).fit(batch)
    found = NutsEngine(trial.model).fit(batch, np.random.default_rng(1))
    assert not found.failed.any()
    error = array_stats.mcse(contrasts(trial, batch), **AXES, method="mean")
    assert_within_mcse(found.estimate[0], exact.estimate[0], error, what="mean")
    assert np.all(exact.df == 20)
    np.testing.assert_allclose(found.se, exact.se * np.sqrt(20 / 18), rtol=0.03)
    assert np.isnan(found.variance[:, 1]).all()


REPLICATES, DRAWS, THIN = 300, 99, 10
SBC = Nuts(chains=3, draws=330, tune=300)


def prior_trials(rng: np.random.Generator, trial: BayesianTrial) -> tuple[FloatArray, Moments]:
    """Truths (δ_F, δ_M, δ_M − δ_F, σ_w) from `EXCHANGEABLE`, and a trial of each.

    Common SDs; visits are drawn person by person and nobody leaves.
    """
    truths, moments = [], []
    cells, counts = trial.layout.cells, trial.moments(1).n[0]
    cell_of = np.repeat(np.arange(len(cells)), counts)
    member = (cell_of[:, None] == np.arange(len(cells)))[None]
    for _ in range(REPLICATES):
        tau = abs(rng.normal(0, 2))
        centre = 1 + 2 * rng.standard_t(4)
        effect = rng.normal(centre, tau, 2)
        intercept, period, male = rng.normal(0, [20, 10, 10])
        within = 5 * np.exp(0.4 * rng.normal())
        between = within * abs(rng.normal(0, 1.5))
        y = np.empty((1, len(cell_of), 2))
        for i, c in enumerate(cell_of):
            sex, person = cells[c].stratum, rng.normal(0, between)
            for p, visit in enumerate(cells[c].visits):
                mean = intercept + period * p + male * sex
                mean += effect[sex] * (visit.treatment == "B")
                y[0, i, p] = mean + person + rng.normal(0, within)
        truths.append([*effect, effect[1] - effect[0], within])
        moments.append(moments_of(y, member, trial.layout.n_observed))
    return np.array(truths), Moments(
        *(np.concatenate([getattr(m, f) for m in moments]) for f in ("n", "mean", "scatter"))
    )


def test_calibration_ranks_of_prior_draws_are_uniform() -> None:
    """Simulation-based calibration (Talts et al. 2018) of δ_F, δ_M, interaction and σ_w."""
    trial = bayesian_trial(EXCHANGEABLE, 16, nuts=SBC)
    model = trial.model
    truths, batch = prior_trials(np.random.default_rng(2024), trial)
    sums = sums_of(model.strata, model.group, batch)
    seeds = seeds_of(np.random.default_rng(1), REPLICATES)
    ranks = []
    for t in range(REPLICATES):
        tree = draw(model, compiled(model), sums, t, int(seeds[t]))
        assert not isinstance(tree, Status)
        effects = contrast_draws(model, tree)[:, ::THIN, 1:]
        within = tree["posterior"]["sd_within"].to_numpy()[:, ::THIN]
        draws = np.concatenate([effects, within], axis=2).reshape(DRAWS, 4)
        ranks.append((draws < truths[t]).sum(axis=0))
    for i, what in enumerate(("female", "male", "interaction", "within-person SD")):
        assert_uniform_ranks(np.array(ranks)[:, i], DRAWS, comparisons=4, what=what)
