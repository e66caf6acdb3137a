"""Pooling against dense grids and against a sampler; its limits and invariances."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from planner.errors import InvalidInput
from planner.evidence import beta_mixture, normal_mixture
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import Fixed, Flat, HalfNormal, Normal
from planner.evidence.pooling import (
    PooledPrior,
    StudyEstimate,
    discount_estimate,
    pool_estimates,
)
from planner.evidence.pooling_shares import StudyCount, discount_count, pool_counts
from planner.evidence.tabulated import Tabulated, share_summary
from tests.evidence.pooled_examples import CROHN, SIGMA, SPONDYLITIS
from tests.monte_carlo import assert_uniform, assert_within_mcse
from tests.twins import pooling as twin

FloatArray = NDArray[np.float64]
estimates = st.lists(
    st.tuples(st.floats(-3, 3), st.floats(0.05, 2)).map(
        lambda pair: StudyEstimate(study="a study", estimate=pair[0], se=pair[1])
    ),
    min_size=1,
    max_size=6,
)


def _assert_like_grid(found: PooledPrior, grid: twin.Grid, tolerance: float) -> None:
    for p in (0.01, 0.1, 0.5, 0.9, 0.99):
        x = found.predictive.quantile(p)
        assert grid.new_study_below(x) == pytest.approx(p, abs=tolerance)
    moments = (found.mean.mean, found.mean.sd, found.tau.mean, found.tau.sd)
    assert moments == pytest.approx(grid.moments(), abs=10 * tolerance * found.tau.mean)


@pytest.mark.parametrize("prior", [None, (0.0, SIGMA)])
def test_twin_dense_grid_for_estimates(prior: tuple[float, float] | None) -> None:
    """The Crohn data on 1 201 × 801 equally spaced values."""
    mean = Flat() if prior is None else Normal(mean=prior[0], sd=prior[1])
    found = pool_estimates(CROHN, tau=HalfNormal(scale=44), mean=mean)
    y, se = np.array([[s.estimate, s.se] for s in CROHN]).T
    grid = twin.pool_estimates(
        y, se, 44.0, prior, np.linspace(-190, 90, 1201), np.linspace(0, 200, 801)
    )
    _assert_like_grid(found, grid, 1e-5)


@pytest.mark.parametrize(
    ("counts", "limits"),
    [
        (((23, 107), (12, 44), (19, 51), (9, 39), (39, 139)), (-5.0, 3.0, 4.5)),
        (((0, 12), (1, 30), (0, 4)), (-14.0, 4.0, 5.5)),
        (((0, 20), (20, 20)), (-9.0, 9.0, 6.5)),
    ],
)
def test_twin_dense_grid_for_counts(
    counts: tuple[tuple[int, int], ...], limits: tuple[float, float, float]
) -> None:
    """Shares on 301 × 101 equally spaced values with every logit summed out; also no events."""
    studies = [StudyCount(study="a", events=r, total=n) for r, n in counts]
    found = pool_counts(studies, tau=HalfNormal(scale=1), mean=Normal(sd=2))
    r, n = np.array(counts, float).T
    low, high, furthest = limits
    grid = twin.pool_counts(
        r, n, 1.0, (0.0, 2.0), np.linspace(low, high, 301), np.linspace(0, furthest, 101)
    )
    _assert_like_grid(found, grid, 1e-4)


def test_property_extreme_contradiction_is_integrated() -> None:
    """1 and 9 999 of 10 000: symmetric, with a small numerical error."""
    studies = [StudyCount(study="a", events=r, total=1e4) for r in (1, 9999)]
    found = pool_counts(studies, tau=HalfNormal(scale=1), mean=Flat())
    assert found.error < 1e-8
    assert found.predictive.quantile(0.5) == pytest.approx(0, abs=1e-6)
    assert found.predictive.quantile(0.9) == pytest.approx(-found.predictive.quantile(0.1))


def test_twin_one_large_study_is_nearly_normal() -> None:
    """A million people: the exact binomial agrees with the normal likelihood of the logit."""
    counts = [
        StudyCount(study="a", events=3e5, total=1e6),
        StudyCount(study="b", events=3.2e5, total=1e6),
        StudyCount(study="c", events=2.7e5, total=1e6),
    ]
    logits = [
        StudyEstimate(
            study=c.study,
            estimate=float(special.logit(c.events / c.total)),
            se=(1 / c.events + 1 / (c.total - c.events)) ** 0.5,
        )
        for c in counts
    ]
    tau, mean = HalfNormal(scale=1), Normal(sd=2)
    exact, normal = (
        pool_counts(counts, tau=tau, mean=mean).predictive,
        pool_estimates(logits, tau=tau, mean=mean).predictive,
    )
    x = np.linspace(-2, 0.5, 51)
    np.testing.assert_allclose(exact.cdf(x), normal.cdf(x), atol=2e-6)


def _sampled(model: Any, names: list[str]) -> dict[str, FloatArray]:
    """Draws of a PyMC model, axes [chain, draw]."""
    import pymc as pm

    with model:
        trace = pm.sample(
            10_000, tune=2000, chains=4, cores=1, random_seed=7, target_accept=0.99,
            progressbar=False,
        )  # fmt: skip
    return {name: trace.posterior[name].to_numpy() for name in names}


def _assert_like_sampler(found: Tabulated, draws: FloatArray, what: str) -> None:
    """Shares of draws below quantiles, each with the error that its autocorrelation gives it."""
    import arviz as az

    shares, errors, levels = [], [], (0.025, 0.25, 0.5, 0.75, 0.975)
    for p in levels:
        below = (draws <= found.quantile(p)).astype(float)
        shares.append(below.mean())
        errors.append((p * (1 - p) / float(az.ess(below, method="mean"))) ** 0.5)
    assert_within_mcse(shares, levels, errors, comparisons=15, what=what)


@pytest.mark.slow
def test_twin_nuts_for_estimates() -> None:
    """The hierarchical model as such, sampled by the No-U-Turn sampler."""
    import pymc as pm

    y, se = np.array([[s.estimate, s.se] for s in CROHN]).T
    with pm.Model() as model:
        mu = pm.Normal("mu", 0, SIGMA)
        tau = pm.HalfNormal("tau", SIGMA / 2)
        z = pm.Normal("z", 0, 1, shape=len(y) + 1)
        pm.Normal("y", mu + tau * z[:-1], se, observed=y)
        pm.Deterministic("new", mu + tau * z[-1])
    draws = _sampled(model, ["tau", "new"])
    found = pool_estimates(CROHN, tau=HalfNormal(scale=SIGMA / 2), mean=Normal(sd=SIGMA))
    assert found.tau_table is not None
    _assert_like_sampler(found.tau_table, draws["tau"], "tau")
    _assert_like_sampler(found.predictive, draws["new"], "new study")


@pytest.mark.slow
def test_twin_nuts_for_counts() -> None:
    """The same with binomial studies."""
    import pymc as pm

    r, n = np.array([[s.events, s.total] for s in SPONDYLITIS]).T
    with pm.Model() as model:
        mu = pm.Normal("mu", 0, 2)
        tau = pm.HalfNormal("tau", 1)
        z = pm.Normal("z", 0, 1, shape=len(r) + 1)
        pm.Binomial("r", n.astype(int), logit_p=mu + tau * z[:-1], observed=r.astype(int))
        pm.Deterministic("new", mu + tau * z[-1])
    draws = _sampled(model, ["tau", "new"])
    found = pool_counts(SPONDYLITIS, tau=HalfNormal(scale=1))
    assert found.tau_table is not None
    _assert_like_sampler(found.tau_table, draws["tau"], "tau")
    _assert_like_sampler(found.predictive, draws["new"], "new study")


@pytest.mark.slow
def test_calibration_of_the_prediction() -> None:
    """Over its own priors, the predictive probability of a new study's effect is uniform."""
    rng = np.random.default_rng(11)
    se = np.array([0.2, 0.4, 0.7, 0.3])
    ranks = []
    for _ in range(500):
        mu, tau = rng.normal(0, 1), abs(rng.normal(0, 0.5))
        y = rng.normal(rng.normal(mu, tau, 4), se)
        studies = [StudyEstimate(study="a", estimate=e, se=s) for e, s in zip(y, se, strict=True)]
        found = pool_estimates(studies, tau=HalfNormal(scale=0.5), mean=Normal(sd=1))
        ranks.append(float(found.predictive.cdf(rng.normal(mu, tau))))
    assert_uniform(np.array(ranks), what="predictive probability of a new study")


