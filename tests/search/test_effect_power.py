"""Simulated power over true effects."""

import numpy as np
import pytest
from scipy import stats

import planner as pl
from planner.search.effect_power import effect_power
from tests.monte_carlo import assert_within_mcse, proportion_mcse
from tests.planning import equivalent, non_inferior, of_difference, one_sided, plan, within

N_TRIALS = 4000


def test_reference_noncentral_t_at_every_effect() -> None:
    """Power of the period-adjusted test is that of a two-sample t test (Senn 2002, ch. 3)."""
    n, sd = 60, 7.5
    scenario = plan("AB/BA", one_sided(), 2.5, of_difference(sd), monte_carlo__n_trials=N_TRIALS)
    found = effect_power(scenario, "overall", n)
    effects = np.array([row.effect for row in found.rows])
    assert effects == pytest.approx(2.5 * np.array([0.5, 0.75, 1, 1.25]))
    critical = stats.t.isf(0.025, n - 2)
    exact = stats.nct.sf(critical, n - 2, effects * np.sqrt(n) / sd)
    power = [row.power.value for row in found.rows]
    assert_within_mcse(power, exact, proportion_mcse(exact, N_TRIALS), what="power")


def test_planned_row_is_power_bit_for_bit_and_alternatives_follow() -> None:
    scenario = pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 300})
    found = effect_power(scenario, "female", 84)
    rows = {row.label: row for row in found.rows}
    assert rows["planned"].power == pl.power(scenario, 84)["female"].success
    assert rows["planned"].effect == pytest.approx(2.1)
    other = scenario.with_changes(scenario.alternatives[0].changes)
    assert rows["pilot face value"].power == pl.power(other, 84)["female"].success
    assert rows["pilot face value"].factor is None
    assert rows["pilot face value"].note == scenario.alternatives[0].note


def test_property_power_grows_with_the_distance_from_the_null() -> None:
    for objective, effect in (
        (one_sided(), 2.5),
        (one_sided(direction="less"), -2.5),
        (non_inferior(-2.0), 0.5),
    ):
        scenario = plan("AB/BA", objective, effect, of_difference(7.5), monte_carlo__n_trials=500)
        power = [row.power.value for row in effect_power(scenario, "overall", 40).rows]
        assert len(power) == 4
        assert power == sorted(power)


def test_parts_are_of_the_distance_from_the_margin() -> None:
    scenario = plan("AB/BA", non_inferior(-2.0), 0.0, of_difference(7.5), monte_carlo__n_trials=100)
    found = effect_power(scenario, "overall", 40)
    assert found.edge == pytest.approx(-2)
    assert [row.effect for row in found.rows] == pytest.approx([-1, -0.5, 0, 0.5])


def test_between_two_limits_no_further_than_halfway_and_ratios_stay_ratios() -> None:
    scenario = plan(
        "AB/BA",
        equivalent(0.8, 1.25),
        1.0,
        within(0.2, 0.4),
        scale="log",
        monte_carlo__n_trials=100,
    )
    found = effect_power(scenario, "overall", 30)
    effects = [row.effect for row in found.rows]
    assert effects == pytest.approx([0.8**0.5, 0.8**0.25, 1.0])
    assert [row.factor for row in found.rows] == [0.5, 0.75, 1.0]


def test_a_plan_that_assumes_its_null_is_tried_with_effects() -> None:
    scenario = plan("AB/BA", one_sided(), 0.0, of_difference(8), monte_carlo__n_trials=100)
    found = effect_power(scenario, "overall", 40)
    assert [row.effect for row in found.rows] == pytest.approx([0, 1, 2, 3, 4])
    assert [row.factor for row in found.rows] == [1.0, None, None, None, None]
