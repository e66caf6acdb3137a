"""Moments drawn directly and moments of simulated people have the distribution they should.

Every layout is drawn both ways, and both are compared with theory: counts are binomial, means
normal, centred cross-products Wishart (Anderson 2003, ch. 7). What an analysis makes of them is
compared between the two ways.
"""

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from scipy import linalg, stats

from planner.engines.prepare import prepare
from planner.engines.protocol import AnalysisBatch
from planner.scenario import Scenario
from planner.trials.draw import draw_moments
from planner.trials.layout import Layout, lay_out
from planner.trials.moments import FloatArray, IntArray, Moments
from planner.trials.subjects import draw_subjects, subject_moments
from tests.crossovers import by_sex, crossover, leaving, paired
from tests.monte_carlo import (
    assert_same_distribution,
    assert_uniform,
    assert_within_mcse,
    critical_distance,
    difference_mcse,
)

SEED, BLOCKS = 2_024, 10
WAYS = ("moments", "subjects")
UNEQUAL = {"covariance": paired(0.5, sd_multiplier={"female": 1.0, "male": 1.5})}
LEAVING_BY_SEX = {"attrition": leaving({"female": 0.1, "male": 0.3}), "sex_difference": -3.0}
THREE_EFFECTS = {"B": {"female": 2.0, "male": 4.0}, "C": 1.0}

LAYOUTS: dict[str, tuple[Scenario, int]] = {
    "AB/BA, sexes, dropout": (by_sex(truth={**UNEQUAL, **LEAVING_BY_SEX, "effect": 3.0}), 24),
    "four periods, dropout in each": (
        crossover("ABBA/BAAB", truth={"attrition": leaving(0.1, 0.2, 0.15), "effect": 3.0}),
        20,
    ),
    "Williams, carry-over": (
        by_sex(
            "Williams 3",
            truth={
                "effect": THREE_EFFECTS,
                "carryover": {"B": 1.0, "C": -2.0},
                "period_effects": [0.0, 2.0, 5.0],
            },
        ),
        30,
    ),
    "tiny cells": (by_sex("ABBA/BAAB", truth={"attrition": leaving(0.2, 0.2, 0.2)}), 10),
    "random sex mix": (by_sex(truth={"sex_mix": "random", "attrition": leaving(0.2)}), 20),
    "negative correlation": (crossover("ABB/BAA", truth={"covariance": paired(-0.4)}), 8),
}


@dataclass(frozen=True)
class Sample:
    """Trials of one layout, drawn in one way, with their analysis."""

    scenario: Scenario
    layout: Layout
    moments: Moments
    batch: AnalysisBatch


@cache
def sample(name: str, way: str) -> Sample:
    """All blocks of a layout."""
    scenario, n = LAYOUTS[name]
    layout = lay_out(scenario, n)
    parts = [draw(layout, way, block) for block in range(BLOCKS)]
    moments = Moments(
        *(np.concatenate([getattr(p, a) for p in parts]) for a in ("n", "mean", "scatter"))
    )
    return Sample(scenario, layout, moments, prepare(scenario, layout).fit(moments))


def draw(layout: Layout, way: str, block: int) -> Moments:
    """One block of moments; the two ways have seeds of their own."""
    if way == "moments":
        return draw_moments(layout, SEED, block, 1_000)
    return subject_moments(layout, draw_subjects(layout, SEED + 1, block, 1_000))


