"""Success rules: what an expression over hypotheses means, and which are refused."""

from itertools import product

import numpy as np
import pytest

from planner.errors import InvalidInput
from planner.plan.decision import compile_success, success_level


@pytest.mark.parametrize(
    "expression",
    [
        "a",
        "not a",
        "a and b or c",
        "a and (b or c)",
        "not a and b or not (c and a)",
        "(a or b) and (b or c) and (a or c)",
        "not not a",
    ],
)
def test_twin_success_rules_mean_what_python_means(expression: str) -> None:
    """All eight cases of three hypotheses."""
    cases = np.array(list(product([False, True], repeat=3)))
    columns = dict(zip("abc", cases.T, strict=True))
    found = compile_success(expression, ("a", "b", "c"))(columns)
    expected = [eval(expression, {}, dict(zip("abc", c, strict=True))) for c in cases.tolist()]
    assert found.tolist() == expected


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "a +",
        "a + b",
        "a & b",
        "d",
        "1",
        "a == b",
        "f(a)",
        "a.b",
        "a if b else c",
        "a[0]",
        "(" * 500,
    ],
)
def test_reference_success_rules_that_are_refused(expression: str) -> None:
    """Nothing but names, and, or, not and parentheses."""
    with pytest.raises(InvalidInput, match="success rule"):
        compile_success(expression, ("a", "b", "c"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("overall and (female or male)", 0.6), ("overall", 0.8), ("female or male", 0.6)],
)
def test_reference_level_of_a_success_rule(expression: str, expected: float) -> None:
    """The least of an `and`, the largest of an `or`."""
    names, power = ("overall", "female", "male"), np.array([0.8, 0.5, 0.6])
    assert success_level(expression, names, power) == expected
