"""The installation qualification as a document: failures first, every check, every source."""

from typing import Literal

from planner.report.model import (
    Block,
    Chapter,
    Code,
    Paragraph,
    Points,
    ReportModel,
    Section,
)
from planner.report.qualification.tables import (
    Numbers,
    check_table,
    group_table,
    left_out_table,
    numbered_sources,
    trap_table,
)
from planner.report.qualification.words import stopped_by, summary
from planner.validation.results import GroupResult, Validation
from planner.words.prose import one_line

TITLE = "Installation qualification"
ASKED_BY = "ICH E9 5.8 (validity of software) and 21 CFR 11.10(a) (validation of systems)"
NOTICE = {
    "passed": "Every check is within its tolerance.",
    "failed": "Do not rely on this installation before the failures are explained.",
}
READING = (
    "The program computed every number of this document on this installation and compared it with "
    "a value that another program computed, that was published, or that follows from theory. A "
    "check passes if |computed − reference| is at most its tolerance; a tolerance of 0 asks for "
    "equality. ± is the Monte-Carlo standard error of a simulated number."
)
Titled = tuple[str, tuple[Block, ...]]
"""A section before it has a number."""


def qualification(validation: Validation) -> ReportModel:
    """The document: verdict and failures first, then groups, known errors, every check."""
    numbers = numbered_sources(validation)
    status: Literal["passed", "failed"] = "passed" if validation.passed else "failed"
    contents: tuple[tuple[str, list[Titled]], ...] = (
        ("Result", [("Verdict", _verdict(validation)), ("Failures", _failed(validation, numbers))]),
        ("Groups of checks", [("Summary by group", (group_table(validation.groups),))]),
        ("Known public errors", [("Errors that are not repeated", _traps(validation, numbers))]),
        ("Installation", [("Versions and platform", _installation(validation))]),
        ("Every check", [(group.title, _group(group, numbers)) for group in validation.groups]),
        ("What is not checked", [("Published cases left out", (left_out_table(),))]),
        ("Sources", [("Where the reference values come from", _sources(numbers))]),
    )
    return ReportModel(
        title=TITLE,
        subtitle=f"planner {validation.version}: {summary(validation)}",
        status=status,
        about="Computed numbers",
        fingerprint=validation.fingerprint(),
        notice=NOTICE[status],
        version=validation.version,
        chapters=_numbered(contents),
        scenario="",
    )


def _numbered(contents: tuple[tuple[str, list[Titled]], ...]) -> tuple[Chapter, ...]:
    """Chapters whose sections have the ids Q1, Q2 and so on."""
    chapters, done = [], 0
    for title, sections in contents:
        numbered = tuple(
            Section(id=f"Q{i}", title=name, asked_by=ASKED_BY, blocks=blocks)
            for i, (name, blocks) in enumerate(sections, done + 1)
        )
        chapters.append(Chapter(title=title, sections=numbered))
        done += len(sections)
    return tuple(chapters)


def _verdict(validation: Validation) -> tuple[Block, ...]:
    said = summary(validation)
    return Paragraph(text=f"{said[0].upper()}{said[1:]}."), Paragraph(text=READING)


def _failed(validation: Validation, numbers: Numbers) -> tuple[Block, ...]:
    stopped = tuple(f"{group.name}: {stopped_by(group)}" for group in validation.stopped)
    blocks: list[Block] = []
    if stopped:
        blocks += [Paragraph(text="Groups that stopped before their end:"), Points(items=stopped)]
    if validation.failures:
        caption = "Checks beyond their tolerance"
        blocks.append(check_table(caption, validation.failures, numbers, grouped=True))
    return tuple(blocks) or (Paragraph(text="None."),)


def _traps(validation: Validation, numbers: Numbers) -> tuple[Block, ...]:
    if not validation.traps:
        return (Paragraph(text="The groups that were run hold none."),)
    return (trap_table(validation.traps, numbers),)


def _installation(validation: Validation) -> tuple[Block, ...]:
    names = [f"{name} {version}" for name, version in validation.versions.items()]
    lines = ("; ".join(names[i : i + 4]) for i in range(0, len(names), 4))
    chosen = "".join(f" --group {group.name}" for group in validation.groups)
    return (
        Paragraph(text=f"planner {validation.version} on {validation.platform}."),
        Paragraph(text="Python and every package that the program depends on:"),
        Code(text="\n".join(lines)),
        Paragraph(text="The same checks are run again, and this document made, by:"),
        Code(text=f"planner validate{chosen} --out qualification.html"),
    )


def _group(group: GroupResult, numbers: Numbers) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Paragraph(text=f"Group {group.name}; reference values by {group.made_by}.")
    ]
    if group.error or not group.checks:
        blocks.append(Paragraph(text=f"Stopped before its end: {stopped_by(group)}."))
    if group.checks:
        blocks.append(check_table(f"Checks of {group.name}", group.checks, numbers))
    return tuple(blocks)


def _sources(numbers: Numbers) -> tuple[Block, ...]:
    if not numbers:
        return (Paragraph(text="Nothing was compared."),)
    return (Points(items=tuple(f"{one_line(s).rstrip('.')}." for s in numbers), numbered=True),)
