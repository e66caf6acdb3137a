"""Decisions: objectives, graphical procedures, success rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from planner.engines.prepare import prepare
from planner.errors import InvalidInput
from planner.operating.decide import DecisionRule, decision_rule, weight_table
from planner.plan.decision import (
    Fallback,
    FixedSequence,
    Graph,
    Holm,
    Multiplicity,
    as_graph,
    compile_success,
    success_level,
)
from planner.trials.draw import draw_moments
from planner.trials.layout import lay_out
from tests.crossovers import SEX_CONTRASTS, by_sex, contrasts_of

NAMES = ("a", "b", "c", "d")
P_VALUES = st.lists(st.floats(0, 0.2), min_size=4, max_size=4)


def rejects(procedure: Multiplicity, p: list[float], alpha: float = 0.05) -> list[bool]:
    """Decisions of a procedure on p values, each hypothesis tested at `alpha` in full."""
    names = NAMES[: len(p)]
    h = len(names)
    rule = DecisionRule(
        names=names,
        lower=np.zeros(h),
        upper=np.full(h, np.inf),
        levels=np.full(h, alpha),
        two_sided=np.zeros(h, dtype=bool),
        table=weight_table(*as_graph(procedure, names)),
        success=compile_success(names[0], names),
    )
    assert rule.table is not None
    found: list[bool] = rule._graphical(np.array([p]), rule.table)[0].tolist()
    return found


def one_at_a_time(
    weights: np.ndarray, transitions: np.ndarray, p: list[float], alpha: float, order: list[int]
) -> list[bool]:
    """Algorithm 1 of Bretz et al. 2009 by hand; of several candidates the first in `order`."""
    w, g, left = weights.copy(), transitions.copy(), set(range(len(p)))
    while True:
        ready = [i for i in order if i in left and w[i] > 0 and p[i] <= w[i] * alpha]
        if not ready:
            return [i not in left for i in range(len(p))]
        i = ready[0]
        left.remove(i)
        new_g = np.zeros_like(g)
        for j in left:
            for k in left - {j}:
                loop = g[j, i] * g[i, j]
                new_g[j, k] = (g[j, k] + g[j, i] * g[i, k]) / (1 - loop) if loop < 1 else 0.0
        w = np.array([w[j] + w[i] * g[i, j] if j in left else 0.0 for j in range(len(p))])
        g = new_g


@given(P_VALUES)
def test_reference_holm_is_that_of_statsmodels(p: list[float]) -> None:
    assert rejects(Holm(), p) == multipletests(p, alpha=0.05, method="holm")[0].tolist()


def test_reference_bretz_2009_parallel_gatekeeping() -> None:
    """Two primary hypotheses, each with a secondary: Bretz et al. 2009, figure 3 with ε → 0."""
    graph = Graph(
        weights={"a": 0.5, "b": 0.5, "c": 0.0, "d": 0.0},
        transitions={"a": {"c": 1.0}, "b": {"d": 1.0}, "c": {"b": 1.0}, "d": {"a": 1.0}},
    )
    assert rejects(graph, [0.02, 0.04, 0.02, 0.04]) == [True, True, True, True]
    assert rejects(graph, [0.02, 0.04, 0.03, 0.001]) == [True, False, False, False]
    assert rejects(graph, [0.03, 0.03, 0.0, 0.0]) == [False, False, False, False]


def test_reference_fixed_sequence_and_fallback_by_hand() -> None:
    order = FixedSequence(order=("b", "a", "c"))
    assert rejects(order, [0.04, 0.05, 0.06]) == [True, True, False]
    assert rejects(order, [0.001, 0.051, 0.001]) == [False, False, False]
    fallback = Fallback(weights={"a": 0.5, "b": 0.3, "c": 0.2})
    assert rejects(fallback, [0.03, 0.015, 0.02]) == [False, True, True]
    assert rejects(fallback, [0.03, 0.016, 0.011]) == [False, False, False]
    assert rejects(fallback, [0.025, 0.04, 0.05]) == [True, True, True]


@given(P_VALUES, st.permutations(range(4)), st.integers(0, 10_000))
def test_twin_rejecting_one_at_a_time_in_any_order(
    p: list[float], order: list[int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(4))
    transitions = rng.dirichlet(np.ones(4), size=4)
    np.fill_diagonal(transitions, 0.0)
    graph = Graph(
        weights=dict(zip(NAMES, weights.tolist(), strict=True)),
        transitions={
            a: {b: float(transitions[i, j]) for j, b in enumerate(NAMES) if i != j}
            for i, a in enumerate(NAMES)
        },
    )
    expected = one_at_a_time(weights, transitions, p, 0.05, list(order))
    assert rejects(graph, p) == expected


@pytest.mark.parametrize(
    "objective",
    [
        {"kind": "two-sided", "alpha": 0.05},
        {"kind": "superiority", "direction": "less"},
        {"kind": "non-inferiority", "margin": -2.0},
        {"kind": "non-inferiority", "margin": 2.0},
        {"kind": "equivalence", "lower": -3.0, "upper": 4.0},
    ],
)
def test_property_critical_values_and_p_values_decide_alike(objective: dict[str, object]) -> None:
    scenario = by_sex(truth={"effect": 1.0, "attrition": {"kind": "mcar", "after_period_1": 0.2}})
    scenario = scenario.with_changes(
        {"plan.hypotheses": contrasts_of(*SEX_CONTRASTS, objective=objective)}
    )
    layout = lay_out(scenario, 24)
    batch = prepare(scenario, layout).fit(draw_moments(layout, 1, 0, 1_000))
    rule = decision_rule(scenario)
    level = np.where(rule.two_sided, 2 * rule.levels, rule.levels)
    expected = (rule.p_values(batch) <= level) & ~batch.failed[:, None]
    assert np.array_equal(rule.decide(batch).rejected, expected)
    assert expected.any()
    assert not expected.all()


def test_success_expressions() -> None:
    names = ("overall", "female", "male")
    rejected = {
        "overall": np.array([True, True, False, True]),
        "female": np.array([True, False, True, False]),
        "male": np.array([False, True, True, False]),
    }
    rule = compile_success("overall and (female or male)", names)
    assert rule(rejected).tolist() == [True, True, False, False]
    assert compile_success("not male", names)(rejected).tolist() == [True, False, False, True]
    power = np.array([0.8, 0.5, 0.6])
    assert success_level("overall and (female or male)", names, power) == 0.6
    for wrong in ("overall & male", "overall == male", "f()", "overall.male", "1", ""):
        with pytest.raises(InvalidInput, match="success rule"):
            compile_success(wrong, names)
