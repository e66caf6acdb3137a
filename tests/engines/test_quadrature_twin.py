"""The fast posterior engine against brute force, and in the limits where its answer is known."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from planner.evidence.distribution import (
    Fixed,
    Flat,
    HalfNormal,
    Jeffreys,
    LogNormal,
    Normal,
    NormalMixture,
    StudentT,
)
from planner.operating.analyse import analyse
from planner.operating.comparison import Comparison
from planner.operating.data_analysis import DataAnalysis, Result
from planner.plan.analysis import MixedModel, Posterior, WithinSubjectT
from planner.plan.hypothesis import Hypothesis
from planner.plan.priors import (
    CommonEffect,
    ExchangeableSexes,
    IndependentSexes,
    Priors,
)
from tests.reference import reference_case
from tests.twins.posterior import (
    GridPosterior,
    GridPriors,
    grid_posterior,
    half_normal,
    log_normal,
)

CONTRASTS = ("overall", "female", "male", "interaction")
WITHOUT_INTERACTION = (
    Hypothesis(name="overall"),
    Hypothesis(name="female", contrast="female"),
    Hypothesis(name="male", contrast="male"),
)
MIXTURE = NormalMixture(weights=(0.8, 0.2), means=(2.0, 0.0), sds=(1.5, 6.0))


def data(case: str) -> dict[str, Any]:
    """Data of a reference case."""
    found: dict[str, Any] = reference_case("mixed_model_lme4", case)["data"]
    return found


def priors(**more: Any) -> Priors:
    """Proper priors of every parameter."""
    given: dict[str, Any] = {
        "effect": Normal(mean=1.0, sd=3.0),
        "intercept": Normal(mean=0.0, sd=30.0),
        "nuisance": Normal(mean=0.0, sd=30.0),
        "sd_within": HalfNormal(scale=8.0),
        "sd_between": HalfNormal(scale=8.0),
    }
    return Priors(**{**given, **more})


def fit(case: str, chosen: Priors, *, by_sex: bool = True, level: float = 0.95) -> DataAnalysis:
    """The program's answer."""
    comparison = Comparison(by_sex=by_sex, female_share=0.6 if by_sex else None, level=level)
    return analyse(data(case), Posterior(priors=chosen), comparison)


def named(result: DataAnalysis, name: str) -> Result:
    """One contrast of an analysis."""
    return next(r for r in result.results if r.name == name)


def compare(found: DataAnalysis, twin: GridPosterior, *, by_sex: bool) -> None:
    """Every mean, SD, probability and interval of the twin."""
    rows = {
        "overall": [0.6, 0.4] if by_sex else [1.0],
        "female": [1.0, 0.0],
        "male": [0.0, 1.0],
        "interaction": [-1.0, 1.0],
    }
    for name in CONTRASTS if by_sex else CONTRASTS[:1]:
        result, row = named(found, name), np.array(rows[name])
        mean, sd = twin.mean_and_sd(row)
        assert result.estimate == pytest.approx(mean, abs=0.002 * sd), name
        assert result.se == pytest.approx(sd, rel=0.002), name
        assert result.probability == pytest.approx(twin.probability_above(row, 0.0), abs=5e-4)
        assert 1 - twin.probability_above(row, result.lower) == pytest.approx(0.025, abs=4e-4)
        assert twin.probability_above(row, result.upper) == pytest.approx(0.025, abs=4e-4)


def test_twin_normal_prior_one_effect() -> None:
    """20 people, σ_b at the boundary, one effect."""
    table = data("lmm_boundary")
    twin = grid_posterior(
        table,
        GridPriors([(1.0, 1.0, 3.0)], 30.0, half_normal(8.0), half_normal(8.0)),
        np.linspace(2.0, 12.0, 61),
        np.linspace(0.0, 14.0, 71),
        by_sex=False,
    )
    compare(fit("lmm_boundary", priors(), by_sex=False), twin, by_sex=False)


