"""Stress scenarios: what they change, and that every kind of scenario can be stressed."""

import numpy as np
import pytest

from planner.engines.model import true_values
from planner.operating.power import power_curve
from planner.operating.stress import (
    ADVERSE,
    LARGEST_HAZARD,
    OPTIMISTIC,
    REALISTIC,
    STRESSES,
    Stress,
    stress_scenarios,
    stress_words,
    stressed,
)
from planner.scenario import Scenario, built_in_names, load_scenario
from planner.search.compare import vary_design
from tests.planning import Table, equivalent, non_inferior, of_difference, one_sided, plan, within

NAMES = ("optimistic", "realistic", "adverse")


def log_normal() -> Scenario:
    """A ratio with CVs, dropout by sex, carry-over and a multiplier of SDs."""
    return plan(
        ["ABB", "BAA"],
        one_sided(),
        {"female": 1.2, "male": 1.4},
        {
            "kind": "compound-symmetry",
            "cv_within": 0.3,
            "cv_between": 0.5,
            "sd_multiplier": {"male": 1.2},
        },
        scale="log",
        truth__female_share=0.6,
        truth__carryover=1.1,
        truth__attrition={
            "kind": "mcar",
            "after_period_1": {"female": 0.1, "male": 0.2},
            "after_period_2": 0.8,
        },
    )


@pytest.mark.parametrize("name", built_in_names())
def test_property_every_packaged_scenario_under_every_main_design(name: str) -> None:
    """The realistic scenario is the scenario itself; the others differ from it and each other."""
    for scenario in vary_design(load_scenario(name)).values():
        found = stress_scenarios(scenario)
        assert tuple(found) == NAMES
        assert found["realistic"] is scenario
        assert len({s.fingerprint() for s in found.values()}) == 3
        for stress in STRESSES:
            expected = stress.effect * true_values(scenario)
            assert np.allclose(true_values(found[stress.name]), expected, rtol=1e-12)


def test_reference_factors_of_the_packaged_scenario() -> None:
    """By hand: effects, dropout, and SD of the difference 7.5 × 1.1 × √(0.55 / 0.5)."""
    found = stress_scenarios(load_scenario("confirmatory"))["adverse"]
    effects = found.truth.treatment_effects(("A", "B"), "B")
    assert effects[:, 1] == pytest.approx([0.75 * 2.1, 0.75 * 3.1], rel=1e-12)
    assert found.truth.sd_difference == pytest.approx(7.5 * 1.1 * np.sqrt(1.1), rel=1e-12)
    assert found.truth.attrition.plain()["after_period_1"] == pytest.approx(0.18, rel=1e-12)
    within_, between = found.truth.resolved_covariance().components()
    assert between / (within_ + between) == pytest.approx(0.45, rel=1e-12)


@pytest.mark.parametrize("stress", [OPTIMISTIC, ADVERSE])
def test_reference_factors_on_a_log_scale(stress: Stress) -> None:
    """Ratios by their logarithm, the SD of one outcome's logarithm, hazards by sex and capped."""
    scenario = log_normal()
    found = stressed(scenario, stress)
    treatments = ("A", "B")
    ratios = np.exp(found.truth.treatment_effects(treatments, "B")[:, 1])
    assert ratios == pytest.approx([1.2**stress.effect, 1.4**stress.effect], rel=1e-12)
    lasting = np.exp(found.truth.carryover_effects(treatments, "B")[1])
    assert lasting == pytest.approx(1.1**stress.carryover, rel=1e-12)
    before = np.array([np.log1p(0.3**2), np.log1p(0.5**2)])
    after = np.array(found.truth.resolved_covariance().components())
    assert after.sum() == pytest.approx(before.sum() * stress.sd**2, rel=1e-12)
    expected = before[1] / before.sum() * stress.correlation
    assert after[1] / after.sum() == pytest.approx(expected, rel=1e-12)
    assert found.truth.resolved_covariance().sd_multiplier.male == 1.2
    hazards = found.truth.attrition.plain()
    assert hazards["after_period_1"]["male"] == pytest.approx(0.2 * stress.dropout, rel=1e-12)
    later = min(0.8 * stress.dropout, LARGEST_HAZARD)
    assert hazards["after_period_2"] == pytest.approx(later, rel=1e-12)


