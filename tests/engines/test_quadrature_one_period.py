"""The fast posterior engine where everybody is observed once, so that only people are compared."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.engines.posterior_model import Regions, posterior_model
from planner.engines.protocol import Status
from planner.engines.quadrature import Quadrature
from planner.evidence.distribution import Fixed, HalfNormal, LogNormal, Normal, NormalMixture
from planner.operating.analyse import analyse
from planner.operating.comparison import Comparison
from planner.operating.evaluate import Case, Simulation
from planner.plan.analysis import Posterior
from planner.plan.hypothesis import Hypothesis
from planner.plan.priors import CommonEffect, ExchangeableSexes, Priors, SexPrior
from planner.trials.moments import moments_of
from tests.calibration import assert_uniform_pit
from tests.crossovers import by_sex
from tests.posterior_trials import bayesian_trial
from tests.twins.posterior import GridPriors, grid_posterior, half_normal

FloatArray = NDArray[np.float64]
TAU = 1.5
EXCHANGEABLE = ExchangeableSexes(tau=HalfNormal(scale=TAU))
MIXTURE = NormalMixture(weights=(0.7, 0.3), means=(2.0, 0.0), sds=(1.0, 4.0))
HYPOTHESES = (
    Hypothesis(name="overall"),
    Hypothesis(name="female", contrast="female"),
    Hypothesis(name="male", contrast="male"),
)
WEIGHTS = {"overall": (0.6, 0.4), "female": (1.0, 0.0), "male": (0.0, 1.0)}
REPLICATES = 1_000
SMALLEST_SD, LARGEST_SD, INSIDE = 0.5, 100.0, 4.0


def one_period_priors(sexes: SexPrior) -> Priors:
    """Proper priors of the means, 1/σ of the SD; σ_b is 0 with one visit per person."""
    wide = Normal(mean=0.0, sd=30.0)
    return Priors(effect=MIXTURE, sexes=sexes, intercept=wide, nuisance=wide)


def inverse(sd: FloatArray) -> FloatArray:
    """The improper density 1/σ."""
    return np.asarray(1.0 / sd)


def parallel_data(n: int, sd: float, seed: int) -> dict[str, list[Any]]:
    """One visit each of n people, 60 % women; effects 1 in women and 5 in men."""
    rng, rows = np.random.default_rng(seed), []
    for i in range(n):
        letter, sex = "AB"[i % 2], "female" if i % 5 < 3 else "male"
        effect = (1.0 if sex == "female" else 5.0) * (letter == "B")
        y = -9.0 + 2.0 * (sex == "male") + effect + sd * rng.standard_normal()
        rows.append((f"p{i}", letter, 1, letter, sex, float(y)))
    names = ("subject", "sequence", "period", "treatment", "sex", "y")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


@pytest.mark.parametrize("sexes", [EXCHANGEABLE, CommonEffect()], ids=["exchangeable", "common"])
@pytest.mark.parametrize(("n", "sd"), [(12, 3.0), (40, 7.0)])
def test_twin_parallel_groups_with_the_improper_sd_prior(
    sexes: SexPrior, n: int, sd: float
) -> None:
    """Robust mixture, 1/σ; every mean, SD, probability and end of an interval by brute force."""
    table = parallel_data(n, sd, seed=n)
    tau = half_normal(TAU) if sexes is EXCHANGEABLE else np.ones_like
    twin = grid_posterior(
        table,
        GridPriors(
            [(0.7, 2.0, 1.0), (0.3, 0.0, 4.0)], 30.0, inverse, np.ones_like, tau,
            5.0 * TAU if sexes is EXCHANGEABLE else 1e-5,
        ),
        np.linspace(0.3 * sd, 6.0 * sd, 200),
        np.array([0.0]),
        by_sex=True,
    )  # fmt: skip
    comparison = Comparison(by_sex=True, female_share=0.6, hypotheses=HYPOTHESES)
    found = analyse(table, Posterior(priors=one_period_priors(sexes)), comparison)
    assert [r.name for r in found.results] == list(WEIGHTS)
    for result in found.results:
        row = np.array(WEIGHTS[result.name])
        mean, spread = twin.mean_and_sd(row)
        assert result.estimate == pytest.approx(mean, abs=0.002 * spread), result.name
        assert result.se == pytest.approx(spread, rel=0.002), result.name
        assert result.probability == pytest.approx(twin.probability_above(row, 0.0), abs=5e-4)
        assert 1 - twin.probability_above(row, result.lower) == pytest.approx(0.025, abs=4e-4)
        assert twin.probability_above(row, result.upper) == pytest.approx(0.025, abs=4e-4)


def test_calibration_of_parallel_groups_with_the_improper_sd_prior() -> None:
    """20 people; P(contrast < truth | data) is uniform over draws from the prior.

    1/σ cannot be drawn from. σ is drawn log-uniformly between two ends instead, and trials count
    whose residual SD is a factor of 4 inside them: there the ends do not matter to the posterior,
    and a choice by the data leaves it calibrated.
    """
    rng, priors = np.random.default_rng(20_262), one_period_priors(EXCHANGEABLE)
    trial = bayesian_trial(priors, 20, design="A/B")
    cells = trial.layout.cells
    place = {(c.sequence, c.stratum): i for i, c in enumerate(cells)}
    sequence, sex = np.arange(20) % 2, (np.arange(20) >= 12).astype(np.int64)
    letters = trial.scenario.plan.design.sequences
    given = np.array([letters[s] == "B" for s in sequence], dtype=float)
    member = np.zeros((1, 20, len(cells)), dtype=bool)
    for i in range(20):
        member[0, i, place[i % 2, int(i >= 12)]] = True
    x = np.column_stack([(sequence == s) & (sex == g) for s, g in place]).astype(float)
    n_contrasts, pit = len(trial.model.contrasts), list[FloatArray]()
    while len(pit) < REPLICATES:
        part = int(rng.random() < 0.3)
        delta = rng.normal((2.0, 0.0)[part], (1.0, 4.0)[part])
        effects = delta + np.abs(rng.normal(0.0, TAU)) * rng.standard_normal(2)
        sd = np.exp(rng.uniform(np.log(SMALLEST_SD), np.log(LARGEST_SD)))
        intercept, shift = rng.normal(0.0, 30.0, 2)
        y = intercept + shift * sex + effects[sex] * given + sd * rng.standard_normal(20)
        residual = y - x @ np.linalg.lstsq(x, y)[0]
        if not INSIDE * SMALLEST_SD < np.sqrt(residual @ residual / 16) < LARGEST_SD / INSIDE:
            continue
        moments = moments_of(y[None, :, None], member, trial.layout.n_observed)
        true = trial.model.contrasts @ effects
        regions = Regions(
            np.arange(n_contrasts),
            np.full(n_contrasts, -np.inf),
            true,
            np.full(n_contrasts, 0.025),
        )
        model = posterior_model(
            Posterior(priors=priors), trial.planned.columns, cells, trial.planned.contrasts, regions
        )
        batch = Quadrature(model).fit(moments)
        assert batch.posterior is not None
        assert batch.status[0] == Status.OK
        pit.append(batch.posterior.probability[0])
    for h, name in enumerate(("overall", "female", "male", "interaction")):
        assert_uniform_pit(np.array(pit)[:, h], comparisons=4, what=name)


@pytest.mark.parametrize("n_subjects", [12, 86])
@pytest.mark.parametrize("sd_by_sex", [False, True])
def test_property_every_parallel_trial_by_sex_has_a_posterior(
    n_subjects: int, sd_by_sex: bool
) -> None:
    """Exchangeable sexes and the default SD priors: no simulated trial is left without answer."""
    analysis = Posterior(
        priors=Priors(effect=Normal(mean=2.5, sd=5.0), sexes=EXCHANGEABLE), sd_by_sex=sd_by_sex
    )
    scenario = by_sex(
        "parallel",
        plan={"analysis": analysis.plain(full=True)},
        truth={"effect": {"female": 2.1, "male": 3.1}},
    )
    n_trials = 20 if sd_by_sex else 300
    _, batch = Simulation(Case(scenario, n_subjects)).simulate(0, n_trials)
    assert batch.posterior is not None
    assert (batch.status == Status.OK).all()
    assert np.nanmax(batch.posterior.error) <= 0.005


def test_property_the_sd_of_a_large_parallel_trial_is_that_of_its_residuals() -> None:
    """With 1/σ, E(σ²) = s²ν/(ν − 2) but for the little that the priors of effects add to s²."""
    scenario = by_sex(
        "parallel",
        plan={"analysis": {"kind": "mixed-model"}},
        truth={"effect": {"female": 2.1, "male": 3.1}},
    )
    priors = Priors(
        effect=Normal(mean=2.5, sd=5.0), sexes=ExchangeableSexes(tau=HalfNormal(scale=2.0))
    )
    bayes = scenario.with_changes({"plan.analysis": Posterior(priors=priors).plain(full=True)})
    _, plain = Simulation(Case(scenario, 156)).simulate(0, 300)
    _, found = Simulation(Case(bayes, 156)).simulate(0, 300)
    expected = plain.variance[:, 0] * 152 / 150
    np.testing.assert_allclose(found.variance[:, 0], expected, rtol=0.03)


def test_property_a_posterior_cut_off_by_the_arithmetic_is_not_answered() -> None:
    """σ_w and σ_b are said to be 1e-7 of what they are: nodes of τ are too small where σ_w fits.

    Nobody stays for a second visit, so nothing but the prior tells where to look for σ_w.
    """
    absurd = Priors(
        effect=Normal(mean=2.5, sd=5.0),
        sexes=EXCHANGEABLE,
        nuisance=Normal(mean=0.0, sd=30.0),
        sd_within=LogNormal(median=1e-7, sd_log=10.0),
        sd_between=Fixed(value=1e-7),
    )
    trial = bayesian_trial(absurd, 24, dropout=0.999)
    batch = Quadrature(trial.model).fit(trial.moments(40))
    assert batch.failed.all()
    assert np.isnan(batch.estimate).all()
