"""A statement and the completeness of its report as plain data."""

from dataclasses import asdict
from typing import Any

from planner.report import payload
from planner.report.completeness import completeness, counts
from planner.report.statement import statement
from planner.report.writing import Findings


def statement_data(found: Findings) -> dict[str, Any]:
    """What ``planner statement --json`` prints."""
    items = completeness(found.scenario)
    forms = {"short": statement(found), "long": statement(found, long=True)}
    gaps = forms["short"].gaps | forms["long"].gaps
    return payload.heading(found.scenario) | {
        "hypothesis": found.answer.hypothesis,
        "power_target": found.answer.power_target,
        **{
            name: {"text": form.text(), "markdown": form.markdown()} for name, form in forms.items()
        },
        "not_stated": [{"what": what, "add": add} for what, add in gaps.items()],
        "counts": counts(items),
        "completeness": [asdict(item) for item in items],
    }
