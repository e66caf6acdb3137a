"""Mixed models with carry-over terms against lme4 and pbkrtest of R."""

from collections.abc import Iterator

from planner.validation.check import Check
from planner.validation.lme4 import kenward_roger
from planner.validation.reference_values import reference

GROUP = "carryover"


def checks() -> Iterator[Check]:
    """Every data set, with Kenward-Roger."""
    for case in reference("carryover_lme4"):
        yield from kenward_roger(case, GROUP)
