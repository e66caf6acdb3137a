"""Assurance against naive simulation, integrals, and what must hold whatever the prior."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from planner.errors import InvalidInput, TooManyFailures
from planner.operating.assurance import assurance, assurance_curve
from planner.operating.assurance_result import AimAssurance
from planner.operating.assurance_tally import EffectRegions, regions_of
from planner.operating.characteristics import MonteCarloEstimate
from planner.operating.power import power
from planner.scenario import Scenario
from tests.crossovers import SEX_CONTRASTS, Table, by_sex, contrasts_of, crossover, leaving
from tests.monte_carlo import assert_within_mcse, difference_mcse, proportion_mcse
from tests.planning import equivalent, non_inferior, of_difference, one_sided, plan, two_sided
from tests.twins.power import power_one_sided, power_two_sided
from tests.twins.simulate import NaiveTruth, fixed_subject_fit, simulate_trial

NORMAL: Table = {"kind": "normal", "mean": 2.5, "sd": 1.2}
PRIOR: Table = {
    "effect": NORMAL,
    "sex_difference": {"kind": "normal", "mean": 1.0, "sd": 1.5},
    "sd_difference": {"kind": "scaled-inverse-chi", "value": 7.5, "df": 17.0},
    "dropout": {"kind": "beta", "a": 9.0, "b": 66.0},
    "correlation": {"kind": "uniform", "lower": 0.3, "upper": 0.7},
}
WITHOUT_SEXES: Table = {name: PRIOR[name] for name in ("effect", "sd_difference")}


def least_squares(objective: Table, prior: Table, n_trials: int = 20_000, **more: Any) -> Scenario:
    """A 2 × 2 crossover with SD of differences 7.5, analysed by least squares."""
    settings = {"n_trials": n_trials, "seed": 11}
    return plan("2x2", objective, 2.5, of_difference(7.5), truth_prior=prior, monte_carlo=settings,
                **more)  # fmt: skip


def sexes(n_trials: int = 3_000, objective: Table | None = None, **plan_: Any) -> Scenario:
    """AB/BA by sex under the full prior."""
    base = by_sex(objective=objective or one_sided(), plan=plan_)
    changes = {"truth_prior": PRIOR, "truth.effect": {"female": 2.1, "male": 3.1}}
    return base.with_changes({**changes, "monte_carlo.n_trials": n_trials})


def integral(value: Any, low: float = -np.inf, high: float = np.inf, mean: float = 2.5) -> float:
    """E[value(θ)] over the part of the prior N(mean, 1.2²) between two effects."""
    prior = stats.norm(mean, 1.2)
    x, weights = special.roots_legendre(200)
    ends = prior.cdf([low, high])
    u = ends[0] + (ends[1] - ends[0]) * (1 + x) / 2
    values = [value(float(effect)) for effect in prior.ppf(u)]
    return float(weights @ values * (ends[1] - ends[0]) / 2)


def check(found: MonteCarloEstimate | None, expected: float, what: str) -> None:
    """A simulated number agrees with an exact one, among about ten of its kind."""
    assert found is not None
    assert_within_mcse(found.value, expected, found.mcse, comparisons=10, what=what)


def test_twin_everything_about_a_superiority_test_by_integration() -> None:
    """P(success), its parts, what success says of the truth: integrals of power times density."""
    n = 60
    scenario = least_squares(one_sided(), {"effect": NORMAL}, 100_000)
    result = assurance(scenario, n, relevant=2.0)["overall"]

    def reach(effect: float) -> float:
        return power_one_sided(effect, 7.5 / np.sqrt(n), n - 2, 0.025)

    success, wrong = integral(reach), integral(reach, high=0.0)
    relevant, joint = stats.norm(2.5, 1.2).sf(2.0), integral(reach, low=2.0)
    check(result.success, success, "assurance")
    check(result.wrong, wrong / success, "wrong success")
    check(result.effect, 2.5, "effect")
    check(result.effect_given_success, integral(lambda e: e * reach(e)) / success, "given success")
    assert result.relevant is not None
    check(result.relevant.share, relevant, "relevant")
    check(result.relevant.joint, joint, "success and relevant")
    check(result.relevant.given, joint / relevant, "success if relevant")
    check(result.null, 0.025, "type I error")
    assert result.oracle is not None
    assert result.oracle.exact
    assert result.oracle.value == pytest.approx(success, abs=1e-6)
    assert abs(result.oracle.z) < 4
    assert result.power == pytest.approx(reach(2.5), abs=1e-9)
    assert result.limit == pytest.approx(stats.norm(2.5, 1.2).sf(0.0), abs=1e-6)


def test_twin_a_two_sided_success_is_wrong_on_the_other_side() -> None:
    """P(rejected with the estimate below 0, effect above) and the reverse: sign errors."""
    n, near = 20, {"effect": {**NORMAL, "mean": 0.5}}
    result = assurance(least_squares(two_sided(), near, 200_000), n)["overall"]
    se = 7.5 / np.sqrt(n)

    def above(effect: float) -> float:
        return power_one_sided(effect, se, n - 2, 0.025)

    success = integral(lambda e: above(e) + above(-e), mean=0.5)
    wrong = integral(lambda e: above(-e), low=0.0, mean=0.5)
    wrong += integral(above, high=0.0, mean=0.5)
    check(result.wrong, wrong / success, "wrong side")
    check(result.success, success, "assurance")
    assert success == pytest.approx(
        integral(lambda e: power_two_sided(e, se, n - 2, 0.05), mean=0.5), abs=1e-9
    )


def naive_trial(rng: np.random.Generator, n_per_cell: int) -> tuple[float, float, int, float]:
    """Estimate, standard error, df of one trial, and its true effect, with plain Python."""
    effect = rng.normal(2.5, 1.2)
    difference = rng.normal(1.0, 1.5)
    sd = 7.5 * np.sqrt(17 / rng.chisquare(17))
    within = sd / np.sqrt(2)
    ratio = rng.uniform(0.3, 0.7)
    truth = NaiveTruth(
        effects={
            "female": {"A": 0.0, "B": effect - difference / 2},
            "male": {"A": 0.0, "B": effect + difference / 2},
        },
        sd_between=float(within * np.sqrt(ratio / (1 - ratio))),
        sd_within=float(within),
        dropout_hazard=float(rng.beta(9, 66)),
    )
    return (*fixed_subject_fit(simulate_trial(rng, ["AB", "BA"], n_per_cell, truth)), effect)


def test_twin_naive_simulation_of_uncertain_truths() -> None:
    """Draw θ, sex difference, SD, correlation and dropout; simulate people; fit; count."""
    n_naive, n_per_cell = 1_200, 9
    rng = np.random.default_rng(7)
    fits = np.array([naive_trial(rng, n_per_cell) for _ in range(n_naive)])
    estimate, se, df, effect = fits.T
    rejected = estimate / se > stats.t.ppf(0.975, df)
    base = crossover(
        hypotheses=contrasts_of("overall", objective=one_sided()),
        plan={"analysis": {"kind": "within-subject-t", "by_sex": False}},
        truth={"female_share": 0.5, "effect": 2.5},
        monte_carlo={"n_trials": 20_000},
    )
    scenario = base.with_changes({"truth_prior": PRIOR})
    result = assurance(scenario, 4 * n_per_cell, relevant=3.0)["overall"]
    assert result.relevant is not None
    joint = (rejected & (effect >= 3.0)).mean()
    for found, naive in ((result.success, rejected.mean()), (result.relevant.joint, joint)):
        spread = difference_mcse(found.value, found.n, naive, n_naive)
        assert_within_mcse(naive, found.value, spread, comparisons=3)
    given = effect[rejected]
    assert result.effect_given_success is not None
    spread = np.hypot(result.effect_given_success.mcse, given.std() / np.sqrt(len(given)))
    assert_within_mcse(given.mean(), result.effect_given_success.value, spread, comparisons=3)


@pytest.mark.parametrize("way", ["moments", "subjects"])
@pytest.mark.parametrize("analysis", ["mixed-model", "within-subject-t"])
def test_property_a_prior_of_one_point_is_power(analysis: str, way: str) -> None:
    """The same trials, so the same successes, type I errors and closed form."""
    base = by_sex(
        objective=one_sided(),
        plan={"analysis": {"kind": analysis}, "success": "overall and (female or male)"},
        truth={"effect": {"female": 2.1, "male": 3.1}, "attrition": leaving(0.12)},
        monte_carlo={"n_trials": 2_500, "draw": way},
    )
    point = {
        "effect": {"kind": "normal", "mean": 2.5, "sd": 1e-12},
        "sex_difference": {"kind": "normal", "mean": 1.0, "sd": 1e-12},
        "sd_difference": {"kind": "fixed", "value": 7.5},
    }
    plain, varied = power(base, 40), assurance(base.with_changes({"truth_prior": point}), 40)
    for h in plain.hypotheses:
        same = varied[h.hypothesis]
        assert same.success == h.success
        assert same.null == plain.null[h.hypothesis].success
        assert same.oracle is not None
        assert h.oracle is not None
        assert same.oracle.value == pytest.approx(h.oracle.value, abs=1e-8)
        assert same.power == pytest.approx(h.oracle.value, abs=1e-12)
        assert same.effect.value == pytest.approx(h.effect, abs=1e-9)
    assert varied.trial.success == plain.trial_success
    assert varied.failures == plain.failures


def test_property_parts_do_not_exceed_the_whole() -> None:
    """P(success and relevant) ≤ both, and is P(relevant) P(success | relevant); bounds hold."""
    result = assurance(sexes(5_000, success="overall and (female or male)"), 40, relevant=2.0)
    for a in result.aims:
        assert a.relevant is not None
        share, joint, given = a.relevant.share, a.relevant.joint, a.relevant.given
        assert given is not None
        assert joint.value <= min(share.value, a.success.value)
        assert given.value * share.value == pytest.approx(joint.value, abs=1e-12)
        assert given.value >= a.success.value
        assert a.worst <= a.success.value <= a.best
        assert a.effect_given_success is not None
        assert a.effect_given_success.value > a.effect.value
        assert a.wrong is not None
        assert a.wrong.n == round(a.success.value * a.success.n)
        if a.limit is not None:
            assert a.success.value <= a.limit + 0.025 + 4 * a.success.mcse
    assert result.trial.oracle is None
    assert result.trial.limit is None
    assert result.trial.success.value <= result["overall"].success.value


def test_property_results_depend_on_neither_workers_nor_company() -> None:
    """Bit for bit; every hypothesis is judged on the same trials."""
    together = sexes(2_400)
    one, two = (assurance(together, 24, relevant=2.0, workers=w) for w in (1, 2))
    assert one == two
    for name in SEX_CONTRASTS:
        alone = together.with_changes(
            {"plan.hypotheses": contrasts_of(name, objective=one_sided())}
        )
        own, company = assurance(alone, 24, relevant=2.0)[name], one[name]
        assert _simulated(own) == _simulated(company)
    curve = assurance_curve(together, [16, 24], relevant=2.0)
    assert curve[1] == one
    again = assurance(together.with_changes({"monte_carlo.seed": 4}), 24, relevant=2.0)
    assert again["overall"].success != one["overall"].success


def _simulated(a: AimAssurance) -> AimAssurance:
    """Without the closed forms, whose last digits are sums in another order."""
    return replace(a, oracle=None, power=None, limit=None)


def test_property_other_analyses_see_the_same_trials() -> None:
    """The plan's other analysis is what it would be as the planned one."""
    scenario = sexes(2_000).with_changes({"plan.other_analyses": [{"kind": "within-subject-t"}]})
    both = assurance(scenario, 24)
    assert both.analysis != both.others[0].analysis
    changes = {"plan.analysis": {"kind": "within-subject-t"}, "plan.other_analyses": []}
    assert both.others[0] == assurance(scenario.with_changes(changes), 24)


