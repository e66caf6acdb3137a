"""What the trial's authors say in words: text areas that write the scenario's protocol table."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from planner.ui.fields.costs import PATH as PRICES
from planner.ui.fields.costs import costs
from planner.ui.fields.field import Changes, Field

if TYPE_CHECKING:
    from planner.plan.protocol import Protocol
    from planner.scenario import Scenario

PROTOCOL = "protocol."
"""Start of every path of the scenario that changes no number."""
LONGEST = 10_000
"""Characters of a text."""
_TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("Title", "Title of the trial; it should say that it is a randomised crossover."),
    "version": ("Version and date", "Of the plan, as the report shall carry it."),
    "summary": ("Summary in plain words", "For people who are no statisticians."),
    "changes": ("Changes from an earlier version", "What was changed, or that there was none."),
    "population": ("Population", "Who the trial is about (ICH E9(R1))."),
    "rationale": (
        "Why a crossover",
        "Stable condition, effect within the period, washout, carry-over (ICH E9, 3.1.2).",
    ),
    "role_of_sex": ("Role of sex", "Prior evidence, which of the NIH cases applies, terms used."),
    "schedule": ("Schedule", "Durations of periods and washout, and visits."),
    "allocation": ("Allocation", "Stratification, blocks and concealment."),
    "interim": ("Interim looks", "With their rule, or that there is none."),
    "female_share": ("Mix of women and men", "Why that share of women."),
    "importance": ("Importance of the difference", "Why it is important, or realistic (DELTA2)."),
    "success": ("Success rule", "Why that rule and that threshold."),
    "missing_data": ("Missing data", "How they are handled, and under what assumption."),
    "analysis_prior": ("Analysis prior", "Justification of the prior of a Bayesian analysis."),
    "borrowing": ("Borrowing", "Outside data used in the analysis, or none."),
    "sensitivity": ("Sensitivity analyses", "Planned for the data of the trial."),
    "carryover_limits": ("Limits from carry-over", "What it could do to the conclusion."),
    "sex_limits": ("Limits by sex", "What cannot be said of women and men apart."),
    "clinical": ("Clinical meaning", "What the result would mean for patients."),
}
_LISTS: Mapping[str, tuple[str, str]] = {
    "authors": ("Authors", "Names with their roles, one each line."),
    "intercurrent_events": (
        "Intercurrent events",
        "One each line: event = how it is handled (ICH E9(R1) strategy).",
    ),
    "doses": ("Doses", "One each line: letter of the treatment = substance, dose, route, time."),
}


def said(base: "Scenario") -> list[Field]:
    """Everything that the scenario's protocol table holds: texts, then prices and lengths."""
    return [*texts(base), *costs(base)]


def texts(base: "Scenario") -> list[Field]:
    """A text area for everything that a protocol says in words, as the scenario has it."""
    said = base.protocol
    plain = [
        _text(key, label, words, getattr(said, key), _whole(key))
        for key, (label, words) in _TEXTS.items()
    ]
    lists = [
        _text(key, label, words, _joined(said, key), _lines(key))
        for key, (label, words) in _LISTS.items()
    ]
    return [plain[0], lists[0], *plain[1:4], *lists[1:], *plain[4:]]


def is_text(path: str) -> bool:
    """Whether a path of the scenario is one of these texts, and no price or length."""
    return path.startswith(PROTOCOL) and not path.startswith(f"{PRICES}.")


def _text(key: str, label: str, words: str, start: str, write: Callable[[str], Changes]) -> Field:
    return Field(
        path=f"protocol.{key}",
        label=label,
        start=start,
        kind="text",
        bounds=(0, LONGEST, 1),
        write=write,
        help=f"{words} Unit: none. Typical: one to five sentences. Source: the trial's authors; it "
        f"changes no number. In a file: protocol.{key}.",
    )


def _whole(key: str) -> Callable[[str], Changes]:
    return lambda text: {f"protocol.{key}": text.strip()}


def _joined(said: "Protocol", key: str) -> str:
    value = getattr(said, key)
    if isinstance(value, dict):
        return "\n".join(f"{name} = {words}" for name, words in value.items())
    return "\n".join(value)


def _lines(key: str) -> Callable[[str], Changes]:
    def write(text: str) -> Changes:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if key == "authors":
            return {f"protocol.{key}": lines}
        pairs = [line.partition("=") for line in lines]
        return {f"protocol.{key}": {name.strip(): words.strip() for name, _, words in pairs}}

    return write
