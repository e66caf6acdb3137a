"""Numbers of a plan with their unit, basis, reference and range, as rows of tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.report.model import Block, Points, Table
from planner.report.planned_range import varied_inputs
from planner.report.quoted import with_studies
from planner.words.assumptions import unit_in_words, value_in_words
from planner.words.prose import given

if TYPE_CHECKING:
    from planner.report.author import Author
    from planner.search.assumption_range import AssumptionRange

FORMULA, GIVEN = "computed", "not stated"


@dataclass(frozen=True, slots=True)
class Input:
    """One number that the calculation rests on.

    Parameters
    ----------
    value : in words, with its unit.
    basis : flags with references, or that it is computed; empty for not stated.
    span : the range that is plausible, in words.
    """

    name: str
    value: str
    basis: str = ""
    span: str = ""


def inputs_table(caption: str, inputs: Sequence[Input], note: str = "") -> Table:
    """Name, value, basis and range of numbers."""
    rows = tuple((i.name, i.value, i.basis or GIVEN, i.span or "–") for i in inputs)
    return Table(
        caption=caption,
        columns=("Quantity", "Value", "Basis [reference]", "Range"),
        rows=rows,
        widths=(4, 3, 3, 4),
        note=note,
    )


def reasons(author: "Author", *groups: tuple[str, ...]) -> tuple[Block, ...]:
    """For every number with a source, what the source says and what was made of it."""
    items = []
    for basis in author.bases(*groups):
        said = basis.detail()
        if not said:
            continue
        cited = f" {author.cite(basis.source())}" if basis.evidence else ""
        items.append(f"{basis.path}{cited}: {with_studies(said, author.cite)}.")
    return (Points(items=tuple(items)),) if items else ()


def cited_range(author: "Author", path: str) -> str:
    """The range that the source gives for the number at a path; empty without one."""
    for varied in varied_inputs(author.scenario):
        if varied.path == path:
            factor, unit = (100, " %") if path.startswith("truth.attrition") else (1, "")
            return f"{given(factor * varied.low)} to {given(factor * varied.high)}{unit}, as cited"
    return ""


def moved_range(author: "Author", name: str) -> str:
    """The range over which sensitivity to an assumption was looked at; empty without one."""
    swings = author.results.size_range.swings
    found = next((s.swing.range for s in swings if s.swing.range.name == name), None)
    return f"{range_in_words(author, found)}, {found.basis}" if found else ""


def range_in_words(author: "Author", found: "AssumptionRange") -> str:
    """Both ends of a range on the natural scale, with the unit."""
    endpoint = author.scenario.truth.endpoint
    ends = sorted((found.low, found.high))
    low, high = (value_in_words(found.name, v, endpoint).replace("-", "−") for v in ends)
    return f"{low} to {high}{unit_in_words(found.name, endpoint)}"