def test_property_type_i_error_is_that_of_planner_power() -> None:
    """At the plan's null truths, on the same trials."""
    scenario = sexes(2_000)
    result, plain = assurance(scenario, 30), power(scenario, 30)
    for name in SEX_CONTRASTS:
        assert result[name].null == plain.null[name].success


def test_property_progress_counts_all_blocks() -> None:
    """Truths and nulls together, in order."""
    seen: list[tuple[int, int]] = []
    scenario = least_squares(one_sided(), {"effect": NORMAL}, 2_000)
    assurance_curve(scenario, [20, 30], progress=lambda done, all_: seen.append((done, all_)))
    assert seen == [(i, 8) for i in range(1, 9)]


@pytest.mark.parametrize(
    ("objective", "relevant", "least", "most"),
    [
        (one_sided(), 2.0, 2.0, np.inf),
        (one_sided(direction="less"), -2.0, -np.inf, -2.0),
        (non_inferior(-1.0), 0.0, 0.0, np.inf),
        (non_inferior(1.0), 0.0, -np.inf, 0.0),
        (two_sided(), 2.0, 2.0, np.inf),
        (two_sided(), -2.0, -np.inf, -2.0),
        (equivalent(-1.0, 1.0), 2.0, np.nan, np.nan),
    ],
)
def test_property_relevant_effects_lie_on_the_side_that_is_sought(
    objective: Table, relevant: float, least: float, most: float
) -> None:
    """Ends included; an effect to lie between limits has no relevant side."""
    scenario = plan("2x2", objective, 0.5, of_difference(7.5))
    regions = regions_of(scenario, relevant)
    np.testing.assert_array_equal([regions.least[0], regions.most[0]], [least, most])
    assert bool(regions.has_relevant[0]) is bool(np.isfinite(least) or np.isfinite(most))
    assert not regions_of(scenario, None).has_relevant[0]
    if regions.has_relevant[0]:
        assert regions.relevant(np.array([[relevant]])).item()


