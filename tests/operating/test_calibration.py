"""Type I error, coverage and familywise error are what they claim to be.

Least squares is exact, so its errors must equal the level. Kenward–Roger is an approximation that
is liberal where the variance between persons is often estimated as 0; there the simulation has to
agree with an independent simulation and analysis.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from planner.engines.prepare import prepare
from planner.operating.characteristics import OperatingCharacteristics
from planner.operating.decide import decision_rule
from planner.operating.evaluate import Case, Simulation, evaluate
from planner.scenario import MonteCarlo, Scenario
from planner.trials.layout import lay_out
from planner.trials.subjects import draw_subjects, subject_moments
from tests.crossovers import SEX_CONTRASTS, Table, by_sex, crossover, leaving, paired
from tests.crossovers import contrasts_of as contrasts
from tests.monte_carlo import (
    assert_within_mcse,
    critical_distance,
    difference_mcse,
    proportion_mcse,
)
from tests.twin_fits import BY_SEX_TERMS, SEX_ROWS, long_trial, rejections, twin_fit
from tests.twins.power import Layout, power_tost, power_two_sided, variance_factor
from tests.twins.simulate import NaiveTruth, simulate_trial

ALPHA, SD_DIFFERENCE = 0.05, 7.5
TRIALS = [10_000, pytest.param(100_000, marks=pytest.mark.slow)]
LEAST_SQUARES = {"analysis": {"kind": "within-subject-t"}}
CONDITIONS = [(n, dropout) for n in (12, 24, 60) for dropout in (0.0, 0.2)]
NOMINAL = [(n, dropout) for n, dropout in CONDITIONS if (n, dropout) != (12, 0.2)]
LIBERAL = [(12, 0.2, 0.5), *((n, dropout, 0.1) for n, dropout in CONDITIONS)]


def planned(dropout: float, correlation: float = 0.5, plan: Table | None = None) -> Scenario:
    """AB/BA by sex without effect, the four contrasts of the sexes two-sided at 5 %."""
    truth: dict[str, Any] = {"covariance": paired(correlation, SD_DIFFERENCE)}
    if dropout:
        truth["attrition"] = leaving(dropout)
    return by_sex(plan=plan, truth=truth)


def simulated(scenario: Scenario, n: int, n_trials: int) -> OperatingCharacteristics:
    """Operating characteristics under the scenario's own truth."""
    return evaluate([Case(scenario, n)], MonteCarlo(n_trials=n_trials, max_failures=1.0))[0]


def error_rates(result: OperatingCharacteristics) -> tuple[np.ndarray, int]:
    """Rejections of each hypothesis among the analysed trials, and how many these are."""
    analysed = round(result.n_trials * (1 - result.failure_share))
    rejected = np.array([h.success.value for h in result.hypotheses]) * result.n_trials
    return rejected / analysed, analysed


@pytest.mark.parametrize("n_trials", TRIALS)
@pytest.mark.parametrize(("n", "dropout"), CONDITIONS)
def test_calibration_least_squares_keeps_its_level(n: int, dropout: float, n_trials: int) -> None:
    """Exact given who stays, whatever the correlation."""
    result = simulated(planned(dropout, 0.5, LEAST_SQUARES), n, n_trials)
    rates, analysed = error_rates(result)
    assert_within_mcse(rates, ALPHA, proportion_mcse(ALPHA, analysed), k=3, what="type I error")
    coverage = [h.coverage.value for h in result.hypotheses]
    np.testing.assert_allclose(coverage, 1 - rates, atol=1.5 / analysed)


@pytest.mark.parametrize("n_trials", TRIALS)
@pytest.mark.parametrize(("n", "dropout"), NOMINAL)
def test_calibration_kenward_roger_keeps_its_level(n: int, dropout: float, n_trials: int) -> None:
    """At correlation 0.5, but for the smallest trial with dropout."""
    rates, analysed = error_rates(simulated(planned(dropout), n, n_trials))
    assert_within_mcse(rates, ALPHA, proportion_mcse(ALPHA, analysed), k=3, what="type I error")


