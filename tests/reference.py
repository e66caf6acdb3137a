"""Reference values that ship with the package."""

from planner.validation.reference_values import Case as Case
from planner.validation.reference_values import reference as reference
from planner.validation.reference_values import reference_case as reference_case


def published(case_id: str) -> tuple[Case, Case, Case]:
    """Inputs, expected values and tolerances of a published case."""
    case = reference_case("published", case_id)
    return case["inputs"], case["expected"], case["tolerance"]


def case_id(case: Case) -> str:
    """Name of a parametrised test."""
    return str(case["id"])
