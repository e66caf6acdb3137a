"""Trials whose truths differ: the outcomes of a truth are those it would have by itself."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from planner.engines.prepare import prepare
from planner.engines.protocol import AnalysisBatch
from planner.scenario import Scenario
from planner.trials.draw import draw_counts, draw_moments
from planner.trials.layout import lay_out
from planner.trials.moments import FloatArray, Moments
from planner.trials.subjects import draw_subjects, subject_moments
from planner.trials.varied import (
    VariedLayout,
    draw_truths,
    effects_under,
    unvaried,
    vary,
    with_every_cell,
)
from tests.crossovers import Table, by_sex, crossover, leaving, paired
from tests.monte_carlo import (
    assert_same_distribution,
    assert_uniform,
    assert_within_mcse,
    proportion_mcse,
)
from tests.trials.test_draw import LAYOUTS

SEED, BLOCKS = 2_024, 8
EVERYTHING: Table = {
    "effect": {"kind": "normal", "mean": 2.5, "sd": 3.0},
    "sex_difference": {"kind": "student-t", "mean": 1.0, "scale": 2.0, "df": 4.0},
    "sd_difference": {"kind": "scaled-inverse-chi", "value": 7.5, "df": 6.0},
    "correlation": {"kind": "uniform", "lower": -0.2, "upper": 0.8},
    "carryover": {"kind": "normal", "mean": 0.5, "sd": 1.0},
}
DROPOUT: Table = {"kind": "beta", "a": 2.0, "b": 8.0}
PRIORS: dict[str, tuple[Scenario, Table, int]] = {
    "everything": (by_sex(), {**EVERYTHING, "dropout": DROPOUT}, 24),
    "four periods": (
        crossover("ABBA/BAAB"),
        {"dropout": DROPOUT, "effect": EVERYTHING["effect"]},
        16,
    ),
    "random mix": (
        by_sex(truth={"sex_mix": "random", "attrition": leaving(0.1)}),
        {name: EVERYTHING[name] for name in ("sd_difference", "sex_difference")},
        20,
    ),
    "tiny cells": (by_sex("ABBA/BAAB"), {**EVERYTHING, "dropout": DROPOUT}, 10),
}


def varied(name: str) -> tuple[Scenario, int]:
    """A scenario with its prior and every cell that may fill."""
    scenario, prior, n = PRIORS[name]
    changes = {"truth_prior": prior, "monte_carlo.seed": SEED}
    return with_every_cell(scenario.with_changes(changes)), n


BEFORE = {
    "AB/BA, sexes, dropout": (
        96_431, -84.17170107797267, 3_824_251.6388256447, 1088.3880071331362, 2_173,
    ),
    "four periods, dropout in each": (
        75_242, 25_331.87266373157, 6_189_154.108659456, 6030.452807184077, 3_155,
    ),
    "random sex mix": (
        80_124, -202.5854802142378, 2_129_436.021797255, 286.12106644151083, 1_765,
    ),
}  # fmt: skip
"""Sums over a block, from before truths could differ between trials."""


@pytest.mark.parametrize("name", BEFORE)
def test_reference_draws_of_one_truth_are_what_they_were(name: str) -> None:
    """Counts, means, scatter, and people: what a seed means has not changed."""
    scenario, n = LAYOUTS[name]
    layout = lay_out(scenario, n)
    moments, people = draw_moments(layout, SEED, 1, 1_000), draw_subjects(layout, SEED, 1, 50)
    cells, mean, scatter, outcomes, observed = BEFORE[name]
    assert int((moments.n * np.arange(1, moments.n.shape[1] + 1)).sum()) == cells
    assert float(moments.mean.sum()) == pytest.approx(mean, rel=1e-9)
    assert float(moments.scatter.sum()) == pytest.approx(scatter, rel=1e-9)
    assert float(people.y.sum()) == pytest.approx(outcomes, rel=1e-9)
    assert int(people.n_observed.sum()) == observed


def same(first: Any, second: Any, names: tuple[str, ...]) -> bool:
    """Equality to the last bit."""
    return all(np.array_equal(getattr(first, a), getattr(second, a)) for a in names)


MOMENTS, PEOPLE = ("n", "mean", "scatter"), ("y", "n_observed", "sequence", "stratum")


@pytest.mark.parametrize("name", LAYOUTS)
def test_property_equal_truths_are_one_truth(name: str) -> None:
    """A truth per trial that is the same every time draws what one truth draws, bit by bit."""
    scenario, n = LAYOUTS[name]
    layout = lay_out(scenario, n)
    plain = unvaried(layout)
    repeated = VariedLayout(
        *(np.repeat(values, 1_000, axis=0) for values in (plain.mean, plain.covariance,
                                                         plain.probability))
    )  # fmt: skip
    for size in (1, 137, 1_000):
        for block in (0, 3):
            one, many = (draw_moments(layout, SEED, block, size, v) for v in (None, repeated))
            assert same(one, many, MOMENTS)
            few, all_ = (draw_subjects(layout, SEED, block, size, v) for v in (None, repeated))
            assert same(few, all_, PEOPLE)


@pytest.mark.parametrize("name", PRIORS)
def test_property_a_partial_block_begins_the_whole_one(name: str) -> None:
    """Also when every trial has a truth of its own."""
    scenario, n = varied(name)
    layout = lay_out(scenario, n)
    truths = vary(scenario, layout, draw_truths(scenario, 2))
    whole, part = (draw_moments(layout, SEED, 2, size, truths) for size in (1_000, 137))
    people, some = (draw_subjects(layout, SEED, 2, size, truths) for size in (1_000, 137))
    for a in MOMENTS:
        assert np.array_equal(getattr(whole, a)[:137], getattr(part, a))
    for a in PEOPLE:
        assert np.array_equal(getattr(people, a)[:137], getattr(some, a))


def test_twin_a_trial_is_the_trial_of_its_own_truth() -> None:
    """Writing each truth into the scenario gives its trial, outcome by outcome."""
    base = by_sex(truth={"covariance": paired(0.5, sd_multiplier={"female": 1.0, "male": 1.4})})
    scenario = base.with_changes({"truth_prior": EVERYTHING, "monte_carlo.seed": SEED})
    layout, truths = lay_out(scenario, 20), draw_truths(scenario, 5)
    drawn = vary(scenario, layout, truths)
    moments = draw_moments(layout, SEED, 5, 12, drawn)
    people = draw_subjects(layout, SEED, 5, 12, drawn)
    effects = effects_under(scenario, truths)
    for t in range(12):
        female, male = effects[t, :, 1].tolist()
        assert truths.sd_difference is not None
        assert truths.correlation is not None
        assert truths.carryover is not None
        own = lay_out(
            base.with_changes(
                {
                    "truth.effect": {"female": female, "male": male},
                    "truth.covariance.sd_difference": float(truths.sd_difference[t]),
                    "truth.covariance.correlation": float(truths.correlation[t]),
                    "truth.carryover": float(truths.carryover[t]),
                }
            ),
            20,
        )
        alone = draw_moments(own, SEED, 5, 12)
        for a in MOMENTS:
            np.testing.assert_allclose(
                getattr(moments, a)[t], getattr(alone, a)[t], rtol=1e-9, atol=1e-9
            )
        one = draw_subjects(own, SEED, 5, 12)
        np.testing.assert_allclose(people.y[t], one.y[t], rtol=1e-9, atol=1e-9)
        assert np.array_equal(people.n_observed[t], one.n_observed[t])


@cache
def analysed(name: str, way: str) -> tuple[AnalysisBatch, Moments, FloatArray]:
    """All blocks of a layout with their truths; the two ways have seeds of their own."""
    scenario, n = varied(name)
    if way == "subjects":
        scenario = scenario.with_changes({"monte_carlo.seed": SEED + 1})
    seed = scenario.monte_carlo.seed
    layout, parts, effects = lay_out(scenario, n), [], []
    for block in range(BLOCKS):
        truths = draw_truths(scenario, block)
        drawn = vary(scenario, layout, truths)
        if way == "subjects":
            people = draw_subjects(layout, seed, block, 1_000, drawn)
            parts.append(subject_moments(layout, people))
        else:
            parts.append(draw_moments(layout, seed, block, 1_000, drawn))
        own = effects_under(scenario, truths)[:, :, 1]
        effects.append(np.broadcast_to(own, (1_000, own.shape[1])))
    moments = Moments(*(np.concatenate([getattr(p, a) for p in parts]) for a in MOMENTS))
    return prepare(scenario, layout).fit(moments), moments, np.concatenate(effects)


@pytest.mark.parametrize("name", PRIORS)
def test_twin_both_ways_of_drawing_give_the_same_analyses(name: str) -> None:
    """Estimates, errors around the trial's own truth, standard errors and people per cell."""
    (first, moments, _), (second, people, _) = (analysed(name, w) for w in ("moments", "subjects"))
    comparisons = 100
    for what in ("estimate", "se", "df", "variance"):
        a, b = (getattr(batch, what)[~batch.failed] for batch in (first, second))
        for h in range(a.shape[1]):
            assert_same_distribution(a[:, h], b[:, h], comparisons=comparisons, what=what)
    for c in range(moments.n.shape[1]):
        one, two = moments.n[:, c].astype(float), people.n[:, c].astype(float)
        spread = np.sqrt((one.var() + two.var()) / len(one))
        assert_within_mcse(one.mean(), two.mean(), spread, comparisons=comparisons, what="people")


