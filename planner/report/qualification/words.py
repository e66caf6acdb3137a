"""Verdicts and numbers of checks in words, on the screen and in the document."""

import math

from planner.validation.check import Check
from planner.validation.results import GroupResult, Validation
from planner.words.prose import one_line, people

NONE = "–"


def summary(validation: Validation) -> str:
    """The verdict in a line."""
    checks, failed = len(validation.checks), len(validation.failures)
    groups = f"{len(validation.groups)} group{'s' * (len(validation.groups) != 1)}"
    if validation.passed:
        return f"passed, all {people(checks)} checks in {groups} are within their tolerance"
    beyond = f"{people(failed)} of {people(checks)} checks in {groups} beyond their tolerance"
    parts = [beyond] if failed else []
    parts += [f"{group.name} stopped before its end" for group in validation.stopped]
    return f"FAILED, {', '.join(parts)}"


def stopped_by(group: GroupResult) -> str:
    """Why a group did not come to its end."""
    return one_line(group.error) or "nothing was compared"


def value(computed: float | None, digits: int = 9) -> str:
    """A number to some significant digits."""
    if computed is None:
        return NONE
    return "missing" if math.isnan(computed) else f"{computed:.{digits}g}".replace("-", "−")


def with_error(check: Check) -> str:
    """The computed number, with its Monte-Carlo standard error if it is simulated."""
    if check.mcse is None:
        return value(check.computed)
    return f"{value(check.computed, 5)} ± {check.mcse:.1g}".replace("-", "−")


def scientific(difference: float) -> str:
    """A small number, 0 as such."""
    if math.isnan(difference):
        return "missing"
    return f"{difference:.1e}".replace("-", "−") if difference else "0"


def largest(group: GroupResult) -> str:
    """Largest |difference| / tolerance of a group to three digits."""
    return NONE if math.isnan(group.largest) else value(group.largest, 3)