def test_property_ratios_are_relevant_as_ratios() -> None:
    """On a log scale a relevant effect is a ratio, and means are logarithms."""
    prior = {"effect": {"kind": "normal", "mean": float(np.log(0.95)), "sd": 0.05}}
    scenario = plan(
        "2x2", non_inferior(0.8), 0.95, {"kind": "compound-symmetry", "cv_within": 0.3},
        scale="log", truth_prior=prior, monte_carlo={"n_trials": 5_000},
    )  # fmt: skip
    regions: EffectRegions = regions_of(scenario, 0.9)
    assert regions.least[0] == pytest.approx(np.log(0.9))
    result = assurance(scenario, 40, relevant=0.9)["overall"]
    check(result.effect, float(np.log(0.95)), "effect")
    assert result.relevant is not None
    share = stats.norm(np.log(0.95), 0.05).sf(np.log(0.9))
    assert_within_mcse(result.relevant.share.value, share, proportion_mcse(share, 5_000))
    with pytest.raises(InvalidInput, match="not a ratio"):
        assurance(scenario, 40, relevant=-1.0)


def test_property_multiplicity_has_no_closed_form() -> None:
    """Under Holm's procedure simulation stands alone, below the unadjusted assurance."""
    plain = sexes(3_000)
    adjusted = assurance(plain.with_changes({"plan.multiplicity": {"kind": "holm"}}), 40)
    free = assurance(plain, 40)
    for a, b in product(adjusted.hypotheses, free.hypotheses):
        if a.aim == b.aim:
            assert a.oracle is a.limit is a.power is None
            assert b.oracle is not None
            assert a.success.value <= b.success.value


