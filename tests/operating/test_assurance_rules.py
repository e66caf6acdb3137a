"""Assurance: trial-by-trial tallies, dual criteria and Bayesian rules."""

import numpy as np
import pytest
from scipy import special, stats

from planner.engines.protocol import AnalysisBatch, Status
from planner.operating.assurance import assurance
from planner.operating.assurance_tally import assurance_tally, regions_of
from planner.operating.decide import decision_rule
from planner.plan.decision import compile_success
from tests.crossovers import Table
from tests.operating.test_assurance import (
    NORMAL,
    WITHOUT_SEXES,
    check,
    integral,
    least_squares,
    sexes,
)
from tests.planning import equivalent, one_sided, two_sided


def batch_of(estimate: np.ndarray, failed: np.ndarray) -> AnalysisBatch:
    """An analysis with standard error 1 and many degrees of freedom."""
    status = np.where(failed, Status.NOT_ESTIMABLE, Status.OK).astype(np.int8)
    ones = np.ones_like(estimate)
    return AnalysisBatch(estimate, ones, 1e6 * ones, ones[:, :2], status)


def test_twin_tally_counts_trial_by_trial() -> None:
    """Rejections, successes and wrong ones with plain loops over made-up trials."""
    rng, n = np.random.default_rng(3), 500
    rule = "overall and (female or male)"
    scenario = sexes(success=rule).with_changes(
        {"plan.hypotheses.male.objective": two_sided(), "plan.hypotheses.interaction.objective":
         equivalent(-1.5, 1.5)}
    )  # fmt: skip
    names, decide = scenario.plan.hypothesis_names, decision_rule(scenario)
    effect = rng.normal(0.5, 1.5, (n, 4))
    estimate = effect + rng.normal(0, 1.5, (n, 4))
    failed = rng.random(n) < 0.1
    estimate[failed] = np.nan
    batch = batch_of(estimate, failed)
    decisions = decide.decide(batch)
    regions = regions_of(scenario, 1.0)
    found = assurance_tally(batch, decisions, effect, regions, names, compile_success(rule, names))
    expected = np.zeros((4, 5), dtype=int)
    sums = np.zeros((2, 5))
    for t in range(n):
        overall, female, male, interaction = decisions.rejected[t]
        right = [
            overall and effect[t, 0] > 0,
            female and effect[t, 1] > 0,
            male and effect[t, 2] * estimate[t, 2] > 0,
            interaction and -1.5 < effect[t, 3] < 1.5,
        ]
        reached = [overall, female, male, interaction, overall and (female or male)]
        truly = [*right, right[0] and (right[1] or right[2])]
        large = [effect[t, 0] >= 1, effect[t, 1] >= 1, effect[t, 2] >= 1, False, effect[t, 0] >= 1]
        for a, (r, w, big) in enumerate(zip(reached, truly, large, strict=True)):
            expected[:, a] += [r, r and not w, big, big and r]
            sums[:, a] += np.array([1, r]) * effect[t, 0 if a == 4 else a]
    counts = (found.success, found.wrong, found.relevant, found.relevant_success)
    assert np.array_equal(np.array(counts), expected)
    assert np.all(expected[1, :3] > 0)
    np.testing.assert_allclose([found.effect, found.effect_success], sums, rtol=1e-12)
    assert (found.n, found.failed) == (n, int(failed.sum()))
    assert np.array_equal((found + found).success, 2 * found.success)


DUAL: Table = {
    "kind": "posterior",
    "go": [{"above": 0.0, "probability": 0.975}, {"above": 2.0, "probability": 0.5}],
}


def test_twin_dual_criterion_in_closed_form() -> None:
    """Significant, and estimated at 2 or more: expected power, limit and wrong successes."""
    n = 60
    result = assurance(least_squares(DUAL, {"effect": NORMAL}, 50_000), n)["overall"]
    se, df = 7.5 / np.sqrt(n), n - 2
    critical = float(stats.t.ppf(0.975, df))
    bend = 2.0 / (critical * se)
    pieces = [(0.4, 0.7), (0.7, bend), (bend, 1.3), (1.3, 1.8)]
    x, weights = special.roots_legendre(60)

    def reach(effect: float) -> float:
        total = 0.0
        for low, high in pieces:
            ratio = low + (high - low) * (1 + x) / 2
            density = stats.chi2.pdf(df * ratio**2, df) * 2 * df * ratio
            beyond = stats.norm(effect, se).sf(np.maximum(critical * ratio * se, 2.0))
            total += float(weights @ (density * beyond)) * (high - low) / 2
        return total

    check(result.success, integral(reach), "assurance")
    check(result.wrong, integral(reach, high=0.0) / integral(reach), "wrong success")
    assert result.oracle is not None
    assert result.oracle.value == pytest.approx(integral(reach), abs=1e-6)
    assert result.limit == pytest.approx(stats.norm(2.5, 1.2).sf(2.0), abs=1e-5)


def test_property_bayesian_rules_have_an_assurance() -> None:
    """On the same trials; a second criterion only takes successes away."""
    scenario = least_squares(one_sided(), WITHOUT_SEXES, 1_000)
    both = scenario.with_changes(
        {"plan.analysis": {"kind": "mixed-model"}, "plan.other_analyses": [{"kind": "posterior"}]}
    )
    result = assurance(both, 40)
    bayes = result.others[0]["overall"]
    assert bayes.oracle is None
    assert bayes.limit == pytest.approx(result["overall"].limit, abs=1e-9)
    assert bayes.effect == result["overall"].effect
    assert bayes.success.value == pytest.approx(result["overall"].success.value, abs=0.03)
    stricter = scenario.with_changes(
        {"plan.analysis": {"kind": "posterior"}, "plan.hypotheses.overall.objective": DUAL}
    )
    dual = assurance(stricter, 40)["overall"]
    assert 0 < dual.success.value <= bayes.success.value
