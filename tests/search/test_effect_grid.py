"""Power over sizes, effects and ranges of assumptions, and what it costs."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

import planner as pl
from planner.engines.closed_form import ClosedForm, power_of
from planner.engines.model import true_values
from planner.errors import InvalidInput
from planner.evidence.distribution import Beta, LogNormal, ScaledInverseChi
from planner.operating.power import power
from planner.plan.costs import Costs
from planner.scenario import Scenario, built_in_names
from planner.search.assumption_range import prior_quantile, prior_ranges, relative_ranges
from planner.search.cost_power import front_of_curves, pareto_front, plan_curve, price_of
from planner.search.effect_grid import effect_grid, effects_around, sizes_around
from planner.search.moved_truth import Assumption, planned_value, with_assumption
from planner.search.one_way import one_way
from planner.search.quick_power import has_formula
from planner.trials.layout import lay_out
from planner.trials.varied import Truths, vary
from tests.planning import equivalent, of_difference, one_sided, plan

CONFIRMATORY = pl.load_scenario("confirmatory")
PLAIN = plan("AB/BA", one_sided(), 2.5, of_difference(7.5), analysis={"kind": "within-subject-t"})
POSTERIOR = CONFIRMATORY.with_changes(
    {"plan.analysis": {"kind": "posterior"}, "monte_carlo.n_trials": 200}
)


def test_twin_grid_of_the_paired_t_test_is_the_noncentral_t() -> None:
    """Period-adjusted t test of AB/BA: df N − 2 and standard error SD/√N."""
    sizes, effects = (10, 40, 84), (0.0, 1.0, 2.5)
    grid = effect_grid(PLAIN, "overall", sizes, effects)
    n, effect = np.array(sizes), np.array(effects)[:, None]
    critical = stats.t.isf(0.025, n - 2)
    expected = stats.nct.sf(critical, n - 2, effect * np.sqrt(n) / 7.5)
    np.testing.assert_allclose(grid.power, expected, rtol=1e-7)
    assert grid.mcse is None


@pytest.mark.parametrize("name", built_in_names())
def test_property_power_rises_with_people_and_effect(name: str) -> None:
    scenario = pl.load_scenario(name)
    hypothesis = scenario.plan.hypothesis_names[0]
    sizes = sizes_around(scenario, 60, 7)
    grid = effect_grid(scenario, hypothesis, sizes, effects_around(scenario, hypothesis, 7))
    assert np.all(np.diff(grid.power, axis=0) > -1e-9)
    assert np.all(np.diff(grid.power[1:], axis=1) > -1e-9)


@pytest.mark.parametrize("hypothesis", CONFIRMATORY.plan.hypothesis_names)
def test_the_planned_row_is_the_power_as_planned(hypothesis: str) -> None:
    h = CONFIRMATORY.plan.hypothesis_names.index(hypothesis)
    effect = float(true_values(CONFIRMATORY)[h])
    grid = effect_grid(CONFIRMATORY, hypothesis, [86], [effect])
    expected = ClosedForm(CONFIRMATORY).power(86)
    assert expected is not None
    assert grid.power[0, 0] == pytest.approx(expected[h], abs=1e-12)
    assert grid.planned == pytest.approx(effect)


def test_smallest_is_the_first_size_that_reaches_the_target() -> None:
    grid = effect_grid(PLAIN, "overall", (60, 72, 74, 90), (0.0, 2.5))
    assert grid.smallest(0.8) == [None, 74]


def test_an_unknown_hypothesis_is_said_in_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="not a hypothesis"):
        effect_grid(PLAIN, "efect", [20], [2.5])
    with pytest.raises(InvalidInput, match="not a hypothesis"):
        one_way(PLAIN, 20, "efect", relative_ranges(PLAIN))


def test_too_few_people_are_not_a_power_of_zero() -> None:
    assert np.isnan(effect_grid(PLAIN, "overall", [2], [2.5]).power[0, 0])


def test_a_bayesian_grid_is_the_simulated_power_digit_for_digit() -> None:
    grid = effect_grid(POSTERIOR, "overall", [60], [1.0, 2.5], n_trials=200)
    expected = power(POSTERIOR, 60)["overall"].success
    assert not has_formula(POSTERIOR, "overall")
    assert grid.mcse is not None
    assert (grid.power[1, 0], grid.mcse[1, 0]) == (expected.value, expected.mcse)
    assert grid.n_trials == 200


def test_effects_lie_between_the_limits_of_an_equivalence() -> None:
    scenario = plan("AB/BA", equivalent(0.8, 1.25), 0.95, {"kind": "compound-symmetry",
                    "cv_within": 0.3}, scale="log")  # fmt: skip
    effects = effects_around(scenario, "overall", 5)
    assert (effects[0], effects[-1]) == pytest.approx((0.8, 1.25))
    with pytest.raises(InvalidInput, match="not a ratio"):
        effect_grid(scenario, "overall", [20], [-1.0])


def test_effects_of_a_harmful_plan_are_those_that_could_be_shown() -> None:
    harmful = CONFIRMATORY.with_changes({"truth.effect": -1.0})
    low, *_, high = effects_around(harmful, "overall", 5)
    assert (low, high) == pytest.approx((0.0, CONFIRMATORY.truth.sd_difference / 2))


@given(n=some.integers(4, 400), n_sizes=some.integers(4, 16))
def test_property_sizes_are_balanced_and_hold_the_middle_one(n: int, n_sizes: int) -> None:
    sizes = sizes_around(PLAIN, 2 * n, n_sizes)
    assert len(sizes) == n_sizes
    assert 2 * n in sizes
    assert all(size % 2 == 0 and size >= 4 for size in sizes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("effect", 1.2),
        ("sex_difference", -0.7),
        ("sd_difference", 9.1),
        ("correlation", 0.31),
        ("dropout", 0.25),
        ("carryover", 0.4),
    ],
)
def test_twin_moved_truths_are_those_of_the_design_prior(name: Assumption, value: float) -> None:
    """The layout varied as for assurance has the closed-form power of the moved scenario."""
    layout = lay_out(CONFIRMATORY, 80)
    varied = vary(CONFIRMATORY, layout, Truths(**{name: np.array([value])}))
    moved = type(layout)(
        **{
            field: getattr(layout, field)
            for field in layout.__dataclass_fields__
            if field not in ("mean", "covariance", "probability")
        },
        mean=varied.mean[0],
        covariance=varied.covariance[0],
        probability=varied.probability[0],
    )
    precision = ClosedForm(CONFIRMATORY).precision_of(moved)
    assert precision is not None
    found = ClosedForm(with_assumption(CONFIRMATORY, name, value)).power(80)
    np.testing.assert_allclose(found, power_of(CONFIRMATORY, precision), rtol=1e-9)


@pytest.mark.parametrize("scenario", list(map(pl.load_scenario, built_in_names())))
@pytest.mark.parametrize("name", get_args(Assumption))
def test_moving_to_the_plan_moves_nothing(scenario: Scenario, name: Assumption) -> None:
    value = planned_value(scenario, name)
    if value is None:
        sexes, periods = len(scenario.truth.strata), scenario.plan.design.n_periods
        absent = ("female_share", "sex_difference") if sexes == 1 else ()
        assert name in (*absent, *(("correlation", "dropout", "carryover") if periods == 1 else ()))
        return
    moved = with_assumption(scenario, name, value)
    assert planned_value(moved, name) == pytest.approx(value)
    np.testing.assert_allclose(
        ClosedForm(moved).power(80), ClosedForm(scenario).power(80), rtol=1e-9
    )


@pytest.mark.parametrize("p", [0.025, 0.5, 0.9])
def test_twinprior_quantiles_of_the_design_prior(p: float) -> None:
    chi = ScaledInverseChi(value=7.5, df=17)
    expected = 7.5 * np.sqrt(17 / stats.chi2.isf(p, 17))
    assert prior_quantile(chi, p, 1.0) == pytest.approx(expected)
    assert prior_quantile(Beta(a=9, b=66), p, 1.0) == pytest.approx(stats.beta.ppf(p, 9, 66))
    spread = LogNormal(median=7.0, sd_log=0.2)
    assert prior_quantile(spread, p, 1.0) == pytest.approx(stats.lognorm.ppf(p, 0.2, scale=7.0))


def test_ranges_say_where_they_are_from() -> None:
    ranges = {found.name: found for found in prior_ranges(CONFIRMATORY, 0.95)}
    effect, share = ranges["effect"], ranges["female_share"]
    assert (effect.low, effect.high) == pytest.approx(
        (2.5 - 1.96 * 1.2, 2.5 + 1.96 * 1.2), abs=1e-3
    )
    assert "design prior" in effect.basis
    assert (share.low, share.high) == pytest.approx((0.45, 0.75))
    assert share.basis.startswith("assumed")


def test_shares_stay_shares_however_wide_the_range() -> None:
    certain = CONFIRMATORY.with_changes({"truth.covariance.correlation": 0.9})
    ranges = {found.name: found for found in relative_ranges(certain, 0.5)}
    assert ranges["correlation"].high == 0.99
    one_way(certain, 80, "overall", list(ranges.values()))


def test_the_tornado_puts_the_widest_swing_first() -> None:
    found = one_way(CONFIRMATORY, 86, "overall", prior_ranges(CONFIRMATORY))
    widths = [swing.width for swing in found.swings]
    assert widths == sorted(widths, reverse=True)
    assert found.swings[0].range.name == "effect"
    swing = next(s for s in found.swings if s.range.name == "sd_difference")
    harsher = with_assumption(CONFIRMATORY, "sd_difference", swing.range.high)
    expected = ClosedForm(harsher).power(86)
    assert expected is not None
    assert swing.at_high == pytest.approx(expected[0])
    assert swing.at_high < found.planned < swing.at_low


@given(some.lists(some.tuples(some.integers(0, 6), some.integers(0, 6)), min_size=1, max_size=12))
def test_twin_front_is_what_no_other_point_beats(points: list[tuple[int, int]]) -> None:
    def beaten(cost: int, gain: int) -> bool:
        return any(c <= cost and g >= gain and (c, g) != (cost, gain) for c, g in points)

    found = pareto_front([c for c, _ in points], [g for _, g in points])
    assert found.tolist() == [not beaten(c, g) for c, g in points]


def test_a_plan_costs_its_visits_until_prices_are_stated() -> None:
    curve = plan_curve("AB/BA", PLAIN, "overall", 74)
    assert curve.sizes[0] == 38
    assert curve.sizes[-1] == 112
    assert np.all(np.diff(curve.power) > 0)
    assert price_of(Costs(), 74, 2) == 148
    assert price_of(Costs(per_subject=10, per_visit=1), 74, 2) == 888


def test_a_front_of_curves_is_not_beaten_between_points_nor_beyond_the_others() -> None:
    better, worse = ([76, 92, 108], [53, 61, 70]), ([90, 120, 150], [55, 66, 75])
    found = front_of_curves([better[0], worse[0]], [better[1], worse[1]])
    assert found[0].tolist() == [True, True, True]
    assert found[1].tolist() == [False, False, False]
    assert pareto_front([*better[0], *worse[0]], [*better[1], *worse[1]])[3]


@given(
    some.lists(some.lists(some.integers(0, 100), min_size=2, max_size=6), min_size=1, max_size=4)
)
def test_twin_front_of_curves(powers: list[list[int]]) -> None:
    costs = [[10 * (k + 1) + 3 * i for i in range(len(p))] for k, p in enumerate(powers)]
    found = front_of_curves(costs, powers)
    top = min(max(p) for p in powers)
    for c, p, front in zip(costs, powers, found, strict=True):
        for cost, gain, kept in zip(c, p, front, strict=True):
            fine = [
                (x, np.interp(x, cc, pp))
                for cc, pp in zip(costs, powers, strict=True)
                for x in sorted({*cc, cost})
                if cc[0] <= x <= min(cost, cc[-1])
            ]
            beaten = any(y > gain or (y == gain and x < cost) for x, y in fine)
            assert kept == (gain <= top and not beaten)
