"""Which items of a design report a scenario fills now, and what is missing for the others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from planner.report.items import ITEMS, Item, Status, section_of
from planner.report.stated import stated

if TYPE_CHECKING:
    from planner.scenario import Scenario

STATUSES: tuple[Status, ...] = ("filled", "not stated", "comes with the document")
IN_PROTOCOL: Mapping[str, str] = {
    "R03": "who planned the trial, and in which role",
    "R11": "population, and a strategy for each intercurrent event; the scenario holds "
    "treatments, outcome and contrast",
    "R13": "prior evidence on sex and the terms used",
    "R41": "why this rule and this threshold",
    "R47": "which sensitivity analyses are planned",
    "R101": "what carry-over could do to the conclusion",
    "R102": "what the trial cannot say about women and men apart",
    "R103": "what the result would mean for patients",
}
"""Items for which a scenario has no place: what the protocol must say."""
IN_DOCUMENT: Mapping[str, str] = {
    "R04": "summary in plain words",
    "R05": "comparison with the version before",
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
    said = stated(scenario) | _crossover(scenario)
    return tuple(
        Item(identity, section_of(identity), field, source, *_status(identity, said))
        for identity, field, source in ITEMS
    )


def counts(items: Iterable[Item]) -> dict[Status, int]:
    """Number of items by status, in the order of `STATUSES`."""
    found = Counter(item.status for item in items)
    return {status: found[status] for status in STATUSES}


def _crossover(scenario: "Scenario") -> dict[str, tuple[str, str]]:
    """The items about periods, which a parallel design answers by having one."""
    design = scenario.plan.design
    sequences = ", ".join("→".join(sequence) for sequence in design.sequences)
    if design.n_periods == 1:
        return {
            "R12": ("not a crossover: one period", ""),
            "R20": ("", f"the groups are {sequences}; add duration and visits to the protocol"),
            "R23": ("none: one analysis at the end", ""),
        }
    return {
        "R12": ("", "why a crossover suits a stable disease, the washout, and carry-over"),
        "R20": (
            "",
            f"the sequences are {sequences}; add durations, washout and visits to the protocol",
        ),
        "R23": ("none: one analysis at the end", ""),
    }


def _status(identity: str, said: Mapping[str, tuple[str, str]]) -> tuple[Status, str]:
    if identity in said:
        value, add = said[identity]
        return ("filled", value) if value else ("not stated", add)
    if identity in IN_PROTOCOL:
        return "not stated", f"the scenario has no place for it; say {IN_PROTOCOL[identity]}"
    return "comes with the document", IN_DOCUMENT[identity]
