"""The sample-size statement for the protocol, long and short."""

from collections.abc import Sequence

from planner.report.author import Author
from planner.report.model import Block, Paragraph, Points, Section
from planner.report.statement import Part, long_form, short_form
from planner.report.writing import Writing

HOW_TO_USE = (
    "The paragraphs below are written for the sample-size section of the protocol, after DELTA2 "
    "and item 7a of the CONSORT extension to crossover trials. Sizes, power and type I error are "
    "simulated, with their Monte-Carlo standard error; numbers of a closed form say so; the others "
    "are assumed, derived or reported as marked."
)
SHORTER = "For a synopsis. The long form, with the basis of every number, is item R90."


def sections(author: Author) -> tuple[Section, ...]:
    """R90 is the long form, R91 the short one; what either lacks is listed with R90."""
    found = author.results.found
    full = as_blocks(long_form(Writing(found, author.sources)))
    brief = as_blocks(short_form(Writing(found, author.sources)))
    return (
        author.section("R90", Paragraph(text=HOW_TO_USE), *full),
        author.section("R91", Paragraph(text=SHORTER), *brief),
    )


def as_blocks(parts: Sequence[Part]) -> list[Block]:
    """Parts of a statement as blocks: paragraphs begin with their heading, lists follow it."""
    blocks: list[Block] = []
    for part in parts:
        if part.mark and part.lines:
            blocks += [Paragraph(text=f"{part.heading}."), Points(items=part.lines)]
        elif part.heading:
            blocks += [Paragraph(text=f"{part.heading}. {line}") for line in part.lines]
        else:
            blocks += [Paragraph(text=line) for line in part.lines]
    return blocks
