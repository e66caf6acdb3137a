"""Tables of checks, with numbered sources."""

from collections.abc import Mapping, Sequence

from planner.report.model import Table
from planner.report.qualification.words import (
    largest,
    scientific,
    value,
    with_error,
)
from planner.validation.check import Check
from planner.validation.results import GroupResult, Validation, verdict
from planner.validation.sets import NOT_PLANNED
from planner.words.prose import number, people

Numbers = Mapping[str, int]
"""Source → its number in the list."""


def numbered_sources(validation: Validation) -> Numbers:
    """Sources in the order of their first check, from 1."""
    sources = dict.fromkeys(check.source for check in validation.checks)
    return {source: i for i, source in enumerate(sources, 1)}


def group_table(groups: Sequence[GroupResult]) -> Table:
    """One row per group."""
    return Table(
        caption="Groups of checks",
        columns=("Group", "What is checked", "Reference values by", "Cases", "Checks", "Passed",
                 "Largest", "Seconds", "Verdict"),
        rows=tuple(
            (
                group.name,
                group.title,
                group.made_by,
                people(group.n_cases),
                people(len(group.checks)),
                people(len(group.checks) - len(group.failures)),
                largest(group),
                number(group.seconds),
                verdict(group.passed),
            )
            for group in groups
        ),
        right=(3, 4, 5, 6, 7),
        widths=(1.3, 2.4, 2.0, 0.9, 1.0, 1.1, 1.1, 1.2, 1.1),
        note="Largest: largest |computed − reference| / tolerance of the group; at most 1 where "
        "all pass. Seconds include loading and compiling what a group is the first to need.",
    )  # fmt: skip


def check_table(
    caption: str, checks: Sequence[Check], numbers: Numbers, *, grouped: bool = False
) -> Table:
    """One row per check; `grouped` names the group of each."""
    return Table(
        caption=caption,
        columns=("Case", "Quantity", "Computed", "Reference", "Difference", "Tolerance",
                 "Verdict", "Source"),
        rows=tuple(
            (
                f"{check.group}: {check.case}" if grouped else check.case,
                check.quantity,
                with_error(check),
                value(check.reference),
                scientific(check.difference),
                scientific(check.tolerance),
                verdict(check.passed),
                f"[{numbers[check.source]}]",
            )
            for check in checks
        ),
        right=(2, 3, 4, 5),
    )  # fmt: skip


def trap_table(traps: Sequence[Check], numbers: Numbers) -> Table:
    """Known public errors: what is right, and what others get."""
    return Table(
        caption="What others get wrong, and what is right",
        columns=("Case", "Quantity", "Computed", "Right", "Wrong", "Verdict",
                 "What is wrong elsewhere"),
        rows=tuple(
            (
                check.case,
                check.quantity,
                value(check.computed, 6),
                value(check.reference, 6),
                value(check.wrong, 6),
                verdict(check.passed),
                f"{check.trap} [{numbers[check.source]}]",
            )
            for check in traps
        ),
        right=(2, 3, 4),
        widths=(1.5, 1.8, 1.4, 1.2, 1.2, 1.1, 3.4),
        note="A check passes if the program gives the right number to within a tolerance that "
        "leaves the wrong one out.",
    )  # fmt: skip


def left_out_table() -> Table:
    """Published cases that are not compared, with the reason."""
    return Table(
        caption="Published cases that are not compared",
        columns=("What they are about", "Cases"),
        rows=tuple((reason, ", ".join(cases)) for reason, cases in NOT_PLANNED.items()),
        widths=(3, 2),
    )
