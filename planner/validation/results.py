"""What a validation found: checks by group, with the installation that they were run on."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from planner.validation.check import Check

if TYPE_CHECKING:
    import pandas as pd

_FIRST = ("group", "case", "quantity", "computed", "reference")
_LAST = ("source", "trap", "wrong")


@dataclass(frozen=True, slots=True)
class GroupResult:
    """The checks of one group.

    Parameters
    ----------
    name, title, made_by : as in `planner.validation.groups.GROUPS`.
    seconds : that the checks took, with loading and compiling what they needed first.
    error : why the group stopped before its end; empty if it did not.
    """

    name: str
    title: str
    made_by: str
    checks: tuple[Check, ...]
    seconds: float
    error: str = ""

    @property
    def n_cases(self) -> int:
        """How many different cases were checked."""
        return len({check.case for check in self.checks})

    @property
    def failures(self) -> tuple[Check, ...]:
        """Checks whose difference is beyond the tolerance, or missing."""
        return tuple(check for check in self.checks if not check.passed)

    @property
    def passed(self) -> bool:
        """Whether the group came to its end, compared something, and every check passed."""
        return not self.error and bool(self.checks) and not self.failures

    @property
    def largest(self) -> float:
        """Largest |difference| / tolerance; infinite where only equality passes and there is none.

        A group that passes has at most 1; one without checks has none, not a number.
        """
        return max((share_of_tolerance(check) for check in self.checks), default=math.nan)


def verdict(passed: bool) -> str:
    """The word for it."""
    return "pass" if passed else "fail"


def share_of_tolerance(check: Check) -> float:
    """|Difference| / tolerance: 0 for equal numbers, infinite where a number is missing."""
    if check.computed == check.reference:
        return 0.0
    difference = abs(check.difference)
    if math.isnan(difference) or not check.tolerance:
        return math.inf
    return difference / check.tolerance


@dataclass(frozen=True, slots=True)
class Validation:
    """The groups that were run, and on what.

    Parameters
    ----------
    version : of the program.
    versions : of Python and of every package that the program depends on, by name.
    platform : operating system, processor and interpreter.
    """

    groups: tuple[GroupResult, ...]
    version: str
    versions: dict[str, str]
    platform: str

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks in the order of the groups."""
        return tuple(check for group in self.groups for check in group.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """All checks that failed."""
        return tuple(check for group in self.groups for check in group.failures)

    @property
    def traps(self) -> tuple[Check, ...]:
        """Checks of known public errors."""
        return tuple(check for check in self.checks if check.trap)

    @property
    def stopped(self) -> tuple[GroupResult, ...]:
        """Groups that ended in an error or compared nothing."""
        return tuple(group for group in self.groups if group.error or not group.checks)

    @property
    def passed(self) -> bool:
        """Whether every group passed."""
        return all(group.passed for group in self.groups)

    @property
    def seconds(self) -> float:
        """Time of all groups together."""
        return sum(group.seconds for group in self.groups)

    def fingerprint(self) -> str:
        """SHA-256 of the computed numbers: the same where every digit is the same."""
        said = "\n".join(f"{c.group} {c.case} {c.quantity} {c.computed!r}" for c in self.checks)
        return hashlib.sha256(said.encode()).hexdigest()

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every check as a row of a table."""
        for check in self.checks:
            given = asdict(check)
            yield {
                **{name: given[name] for name in _FIRST},
                "difference": check.difference,
                "tolerance": check.tolerance,
                "mcse": check.mcse,
                "verdict": verdict(check.passed),
                **{name: given[name] for name in _LAST},
            }

    def to_frame(self) -> "pd.DataFrame":
        """One row per check."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()))
