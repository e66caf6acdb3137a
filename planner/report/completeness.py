"""Which items of a design report a scenario fills now, and what is missing for the others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from planner.report.gaps import gaps
from planner.report.items import ITEMS, Item, Status, section_of
from planner.report.model import Gap
from planner.report.stated import stated
from planner.words.prose import joined

if TYPE_CHECKING:
    from planner.scenario import Scenario

STATUSES: tuple[Status, ...] = ("filled", "not stated", "comes with the document")
IN_DOCUMENT: Mapping[str, str] = {
    "R04": "summary in plain words",
    "R50": "the questions that the simulation answers",
    "R51": "equations of the truth and its varied factors",
    "R53": "true values, computed from the truth",
    "R55": "formulae of Morris, White & Crowther 2019",
    "R59": "settings and checks of the engines",
    "R60": "table over null truths; planner power gives the planned one",
    "R61": "table over effects; planner power",
    "R62": "table of performance measures; planner power",
    "R63": "table; planner assurance",
    "R64": "table of completers, duration and cost",
    "R65": "table for women, men and their difference; planner power",
    "R66": "table of harsher truths",
    "R67": "table under other priors",
    "R68": "table of how the trials ended; planner power --json",
    "R69": "three trials with data and decision; planner posterior",
    "R70": "table of designs",
    "R71": "tornado and heat map",
    "R72": "worst and mean power over scenarios",
    "R80": "diagram of expected numbers",
    "R100": "what was not simulated",
    "R114": "measured when the document is made",
    "R115": "simulation beside closed forms",
    "A1": "table of items and guidance",
}
"""Items that need no more from the user: what the document will hold."""


def completeness(scenario: "Scenario") -> tuple[Item, ...]:
    """Every item of the report with its status; not stated are those that the document marks."""
    said, missing = stated(scenario), gaps(scenario)
    return tuple(
        Item(identity, section_of(identity), field, source, *_status(identity, said, missing))
        for identity, field, source in ITEMS
    )


def counts(items: Iterable[Item]) -> dict[Status, int]:
    """Number of items by status, in the order of `STATUSES`."""
    found = Counter(item.status for item in items)
    return {status: found[status] for status in STATUSES}


def _status(
    identity: str, said: Mapping[str, str], missing: Mapping[str, tuple[Gap, ...]]
) -> tuple[Status, str]:
    if identity in missing:
        return "not stated", _to_add(missing[identity])
    if identity in said:
        return "filled", said[identity]
    return "comes with the document", IN_DOCUMENT[identity]


def _to_add(missing: tuple[Gap, ...]) -> str:
    """What is missing and what to add, the same addition said once."""
    by_addition: dict[str, list[str]] = {}
    for gap in missing:
        by_addition.setdefault(gap.add, []).append(gap.what)
    return "; ".join(f"{joined(what)}: {add}" for add, what in by_addition.items())
