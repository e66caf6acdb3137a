"""Which hypotheses are rejected: published procedures, other programs, and one step at a time."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from planner.engines.protocol import AnalysisBatch, Status
from planner.operating.decide import DecisionRule, decision_rule, weight_table
from planner.trials.moments import FloatArray
from tests.crossovers import TWO_SIDED, Table, crossover

DF = 30.0
NOTHING: Table = {"kind": "none"}


def rule_for(
    objectives: Sequence[Table], multiplicity: Table = NOTHING, success: str | None = None
) -> DecisionRule:
    """Rule of a plan with hypotheses h1, h2, …"""
    plan = {"multiplicity": dict(multiplicity)}
    hypotheses = [
        {"name": f"h{i}", "objective": dict(o)} for i, o in enumerate(objectives, start=1)
    ]
    return decision_rule(
        crossover(hypotheses=hypotheses, plan={**plan, **({"success": success} if success else {})})
    )


def batch_of(estimate: FloatArray, se: FloatArray, df: FloatArray) -> AnalysisBatch:
    """A block of results, all fitted."""
    status = np.zeros(len(estimate), dtype=np.int8)
    return AnalysisBatch(estimate, se, df, np.ones((len(estimate), 2)), status)


def decide(multiplicity: Table, p: FloatArray, alpha: float = 0.05) -> np.ndarray:
    """Rejections of two-sided tests with given p-values, axes [T, H]."""
    rule = rule_for([{**TWO_SIDED, "alpha": alpha}] * p.shape[1], multiplicity)
    statistic = stats.t.isf(p / 2, DF)
    batch = batch_of(statistic, np.ones(p.shape), np.full(p.shape, DF))
    np.testing.assert_allclose(rule.p_values(batch), p, rtol=1e-9)
    return rule.decide(batch).rejected


GATEKEEPING = {
    "kind": "graph",
    "weights": {"h1": 0.5, "h2": 0.5, "h3": 0.0, "h4": 0.0},
    "transitions": {
        "h1": {"h2": 0.5, "h3": 0.5},
        "h2": {"h1": 0.5, "h4": 0.5},
        "h3": {"h2": 1.0},
        "h4": {"h1": 1.0},
    },
}
"""Two primary hypotheses, each with a secondary one (after Bretz et al. 2009)."""


def test_reference_weights_of_a_gatekeeping_graph() -> None:
    """Algorithm 1 worked out by hand."""
    weights = np.array([0.5, 0.5, 0.0, 0.0])
    transitions = np.array(
        [[0, 0.5, 0.5, 0], [0.5, 0, 0, 0.5], [0, 1, 0, 0], [1, 0, 0, 0]], dtype=float
    )
    table = weight_table(weights, transitions)
    expected: dict[int, list[float]] = {
        0b0000: [0.5, 0.5, 0, 0],
        0b0001: [0, 0.75, 0.25, 0],
        0b0010: [0.75, 0, 0, 0.25],
        0b0011: [0, 0, 0.5, 0.5],
        0b0111: [0, 0, 0, 1],
        0b1011: [0, 0, 1, 0],
        0b1111: [0, 0, 0, 0],
    }
    for mask, row in expected.items():
        np.testing.assert_allclose(table[mask], row, atol=1e-12)


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ([0.01, 0.005, 0.1, 0.5], [1, 1, 0, 0]),
        ([0.02, 0.005, 0.1, 0.5], [0, 1, 0, 0]),
        ([0.02, 0.005, 0.001, 0.006], [1, 1, 1, 1]),
        ([0.02, 0.005, 0.001, 0.007], [0, 1, 0, 0]),
        ([0.013, 0.013, 0.001, 0.001], [0, 0, 0, 0]),
        ([0.01, 0.018, 0.012, 0.024], [1, 1, 1, 1]),
    ],
)
def test_reference_gatekeeping_at_one_in_forty(p: list[float], expected: list[int]) -> None:
    """Decisions that follow from the weights above at level 0.025."""
    assert decide(GATEKEEPING, np.array([p]), alpha=0.025)[0].tolist() == [
        bool(e) for e in expected
    ]


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ([0.03, 0.02, 0.02], [0, 0, 0]),
        ([0.02, 0.039, 0.049], [1, 1, 1]),
        ([0.03, 0.01, 0.02], [0, 1, 1]),
        ([0.03, 0.02, 0.009], [0, 0, 1]),
        ([0.02, 0.041, 0.011], [1, 0, 0]),
    ],
)
def test_reference_fallback(p: list[float], expected: list[int]) -> None:
    """Shares 0.5, 0.3, 0.2 of 5 %: levels 0.025, 0.015 and 0.01, and what is inherited."""
    procedure = {"kind": "fallback", "weights": {"h1": 0.5, "h2": 0.3, "h3": 0.2}}
    assert decide(procedure, np.array([p]))[0].tolist() == [bool(e) for e in expected]


@pytest.mark.parametrize(
    ("order", "p", "expected"),
    [
        (None, [0.04, 0.04, 0.06, 0.01], [1, 1, 0, 0]),
        (None, [0.06, 0.01, 0.01, 0.01], [0, 0, 0, 0]),
        (["h4", "h2", "h1", "h3"], [0.06, 0.01, 0.01, 0.01], [0, 1, 0, 1]),
    ],
)
def test_reference_fixed_sequence(
    order: list[str] | None, p: list[float], expected: list[int]
) -> None:
    """Full level until the first failure."""
    procedure = {"kind": "fixed-sequence", **({"order": order} if order else {})}
    assert decide(procedure, np.array([p]))[0].tolist() == [bool(e) for e in expected]


def rejects(multiplicity: Table, p: list[float]) -> list[bool]:
    """Decisions at 5 % on p-values taken as they are, which may equal a level."""
    rule = rule_for([TWO_SIDED] * len(p), multiplicity)
    assert rule.table is not None
    found: list[bool] = rule._graphical(
        np.array([p]), rule.table, np.ones((1, len(p)), dtype=bool)
    )[0].tolist()
    return found


def test_reference_parallel_gatekeeping() -> None:
    """Two primary hypotheses, each with a secondary: Bretz et al. 2009, figure 3 with ε → 0."""
    graph = {
        "kind": "graph",
        "weights": {"h1": 0.5, "h2": 0.5, "h3": 0.0, "h4": 0.0},
        "transitions": {
            "h1": {"h3": 1.0}, "h2": {"h4": 1.0}, "h3": {"h2": 1.0}, "h4": {"h1": 1.0}
        },
    }  # fmt: skip
    assert rejects(graph, [0.02, 0.04, 0.02, 0.04]) == [True, True, True, True]
    assert rejects(graph, [0.02, 0.04, 0.03, 0.001]) == [True, False, False, False]
    assert rejects(graph, [0.03, 0.03, 0.0, 0.0]) == [False, False, False, False]


def test_reference_a_p_value_equal_to_its_level_rejects() -> None:
    """p ≤ α, at every step."""
    fallback = {"kind": "fallback", "weights": {"h1": 0.5, "h2": 0.3, "h3": 0.2}}
    assert rejects(fallback, [0.025, 0.04, 0.05]) == [True, True, True]
    assert rejects(fallback, [0.03, 0.015, 0.02]) == [False, True, True]
    order = {"kind": "fixed-sequence", "order": ["h2", "h1", "h3"]}
    assert rejects(order, [0.04, 0.05, 0.06]) == [True, True, False]


@pytest.mark.parametrize("n", range(1, 7))
def test_twin_holm_agrees_with_statsmodels(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random p-values, many of them near the levels that matter."""
    monkeypatch.setattr("gc.collect", lambda: 0)  # statsmodels collects garbage in every call
    p = np.random.default_rng(n).beta(0.6, 8.0, (400, n))
    expected = [multipletests(row, 0.05, method="holm")[0] for row in p]
    assert np.array_equal(decide({"kind": "holm"}, p), expected)


