"""Closed-form power and sample size against PowerTOST, on the additive scale."""

import pytest

from planner.validation.powertost import OTHER_DF, UNCERTAIN, checks_of, planned_trial
from planner.validation.reference_values import Reference, references
from tests.planning import precision_at
from tests.validation.passing import assert_passes

CASES = references("power_powertost", "powertost")
LEAST_SQUARES = [
    case
    for case in CASES
    if case.id not in {*UNCERTAIN, OTHER_DF} and case.inputs["design"] != "2x4x2"
]


def case_id(case: Reference) -> str:
    return case.id


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_reference_powertost(case: Reference) -> None:
    """Power to 1e-6; sample sizes exactly, on PowerTOST's lattice; expected power to 1e-4."""
    assert_passes(checks_of(case))


@pytest.mark.parametrize("case", LEAST_SQUARES, ids=case_id)
def test_reference_closed_form_of_least_squares_is_exact(case: Reference) -> None:
    """Complete data and least squares: nothing is approximated."""
    precision = precision_at(planned_trial(case.inputs), case.inputs.get("n", 48))
    assert precision.exact
    assert precision.error == 0.0
    assert precision.inflation[0] == pytest.approx(1.0, abs=1e-12)
