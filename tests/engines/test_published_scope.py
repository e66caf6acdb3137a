"""Every published case is tested, or left out for a stated reason."""

from planner.validation import pooling
from planner.validation.published import (
    carryover,
    dropout,
    expected,
    factors,
    paired,
    ratios,
)
from planner.validation.sets import NOT_PLANNED
from tests.reference import reference

IN_SCOPE = [
    case
    for home in (carryover, dropout, expected, factors, paired, ratios, pooling)
    for case in home.CASES
]
OUT_OF_SCOPE = {case: reason for reason, cases in NOT_PLANNED.items() for case in cases}


def test_reference_published_cases_are_all_tested_or_explained() -> None:
    """In scope and out of scope together are all cases, and nothing is both."""
    known = {case["id"] for case in reference("published")}
    assert set(IN_SCOPE) | set(OUT_OF_SCOPE) == known
    assert not set(IN_SCOPE) & set(OUT_OF_SCOPE)
    assert len(IN_SCOPE) == len(set(IN_SCOPE))
    assert len(OUT_OF_SCOPE) == sum(len(cases) for cases in NOT_PLANNED.values())