@given(estimates)
def test_property_no_heterogeneity_is_fixed_effect_pooling(studies: list[StudyEstimate]) -> None:
    """τ = 0: inverse-variance mean and standard error, for the mean and for a new study."""
    found = pool_estimates(studies, tau=Fixed(value=0))
    precision = np.array([s.se**-2 for s in studies])
    mean = float(precision @ [s.estimate for s in studies] / precision.sum())
    sd = float(precision.sum() ** -0.5)
    assert (found.mean.mean, found.mean.sd) == pytest.approx((mean, sd), abs=1e-9)
    assert found.predictive.quantile(0.975) == pytest.approx(mean + 1.959964 * sd, abs=1e-5)
    np.testing.assert_allclose(found.weights, precision / precision.sum(), atol=1e-12)


@given(estimates)
@settings(max_examples=15)
def test_property_small_heterogeneity_approaches_it(studies: list[StudyEstimate]) -> None:
    """τ → 0 continuously."""
    limit = pool_estimates(studies, tau=Fixed(value=0)).predictive
    near = pool_estimates(studies, tau=HalfNormal(scale=1e-4)).predictive
    x = np.linspace(-5, 5, 41)
    np.testing.assert_allclose(near.cdf(x), limit.cdf(x), atol=1e-4)


@given(estimates, st.floats(0.05, 2), st.floats(-50, 50), st.floats(0.01, 100))
@settings(max_examples=15)
def test_property_unit_and_origin_do_not_matter(
    studies: list[StudyEstimate], scale: float, origin: float, unit: float
) -> None:
    """Effects in another unit give the same probabilities; weights sum to 1 under a flat mean."""
    found = pool_estimates(studies, tau=HalfNormal(scale=scale))
    moved = [
        StudyEstimate(study="a", estimate=origin + unit * s.estimate, se=unit * s.se)
        for s in studies
    ]
    other = pool_estimates(moved, tau=HalfNormal(scale=unit * scale))
    x = np.linspace(-5, 5, 41)
    np.testing.assert_allclose(
        found.predictive.cdf(x), other.predictive.cdf(origin + unit * x), atol=1e-6
    )
    np.testing.assert_allclose(found.weights, other.weights, atol=1e-8)
    assert found.weights.sum() == pytest.approx(1, abs=1e-9)
    assert max(found.error, other.error) < 1e-6