def one_at_a_time(
    weights: Mapping[str, float],
    transitions: Mapping[tuple[str, str], float],
    p: Mapping[str, float],
    alpha: float,
    rng: np.random.Generator,
) -> set[str]:
    """Algorithm 1 of Bretz et al. 2009 on named hypotheses, in an order left to chance."""
    w, g, left = dict(weights), dict(transitions), set(weights)
    while qualify := sorted(h for h in left if w[h] > 0 and p[h] <= w[h] * alpha):
        out = str(rng.choice(qualify))
        left.remove(out)
        new_g = {}
        for j, k in product(left, left):
            if j == k:
                continue
            loop = g[j, out] * g[out, j]
            passed = g[j, k] + g[j, out] * g[out, k]
            new_g[j, k] = passed / (1 - loop) if loop < 1 - 1e-12 else 0.0
        w = {j: w[j] + w[out] * g[out, j] for j in left}
        g = new_g
    return set(weights) - left


@pytest.mark.parametrize("seed", range(40))
def test_twin_graphs_agree_with_one_rejection_at_a_time_in_any_order(seed: int) -> None:
    """Random graphs, also with levels that are not all used or passed on."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    names = [f"h{i}" for i in range(1, n + 1)]
    weights = rng.dirichlet(np.ones(n)) * rng.choice([1.0, 0.8]) * (rng.random(n) < 0.8)
    shares = rng.dirichlet(np.full(n, 0.7), n) * (1 - np.eye(n)) * (rng.random((n, n)) < 0.7)
    edges = {(a, b): float(shares[i, j]) for i, a in enumerate(names) for j, b in enumerate(names)}
    shared = dict(zip(names, weights.tolist(), strict=True))
    procedure = {
        "kind": "graph",
        "weights": shared,
        "transitions": {a: {b: edges[a, b] for b in names if edges[a, b] > 0} for a in names},
    }
    p = rng.beta(0.5, 12.0, (60, n))
    rejected = decide(procedure, p)
    assert 0 < rejected.mean() < 1
    for row, ours in zip(p, rejected, strict=True):
        named = dict(zip(names, row.tolist(), strict=True))
        for _ in range(3):
            expected = one_at_a_time(shared, edges, named, 0.05, rng)
            assert {h for h, r in zip(names, ours, strict=True) if r} == expected


OBJECTIVES: dict[str, Table] = {
    "greater": {"kind": "superiority"},
    "less": {"kind": "superiority", "direction": "less", "one_sided_alpha": 0.05},
    "two-sided": {"kind": "two-sided", "alpha": 0.1},
    "non-inferior": {"kind": "non-inferiority", "margin": -2.0},
    "not above": {"kind": "non-inferiority", "margin": 2.0, "one_sided_alpha": 0.01},
    "equivalent": {"kind": "equivalence", "lower": -3.0, "upper": 2.0},
}
LEVELS = np.array([0.025, 0.05, 0.1, 0.025, 0.01, 0.05])


def random_batch(n_trials: int) -> AnalysisBatch:
    """Results around the decisions' edges, with few and with many degrees of freedom."""
    rng = np.random.default_rng(3)
    shape = (n_trials, len(OBJECTIVES))
    df = np.exp(rng.uniform(np.log(0.3), np.log(1e5), shape))
    return batch_of(rng.normal(0, 3, shape), np.exp(rng.normal(-0.5, 1, shape)), df)


