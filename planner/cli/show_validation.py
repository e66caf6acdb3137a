"""What ``planner validate`` prints."""

from pathlib import Path

from planner.cli.tables import Column, grouped, render, wrap
from planner.report.qualification.words import (
    largest,
    scientific,
    stopped_by,
    summary,
    value,
    with_error,
)
from planner.validation.check import Check
from planner.validation.results import Validation, verdict


def text(found: Validation, files: tuple[Path, ...]) -> str:
    """A line per group, a line per failed check, the verdict, and the files written."""
    lines = [f"planner {found.version} on {found.platform}", "", _groups(found), ""]
    lines += [f"FAIL {group.name} stopped: {stopped_by(group)}" for group in found.stopped]
    lines += [_failed(check) for check in found.failures]
    n_traps = len(found.traps)
    if n_traps:
        held = sum(check.passed for check in found.traps)
        lines.append(wrap(f"Known public errors: {held} of {n_traps} checks give the right number"))
    said = summary(found)
    lines.append(wrap(f"{said[0].upper()}{said[1:]} ({found.seconds:.0f} s)"))
    lines += [f" wrote {path}" for path in files]
    return "\n".join(lines)


def _groups(found: Validation) -> str:
    groups = found.groups
    return render(
        [
            Column("group", [g.name for g in groups], left=True),
            Column("cases", [grouped(g.n_cases) for g in groups]),
            Column("checks", [grouped(len(g.checks)) for g in groups]),
            Column("passed", [grouped(len(g.checks) - len(g.failures)) for g in groups]),
            Column("largest", [largest(g) for g in groups]),
            Column("seconds", [f"{g.seconds:.1f}" for g in groups]),
            Column("verdict", [verdict(g.passed) for g in groups], left=True),
            Column("reference values by", [g.made_by for g in groups], rank=1, left=True),
        ]
    )


def _failed(check: Check) -> str:
    known = f"; known error: {check.trap}" if check.trap else ""
    return (
        f"FAIL {check.group} {check.case} {check.quantity}: {with_error(check)}, expected "
        f"{value(check.reference)}, difference {scientific(check.difference)}, allowed "
        f"{scientific(check.tolerance)} ({check.source}{known})"
    )
