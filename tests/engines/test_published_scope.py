"""Every published case is tested, or left out for a stated reason."""

from tests.engines import (
    test_closed_form_carryover,
    test_closed_form_dropout,
    test_closed_form_expected_power,
    test_closed_form_factorial,
    test_closed_form_log_scale,
    test_closed_form_paired,
)
from tests.reference import reference

IN_SCOPE = (
    *test_closed_form_carryover.IDS,
    *test_closed_form_dropout.IDS,
    *test_closed_form_expected_power.IDS,
    *test_closed_form_factorial.IDS,
    *test_closed_form_log_scale.IDS,
    *test_closed_form_paired.IDS,
)

REASONS = {
    "an approximation of the power of two one-sided tests; the program has the exact value": (
        "EQ-05",
    ),
    "a test of carry-over, which is never done": ("CO-12",),
    "uncertainty of a pilot's CV: evidence": ("EP-11", "EP-12"),
    "probability of success of a group-sequential trial": ("EP-19",),
    "binary endpoints": ("BIN-01", "BIN-02"),
    "regression slopes between groups": ("INT-07",),
    "two endpoints": ("MULT-01", "MULT-02"),
    "group sequential": (
        "GS-01", "GS-02", "GS-03", "GS-04", "GS-07", "GS-08", "GS-09", "GS-13", "GS-14", "GS-15",
        "GS-16", "GS-17",
    ),
    "MAP priors": ("MAP-03", "MAP-04", "MAP-05", "MAP-06", "MAP-07", "MAP-08"),
    "blinded re-estimation": ("SSR-01", "SSR-02"),
    "longitudinal slopes": ("LONG-01", "LONG-02"),
    "a normal approximation of another program, with no trial to plan": ("TRAP-04",),
    "repeated measures of parallel groups with AR(1) errors": ("MIX-02",),
}  # fmt: skip
OUT_OF_SCOPE = {case: reason for reason, cases in REASONS.items() for case in cases}


def test_reference_published_cases_are_all_tested_or_explained() -> None:
    """In scope and out of scope together are all cases, and nothing is both."""
    known = {case["id"] for case in reference("published")}
    assert set(IN_SCOPE) | set(OUT_OF_SCOPE) == known
    assert not set(IN_SCOPE) & set(OUT_OF_SCOPE)
    assert len(IN_SCOPE) == len(set(IN_SCOPE))
    assert len(OUT_OF_SCOPE) == sum(len(cases) for cases in REASONS.values())