@pytest.mark.parametrize("n_trials", TRIALS)
@pytest.mark.parametrize(("n", "dropout", "correlation"), LIBERAL)
def test_calibration_kenward_roger_is_hardly_liberal(
    n: int, dropout: float, correlation: float, n_trials: int
) -> None:
    """Where σ_b is often estimated as 0 the level is exceeded, by less than 0.7 points."""
    rates, analysed = error_rates(simulated(planned(dropout, correlation), n, n_trials))
    margin = critical_distance(len(rates)) * proportion_mcse(ALPHA, analysed)
    assert np.all(rates > ALPHA - margin)
    assert np.all(rates < 0.057 + margin)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "dropout", "correlation", "n_naive"),
    [(12, 0.2, 0.5, 8_000), (12, 0.0, 0.1, 8_000), (12, 0.2, 0.1, 8_000), (24, 0.2, 0.1, 5_000)],
)
def test_twin_type_i_error_agrees_with_a_naive_simulation(
    n: int, dropout: float, correlation: float, n_naive: int
) -> None:
    """Other random numbers, other code for drawing and fitting, same type I error."""
    rates, analysed = error_rates(simulated(planned(dropout, correlation), n, 100_000))
    sd_within = SD_DIFFERENCE / np.sqrt(2)
    sd_between = sd_within * np.sqrt(correlation / (1 - correlation))
    truth = NaiveTruth(
        {g: {"A": 0.0, "B": 0.0} for g in ("female", "male")},
        sd_between=sd_between,
        sd_within=sd_within,
        dropout_hazard=dropout,
    )
    women = {12: 4, 24: 7}[n]
    people = {
        (s, g): women if g == "female" else n // 2 - women
        for s in ("AB", "BA")
        for g in ("female", "male")
    }
    rng = np.random.default_rng(2)
    fits = (
        twin_fit(simulate_trial(rng, ["AB", "BA"], people, truth), BY_SEX_TERMS, SEX_ROWS)
        for _ in range(n_naive)
    )
    naive = rejections(np.array(list(fits))).mean(axis=0)
    spread = difference_mcse(rates, analysed, naive, n_naive)
    assert_within_mcse(rates, naive, spread, what="type I error")


