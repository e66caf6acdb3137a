"""Operating characteristics under other analysis priors."""

from typing import Any

import pytest

import planner as pl
from planner.evidence.distribution import Flat, Normal, NormalMixture, cdf
from planner.plan.priors import ExchangeableSexes
from planner.scenario import Scenario
from planner.search.prior_sensitivity import PriorSensitivity, by_quadrature, prior_sensitivity
from tests.planning import of_difference, one_sided, plan

N = 60
NORMAL = {"kind": "normal", "mean": 0.5, "sd": 4.0}


def bayesian(effect: dict[str, Any] | None = None, **priors: Any) -> Scenario:
    table = {**({"effect": effect} if effect else {}), **priors}
    return plan(
        "AB/BA",
        one_sided(),
        2.5,
        of_difference(7.5),
        analysis={"kind": "posterior", "priors": table},
        monte_carlo__n_trials=300,
    )


def of(scenario: Scenario) -> PriorSensitivity:
    found = prior_sensitivity(scenario, "overall", N)
    assert found is not None
    return found


def test_a_test_has_no_prior() -> None:
    assert prior_sensitivity(pl.load_scenario("confirmatory"), "overall", 84) is None


def test_every_row_is_power_with_those_priors_bit_for_bit() -> None:
    scenario = bayesian(NORMAL)
    found = of(scenario)
    assert found.rows[0].label == "planned"
    for row in found.rows:
        changed = scenario.with_changes({"plan.analysis.priors": row.priors.plain(full=True)})
        power = pl.power(changed, N)
        assert row.success == power["overall"].success
        assert row.type_i_error == power.null["overall"].success


def test_priors_are_what_they_are_called() -> None:
    """Spiegelhalter, Freedman & Parmar 1994: 5 % beyond the effect, or beyond the null."""
    rows = {row.label: row.priors.effect for row in of(bayesian(NORMAL)).rows}
    assert rows["flat"] == Flat()
    assert rows["half the SD"] == Normal(mean=0.5, sd=2.0)
    assert rows["twice the SD"] == Normal(mean=0.5, sd=8.0)
    sceptical, keen = rows["sceptical"], rows["enthusiastic"]
    assert isinstance(sceptical, Normal)
    assert isinstance(keen, Normal)
    assert sceptical.mean == 0
    assert 1 - cdf(sceptical, 2.5) == pytest.approx(0.05)
    assert keen.mean == pytest.approx(2.5)
    assert cdf(keen, 0.0) == pytest.approx(0.05)
    assert rows["robust"] == NormalMixture(weights=(0.5, 0.5), means=(0.5, 0.0), sds=(4.0, 7.5))


def test_property_the_more_a_prior_favours_the_effect_the_more_trials_succeed() -> None:
    rows = {row.label: row for row in of(bayesian(NORMAL)).rows}
    order = [rows[label] for label in ("sceptical", "flat", "enthusiastic")]
    assert order[0].success.value < order[1].success.value < order[2].success.value
    assert order[0].type_i_error.value < order[1].type_i_error.value < order[2].type_i_error.value


def test_what_cannot_be_formed_is_left_out_with_a_reason() -> None:
    found = of(bayesian())
    assert {row.label for row in found.rows} == {"planned", "sceptical", "enthusiastic"}
    assert found.left_out["flat"] == "it is the planned prior"
    assert "flat and has no SD" in found.left_out["half the SD"]
    no_effect = bayesian(NORMAL).with_changes({"truth.effect": 0.0})
    assert "edge of the null" in of(no_effect).left_out["sceptical"]


def test_borrowing_between_sexes_is_varied_where_it_is_planned() -> None:
    tau = {"kind": "half-normal", "scale": 2.0}
    scenario = pl.load_scenario("confirmatory").with_changes(
        {
            "plan.analysis": {
                "kind": "posterior",
                "priors": {"sexes": {"kind": "exchangeable", "tau": tau}},
            },
            "monte_carlo.n_trials": 100,
        }
    )
    found = prior_sensitivity(scenario, "female", 84)
    assert found is not None
    scales = [
        row.priors.sexes.tau.plain()["scale"]
        for row in found.rows
        if "τ" in row.label and isinstance(row.priors.sexes, ExchangeableSexes)
    ]
    assert scales == [1.0, 4.0]


def test_sampling_is_replaced_by_quadrature_and_nothing_else() -> None:
    sampled = bayesian(NORMAL).with_changes({"plan.analysis.engine": "nuts"})
    assert by_quadrature(sampled) == bayesian(NORMAL)
    test = pl.load_scenario("confirmatory")
    assert by_quadrature(test) is test
