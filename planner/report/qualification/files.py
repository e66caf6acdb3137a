"""The installation qualification as files: a document in some formats, and the checks as data."""

from collections.abc import Iterable
from typing import Any

from planner.report import payload
from planner.report.formats import render
from planner.report.qualification.document import qualification
from planner.validation.results import Validation, verdict


def qualification_files(validation: Validation, formats: Iterable[str]) -> dict[str, bytes]:
    """The qualification in some formats, by name; JSON holds the checks as data.

    Raises
    ------
    UnknownName : there is no such format.
    """
    asked = list(dict.fromkeys(formats))
    as_data = f"{payload.dump(qualification_data(validation))}\n".encode()
    documents = render(qualification(validation), [name for name in asked if name != "json"])
    return {name: as_data if name == "json" else documents[name] for name in asked}


def qualification_data(validation: Validation) -> dict[str, Any]:
    """Verdict, installation, groups and every check."""
    return {
        "version": validation.version,
        "verdict": verdict(validation.passed),
        "platform": validation.platform,
        "versions": validation.versions,
        "seconds": validation.seconds,
        "groups": [
            {
                "group": group.name,
                "title": group.title,
                "made_by": group.made_by,
                "cases": group.n_cases,
                "checks": len(group.checks),
                "passed": len(group.checks) - len(group.failures),
                "largest": group.largest,
                "seconds": group.seconds,
                "error": group.error,
                "verdict": verdict(group.passed),
            }
            for group in validation.groups
        ],
        "checks": list(validation.rows()),
    }
