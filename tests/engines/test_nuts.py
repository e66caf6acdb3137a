"""The reference posterior engine where its answer is known, and what it does with bad trials."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from arviz_stats.base import array_stats
from scipy import linalg, stats

from planner.engines.example_posterior import example_posterior
from planner.engines.model import planned_model
from planner.engines.nuts import NutsEngine, compiled, draw, seeds_of
from planner.engines.posterior_draws import contrast_draws, converged
from planner.engines.prepare import engine_for
from planner.engines.protocol import AnalysisBatch, Status
from planner.engines.sums import sums_of
from planner.errors import NotEstimable
from planner.evidence.distribution import Fixed, HalfNormal, Normal
from planner.plan.analysis import Nuts, WithinSubjectT
from planner.plan.priors import ExchangeableSexes, Priors
from planner.trials.moments import FloatArray, Moments
from planner.trials.subjects import draw_subjects, subject_moments
from tests.crossovers import by_sex
from tests.monte_carlo import assert_within_mcse, critical_distance
from tests.posterior_trials import TAIL, BayesianTrial, bayesian_trial, some_trials
from tests.twin_fits import long_trial
from tests.twins.posterior import design

SD_WITHIN, SD_BETWEEN, TAU = 5.0, 4.0, 1.5
EFFECT, MEAN_SD = Normal(mean=1.0, sd=3.0), 20.0
KNOWN = Priors(
    effect=EFFECT,
    sexes=ExchangeableSexes(tau=Fixed(value=TAU)),
    intercept=Normal(sd=MEAN_SD),
    nuisance=Normal(sd=MEAN_SD),
    sd_within=Fixed(value=SD_WITHIN),
    sd_between=Fixed(value=SD_BETWEEN),
)
FLAT = Priors(sd_between=Fixed(value=1e4))
USUAL = Priors(effect=Normal(sd=10.0), sexes=ExchangeableSexes(tau=HalfNormal(scale=2.0)))
SUMMARIES = ("mean", "sd", "lower", "upper")


def drawn(trial: BayesianTrial, batch: Moments, t: int, seed: int = 3) -> Any:
    """Draws of one trial that `fit` of the block would make."""
    model = trial.model
    sums = sums_of(model.strata, model.group, batch)
    seeds = seeds_of(np.random.default_rng(seed), batch.n_trials)
    return draw(model, compiled(model), sums, t, int(seeds[t]))


def monte_carlo_errors(trial: BayesianTrial, batch: Moments, t: int) -> FloatArray:
    """Standard errors of mean, SD, lower and upper end of every contrast, axes [4, H]."""
    x = contrast_draws(trial.model, drawn(trial, batch, t))
    axes: dict[str, Any] = {"chain_axis": 0, "draw_axis": 1}
    quantiles = [array_stats.mcse(x, **axes, method="quantile", prob=p) for p in (TAIL, 1 - TAIL)]
    moments = [array_stats.mcse(x, **axes, method=method) for method in ("mean", "sd")]
    return np.array([*moments, *quantiles])


def compare(
    trial: BayesianTrial, batch: Moments, exact: FloatArray, probability: FloatArray
) -> None:
    """Mean, SD and interval of every contrast, axes [T, 4, H], and P(contrast > 0), [T, H]."""
    found = NutsEngine(trial.model).fit(batch, np.random.default_rng(3))
    assert not found.failed.any()
    assert found.posterior is not None
    answers = np.stack(
        [found.estimate, found.se, found.posterior.lower, found.posterior.upper], axis=1
    )
    comparisons = exact.size + probability.size
    for t in range(batch.n_trials):
        errors = monte_carlo_errors(trial, batch, t)
        for i, name in enumerate(SUMMARIES):
            assert_within_mcse(
                answers[t, i], exact[t, i], errors[i], comparisons=comparisons, what=name
            )
    assert np.all(found.posterior.error < 0.025)
    assert_within_mcse(
        found.posterior.probability,
        probability,
        found.posterior.error[:, None],
        k=critical_distance(comparisons),
        what="probability",
    )


def test_twin_known_variances_are_conjugate(capfd: pytest.CaptureFixture[str]) -> None:
    """Dense normal algebra on the visits of every person; compiling and sampling are quiet."""
    trial = bayesian_trial(KNOWN, 12, nuts=Nuts(draws=1_000))
    people = draw_subjects(trial.layout, 5, 0, 2)
    batch = subject_moments(trial.layout, people)
    rows = np.array([[0.6, 0.4], [1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
    exact, probability = [], []
    for t in range(2):
        visits = long_trial(trial.scenario, people, t)
        x, n_nuisance = design({k: list(v) for k, v in visits.items()}, by_sex=True)
        same = visits["subject"][:, None] == visits["subject"][None, :]
        v = SD_WITHIN**2 * np.eye(len(x)) + SD_BETWEEN**2 * same
        sexes = EFFECT.sd**2 * np.ones((2, 2)) + TAU**2 * np.eye(2)
        prior = linalg.inv(linalg.block_diag(MEAN_SD**2 * np.eye(n_nuisance), sexes))
        centre = np.concatenate([np.zeros(n_nuisance), np.full(2, EFFECT.mean)])
        covariance = linalg.inv(prior + x.T @ linalg.solve(v, x))
        beta = covariance @ (prior @ centre + x.T @ linalg.solve(v, visits["y"]))
        mean = rows @ beta[n_nuisance:]
        sd = np.sqrt(np.einsum("hi,ij,hj->h", rows, covariance[n_nuisance:, n_nuisance:], rows))
        z = stats.norm.ppf([TAIL, 1 - TAIL])[:, None]
        exact.append([mean, sd, *(mean + z * sd)])
        probability.append(stats.norm.sf(0, mean, sd))
    compare(trial, batch, np.array(exact), np.array(probability))
    assert capfd.readouterr() == ("", "")


@pytest.fixture(scope="module")
def flat() -> BayesianTrial:
    """Flat means, 1/σ_w, and so much between people that only differences within them count."""
    return bayesian_trial(FLAT, 16, nuts=Nuts(draws=1_000))


@pytest.fixture(scope="module")
def usual() -> BayesianTrial:
    """Exchangeable sexes with unknown τ, default SD priors."""
    return bayesian_trial(USUAL, 24)


def test_twin_flat_priors_give_the_t_posterior(flat: BayesianTrial) -> None:
    """Least squares within persons: the posterior is t about its estimate, with its df."""
    batch = flat.moments(3)
    scenario = by_sex(plan={"analysis": {"kind": "within-subject-t"}})
    least_squares = planned_model(scenario)
    exact = engine_for(
        WithinSubjectT(), least_squares.columns, flat.layout.cells, least_squares.contrasts
    ).fit(batch)
    df = exact.df
    assert np.all(df == 13)
    ends = [exact.estimate + exact.se * stats.t.ppf(p, df) for p in (TAIL, 1 - TAIL)]
    sd = exact.se * np.sqrt(df / (df - 2))
    answers = np.stack([exact.estimate, sd, *ends], axis=1)
    compare(flat, batch, answers, stats.t.cdf(exact.estimate / exact.se, df))


def same(first: AnalysisBatch, second: AnalysisBatch) -> bool:
    """Whether two results are equal to the last bit."""
    assert first.posterior is not None
    assert second.posterior is not None
    pairs = [
        (first.estimate, second.estimate),
        (first.se, second.se),
        (first.df, second.df),
        (first.variance, second.variance),
        (first.posterior.probability, second.posterior.probability),
        (first.posterior.lower, second.posterior.lower),
        (first.posterior.upper, second.posterior.upper),
        (first.posterior.error, second.posterior.error),
    ]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def test_property_same_seed_same_result_whatever_the_number_of_trials(
    usual: BayesianTrial,
) -> None:
    """The first trials of a longer run are those of a shorter one; another seed differs."""
    engine, batch = NutsEngine(usual.model), usual.moments(4)
    four, two, again, other = (
        engine.fit(some_trials(batch, n), np.random.default_rng(seed))
        for n, seed in ((4, 1), (2, 1), (2, 1), (2, 2))
    )
    assert same(two, again)
    assert not same(two, other)
    assert four.posterior is not None
    assert two.posterior is not None
    np.testing.assert_array_equal(four.estimate[:2], two.estimate)
    np.testing.assert_array_equal(four.posterior.lower[:2], two.posterior.lower)
    assert list(four.status) == [Status.OK] * 4


def test_property_one_compiled_model_serves_every_size(usual: BayesianTrial) -> None:
    """Cells, people and contrasts are data."""
    large = bayesian_trial(USUAL, 400)
    assert compiled(large.model) is compiled(usual.model)
    result = NutsEngine(large.model).fit(large.moments(2), np.random.default_rng(1))
    assert list(result.status) == [Status.OK] * 2
    assert np.all(result.df == np.inf)
    assert np.all(np.abs(result.variance / [28.125, 28.125] - 1) < 0.5)


def test_property_undetermined_trials_have_no_result(flat: BayesianTrial) -> None:
    """All men lost under flat priors; nothing varies within persons; nobody at all."""
    batch = flat.moments(4)
    men = [cell.stratum == 1 for cell in flat.layout.cells]
    for t, lost in ((1, men), (3, [True] * len(men))):
        batch.n[t, lost] = 0
        batch.mean[t, lost] = 0.0
        batch.scatter[t, lost] = 0.0
    batch.mean[2] = flat.layout.mean
    batch.scatter[2] = 9.0 * np.ones((2, 2))
    result = NutsEngine(flat.model).fit(batch, np.random.default_rng(1))
    assert list(result.status) == [
        Status.OK,
        Status.NOT_ESTIMABLE,
        Status.NOT_CONVERGED,
        Status.NOT_ESTIMABLE,
    ]
    assert result.posterior is not None
    for values in (result.estimate, result.se, result.df, result.variance):
        assert np.isnan(values[1:]).all()
        assert not np.isnan(values[0]).any()
    for values in (result.posterior.probability, result.posterior.lower, result.posterior.error):
        assert np.isnan(values[1:]).all()
        assert not np.isnan(values[0]).any()


def test_property_too_few_draws_are_flagged() -> None:
    """2 × 100 draws after 100 of tuning do not reach an effective size of 100."""
    short = bayesian_trial(USUAL, 24, nuts=Nuts(chains=2, draws=100, tune=100))
    result = NutsEngine(short.model).fit(short.moments(6), np.random.default_rng(1))
    assert np.mean(result.status == Status.NOT_CONVERGED) > 0.5
    assert np.isnan(result.estimate[result.failed]).all()


def test_property_disagreeing_chains_and_divergences_are_flagged(usual: BayesianTrial) -> None:
    """One chain moved by two SDs; 2 % divergent transitions."""
    batch = usual.moments(1)
    assert converged(usual.model, drawn(usual, batch, 0))
    moved = drawn(usual, batch, 0)
    effect = moved["posterior"]["effect"]
    effect[0] += 2 * effect.std()
    assert not converged(usual.model, moved)
    divergent = drawn(usual, batch, 0)
    divergent["sample_stats"]["diverging"][:, :10] = True
    assert not converged(usual.model, divergent)


def test_property_posterior_is_kept_and_read_back(usual: BayesianTrial, tmp_path: Path) -> None:
    """NetCDF and back, identical; the draws are those behind the block's result."""
    batch, rng = usual.moments(2), np.random.default_rng
    tree = example_posterior(usual.scenario, usual.model, batch, 1, rng(4))
    path = tmp_path / "posterior.nc"
    tree.to_netcdf(path)
    with xr.open_datatree(path) as kept:
        xr.testing.assert_identical(tree, kept.load())
    posterior = tree["posterior"]
    assert dict(posterior.sizes) == {
        "chain": 4, "draw": 500, "treatment": 1, "sex": 2, "fixed_effect": 3, "group": 1,
        "hypothesis": 4,
    }  # fmt: skip
    female = posterior["effect"].sel(treatment="B", sex="female").to_numpy()
    np.testing.assert_array_equal(female, posterior["contrast"].sel(hypothesis="female"))
    result = NutsEngine(usual.model).fit(batch, rng(4))
    np.testing.assert_allclose(result.estimate[1, 1], female.mean())
    data = tree["constant_data"]
    assert float(data["freedom"].sum()) == 48
    assert list(data["column"].to_numpy())[-2:] == ["treatment B female", "treatment B male"]
    assert {"pymc_version", "nutpie_version", "planner_version", "seed"} <= set(tree.attrs)


def test_property_posterior_of_an_undetermined_trial_is_refused(flat: BayesianTrial) -> None:
    """With a sentence."""
    batch = flat.moments(1)
    batch.n[0] = 0
    with pytest.raises(NotEstimable, match="choose another trial"):
        example_posterior(flat.scenario, flat.model, batch, 0)


def test_property_importing_the_engine_is_quick() -> None:
    """Heavy libraries are loaded by the first fit."""
    code = (
        "import sys, planner.engines.example_posterior\n"
        "heavy = {'pymc', 'pytensor', 'nutpie', 'arviz', 'arviz_stats', 'xarray'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