def test_twin_p_values_of_every_objective() -> None:
    """Against SciPy's t distribution."""
    batch = random_batch(500)
    e, se, df = batch.estimate.T, batch.se.T, batch.df.T
    expected = [
        stats.t.sf(e[0] / se[0], df[0]),
        stats.t.cdf(e[1] / se[1], df[1]),
        2 * stats.t.sf(np.abs(e[2]) / se[2], df[2]),
        stats.t.sf((e[3] + 2) / se[3], df[3]),
        stats.t.cdf((e[4] - 2) / se[4], df[4]),
        np.maximum(stats.t.sf((e[5] + 3) / se[5], df[5]), stats.t.cdf((e[5] - 2) / se[5], df[5])),
    ]
    found = rule_for(list(OBJECTIVES.values())).p_values(batch)
    np.testing.assert_allclose(found, np.transpose(expected), rtol=1e-10)


def test_property_critical_values_decide_like_p_values() -> None:
    """Without multiplicity the estimate is compared with a critical value; both must agree."""
    batch = random_batch(20_000)
    rule = rule_for(list(OBJECTIVES.values()))
    p, decisions = rule.p_values(batch), rule.decide(batch)
    close = np.abs(p / LEVELS - 1) < 1e-9
    assert np.array_equal(decisions.rejected[~close], (p <= LEVELS)[~close])
    assert close.mean() < 1e-3
    one_sided = np.where(rule.two_sided, LEVELS / 2, LEVELS)
    expected = stats.t.isf(one_sided, batch.df) * batch.se
    np.testing.assert_allclose(decisions.half_width, expected, rtol=1e-9)
    assert np.array_equal(decisions.success, decisions.rejected[:, 0])


def test_property_a_graph_without_edges_is_a_test_of_each_share() -> None:
    """p-values against fixed shares of each hypothesis' own level."""
    batch = random_batch(5_000)
    names = [f"h{i}" for i in range(1, len(OBJECTIVES) + 1)]
    shares = [0.3, 0.3, 0.2, 0.1, 0.1, 0.0]
    weights = dict(zip(names, shares, strict=True))
    rule = rule_for(
        list(OBJECTIVES.values()), {"kind": "graph", "weights": weights, "transitions": {}}
    )
    expected = (rule.p_values(batch) <= np.array(shares) * LEVELS) & (np.array(shares) > 0)
    assert np.array_equal(rule.decide(batch).rejected, expected)


@pytest.mark.parametrize("multiplicity", ["none", "holm"])
def test_property_failed_trials_reject_nothing_and_never_succeed(multiplicity: str) -> None:
    """Not even where success is that nothing is rejected."""
    rule = rule_for([TWO_SIDED, TWO_SIDED], {"kind": multiplicity}, "not h1")
    good = np.full((2, 2), 0.1)
    batch = batch_of(good, good * 10, good * 100)
    for what in (batch.estimate, batch.se, batch.df):
        what[1] = np.nan
    batch.status[1] = Status.NOT_CONVERGED
    decisions = rule.decide(batch)
    assert not decisions.rejected.any()
    assert decisions.success.tolist() == [True, False]
