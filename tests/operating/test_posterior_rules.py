"""Decisions by posterior probability: dual criteria, zones, multiplicity and calibration."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from planner.engines.prepare import prepare
from planner.operating.calibrate import calibrate, calibrated
from planner.operating.decide import decision_rule
from planner.operating.evaluate import Case, Simulation, evaluate
from planner.operating.power import power, power_curve
from planner.scenario import Scenario
from planner.trials.draw import draw_moments
from planner.trials.layout import lay_out
from tests.crossovers import Table, by_sex, contrasts_of, crossover, leaving
from tests.monte_carlo import assert_within_mcse, proportion_mcse

FLAT: Table = {"kind": "posterior"}
SUPERIOR: Table = {"kind": "superiority", "one_sided_alpha": 0.025}


def posterior(**priors: Any) -> Table:
    """A Bayesian analysis with given priors."""
    return {"kind": "posterior", "priors": priors}


def dual(stop: bool = False) -> Table:
    """Effect above 0 with 0.975 and above 2 with 0.5; stop if below 2 with 0.9."""
    rule: dict[str, Any] = {
        "kind": "posterior",
        "go": [{"above": 0.0, "probability": 0.975}, {"above": 2.0, "probability": 0.5}],
    }
    return {**rule, "stop": [{"below": 2.0, "probability": 0.9}]} if stop else rule


def trial(analysis: Table, objective: Table = SUPERIOR, effect: float = 3.0) -> Scenario:
    """AB/BA with one hypothesis."""
    return crossover(
        hypotheses=contrasts_of("overall", objective=objective),
        plan={"analysis": dict(analysis)},
        truth={"effect": effect},
        monte_carlo={"n_trials": 4_000},
    )


def test_property_flat_priors_decide_as_the_test_does() -> None:
    """Complete AB/BA: P(effect > 0 | data) ≥ 0.975 and p ≤ 0.025 agree in all but close cases."""
    bayes, test = trial(FLAT), trial({"kind": "mixed-model"})
    layout = lay_out(bayes, 40)
    batch = draw_moments(layout, 3, 0, 1_000)
    first = decision_rule(bayes).p_values(prepare(bayes, layout).fit(batch))[:, 0]
    second = decision_rule(test).p_values(prepare(test, layout).fit(batch))[:, 0]
    assert np.abs(first - second).max() < 0.02
    assert np.mean((first <= 0.025) != (second <= 0.025)) < 0.01


def test_reference_dual_criterion_of_a_test_has_its_closed_form() -> None:
    """Both confidence bounds, integrated over the standard error; against 40 000 trials."""
    scenario = trial({"kind": "within-subject-t"}, dual(), effect=2.5)
    scenario = scenario.with_changes({"monte_carlo.n_trials": 40_000})
    result = evaluate([Case(scenario, 40)], scenario.monte_carlo)[0]["overall"]
    assert result.oracle is not None
    assert result.oracle.exact
    df, se = 38, 7.5 / np.sqrt(40)

    def density(s: float) -> float:
        bound = max(stats.t.ppf(0.975, df) * s * se, 2.0)
        return float(stats.norm.sf((bound - 2.5) / se) * stats.chi.pdf(s * root, df) * root)

    root, kink = np.sqrt(df), 2.0 / (stats.t.ppf(0.975, df) * se)
    exact = integrate.quad(density, 0.0, kink)[0] + integrate.quad(density, kink, 4.0)[0]
    assert result.oracle.value == pytest.approx(exact, abs=1e-7)
    assert_within_mcse(
        result.success.value, result.oracle.value, proportion_mcse(result.oracle.value, 40_000)
    )


@pytest.mark.parametrize("kind", ["mixed-model", "posterior"])
def test_property_zones_share_out_the_trials(kind: str) -> None:
    """Go, consider, stop and failures are all trials; a larger effect moves them towards go."""
    shares = []
    for effect in (0.0, 2.0, 4.0):
        scenario = trial({"kind": kind}, dual(stop=True), effect=effect)
        h = evaluate([Case(scenario, 40)], scenario.monte_carlo)[0]["overall"]
        assert h.stop is not None
        assert h.consider is not None
        assert h.success.value + h.stop.value + h.consider.value == pytest.approx(1.0)
        shares.append((h.success.value, h.stop.value))
    assert shares[0][0] < shares[1][0] < shares[2][0]
    assert shares[0][1] > shares[1][1] > shares[2][1]


def test_twin_criteria_one_trial_at_a_time() -> None:
    """The rule in plain words, on the probabilities of the engine."""
    scenario = trial(FLAT, dual(stop=True), effect=1.5)
    layout, rule = lay_out(scenario, 40), decision_rule(scenario)
    batch = prepare(scenario, layout).fit(draw_moments(layout, 5, 0, 1_000))
    decisions = rule.decide(batch)
    assert batch.posterior is not None
    for t, (zero, two, below) in enumerate(batch.posterior.probability):
        go = 1 - zero <= 1 - 0.975 and two >= 0.5
        assert decisions.rejected[t, 0] == go
        assert decisions.stopped[t, 0] == (below >= 0.9 and not go)
        assert two + below == pytest.approx(1.0, abs=1e-9)


def test_twin_holm_on_posterior_probabilities() -> None:
    """1 − P(region | data) takes the place of the p value."""
    scenario = by_sex(
        plan={"analysis": FLAT, "multiplicity": {"kind": "holm"}, "success": "female and male"},
        truth={"effect": {"female": 3.0, "male": 3.5}},
        objective=SUPERIOR,
    )
    layout, rule = lay_out(scenario, 60), decision_rule(scenario)
    batch = prepare(scenario, layout).fit(draw_moments(layout, 5, 0, 500))
    decisions, p = rule.decide(batch), rule.p_values(batch)
    for t in range(500):
        shown, left = set(), set(range(4))
        while left:
            h = min(left, key=lambda i: p[t, i])
            if p[t, h] > 0.025 / len(left):
                break
            shown.add(h)
            left.remove(h)
        assert set(np.flatnonzero(decisions.rejected[t])) == shown
        assert decisions.success[t] == ({1, 2} <= shown)


def test_property_other_analyses_see_the_same_trials_and_move_nothing() -> None:
    """Side by side is each by itself, digit for digit."""
    alone, other = trial({"kind": "mixed-model"}), trial(FLAT)
    both = alone.with_changes({"plan.other_analyses": [dict(FLAT)]})
    beside = power_curve(both, [30])[0]
    one, two = power(alone, 30), power(other, 30)
    assert beside["overall"] == one["overall"]
    assert beside.others[0]["overall"] == two["overall"]
    assert beside.others[0].null["overall"] == two.null["overall"]
    assert both.fingerprint() != alone.fingerprint()
    assert alone.with_changes({"plan.other_analyses": []}).fingerprint() == alone.fingerprint()


def test_calibration_of_an_optimistic_prior() -> None:
    """A prior that favours the effect errs too often; the calibrated threshold does not."""
    scenario = trial(posterior(effect={"kind": "normal", "mean": 2.0, "sd": 2.0}), effect=2.0)
    scenario = scenario.with_changes({"monte_carlo.n_trials": 20_000})
    result = calibrate(scenario, 40)[0]
    assert result.planned_error.value > 0.04
    assert result.threshold > result.planned == 0.975
    # Threshold and confirmation rest on 20 000 trials each: √2 standard errors.
    spread = np.sqrt(2) * proportion_mcse(0.025, 20_000)
    assert_within_mcse(result.type_i_error.value, 0.025, spread)
    assert result.interval[0] < result.threshold < result.interval[1]
    used = evaluate(
        [Case(calibrated(scenario, [result]).with_changes({"truth.effect": 0.0}), 40)],
        scenario.monte_carlo,
    )[0]
    assert used["overall"].success.value == pytest.approx(result.type_i_error.value, abs=1e-12)


def test_calibration_of_an_exact_test_leaves_it_alone() -> None:
    """The t test already has its level."""
    scenario = trial({"kind": "within-subject-t"}, {"kind": "two-sided", "alpha": 0.05})
    scenario = scenario.with_changes({"monte_carlo.n_trials": 20_000})
    result = calibrate(scenario, 24)[0]
    assert result.interval[0] < 0.975 < result.interval[1]
    assert result.change[0] == "plan.hypotheses.overall.objective.alpha"


@pytest.mark.parametrize(
    ("truth", "n"),
    [
        ({"attrition": leaving({"female": 0.0, "male": 0.97})}, 12),
        ({"attrition": leaving(0.3)}, 4),
        ({"covariance": {"kind": "compound-symmetry", "sd_within": 5.0, "sd_between": 0.0}}, 12),
        ({"effect": {"female": 60.0, "male": -60.0}}, 16),
        ({"sex_mix": "random"}, 8),
    ],
)
@pytest.mark.parametrize("proper", [True, False])
def test_property_hard_trials_end_in_a_status_never_in_nan(
    truth: Table, n: int, proper: bool
) -> None:
    """One person per cell, a sex that drops out, σ_b = 0, prior-data conflict: told, not hidden."""
    weak = {"kind": "normal", "mean": 0.0, "sd": 50.0}
    analysis = posterior(
        effect={"kind": "normal", "mean": 2.0, "sd": 1.0},
        sexes={"kind": "exchangeable", "tau": {"kind": "half-normal", "scale": 1.0}},
        intercept=weak,
        nuisance=weak,
        sd_within={"kind": "half-normal", "scale": 8.0},
        sd_between={"kind": "half-normal", "scale": 8.0},
    )
    scenario = by_sex(
        plan={"analysis": analysis if proper else FLAT},
        truth={"effect": 2.0, **truth},
        monte_carlo={"n_trials": 300, "draw": "subjects"},
    )
    simulation = Simulation(Case(scenario, n))
    _, batch = simulation.simulate(0, 300)
    assert batch.posterior is not None
    fine = ~batch.failed
    for values in (batch.estimate, batch.se, batch.posterior.probability, batch.posterior.lower):
        assert np.isfinite(values[fine]).all()
        assert np.isnan(values[~fine]).all()
    assert (batch.posterior.error[fine] <= 0.005).all()
    assert (np.abs(batch.posterior.probability[fine] - 0.5) <= 0.5).all()
    if proper:
        assert fine.all()
    result = simulation.characteristics(simulation.run(0, 300))
    assert sum(result.ledger.values()) == 300
    assert result.failures == int((~fine).sum())
