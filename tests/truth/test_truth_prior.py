"""Design priors: what is refused, what is drawn, and what stays at the scenario's truth."""

import tomllib
from typing import Any

import numpy as np
import pytest
from scipy import stats

from planner.errors import InvalidInput
from planner.evidence.distribution import cdf
from planner.rng import BLOCK_SIZE
from planner.scenario import Scenario, built_in_names, load_scenario, scenario_from, scenario_toml
from planner.trials.layout import lay_out
from planner.trials.moments import FloatArray
from planner.trials.varied import (
    Truths,
    draw_truths,
    effects_under,
    planned_effect,
    vary,
    with_every_cell,
)
from tests.crossovers import Table, by_sex, crossover, leaving, paired
from tests.monte_carlo import assert_uniform, critical_distance

NORMAL: Table = {"kind": "normal", "mean": 2.5, "sd": 1.2}
WITHOUT_PRIOR = {
    "confirmatory": "9212c87268b63d8a106338b4a8c23c1cf83f39939cf3389dba130a67b3efe4da",
    "kcl-2025": "54acaab977256f785f360a25be4eb9696061a2ffd7187eca4eca1d75363c4629",
    "stanford-2018": "33335f44a52d3d3156be0ec4e843ad57ac05b1dd21f696971da9bfcc5f73737d",
}
"""Fingerprints of the built-in scenarios before there were design priors."""


def with_prior(prior: Table, scenario: Scenario | None = None) -> Scenario:
    """A scenario, by default AB/BA with 60 % women, and a design prior."""
    return (scenario or by_sex()).with_changes({"truth_prior": prior})


