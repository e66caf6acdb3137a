"""The search for the sample size ends at the exact number where a closed form is exact."""

import pytest

import planner as pl
from planner.scenario import Scenario
from planner.search.result import SampleSize
from planner.search.sample_size import SizeSearch, sample_size
from tests.planning import (
    Table,
    equivalent,
    non_inferior,
    of_difference,
    one_sided,
    plan,
    power_at,
    smallest,
    two_sided,
    within,
)
from tests.reference import published, reference_case

POWERTOST = (
    "n_sup_2x2_0.8", "n_sup_2x2_0.9", "n_sup_2x2x3_0.8", "n_sup_2x2x4_0.8", "n_sup_3x3_0.8",
    "n_sup_3x6x3_0.9", "n_sup_4x4_0.8", "n_sup_2x3x3_0.8", "n_sup_parallel_0.8",
)  # fmt: skip
QUICK = {"n_trials": 2000, "seed": 7}


def search(scenario: Scenario, target: float | None = None) -> list[SampleSize]:
    """Sample sizes from few simulated trials, at one target or at the plan's."""
    changes: dict[str, object] = {"monte_carlo": QUICK}
    if target is not None:
        changes["plan.power_targets"] = [target]
    return sample_size(scenario.with_changes(changes), workers=1)


def check(found: SampleSize, n: int, scenario: Scenario, target: float) -> None:
    """The size is right, without uncertainty, and simulation agrees with the closed form."""
    step = sum(scenario.plan.weights)
    assert found.status == "found"
    assert found.n_evaluable == found.n_randomised == n
    assert found.n_interval == (n, n)
    assert sum(found.per_sequence.values()) == n
    assert len(set(found.per_sequence.values())) == 1
    assert found.ledger.whole is not None
    assert found.ledger.formula is not None
    assert n - step < found.ledger.whole <= n
    assert found.ledger.whole - 1 < found.ledger.formula <= found.ledger.whole
    assert power_at(scenario, n) >= target > power_at(scenario, n - step)
    assert found.oracle is not None
    assert found.oracle.exact
    assert found.oracle.value == pytest.approx(power_at(scenario, n), abs=1e-12)
    assert abs(found.oracle.z) < 4
    assert found.type_i_error is not None


@pytest.mark.parametrize("case", POWERTOST)
def test_reference_size_for_superiority(case: str) -> None:
    """PowerTOST's sample sizes; three treatments are compared as B − A."""
    inputs = reference_case("power_powertost", case)["inputs"]
    expected = reference_case("power_powertost", case)["expected"]
    between = 0.0 if inputs["design"] == "parallel" else 3.0
    scenario = plan(
        inputs["design"],
        one_sided(inputs["alpha"]),
        inputs["effect"],
        within(inputs["sd_within"], between),
    )
    (found,) = search(scenario, inputs["target_power"])
    check(found, expected["n"], scenario, inputs["target_power"])


@pytest.mark.parametrize("case", ["NI-01", "NI-05", "NI-09", "EQ-01", "EQ-07", "HO-01", "HO-03"])
def test_reference_size_for_ratios(case: str) -> None:
    """Non-inferiority, non-superiority and equivalence with a log-scale endpoint."""
    inputs, expected, _ = published(case)
    lower = inputs.get("theta1", 0.8)
    objective = (
        non_inferior(inputs["margin"], inputs["alpha"])
        if "margin" in inputs
        else equivalent(lower, inputs.get("theta2", 1 / lower))
    )
    covariance = {"kind": "compound-symmetry", "cv_within": inputs["CV"]}
    design = inputs.get("design", "2x2")
    scenario = plan(design, objective, inputs["theta0"], covariance, scale="log")
    (found,) = search(scenario, inputs["target_power"])
    check(found, expected["n_total"], scenario, inputs["target_power"])


def paired(effect: float, objective: Table) -> Scenario:
    """Paired t test of an effect in SDs of the difference."""
    return plan("paired", objective, effect, of_difference(1.0), analysis={"adjust_period": False})


PAIRS = {0.455: (40, 53), 0.35: (67, 88), 0.30: (90, 119), 0.25: (128, 171), 0.20: (199, 265)}
"""d_z → complete pairs for 80 % and 90 % power, two-sided 0.05, paired t test."""