def test_calibration_estimates_spread_by_prior_and_sampling() -> None:
    """Least squares: estimate ~ N(2.5, SE² + 3²) over truths, N(own effect, SE²) given them."""
    prior = {"effect": {"kind": "normal", "mean": 2.5, "sd": 3.0}}
    scenario = crossover(plan={"analysis": {"kind": "within-subject-t"}}).with_changes(
        {"truth_prior": prior}
    )
    layout, n = lay_out(scenario, 20), 20
    se, values, own = 7.5 / np.sqrt(n), [], []
    for block in range(BLOCKS):
        truths = draw_truths(scenario, block)
        drawn = vary(scenario, layout, truths)
        moments = draw_moments(layout, scenario.monte_carlo.seed, block, 1_000, drawn)
        values.append(prepare(scenario, layout).fit(moments).estimate[:, 0])
        own.append(truths.effect)
    estimate, effect = np.concatenate(values), np.concatenate(own)
    assert_uniform(stats.norm(2.5, np.hypot(se, 3.0)).cdf(estimate), comparisons=2)
    assert_uniform(stats.norm.cdf((estimate - effect) / se), comparisons=2)


def test_calibration_a_varied_dropout_makes_counts_beta_binomial() -> None:
    """Completers of n under a hazard that is beta over trials."""
    scenario, n = crossover().with_changes({"truth_prior": {"dropout": DROPOUT}}), 20
    scenario = with_every_cell(scenario)
    layout = lay_out(scenario, n)
    counts = [
        draw_counts(
            layout, SEED, block, vary(scenario, layout, draw_truths(scenario, block)).probability
        )
        for block in range(20)
    ]
    drawn = np.concatenate(counts)
    complete = np.flatnonzero(layout.n_observed == 2)
    assert np.all(drawn.sum(axis=1) == n)
    law = stats.betabinom(n // 2, 8, 2).pmf(np.arange(n // 2 + 1))
    for c in complete:
        share = np.bincount(drawn[:, c], minlength=n // 2 + 1) / len(drawn)
        assert_within_mcse(share, law, proportion_mcse(law, len(drawn)), comparisons=22)
    both = drawn[:, complete].sum(axis=1)
    law = stats.betabinom(n, 8, 2).pmf(np.arange(n + 1))
    share = np.bincount(both, minlength=n + 1) / len(drawn)
    assert_within_mcse(share, law, proportion_mcse(law, len(drawn)))