def test_property_one_study_leaves_heterogeneity_to_its_prior() -> None:
    """Under a flat mean one study says nothing of τ, and a new one is centred on it."""
    study = StudyEstimate(study="a", estimate=1.5, se=0.4)
    found = pool_estimates([study], tau=HalfNormal(scale=0.3))
    assert found.tau.mean == pytest.approx(0.3 * np.sqrt(2 / np.pi), rel=1e-6)
    assert found.tau.quantiles == pytest.approx(
        stats.halfnorm.ppf([0.025, 0.25, 0.5, 0.75, 0.975], scale=0.3), rel=1e-4
    )
    assert found.predictive.mean == pytest.approx(1.5, abs=1e-12)
    assert found.predictive.sd == pytest.approx((0.4**2 + 2 * 0.3**2) ** 0.5, rel=1e-6)


def test_property_a_mean_prior_takes_the_rest_of_the_weight() -> None:
    """Weights of studies and prior are precisions over their sum."""
    studies = [
        StudyEstimate(study="a", estimate=1, se=1),
        StudyEstimate(study="b", estimate=0, se=1),
    ]
    found = pool_estimates(studies, tau=Fixed(value=1), mean=Normal(sd=1))
    assert found.weights == pytest.approx([0.25, 0.25])
    assert found.mean.mean == pytest.approx(0.25, abs=1e-12)


def test_property_shares_mirror() -> None:
    """Events and non-events exchanged: shares become their complements."""
    mirrored = [
        StudyCount(study=s.study, events=s.total - s.events, total=s.total) for s in SPONDYLITIS
    ]
    one = share_summary(pool_counts(SPONDYLITIS, tau=HalfNormal(scale=1)).predictive)
    other = share_summary(pool_counts(mirrored, tau=HalfNormal(scale=1)).predictive)
    assert other.mean == pytest.approx(1 - one.mean, abs=1e-8)
    assert other.quantiles == pytest.approx([1 - q for q in reversed(one.quantiles)], abs=1e-6)


