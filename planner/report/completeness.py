"""Which items of a design report a scenario fills now, and what is missing for the others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from planner.report.items import ITEMS, Item, Status, section_of
from planner.report.protocol_items import answered, instead
from planner.report.stated import stated
from planner.words.prose import one_line

if TYPE_CHECKING:
    from planner.scenario import Scenario

STATUSES: tuple[Status, ...] = ("filled", "not stated", "comes with the document")
ONE_PERIOD: Mapping[str, str] = {
    "R12": "not a crossover: one period",
    "R35": "one period: nobody leaves between periods",
    "R36": "one period: no effects of time",
    "R101": "one period: nothing carries over",
}
"""Items that having one period answers."""
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
    """Every item of the report with its status."""
    said = stated(scenario) | _parallel(scenario) | answered(scenario)
    said |= {item: text for item, text in instead(scenario).items() if not said[item][0]}
    return tuple(
        Item(identity, section_of(identity), field, source, *_status(identity, said))
        for identity, field, source in ITEMS
    )


def counts(items: Iterable[Item]) -> dict[Status, int]:
    """Number of items by status, in the order of `STATUSES`."""
    found = Counter(item.status for item in items)
    return {status: found[status] for status in STATUSES}


def _parallel(scenario: "Scenario") -> dict[str, tuple[str, str]]:
    """What having one period answers, and that nothing is looked at before the end."""
    looks = {"R23": (one_line(scenario.protocol.interim) or "none: one analysis at the end", "")}
    if scenario.plan.design.n_periods > 1:
        return looks
    return looks | {item: (reason, "") for item, reason in ONE_PERIOD.items()}


def _status(identity: str, said: Mapping[str, tuple[str, str]]) -> tuple[Status, str]:
    if identity in said:
        value, add = said[identity]
        return ("filled", value) if value else ("not stated", add)
    return "comes with the document", IN_DOCUMENT[identity]
