"""Other designs, other assumptions, and how robust the plan is to them."""

from planner.report.author import Author
from planner.report.figures import heat_map_figure, tornado_figure
from planner.report.model import Block, Paragraph, Points, Section
from planner.report.results import Results
from planner.report.tables import size
from planner.report.tables_designs import (
    carryover_table,
    designs_table,
    errors_table,
    robustness_table,
)
from planner.report.tables_sensitivity import grid_table, swings_table
from planner.words.prose import one_line


def sections(author: Author) -> tuple[Section, ...]:
    """Alternatives, sensitivity to assumptions, robustness."""
    return (_alternatives(author), _sensitivity(author), _robustness(author))


def _alternatives(author: Author) -> Section:
    results, costs = author.results, author.protocol.costs
    mine = author.scenario.plan.design
    others = [p for p in results.designs.plans if p.sequences != mine.sequences]
    blocks: list[Block] = [
        Paragraph(
            text=f"The planned design, {one_line(mine.name)}, asks for {_asked(results)} people. "
            f"{_beside(len(others))} Why the planned one was chosen is argued in R12."
        ),
        designs_table(results, costs),
        errors_table(results),
    ]
    if {p.visits_per_person == 1 for p in results.designs.plans} == {True, False}:
        blocks.append(
            Paragraph(
                text="Parallel groups rest on the SD of one outcome, which at the same SD of the "
                "within-person difference grows with the correlation between periods; a crossover "
                "hardly depends on it."
            )
        )
    if results.no_designs:
        reasons = [f"{name}: {reason.rstrip('.')}." for name, reason in results.no_designs.items()]
        blocks += [
            Paragraph(text="Designs that cannot estimate what the plan asks are left out:"),
            Points(items=tuple(reasons)),
        ]
    return author.section("R70", *blocks)


def _asked(results: Results) -> str:
    return size(results.n, results.found.answer.status)


def _beside(n: int) -> str:
    if n == 0:
        return "No other design could be sized for the same question."
    designs = "one other design was" if n == 1 else f"{n} other designs were"
    return f"For the same question, truth and analysis {designs} sized."


def _sensitivity(author: Author) -> Section:
    results = author.results
    swings, figure = swings_table(results), tornado_figure(results)
    nothing = Paragraph(
        text="No assumption of this scenario has a range to move over: all of them are 0, and "
        "there is no design prior."
    )
    return author.section(
        "R71",
        *([figure] if figure else []),
        swings or nothing,
        heat_map_figure(results),
        grid_table(results),
    )


def _robustness(author: Author) -> Section:
    results = author.results
    carryover = carryover_table(results)
    one_period = Paragraph(
        text="Every design that could be sized has one period, so there is no carry-over to pay "
        "for."
    )
    return author.section("R72", robustness_table(results), carryover or one_period)