MALFORMED: dict[str, tuple[Table, str]] = {
    "nothing varied": ({}, "varies nothing"),
    "only a treatment": ({"treatment": "B"}, "varies nothing"),
    "unknown key": ({"efect": NORMAL}, "unknown key"),
    "no kind": ({"effect": {"mean": 2.5, "sd": 1.0}}, "has no kind"),
    "unknown kind": ({"effect": {"kind": "cauchy", "mean": 2.5}}, "is not known"),
    "flat effect": ({"effect": {"kind": "flat"}}, "is not known"),
    "number for a table": ({"effect": 2.5}, "2.5"),
    "sd 0": ({"effect": {**NORMAL, "sd": 0.0}}, "out of range"),
    "sd missing": ({"effect": {"kind": "normal", "mean": 2.5}}, "missing"),
    "pilot of one": ({"effect": {"kind": "pilot", "mean": 1.0, "n_subjects": 1}}, "out of range"),
    "pilot in halves": ({"effect": {"kind": "pilot", "mean": 1.0, "n_subjects": 12.5}}, "12.5"),
    "weights": (
        {
            "effect": {
                "kind": "mixture",
                "weights": [0.5, 0.4],
                "means": [0.0, 1.0],
                "sds": [1.0, 1.0],
            }
        },
        "sum to 1",
    ),
    "pilot as sex difference": (
        {"sex_difference": {"kind": "pilot", "mean": 1.0, "n_subjects": 26}},
        "is not known",
    ),
    "normal SD": ({"sd_difference": {"kind": "normal", "mean": 7.5, "sd": 1.0}}, "is not known"),
    "SD fixed at 0": ({"sd_difference": {"kind": "fixed", "value": 0.0}}, "above 0"),
    "df 0": ({"sd_difference": {"kind": "scaled-inverse-chi", "value": 7.5, "df": 0.0}}, "range"),
    "correlation up to 1": (
        {"correlation": {"kind": "uniform", "lower": 0.5, "upper": 1.0}},
        "below 1",
    ),
    "correlation too negative": (
        {"correlation": {"kind": "uniform", "lower": -1.0, "upper": 0.0}},
        "impossible over 2 periods",
    ),
    "correlation reversed": (
        {"correlation": {"kind": "uniform", "lower": 0.7, "upper": 0.3}},
        "swap or correct",
    ),
    "dropout above 1": ({"dropout": {"kind": "uniform", "lower": 0.1, "upper": 1.2}}, "below 1"),
    "dropout below 0": ({"dropout": {"kind": "uniform", "lower": -0.1, "upper": 0.2}}, "from 0"),
    "beta of 0": ({"dropout": {"kind": "beta", "a": 0.0, "b": 2.0}}, "out of range"),
    "reference treatment": ({"effect": NORMAL, "treatment": "A"}, "not a non-reference treatment"),
    "infinite": ({"effect": {**NORMAL, "mean": float("inf")}}, "finite"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_priors_are_one_sentence(case: str) -> None:
    """Value, rule and remedy, with a key below truth_prior."""
    prior, part = MALFORMED[case]
    with pytest.raises(InvalidInput) as caught:
        with_prior(prior)
    sentence = str(caught.value)
    assert part in sentence
    assert "\n" not in sentence
    assert 20 < len(sentence) < 300
    assert "pydantic" not in sentence
    assert caught.value.key.startswith("truth_prior")


IMPOSSIBLE: dict[str, tuple[Scenario, Table, str]] = {
    "no sexes": (crossover(), {"sex_difference": NORMAL}, "truth.female_share is missing"),
    "no second period to carry over to": (
        crossover("parallel"),
        {"carryover": NORMAL},
        "one period",
    ),
    "no second period to miss": (
        crossover("parallel"),
        {"dropout": {"kind": "beta", "a": 1.0, "b": 9.0}},
        "one period",
    ),
    "no second period to correlate with": (
        crossover("parallel"),
        {"correlation": {"kind": "beta", "a": 1.0, "b": 9.0}},
        "one period",
    ),
    "four periods": (
        crossover("ABBA/BAAB"),
        {"correlation": {"kind": "uniform", "lower": -0.4, "upper": 0.0}},
        "above -0.333333",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_priors_that_do_not_fit_the_design_are_refused(case: str) -> None:
    """The sentence names what is missing."""
    scenario, prior, part = IMPOSSIBLE[case]
    with pytest.raises(InvalidInput, match="truth_prior") as caught:
        with_prior(prior, scenario)
    assert part in str(caught.value)


@pytest.mark.parametrize("name", WITHOUT_PRIOR)
def test_reference_fingerprints_without_a_prior_are_what_they_were(name: str) -> None:
    """A design prior is part of the fingerprint only where there is one."""
    assert set(WITHOUT_PRIOR) <= set(built_in_names())
    plain = load_scenario(name).with_changes({"truth_prior": None})
    assert plain.fingerprint() == WITHOUT_PRIOR[name]
    varied = plain.with_changes({"truth_prior.effect": NORMAL})
    other = plain.with_changes({"truth_prior.effect": {**NORMAL, "sd": 1.3}})
    assert len({s.fingerprint() for s in (plain, varied, other)}) == 3


def test_example_the_packaged_prior_says_where_its_numbers_come_from() -> None:
    """Every number of the confirmatory scenario's prior has a flag; it is centred on the truth."""
    scenario = load_scenario("confirmatory")
    prior = scenario.truth_prior
    assert prior is not None
    numbers = {f"truth_prior.{k}" for k in ("effect.mean", "effect.sd", "sex_difference.mean",
               "sex_difference.sd", "sd_difference.value", "sd_difference.df", "dropout.a",
               "dropout.b", "correlation.lower", "correlation.upper")}  # fmt: skip
    cited = {k for k, c in scenario.citations.items() if c.flag and k.startswith("truth_prior")}
    assert cited == numbers
    plain = prior.plain()
    assert plain["effect"]["mean"] == pytest.approx(planned_effect(scenario))
    assert plain["sd_difference"]["value"] == scenario.truth.sd_difference
    a, b = plain["dropout"]["a"], plain["dropout"]["b"]
    assert a / (a + b) == pytest.approx(0.12)
    spread = 7.5 * np.sqrt(17 / stats.chi2.ppf([0.975, 0.025], 17))
    assert spread == pytest.approx([5.6, 11.2], abs=0.05)
    assert stats.beta(a, b).ppf([0.025, 0.975]) == pytest.approx([0.06, 0.20], abs=0.005)
    inside = stats.norm(2.5, 1.2).cdf([1.5, 4.5])
    assert inside[1] - inside[0] == pytest.approx(0.75, abs=0.005)


def test_property_files_keep_their_prior() -> None:
    """Written as TOML and read again, it is the same scenario."""
    scenario = load_scenario("confirmatory")
    again = scenario_from(tomllib.loads(scenario_toml(scenario)))
    assert again.fingerprint() == scenario.fingerprint()
    assert again.truth_prior == scenario.truth_prior


EFFECTS: dict[str, Table] = {
    "normal": NORMAL,
    "student-t": {"kind": "student-t", "mean": 1.0, "scale": 2.0, "df": 3.0},
    "mixture": {"kind": "mixture", "weights": [0.7, 0.3], "means": [3.0, 0.0], "sds": [0.5, 4.0]},
}


def all_truths(scenario: Scenario, name: str, blocks: int = 10) -> FloatArray:
    """Draws of one varied quantity."""
    parts = [getattr(draw_truths(scenario, block), name) for block in range(blocks)]
    return np.concatenate(parts)


@pytest.mark.parametrize("name", ["effect", "sex_difference", "carryover"])
@pytest.mark.parametrize("kind", EFFECTS)
def test_calibration_effects_have_their_distribution(kind: str, name: str) -> None:
    """Probability transforms of all draws are uniform."""
    scenario = with_prior({name: EFFECTS[kind]})
    distribution = getattr(scenario.truth_prior, name)
    u = cdf(distribution, all_truths(scenario, name))
    assert len(u) == 10 * BLOCK_SIZE
    assert_uniform(u, comparisons=20, what=name)


def test_calibration_other_quantities_have_their_distribution() -> None:
    """SDs by their χ² or logarithm, shares by beta or uniform; a fixed SD does not vary."""
    chi = {"kind": "scaled-inverse-chi", "value": 7.5, "df": 5.0}
    sd = all_truths(with_prior({"sd_difference": chi}), "sd_difference")
    assert_uniform(stats.chi2.cdf(5 * 7.5**2 / sd**2, 5), comparisons=20, what="χ²")
    log = {"kind": "log-normal", "median": 7.0, "sd_log": 0.4}
    sd = all_truths(with_prior({"sd_difference": log}), "sd_difference")
    assert_uniform(stats.norm.cdf(np.log(sd / 7.0) / 0.4), comparisons=20, what="log-normal")
    fixed = {"kind": "fixed", "value": 6.0}
    assert np.all(all_truths(with_prior({"sd_difference": fixed}), "sd_difference") == 6.0)
    for name in ("correlation", "dropout"):
        beta = all_truths(with_prior({name: {"kind": "beta", "a": 2.0, "b": 5.0}}), name)
        assert_uniform(stats.beta(2, 5).cdf(beta), comparisons=20, what=name)
        flat = all_truths(with_prior({name: {"kind": "uniform", "lower": 0.1, "upper": 0.4}}), name)
        assert_uniform((flat - 0.1) / 0.3, comparisons=20, what=name)


@pytest.mark.parametrize("varied", [False, True])
def test_calibration_pilot_estimate_goes_with_the_standard_deviation(varied: bool) -> None:
    """(θ − mean) √n / SD is standard normal and independent of the SD of its own trial."""
    prior: dict[str, Any] = {"effect": {"kind": "pilot", "mean": 2.0, "n_subjects": 26}}
    if varied:
        prior["sd_difference"] = {"kind": "scaled-inverse-chi", "value": 7.5, "df": 24.0}
    scenario = with_prior(prior)
    effect = all_truths(scenario, "effect")
    sd = all_truths(scenario, "sd_difference") if varied else np.full(len(effect), 7.5)
    z = (effect - 2.0) * np.sqrt(26) / sd
    assert_uniform(stats.norm.cdf(z), comparisons=20, what="z")
    if varied:
        marginal = stats.t(24, 2.0, 7.5 / np.sqrt(26))
        assert_uniform(marginal.cdf(effect), comparisons=20, what="Student t")
        r = np.corrcoef(z, sd)[0, 1]
        assert abs(r) * np.sqrt(len(z)) < critical_distance(1)


def test_property_one_more_varied_quantity_moves_no_other() -> None:
    """Each has a generator of its own."""
    parts: dict[str, Table] = {
        "effect": NORMAL,
        "sex_difference": {"kind": "normal", "mean": 1.0, "sd": 1.5},
        "sd_difference": {"kind": "log-normal", "median": 7.0, "sd_log": 0.2},
        "correlation": {"kind": "uniform", "lower": 0.3, "upper": 0.7},
        "dropout": {"kind": "beta", "a": 9.0, "b": 66.0},
        "carryover": {"kind": "normal", "mean": 0.0, "sd": 1.0},
    }
    together = draw_truths(with_prior(parts), 3)
    for name, part in parts.items():
        alone = draw_truths(with_prior({name: part}), 3)
        assert np.array_equal(getattr(alone, name), getattr(together, name))
        others = [other for other in parts if other != name]
        assert all(getattr(alone, other) is None for other in others)
    drawn = np.array([getattr(together, name) for name in parts])
    r = np.corrcoef(stats.rankdata(drawn, axis=1))[np.triu_indices(len(parts), 1)]
    assert np.all(np.abs(r) * np.sqrt(BLOCK_SIZE) < critical_distance(len(r)))
    again = draw_truths(with_prior({"effect": NORMAL}), 4)
    assert not np.array_equal(again.effect, together.effect)


def test_property_sexes_move_around_the_overall_effect() -> None:
    """Population weights, not those of the trial; what is absent stays."""
    scenario = by_sex(
        plan={"population_share": 0.3}, truth={"effect": {"female": 2.0, "male": 5.0}}
    )
    values = Truths(effect=np.array([0.0, 4.0]), sex_difference=np.array([1.0, -2.0]))
    both = effects_under(with_prior({"effect": NORMAL}, scenario), values)[..., 1]
    np.testing.assert_allclose(both @ [0.3, 0.7], [0.0, 4.0], atol=1e-12)
    np.testing.assert_allclose(both[:, 1] - both[:, 0], [1.0, -2.0])
    effect_only = effects_under(scenario, Truths(effect=values.effect))[..., 1]
    np.testing.assert_allclose(effect_only @ [0.3, 0.7], [0.0, 4.0], atol=1e-12)
    np.testing.assert_allclose(effect_only[:, 1] - effect_only[:, 0], 3.0)
    apart_only = effects_under(scenario, Truths(sex_difference=values.sex_difference))[..., 1]
    np.testing.assert_allclose(apart_only @ [0.3, 0.7], 4.1)
    np.testing.assert_allclose(apart_only[:, 1] - apart_only[:, 0], [1.0, -2.0])
    assert planned_effect(scenario) == pytest.approx(4.1)
    assert effects_under(scenario, Truths())[0, :, 1].tolist() == [2.0, 5.0]


def test_property_another_test_treatment_may_be_meant() -> None:
    """With three treatments the others keep their effects."""
    scenario = crossover("Williams 3", truth={"effect": {"B": 1.0, "C": 2.0}})
    values = Truths(effect=np.array([7.0, 8.0]))
    first = effects_under(with_prior({"effect": NORMAL}, scenario), values)
    assert first[:, 0].tolist() == [[0.0, 7.0, 2.0], [0.0, 8.0, 2.0]]
    second = effects_under(with_prior({"effect": NORMAL, "treatment": "C"}, scenario), values)
    assert second[:, 0].tolist() == [[0.0, 1.0, 7.0], [0.0, 1.0, 8.0]]


def test_twin_varied_layouts_are_the_layouts_of_varied_scenarios() -> None:
    """Means, covariances and chances of every truth by writing it into the scenario."""
    truth = {
        "effect": {"female": 2.0, "male": 5.0},
        "covariance": paired(0.4, sd_multiplier={"female": 1.0, "male": 1.3}),
        "period_effects": [0.0, 1.0, -1.0, 2.0],
        "sex_difference": -3.0,
        "attrition": leaving(0.1, 0.1, 0.1),
        "carryover": 0.5,
    }
    scenario = by_sex("ABBA/BAAB", truth=truth)
    truths = Truths(
        effect=np.array([1.0, -2.0, 6.0]),
        sex_difference=np.array([0.0, 1.0, 4.0]),
        sd_difference=np.array([3.0, 7.5, 20.0]),
        correlation=np.array([-0.2, 0.1, 0.8]),
        dropout=np.array([0.0, 0.2, 0.5]),
        carryover=np.array([0.0, -1.0, 2.0]),
    )
    layout = lay_out(scenario, 24)
    varied = vary(scenario, layout, truths)
    effects = effects_under(scenario, truths)
    for t in range(1, 3):
        female, male = effects[t, :, 1].tolist()
        hazard = float(truths.dropout[t])
        own = lay_out(
            scenario.with_changes(
                {
                    "truth.effect": {"female": female, "male": male},
                    "truth.covariance.sd_difference": float(truths.sd_difference[t]),
                    "truth.covariance.correlation": float(truths.correlation[t]),
                    "truth.carryover": float(truths.carryover[t]),
                    "truth.attrition": leaving(hazard, hazard, hazard),
                }
            ),
            24,
        )
        np.testing.assert_allclose(varied.mean[t], own.mean, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(varied.covariance[t], own.covariance, rtol=1e-12)
        np.testing.assert_allclose(varied.probability[t], own.probability, rtol=1e-12)
    assert varied.probability[0].tolist() == (layout.n_observed == 4).astype(float).tolist()


def test_property_a_varied_dropout_has_a_cell_for_every_pattern() -> None:
    """Even where the scenario's own truth knows no dropout."""
    scenario = with_prior({"dropout": {"kind": "beta", "a": 3.0, "b": 7.0}}, crossover("ABBA/BAAB"))
    layout = lay_out(with_every_cell(scenario), 20)
    assert [c.n_observed for c in layout.cells] == [4, 3, 2, 1] * 2
    assert layout.probability[1] == pytest.approx(0.7**2 * 0.3)
    plain = crossover()
    assert with_every_cell(plain) is plain
