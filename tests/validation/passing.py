"""What is asked of every check that ships with the package."""

from collections.abc import Iterable

from planner.validation.check import Check
from planner.validation.reference_values import Reference, references


def assert_passes(checks: Iterable[Check]) -> list[Check]:
    """There are checks, every one passes, and none comes near a known error; returns them."""
    found = list(checks)
    assert found, "nothing is compared"
    for check in found:
        place = f"{check.case} {check.quantity}"
        assert check.passed, (
            f"{place}: {check.computed!r}, expected {check.reference!r} ± {check.tolerance:g}"
        )
        assert bool(check.trap) == (check.wrong is not None), place
        if check.wrong is not None:
            assert abs(check.reference - check.wrong) > 2 * check.tolerance, place
    return found


def reference_of(name: str, group: str, case_id: str) -> Reference:
    """One case of a reference file."""
    return next(case for case in references(name, group) if case.id == case_id)


def published_case(case_id: str) -> Reference:
    """One case of the published ones."""
    return reference_of("published", "published", case_id)