@pytest.mark.parametrize("case", ["lmm04", "lmm02"])
def test_twin_mixture_prior_and_exchangeable_sexes(case: str) -> None:
    """12 and 24 people with dropouts, robust mixture, half-normal τ."""
    twin = grid_posterior(
        data(case),
        GridPriors(
            [(0.8, 2.0, 1.5), (0.2, 0.0, 6.0)], 30.0, half_normal(8.0), half_normal(8.0),
            half_normal(1.5), 7.5,
        ),
        np.linspace(1.5, 16.0, 30),
        np.linspace(0.0, 20.0, 26),
        by_sex=True,
    )  # fmt: skip
    sexes = ExchangeableSexes(tau=HalfNormal(scale=1.5))
    compare(fit(case, priors(effect=MIXTURE, sexes=sexes)), twin, by_sex=True)


def test_twin_mixture_prior_of_independent_sexes() -> None:
    """Each sex may come from another component of a spiky mixture."""
    twin = grid_posterior(
        data("lmm04"),
        GridPriors([(0.8, 4.0, 0.8), (0.2, 0.0, 10.0)], 30.0, half_normal(8.0), half_normal(8.0)),
        np.linspace(1.5, 22.0, 42),
        np.linspace(0.0, 24.0, 40),
        by_sex=True,
    )
    spiky = NormalMixture(weights=(0.8, 0.2), means=(4.0, 0.0), sds=(0.8, 10.0))
    compare(fit("lmm04", priors(effect=spiky)), twin, by_sex=True)


def test_twin_log_normal_sds_and_independent_sexes() -> None:
    """Informative SDs; each sex has the prior by itself."""
    twin = grid_posterior(
        data("lmm02"),
        GridPriors([(1.0, 1.0, 3.0)], 30.0, log_normal(5.0, 0.3), log_normal(4.0, 0.8)),
        np.linspace(2.0, 9.0, 60),
        np.linspace(0.05, 20.0, 120),
        by_sex=True,
    )
    chosen = priors(
        sd_within=LogNormal(median=5.0, sd_log=0.3), sd_between=LogNormal(median=4.0, sd_log=0.8)
    )
    compare(fit("lmm02", chosen), twin, by_sex=True)


def test_twin_student_t_prior() -> None:
    """A t prior against its mixture integral on a fine grid of scales."""
    u = (np.arange(400) + 0.5) / 400
    scales = 2.0 / np.sqrt(stats.gamma.ppf(u, 1.5, scale=1 / 1.5))
    twin = grid_posterior(
        data("lmm_boundary"),
        GridPriors(
            [(1 / 400, 0.0, float(s)) for s in scales], 30.0, half_normal(8.0), half_normal(8.0)
        ),
        np.linspace(2.5, 10.0, 16),
        np.linspace(0.0, 10.0, 12),
        by_sex=False,
    )
    compare(
        fit("lmm_boundary", priors(effect=StudentT(scale=2.0, df=3.0)), by_sex=False),
        twin,
        by_sex=False,
    )


def test_reference_known_variances_are_conjugate() -> None:
    """Bernardo & Smith 2000, §5.2: normal prior, known variances, closed form to 1e-8."""
    known = priors(sd_within=Fixed(value=4.0), sd_between=Fixed(value=5.0))
    found = fit("lmm02", known)
    twin = grid_posterior(
        data("lmm02"),
        GridPriors([(1.0, 1.0, 3.0)], 30.0, np.ones_like, np.ones_like),
        np.array([4.0]),
        np.array([5.0]),
        by_sex=True,
    )
    for name, row in zip(CONTRASTS, ([0.6, 0.4], [1, 0], [0, 1], [-1, 1]), strict=True):
        mean, sd = twin.mean_and_sd(np.array(row, float))
        result = named(found, name)
        assert result.estimate == pytest.approx(mean, abs=1e-8)
        assert result.se == pytest.approx(sd, rel=1e-7)
        assert result.probability == pytest.approx(stats.norm.cdf(mean / sd), abs=1e-8)
        assert result.lower == pytest.approx(stats.norm.ppf(0.025, mean, sd), abs=1e-6 * sd)


