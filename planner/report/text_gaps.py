"""Texts that only the trial's authors can write and a report asks for."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from planner.evidence.distribution import Flat
from planner.plan.analysis import Posterior
from planner.report.basis import EFFECT, used_bases
from planner.report.model import Gap
from planner.report.trial_name import given_title, kind_of_trial
from planner.words.prose import joined, one_line

if TYPE_CHECKING:
    from planner.scenario import Scenario

Gaps = Iterator[tuple[str, Gap]]
ALWAYS: Mapping[str, tuple[str, str]] = {
    "R05": ("changes", "what was changed from an earlier version, or that this is the first"),
    "R13": (
        "role_of_sex",
        "prior evidence on sex, which of the NIH cases applies, and the terms used",
    ),
    "R21": ("allocation", "how people are allocated: stratification, blocks, concealment"),
    "R41": ("success", "why this success rule and its thresholds"),
    "R43": ("missing_data", "how missing outcomes are handled, and under what assumption"),
    "R47": ("sensitivity", "the sensitivity analyses planned for the trial's data"),
    "R102": ("sex_limits", "what the trial cannot say about women and men apart"),
    "R103": ("clinical", "what the result would mean for patients"),
}
"""Item → key of the protocol, and what to say there."""
CROSSOVER: Mapping[str, tuple[str, str]] = {
    "R12": (
        "rationale",
        "why a crossover suits the condition: stable, effect within the period, washout and "
        "carry-over",
    ),
    "R20": ("schedule", "durations of periods and washout, and visits"),
    "R101": ("carryover_limits", "what carry-over could do to the conclusion"),
}
ONE_PERIOD: Mapping[str, tuple[str, str]] = {"R20": ("schedule", "duration, and visits")}
ANALYSIS_PRIOR = ("analysis_prior", "the justification of the analysis prior")
BORROWING = ("borrowing", "what the analysis prior borrows from outside data, and how")
IMPORTANCE = (
    "importance",
    "whether the target difference is important to patients, realistic, or both, and why",
)


def asked_texts(scenario: "Scenario") -> dict[str, tuple[str, str]]:
    """Item → key of the protocol and what to say there, for texts that this scenario needs."""
    asked = {**ALWAYS, **(CROSSOVER if scenario.plan.design.n_periods > 1 else ONE_PERIOD)}
    analysis = scenario.plan.analysis
    if isinstance(analysis, Posterior):
        asked["R44"] = ANALYSIS_PRIOR
        if not isinstance(analysis.priors.effect, Flat):
            asked["R46"] = BORROWING
    if not smallest_that_matters(scenario):
        asked["R32"] = IMPORTANCE
    return asked


def smallest_that_matters(scenario: "Scenario") -> bool:
    """Whether the effect is cited as the smallest difference that matters."""
    return any(b.entry and b.entry.quantity == "mcid" for b in used_bases(scenario, EFFECT))


def text_gaps(scenario: "Scenario") -> Gaps:
    """Item → what its authors have not written."""
    said = scenario.protocol
    if not given_title(scenario):
        yield (
            "R01",
            _gap(
                f"what the trial is about, in a title that calls it a randomised "
                f"{kind_of_trial(scenario)} trial",
                "title",
            ),
        )
    if not one_line(said.version):
        yield "R02", _gap("version and date of the plan", "version", "them")
    if not any(map(one_line, said.authors)):
        yield "R03", _gap("who planned the trial, and in which role", "authors", "names with roles")
    yield from _estimand(scenario)
    yield from _treatments(scenario)
    for item, (key, what) in asked_texts(scenario).items():
        if not one_line(getattr(said, key)):
            yield item, _gap(what, key)


def _gap(what: str, key: str, it: str = "it") -> Gap:
    return Gap(what=what, add=f"write {it} as protocol.{key} in the scenario")


def _estimand(scenario: "Scenario") -> Gaps:
    """Population and intercurrent events; an event without a strategy is not handled."""
    said = scenario.protocol
    if not one_line(said.population):
        yield "R11", _gap("population of the estimand", "population")
    events = {one_line(event): one_line(how) for event, how in said.intercurrent_events.items()}
    events.pop("", None)
    if not events:
        yield (
            "R11",
            Gap(
                what="intercurrent events, each with how it is handled",
                add="write a table protocol.intercurrent_events in the scenario, event = strategy",
            ),
        )
    silent = [event for event, how in events.items() if not how]
    if silent:
        yield (
            "R11",
            Gap(
                what=f"how these are handled: {joined(silent)}",
                add="write a strategy for each in protocol.intercurrent_events in the scenario",
            ),
        )


def _treatments(scenario: "Scenario") -> Gaps:
    plan, doses = scenario.plan, scenario.protocol.doses
    letters = plan.design.treatments
    unnamed = [k for k in letters if k not in plan.treatments]
    if unnamed:
        yield "R22", Gap(what=f"what treatment {joined(unnamed)} is", add="give plan.treatments")
    silent = [k for k in letters if not one_line(doses.get(k, ""))]
    if silent:
        yield (
            "R22",
            _gap(
                f"substance, dose, route and time of treatment {joined(silent)}",
                f"doses.{silent[0]}",
            ),
        )