@pytest.mark.parametrize("n_trials", [200, pytest.param(4_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("n", "dropout", "correlation"), [(12, 0.2, 0.1), (12, 0.0, 0.5)])
def test_twin_decides_every_trial_alike(
    n: int, dropout: float, correlation: float, n_trials: int
) -> None:
    """The same people analysed by dense matrices: the same hypotheses are rejected."""
    scenario = planned(dropout, correlation)
    layout = lay_out(scenario, n)
    engine, rule = prepare(scenario, layout), decision_rule(scenario)
    for block in range(-(-n_trials // 1_000)):
        people = draw_subjects(layout, 5, block, min(n_trials, 1_000))
        batch = engine.fit(subject_moments(layout, people))
        ours = rule.decide(batch).rejected
        for t in np.flatnonzero(~batch.failed):
            fitted = twin_fit(long_trial(scenario, people, int(t)), BY_SEX_TERMS, SEX_ROWS)
            assert np.array_equal(rejections(fitted), ours[t]), (block, t)


@pytest.mark.parametrize("kind", ["mixed-model", "within-subject-t"])
def test_property_coverage_is_one_minus_the_type_i_error(kind: str) -> None:
    """Moving the effects moves the estimates and nothing else."""
    scenario = planned(0.2, 0.5, {"analysis": {"kind": kind}})
    moved = scenario.with_changes({"truth.effect": {"female": 2.0, "male": -7.0}})
    null, other = simulated(scenario, 16, 10_000), simulated(moved, 16, 10_000)
    rates, analysed = error_rates(null)
    coverage = np.array([h.coverage.value for h in other.hypotheses])
    np.testing.assert_allclose(coverage, 1 - rates, atol=1.5 / analysed)


@pytest.mark.parametrize("n_trials", TRIALS)
@pytest.mark.parametrize(
    ("design", "effect"), [("AB/BA", 5.0), ("ABBA/BAAB", 3.0), ("ABA/BAB", -4.0)]
)
def test_calibration_power_of_least_squares_is_exact(
    design: str, effect: float, n_trials: int
) -> None:
    """Against an integral over the sample SD, with the variance constant by brute force."""
    scenario = crossover(design, plan=LEAST_SQUARES, truth={"effect": effect})
    factor, df = variance_factor(Layout(design.split("/"), [8, 8]), {"B": 1.0, "A": -1.0})
    exact = power_two_sided(effect, SD_DIFFERENCE * np.sqrt(factor / 2), df, ALPHA)
    power = simulated(scenario, 16, n_trials).hypotheses[0].success.value
    assert_within_mcse(power, exact, proportion_mcse(exact, n_trials), k=3, what="power")


@pytest.mark.parametrize("n_trials", TRIALS)
@pytest.mark.parametrize(("n", "limit"), [(12, 6.0), (24, 4.0), (60, 4.0)])
def test_calibration_equivalence_at_its_margin(n: int, limit: float, n_trials: int) -> None:
    """Exact by least squares, so below the level by what the other limit takes."""
    objective = {"kind": "equivalence", "lower": -limit, "upper": limit, "one_sided_alpha": 0.05}
    scenario = crossover(
        hypotheses=contrasts("overall", objective=objective),
        plan=LEAST_SQUARES,
        truth={"effect": limit},
    )
    se = SD_DIFFERENCE / np.sqrt(n)
    exact = power_tost(limit, se, n - 2, 0.05, -limit, limit)
    error = simulated(scenario, n, n_trials).hypotheses[0].success.value
    assert exact <= 0.05
    assert_within_mcse(error, exact, proportion_mcse(exact, n_trials), k=3, what="error")
    mixed = scenario.with_changes({"plan.analysis": {"kind": "mixed-model"}})
    error = simulated(mixed, n, n_trials).hypotheses[0].success.value
    assert error <= 0.05 + 3 * proportion_mcse(0.05, n_trials)


PROCEDURES: dict[str, Table] = {
    "holm": {"kind": "holm"},
    "fixed-sequence": {"kind": "fixed-sequence"},
    "fallback": {
        "kind": "fallback",
        "weights": {"overall": 0.5, "female": 0.2, "male": 0.2, "interaction": 0.1},
    },
    "graph": {
        "kind": "graph",
        "weights": {"overall": 0.8, "female": 0.0, "male": 0.0, "interaction": 0.2},
        "transitions": {
            "overall": {"female": 0.5, "male": 0.5},
            "female": {"male": 0.9, "interaction": 0.1},
            "male": {"female": 0.9, "interaction": 0.1},
            "interaction": {"overall": 1.0},
        },
    },
}
TRUE_NULLS: dict[str, tuple[Table, Iterable[str]]] = {
    "global null": ({"female": 0.0, "male": 0.0}, SEX_CONTRASTS),
    "no interaction": ({"female": 9.0, "male": 9.0}, ("interaction",)),
    "women alone": ({"female": 9.0, "male": 0.0}, ("male",)),
    "opposite": ({"female": 6.0, "male": -9.0}, ("overall",)),
}


def wrong_rejections(scenario: Scenario, true_nulls: Iterable[str], n_trials: int) -> float:
    """Share of trials of 24 people in which any true null hypothesis is rejected."""
    simulation = Simulation(Case(scenario, 24))
    columns = [simulation.rule.names.index(name) for name in true_nulls]
    wrong = 0
    for block in range(n_trials // 1_000):
        batch = simulation.engine.fit(simulation._draw(block, 1_000))
        wrong += int(simulation.rule.decide(batch).rejected[:, columns].any(axis=1).sum())
    return wrong / n_trials


@pytest.mark.parametrize("n_trials", TRIALS)
@pytest.mark.parametrize("truth", TRUE_NULLS)
@pytest.mark.parametrize("procedure", PROCEDURES)
def test_calibration_familywise_error_is_kept(procedure: str, truth: str, n_trials: int) -> None:
    """In the strong sense: whichever null hypotheses are true."""
    effect, true_nulls = TRUE_NULLS[truth]
    plan = {**LEAST_SQUARES, "multiplicity": PROCEDURES[procedure]}
    scenario = planned(0.0, 0.5, plan).with_changes({"truth.effect": effect})
    error = wrong_rejections(scenario, true_nulls, n_trials)
    assert error <= ALPHA + 3 * proportion_mcse(ALPHA, n_trials)


def test_property_without_multiplicity_the_familywise_error_is_larger() -> None:
    """The test above can tell: four tests at 5 % exceed it."""
    assert wrong_rejections(planned(0.0, 0.5, LEAST_SQUARES), SEX_CONTRASTS, 10_000) > 0.1