def test_property_one_share_without_heterogeneity_is_its_posterior() -> None:
    """τ = 0 and a logistic-normal prior: the posterior of one share, by plain summation."""
    found = pool_counts(
        [StudyCount(study="a", events=3, total=20)], tau=Fixed(value=0), mean=Normal(sd=2)
    )
    theta = np.linspace(-15, 10, 20001)
    mass = special.expit(theta) ** 3 * special.expit(-theta) ** 17 * np.exp(-(theta**2) / 8)
    cumulative = np.cumsum(mass) / mass.sum()
    x = theta[[7000, 9000, 10000, 11000, 12000]]
    np.testing.assert_allclose(found.predictive.cdf(x), np.interp(x, theta, cumulative), atol=1e-3)
    mean = float(mass @ special.expit(theta) / mass.sum())
    assert share_summary(found.predictive).mean == pytest.approx(mean, abs=1e-8)


def test_property_power_prior_with_a_fixed_weight() -> None:
    """a₀ divides information: variances, or people and events."""
    estimate = discount_estimate(StudyEstimate(study="a", estimate=2, se=0.5), 0.25)
    assert (estimate.estimate, estimate.se) == (2, 1)
    count = discount_count(StudyCount(study="a", events=10, total=40), 0.25)
    assert (count.events, count.total) == (2.5, 10)
    whole = discount_estimate(StudyEstimate(study="a", estimate=2, se=0.5), 1)
    assert whole.se == 0.5
    flat = beta_mixture.posterior(BetaMixture(weights=(1.0,), a=(1.0,), b=(1.0,)), 2.5, 10)
    assert (flat.a, flat.b) == ((3.5,), (8.5,))


MALFORMED = {
    "-0.5 is out of range: it must be greater than 0; change it": lambda: StudyEstimate.parse(
        {"study": "a", "estimate": 1.0, "se": -0.5}
    ),
    "7 events are more than the 5 people; correct one": lambda: StudyCount.parse(
        {"study": "a", "events": 7, "total": 5}
    ),
    "no study is given; pooling needs at least one": lambda: pool_estimates(
        [], tau=HalfNormal(scale=1)
    ),
    "robust weight 1.5 is not between 0 and 1; 0.1 to 0.5 are usual": lambda: (
        normal_mixture.robustify(Normal(sd=1), 1.5, 0, 1)
    ),
    "robust mean 0 is not strictly between 0 and 1; give a share": lambda: beta_mixture.robustify(
        BetaMixture(weights=(1.0,), a=(1.0,), b=(1.0,)), 0.5, 0
    ),
    "power-prior weight 0 is not above 0 and at most 1; 1 takes a study at full value, and one of "
    "no value is left out": lambda: discount_estimate(
        StudyEstimate(study="a", estimate=1, se=1), 0
    ),
    "0 of 12 people had the event, so that a flat prior of the mean has no proper posterior; give "
    "the mean a normal prior": lambda: pool_counts(
        [StudyCount(study="a", events=0, total=12)], tau=HalfNormal(scale=1), mean=Flat()
    ),
    "standard error 0 is not above 0; correct it": lambda: normal_mixture.posterior(
        Normal(sd=1), 1, 0
    ),
    "9 events among 8 people do not fit; give 0 to 8 events": lambda: beta_mixture.posterior(
        BetaMixture(weights=(1.0,), a=(1.0,), b=(1.0,)), 9, 8
    ),
    "the weights sum to 0.9; they must sum to 1": lambda: BetaMixture.parse(
        {"weights": [0.5, 0.4], "a": [1.0, 2.0], "b": [1.0, 2.0]}
    ),
}


@pytest.mark.parametrize("message", MALFORMED)
def test_malformed_input_gives_one_sentence(message: str) -> None:
    """What is wrong, the rule, and what to do."""
    with pytest.raises(InvalidInput) as caught:
        MALFORMED[message]()
    assert caught.value.message == message