@pytest.mark.parametrize("case", ["lmm_boundary01", "lmm_boundary03", "lmm10"])
def test_reference_flat_priors_give_the_t_posterior(case: str) -> None:
    """Complete data, 1/σ, σ_b → ∞ (fixed people): Student's t (Box & Tiao 1973, §2.4)."""
    by_sex = case == "lmm10"
    table = {k: list(v) for k, v in data(case).items()}
    if by_sex:  # keep people with both visits
        whole = {s for s in table["subject"] if table["subject"].count(s) == 2}
        keep = [i for i, s in enumerate(table["subject"]) if s in whole]
        table = {k: [v[i] for i in keep] for k, v in table.items()}
    flat = Priors(effect=Flat(), sd_within=Jeffreys(), sd_between=Fixed(value=1e5))
    comparison = Comparison(by_sex=by_sex, female_share=0.6 if by_sex else None)
    found = analyse(table, Posterior(priors=flat), comparison)
    test = analyse(table, WithinSubjectT(), comparison)
    for result, t in zip(found.results, test.results, strict=True):
        assert result.name == t.name
        assert result.estimate == pytest.approx(t.estimate, abs=1e-5 * t.se)
        assert result.se == pytest.approx(t.se * np.sqrt(t.df / (t.df - 2)), rel=1e-3)
        assert result.probability == pytest.approx(stats.t.cdf(t.statistic, t.df), abs=1e-4)
        assert result.lower == pytest.approx(t.lower, abs=2e-3 * t.se)
        assert result.upper == pytest.approx(t.upper, abs=2e-3 * t.se)


def test_property_limits_of_tau() -> None:
    """τ fixed at 0 is one common effect, τ very large is independent effects of the sexes."""
    wide = {"effect": Normal(mean=0.0, sd=1000.0)}
    comparison = Comparison(by_sex=True, female_share=0.6, hypotheses=WITHOUT_INTERACTION)
    common = Posterior(priors=priors(**wide, sexes=CommonEffect()))
    together = analyse(data("lmm02"), common, comparison)
    nothing = ExchangeableSexes(tau=Fixed(value=0.0))
    zero = analyse(data("lmm02"), Posterior(priors=priors(**wide, sexes=nothing)), comparison)
    alone = fit("lmm02", priors(**wide, sexes=IndependentSexes()))
    far = fit("lmm02", priors(**wide, sexes=ExchangeableSexes(tau=Fixed(value=1000.0))))
    for name in CONTRASTS[:3]:
        assert named(together, name).estimate == pytest.approx(named(zero, name).estimate, rel=1e-6)
        assert named(alone, name).estimate == pytest.approx(named(far, name).estimate, abs=1e-3)
    assert named(together, "female").estimate == pytest.approx(
        named(together, "male").estimate, abs=1e-3
    )
    one = analyse(data("lmm02"), MixedModel(), Comparison())
    assert named(together, "female").estimate == pytest.approx(one.results[0].estimate, abs=0.6)


def test_property_the_shift_of_the_data_is_in_the_intercept_only() -> None:
    """Adding 100 to every outcome and to the prior of the intercept changes nothing."""
    table = data("lmm02")
    moved = {**table, "y": [y + 100.0 for y in table["y"]]}
    near = Posterior(priors=priors(intercept=Normal(mean=-14.0, sd=2.0)))
    far = Posterior(priors=priors(intercept=Normal(mean=86.0, sd=2.0)))
    comparison = Comparison(by_sex=True, female_share=0.6)
    for one, two in zip(
        analyse(table, near, comparison).results,
        analyse(moved, far, comparison).results,
        strict=True,
    ):
        assert one.estimate == pytest.approx(two.estimate, abs=1e-7)
        assert one.probability == pytest.approx(two.probability, abs=1e-7)
