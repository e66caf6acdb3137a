"""The annex: which item of the report answers which item of guidance."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.plan.analysis import Posterior
from planner.report.author import Author
from planner.report.crosswalk import GUIDANCE, OTHERWISE, Asked, Guidance
from planner.report.model import Paragraph, Section, Table

if TYPE_CHECKING:
    from planner.scenario import Scenario

INTRODUCTION = (
    "Each table lists what a guidance document asks of the design of a trial, in the words of this "
    "report and not of the document, with the items that answer it. An item is not stated where "
    "something in it is missing; it is listed there with what to add."
)
COLUMNS = ("Item", "What it asks for", "Where", "State")
WIDTHS = (1.3, 3.4, 1.5, 2.4)


def sections(author: Author, written: tuple[Section, ...]) -> tuple[Section, ...]:
    """A1, from the sections of the report that are already written."""
    there = {section.id: section for section in written}
    tables = [_table(guidance, author, there) for guidance in GUIDANCE]
    return (author.section("A1", Paragraph(text=INTRODUCTION), *tables),)


def _table(guidance: Guidance, author: Author, there: Mapping[str, Section]) -> Table:
    return Table(
        caption=f"{guidance.name} {author.cite(guidance.source)}",
        columns=COLUMNS,
        rows=tuple(
            (a.item, a.asks, ", ".join(a.where) or "–", state(a, author.scenario, there))
            for a in guidance.items
        ),
        widths=WIDTHS,
    )


def state(asked: Asked, scenario: "Scenario", there: Mapping[str, Section]) -> str:
    """Whether the report answers an item, or why it need not."""
    if asked.only and not _applies(asked, scenario):
        return OTHERWISE[asked.only]
    missing = [i for i in asked.where if i not in there or there[i].gaps]
    if not missing:
        return "reported"
    if len(missing) == len(asked.where):
        return "not stated"
    return f"in part; not stated in {', '.join(missing)}"


def _applies(asked: Asked, scenario: "Scenario") -> bool:
    match asked.only:
        case "crossover":
            return scenario.plan.design.n_periods > 1
        case "bayesian":
            return isinstance(scenario.plan.analysis, Posterior)
        case "design prior":
            return scenario.truth_prior is not None
        case "sexes":
            return scenario.truth.female_share is not None
        case _:
            return False