def standardised(s: Sample, c: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """Counts of a cell, √n L⁻¹(mean − μ) ~ N(0, I) and L⁻¹ S L⁻ᵀ ~ W(n − 1, I)."""
    m = int(s.layout.n_observed[c])
    there = s.moments.n[:, c] > 0
    n = s.moments.n[there, c]
    inverse = linalg.inv(np.linalg.cholesky(s.layout.covariance[s.layout.cells[c].stratum, :m, :m]))
    distance = s.moments.mean[there, c, :m] - s.layout.mean[c, :m]
    scatter = s.moments.scatter[there, c, :m, :m]
    return n, np.sqrt(n)[:, None] * distance @ inverse.T, inverse @ scatter @ inverse.T


def binomial_parameters(layout: Layout) -> tuple[FloatArray, IntArray]:
    """Chance of a person to be in a cell, and the people it is drawn from, [C] each."""
    sequence, stratum = (
        np.array([getattr(c, a) for c in layout.cells]) for a in ("sequence", "stratum")
    )
    if layout.female_probability is None:
        return layout.probability, layout.people[sequence, stratum]
    share = np.array([layout.female_probability, 1 - layout.female_probability])
    return layout.probability * share[stratum], layout.people.sum(axis=1)[sequence]


@pytest.fixture(params=[(name, way) for name in LAYOUTS for way in WAYS], ids=" | ".join)
def drawn(request: pytest.FixtureRequest) -> Sample:
    """Every layout, both ways."""
    return sample(*request.param)


def test_calibration_counts_are_binomial_and_add_up(drawn: Sample) -> None:
    """Distribution of every cell's count; nobody gets lost."""
    layout, n = drawn.layout, drawn.moments.n
    chance, total = binomial_parameters(layout)
    for c in range(len(chance)):
        support = np.arange(total[c] + 1)
        observed = np.bincount(n[:, c], minlength=len(support))
        expected = stats.binom.pmf(support, total[c], chance[c])
        spread = np.sqrt(expected * (1 - expected) / len(n))
        usual = expected * len(n) > 10
        assert_within_mcse(
            observed[usual] / len(n), expected[usual], spread[usual], comparisons=200, what="pmf"
        )
    for s, planned in enumerate(layout.people.sum(axis=1)):
        own = [c for c, cell in enumerate(layout.cells) if cell.sequence == s]
        assert np.all(n[:, own].sum(axis=1) == planned)


def test_calibration_means_are_normal(drawn: Sample) -> None:
    """Mean 0 and covariance I after standardisation, for every cell and visit."""
    for c in range(len(drawn.layout.cells)):
        _, z, _ = standardised(drawn, c)
        eye, count = np.eye(z.shape[1]), len(z)
        assert_within_mcse(z.mean(axis=0), 0.0, 1 / np.sqrt(count), comparisons=200, what="mean")
        products = np.einsum("ti,tj->ij", z, z) / count
        assert_within_mcse(
            products, eye, np.sqrt((1 + eye) / count), comparisons=200, what="covariance"
        )


def test_calibration_scatter_is_wishart(drawn: Sample) -> None:
    """E = (n − 1)Σ and Var = (n − 1)(Σ_ij² + Σ_ii Σ_jj), and the trace is χ²."""
    for c in range(len(drawn.layout.cells)):
        n, _, w = standardised(drawn, c)
        w, freedom = w[n > 1], n[n > 1] - 1.0
        if len(w) < 200:
            continue
        m = w.shape[1]
        eye = np.eye(m)
        error = w - freedom[:, None, None] * eye
        variance = freedom[:, None, None] * (1 + eye)
        assert_within_mcse(
            error.sum(axis=0), 0.0, np.sqrt(variance.sum(axis=0)), comparisons=200, what="E"
        )
        squares = error**2 / variance
        spread = squares.std(axis=0, ddof=1) / np.sqrt(len(w))
        assert_within_mcse(squares.mean(axis=0), 1.0, spread, comparisons=200, what="Var")
        trace = stats.chi2.cdf(np.trace(w, axis1=1, axis2=2), freedom * m)
        assert_uniform(trace, comparisons=len(drawn.layout.cells), what="trace")


def test_property_scatter_has_the_rank_of_its_people(drawn: Sample) -> None:
    """Rank min(n − 1, visits); symmetric; nothing outside a cell's visits."""
    for c, m in enumerate(drawn.layout.n_observed):
        few = np.flatnonzero(drawn.moments.n[:, c] <= m + 1)[:200]
        scatter = drawn.moments.scatter[:, c]
        for t in few:
            expected = min(max(int(drawn.moments.n[t, c]) - 1, 0), int(m))
            size = max(float(scatter[t].max()), 1e-9)
            assert np.linalg.matrix_rank(scatter[t], tol=1e-12 * size) == expected
        assert np.array_equal(scatter, scatter.transpose(0, 2, 1))
        assert not scatter[:, m:].any()
        assert not drawn.moments.mean[:, c, m:].any()
        assert not drawn.moments.mean[drawn.moments.n[:, c] == 0, c].any()


def test_calibration_means_and_scatter_are_independent(drawn: Sample) -> None:
    """No correlation between a mean and the spread around it, nor between two cells."""
    values = []
    for c in range(len(drawn.layout.cells)):
        there = drawn.moments.n[:, c] > 1
        n, z, w = standardised(drawn, c)
        own = np.full((len(there), 2), np.nan)
        freedom = n[n > 1] - 1.0
        own[there, 0] = z[n > 1, 0]
        own[there, 1] = (w[n > 1, 0, 0] - freedom) / np.sqrt(2 * freedom)
        values.append(own)
    columns = np.concatenate(values, axis=1)
    allowed = critical_distance(columns.shape[1] ** 2 // 2)
    for i in range(columns.shape[1]):
        for j in range(i):
            both = np.isfinite(columns[:, i] * columns[:, j])
            if both.sum() > 500:
                product = columns[both, i] * columns[both, j]
                z_value = product.mean() / (product.std() / np.sqrt(len(product)))
                assert abs(z_value) < allowed, (i, j)


@pytest.mark.parametrize("name", LAYOUTS)
def test_twin_both_ways_of_drawing_give_the_same_analyses(name: str) -> None:
    """Estimate, standard error, degrees of freedom, variances and failures."""
    first, second = (sample(name, way).batch for way in WAYS)
    one, two = (float(b.failed.mean()) for b in (first, second))
    spread = difference_mcse(one, len(first.failed), two, len(second.failed))
    assert_within_mcse(one, two, spread, comparisons=len(LAYOUTS), what="failures")
    for what in ("estimate", "se", "df", "variance"):
        a, b = (getattr(batch, what)[~batch.failed] for batch in (first, second))
        for h in range(a.shape[1]):
            assert_same_distribution(a[:, h], b[:, h], comparisons=100, what=f"{what} [{h}]")


@pytest.mark.parametrize("name", LAYOUTS)
def test_twin_subjects_are_reduced_to_their_moments(name: str) -> None:
    """Counts, means and cross-products of every cell by NumPy's own mean and covariance."""
    scenario, n = LAYOUTS[name]
    layout = lay_out(scenario, n)
    people = draw_subjects(layout, SEED, 0, 20)
    moments = subject_moments(layout, people)
    for t in range(20):
        for c, cell in enumerate(layout.cells):
            own = (people.sequence[t] == cell.sequence) & (people.stratum[t] == cell.stratum)
            y = people.y[t, own & (people.n_observed[t] == cell.n_observed), : cell.n_observed]
            m = slice(cell.n_observed)
            assert moments.n[t, c] == len(y)
            if len(y):
                np.testing.assert_allclose(moments.mean[t, c, m], y.mean(axis=0), rtol=1e-12)
            if len(y) > 1:
                scatter = np.atleast_2d(np.cov(y, rowvar=False)) * (len(y) - 1)
                np.testing.assert_allclose(
                    moments.scatter[t, c, m, m], scatter, rtol=1e-9, atol=1e-9
                )


def test_property_attrition_does_not_move_outcomes() -> None:
    """The same people have the same outcomes whoever leaves; a higher hazard only adds leavers."""
    scenario = by_sex("ABBA/BAAB", truth={"sex_mix": "random", "effect": 2.0})
    hazards = [(0.0, 0.0, 0.0), (0.1, 0.0, 0.2), (0.1, 0.3, 0.2), (0.4, 0.3, 0.6)]
    drawn = []
    for hazard in hazards:
        changed = scenario.with_changes({"truth.attrition": leaving(*hazard)})
        drawn.append(draw_subjects(lay_out(changed, 14), SEED, 3, 50))
    for fewer, more in itertools.pairwise(drawn):
        for what in ("y", "sequence", "stratum"):
            assert np.array_equal(getattr(fewer, what), getattr(more, what))
        assert np.all(more.n_observed <= fewer.n_observed)
        assert np.any(more.n_observed < fewer.n_observed)
    assert np.all(drawn[0].n_observed == 4)