def test_property_results_show_every_number_with_its_error() -> None:
    """Rows, data frame and text."""
    result = assurance(sexes(1_000), 30, relevant=2.0)
    rows = result.rows()
    assert [row["aim"] for row in rows] == [*SEX_CONTRASTS, "success"]
    simulated = [name for name in rows[0] if f"{name}_mcse" in rows[0]]
    assert simulated == [
        "success", "null", "wrong", "effect", "effect_given_success", "relevant",
        "success_and_relevant", "success_given_relevant",
    ]  # fmt: skip
    assert list(result.to_frame()["n"]) == [30] * 5
    assert "±" in repr(result)
    assert result["male"].aim == "male"


@pytest.mark.parametrize(
    ("changes", "n", "relevant", "part"),
    [
        ({"truth_prior": None}, 30, None, "no design prior"),
        ({}, None, None, "no sample size"),
        ({}, 2, None, "too few"),
        ({"plan.hypotheses.male.objective": two_sided()}, 30, 0.0, "has no side"),
    ],
)
def test_malformed_questions_are_one_sentence(
    changes: Table, n: int | None, relevant: float | None, part: str
) -> None:
    """What is missing, and what to do."""
    scenario = sexes(1_000).with_changes(changes)
    with pytest.raises(InvalidInput, match=part):
        assurance(scenario, n, relevant=relevant)


def test_property_too_many_failures_stop_the_run() -> None:
    """As for power: the share of trials without a result is limited."""
    scenario = sexes(1_000).with_changes(
        {"truth.sex_mix": "random", "monte_carlo.max_failures": 0.01}
    )
    with pytest.raises(TooManyFailures, match="could not be analysed"):
        assurance(scenario, 8)