@pytest.mark.parametrize("effect", PAIRS)
def test_reference_pairs_for_the_pilot_effect_and_smaller_ones(effect: float) -> None:
    """The whole number before balancing, and the balanced one, at two targets in one search."""
    scenario = paired(effect, two_sided())
    found = search(scenario)
    assert [f.power_target for f in found] == [0.8, 0.9]
    for size, pairs in zip(found, PAIRS[effect], strict=True):
        assert size.ledger.whole == pairs
        check(size, pairs + pairs % 2, scenario, size.power_target)
        assert smallest(lambda n: power_at(scenario, n), size.power_target, start=3) == pairs


def test_reference_retrospective_power_of_the_pilot() -> None:
    """26 pairs, t = 2.322: d_z = 0.455, power 61 %."""
    effect = 2.322 / 26**0.5
    assert effect == pytest.approx(0.455, abs=5e-4)
    assert power_at(paired(effect, two_sided()), 26) == pytest.approx(0.61, abs=0.005)


def test_reference_odd_size_is_balanced() -> None:
    """XO-12: 65 people would do, 66 fill both sequences; CAMIS' 20 pairs need no rounding."""
    inputs, _, _ = published("XO-12")
    scenario = plan("2x2", one_sided(), inputs["mean_diff"], within(inputs["sd_within"]))
    (found,) = search(scenario, 0.8)
    assert found.ledger.whole == 65
    check(found, 66, scenario, 0.8)
    inputs, expected, _ = published("XO-02")
    scenario = paired(inputs["delta"] / inputs["sd"], two_sided())
    (found,) = search(scenario, 0.8)
    assert found.ledger.formula == pytest.approx(expected["n_pwr"], abs=0.05)
    check(found, 20, scenario, 0.8)


def test_reference_size_from_standardised_effect_and_unequal_allocation() -> None:
    """A ratio of 2 : 1 needs a multiple of three, and 9/8 of the people."""
    scenario = plan("2x2", one_sided(), 2.5, within(5.2), plan__sequence_weights=[2, 1])
    (found,) = search(scenario, 0.8)
    expected = smallest(lambda n: power_at(scenario, n), 0.8, 3, start=2)
    assert found.n_evaluable == expected
    assert found.per_sequence == {"AB": 2 * expected // 3, "BA": expected // 3}
    assert 70 * 9 / 8 - 3 < expected <= 70 * 9 / 8 + 3


def test_reference_target_beyond_the_limit() -> None:
    """The sizes are the limit, and the status says so."""
    scenario = plan("2x2", one_sided(), 2.5, within(5.2), plan__n_limit=68)
    (found,) = search(scenario, 0.8)
    assert found.status == "not_reached"
    assert found.n_evaluable == 68
    assert found.n_interval[1] is None


@pytest.mark.parametrize(("male", "share", "target"), [(4.0, 0.5, 0.9), (3.1, 0.6, 0.9)])
def test_reference_whole_number_is_the_smallest(male: float, share: float, target: float) -> None:
    """Before balancing: no smaller number of people reaches the target in men."""
    scenario = plan(
        "AB/BA",
        one_sided(),
        {"female": 2.1, "male": male},
        within(5.3),
        truth__female_share=share,
        plan__hypotheses=[{"name": "male", "contrast": "male"}],
    )
    found = search(scenario, target)[0]
    reached = (n for n in range(8, found.n_evaluable + 1) if power_at(scenario, n) >= target)
    assert found.ledger.whole == next(reached)


def test_property_dropout_inflates_a_bayesian_size_by_no_more_than_it_must() -> None:
    """A favourable prior needs fewer people than the test, also once some of them leave."""
    scenario = pl.load_scenario("confirmatory").with_changes(
        {
            "plan.analysis": {
                "kind": "posterior",
                "priors": {"effect": {"kind": "normal", "mean": 2.5, "sd": 2.0}},
            },
            "plan.power_targets": [0.8],
            "monte_carlo.n_trials": 2_000,
        }
    )
    found = SizeSearch(scenario).find("male", 0.8)
    assert found.status == "found"
    inflated = found.ledger.inflated
    assert inflated <= found.n_randomised <= inflated + 12
    assert found.power.value <= 0.8 + 5 * found.power.mcse
