"""Items that only the trial's authors can fill: what their protocol says, or the key to write."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from planner.plan.analysis import Posterior
from planner.report.trial_name import given_title
from planner.words.prose import one_line

if TYPE_CHECKING:
    from planner.scenario import Scenario

_TEXTS = {
    "R02": ("version", "version and date of the plan"),
    "R05": ("changes", "what was changed from an earlier version, or that there was none"),
    "R13": ("role_of_sex", "prior evidence on sex and the terms used"),
    "R20": ("schedule", "durations of periods and washout, and visits"),
    "R21": ("allocation", "how participants are stratified and allocated in blocks"),
    "R41": ("success", "why this rule and this threshold"),
    "R43": ("missing_data", "how missing outcomes are handled, and under what assumption"),
    "R47": ("sensitivity", "which sensitivity analyses are planned"),
    "R102": ("sex_limits", "what the trial cannot say about women and men apart"),
    "R103": ("clinical", "what the result would mean for patients"),
}
"""Item → key of the protocol, and what to say there."""


def answered(scenario: "Scenario") -> dict[str, tuple[str, str]]:
    """Item → what the protocol says of it (empty if nothing), and what to add then."""
    said, plan = scenario.protocol, scenario.plan
    found = {
        item: (one_line(getattr(said, key)), f"write {words} as protocol.{key}")
        for item, (key, words) in _TEXTS.items()
    }
    found["R01"] = (given_title(scenario), "write a title as protocol.title, or a label")
    found["R03"] = (
        "; ".join(filter(None, map(one_line, said.authors))),
        "write names with their roles as protocol.authors",
    )
    events = said.intercurrent_events
    found["R11"] = (
        _all(one_line(said.population), *(_all(*pair) for pair in events.items() or [("", "")])),
        "write who the trial is about as protocol.population, and a strategy for each event as "
        "protocol.intercurrent_events",
    )
    letters = plan.design.treatments
    named = all(k in plan.treatments for k in letters)
    found["R22"] = (
        _all(*(said.doses.get(k, "") for k in letters)) if named else "",
        ("" if named else "give plan.treatments; ")
        + "write substance, dose, route and time as protocol.doses",
    )
    if plan.design.n_periods > 1:
        found["R12"] = (
            one_line(said.rationale),
            "write why a crossover suits the condition, the washout and carry-over as "
            "protocol.rationale",
        )
        found["R101"] = (
            one_line(said.carryover_limits),
            "write what carry-over could do to the conclusion as protocol.carryover_limits",
        )
    if isinstance(plan.analysis, Posterior):
        found["R44"] = (
            one_line(said.analysis_prior),
            "justify the prior and its weight as protocol.analysis_prior",
        )
        found["R46"] = (
            one_line(said.borrowing),
            "write what the analysis prior borrows, and how, as protocol.borrowing",
        )
    return found


def instead(scenario: "Scenario") -> dict[str, tuple[str, str]]:
    """Items that a text fills where the numbers of the scenario do not."""
    said = scenario.protocol
    return {
        "R24": (
            one_line(said.female_share),
            "give truth.female_share with its evidence, or why as protocol.female_share",
        ),
        "R32": (
            one_line(said.importance),
            "write whether the difference is important, realistic or both, and why, as "
            "protocol.importance",
        ),
    }


def _all(*parts: str) -> str:
    """The parts together; empty if one of them is."""
    shown: Iterable[str] = list(map(one_line, parts))
    return "; ".join(shown) if all(shown) else ""
