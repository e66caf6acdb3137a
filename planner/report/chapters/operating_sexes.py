"""What the trial says of women and men."""

from planner.report.author import Author
from planner.report.figures import sex_forest_figure
from planner.report.model import Block, Paragraph, Section
from planner.report.results import SexResults
from planner.report.tables_sexes import (
    completers_table,
    conclusions_table,
    one_trial_table,
    questions_table,
    together_table,
)
from planner.words.conclusions import NOT_A_DIFFERENCE, QUESTIONS
from planner.words.prose import joined


def by_sex(author: Author) -> Section:
    """Questions, conclusions, one trial and completers; or why there are none."""
    results = author.results
    sexes = results.sexes
    if sexes is None:
        text = f"There are no results by sex: {results.no_sexes.rstrip('.')}."
        return author.section("R65", Paragraph(text=text))
    blocks: list[Block] = [*_asked(sexes), questions_table(results, sexes)]
    warning = (
        f"{NOT_A_DIFFERENCE} Only the test of the difference compares them, and its power is that "
        "of its own row. Effects in women and in men are reported with their intervals whatever "
        "the result."
    )
    blocks += [Paragraph(text=warning), together_table(sexes), conclusions_table(sexes)]
    trial, figure = one_trial_table(sexes), sex_forest_figure(results)
    blocks.append(
        trial or Paragraph(text=f"No estimates of one trial: {sexes.no_estimates.rstrip('.')}.")
    )
    blocks += [figure] if figure else []
    blocks.append(completers_table(results.flow))
    return author.section("R65", *blocks)


def _asked(sexes: SexResults) -> tuple[Block, ...]:
    """Which questions were added to those of the plan."""
    asked = sexes.questions
    if not asked.changes:
        return ()
    words = dict(zip(asked.names, QUESTIONS, strict=True))
    named = joined([words.get(name, name) for name in asked.added] or [""])
    what = f"does not test {named}" if named else "is not analysed by sex"
    text = f"The plan {what}; a copy of it asks all four questions, each at its own level."
    return (Paragraph(text=text),)