@pytest.mark.parametrize("correlation", [-0.4, 0.0, 0.97])
def test_property_correlations_stay_possible(correlation: float) -> None:
    """A negative or absent correlation is left alone, a high one stays below 1."""
    covariance = {**of_difference(2.0), "correlation": correlation}
    scenario = plan(["AB", "BA"], one_sided(), 1.0, covariance)
    for found in stress_scenarios(scenario).values():
        inside, between = found.truth.resolved_covariance().components()
        after = between / (inside + between)
        assert after < 1
        if correlation <= 0:
            assert after == pytest.approx(correlation, abs=1e-12)


@pytest.mark.parametrize(
    ("objective", "effect", "adverse", "optimistic"),
    [
        (non_inferior(-2.0), 0.5, -2 + 0.75 * 2.5, -2 + 1.15 * 2.5),
        (non_inferior(2.0), 0.5, 2 - 0.75 * 1.5, 2 - 1.15 * 1.5),
        (equivalent(-2.0, 2.0), 0.5, 2 - 0.75 * 1.5, 2 - 1.15 * 1.5),
        (equivalent(-0.6, 2.0), 0.6, -0.6 + 0.75 * 1.2, 0.7),
    ],
)
def test_reference_distance_from_a_margin(
    objective: Table, effect: float, adverse: float, optimistic: float
) -> None:
    """By hand: the distance from the nearer margin is scaled, between two no further than half."""
    found = stress_scenarios(plan(["AB", "BA"], objective, effect, within(5.0)))
    assert true_values(found["adverse"])[0] == pytest.approx(adverse, rel=1e-12)
    assert true_values(found["optimistic"])[0] == pytest.approx(optimistic, rel=1e-12)


@pytest.mark.parametrize(
    "scenario",
    [
        plan(["AB", "BA"], one_sided(), 2.5, within(5.0)),
        plan(["AB", "BA"], one_sided(direction="less"), -2.5, within(5.0)),
        plan(["AB", "BA"], non_inferior(-2.0), 0.5, within(5.0)),
        plan(["AB", "BA"], non_inferior(2.0), -0.5, within(5.0)),
        plan(["AB", "BA"], equivalent(-3.5, 3.5), 0.5, within(5.0)),
        log_normal().with_changes(
            {"truth.attrition.after_period_2": 0.2, "truth.covariance.cv_within": 0.6}
        ),
        plan("parallel", one_sided(), 2.5, within(4.0, 3.0)),
    ],
    ids=["greater", "less", "non-inferior", "non-superior", "equivalent", "log", "parallel"],
)
def test_property_power_falls_from_optimistic_to_adverse(scenario: Scenario) -> None:
    """Whatever is to be shown, simulated."""
    few = {"monte_carlo": {"n_trials": 2000, "seed": 3}}
    power = [
        power_curve(s.with_changes(few), [60], nulls=False, workers=1)[0]
        .hypotheses[0]
        .success.value
        for s in stress_scenarios(scenario).values()
    ]
    assert power[0] > power[1] + 0.02 > power[2] + 0.04


def test_property_words_name_every_factor() -> None:
    """One sentence each, called assumed unless it is the plan itself."""
    assert [stress.name for stress in STRESSES] == list(NAMES)
    assert stress_words("realistic") == REALISTIC.words == "As planned."
    for stress in (OPTIMISTIC, ADVERSE):
        words = stress_words(stress.name)
        assert words.startswith("Assumed: ")
        assert words.endswith(".")
        for factor in (stress.effect, stress.sd, stress.correlation, stress.dropout):
            assert f"× {factor:g}" in words
