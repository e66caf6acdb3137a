"""Example trials, person by person."""

from typing import TYPE_CHECKING, Any

from planner.report.figures.page import figure, panels_on_paper
from planner.report.model import Figure
from planner.words.prose import one_line, people

if TYPE_CHECKING:
    import pandas as pd

    from planner.operating.example_choice import ExampleTrial
    from planner.report.results import Results
    from planner.scenario import Scenario

WIDTH, HEIGHT, PER_ROW = 380, 190, 4
"""Of the panels of a row together and of a panel, in pixels; panels beside each other."""
MOST_VISITS = 4_000
"""Visits that a figure can show one by one."""


def example_figures(results: "Results") -> tuple[Figure, ...]:
    """A figure per example trial; none where trials have too many people to be seen singly."""
    if results.n * results.scenario.plan.design.n_periods > MOST_VISITS:
        return ()
    return tuple(example_figure(results.scenario, example) for example in results.examples)


def example_figure(scenario: "Scenario", example: "ExampleTrial") -> Figure:
    """People of one simulated trial, a panel per sequence and sex."""
    from planner.charts.trial_replay import groups, people_table, takeaway

    trial, endpoint = example.trial, scenario.truth.endpoint
    table = people_table(trial)
    says = "; ".join(
        f"{'success' if success else 'no success'} by the {analysis}"
        for analysis, success in trial.success.items()
    )
    by = "sequence and sex" if "sex" in table else "sequence"
    caption = (
        f"Example of a {example.kind}, simulated trial {people(trial.trial)} under the planned "
        f"truth: {one_line(endpoint.name)} of every person by period (thin lines) and their mean "
        f"(thick line), by {by}; {says}."
    )
    said = " ".join(takeaway(table, group) for group in groups(table))
    name = f"example-{example.kind.replace(' ', '-')}"
    return figure(name, caption, said, _panels(table, one_line(endpoint.unit)))


def _panels(table: "pd.DataFrame", unit: str) -> dict[str, Any]:
    """Panels beside each other, as many as fit in a row."""
    import altair as alt

    from planner.charts.trial_replay import groups, people_chart

    names = groups(table)
    rows = [names[i : i + PER_ROW] for i in range(0, len(names), PER_ROW)]
    width = WIDTH // max(len(row) for row in rows)
    title = f"Outcome ({unit})" if unit else "Outcome"
    charts = [
        alt.hconcat(
            *(
                people_chart(table, group, title if group == row[0] else None, "light").properties(
                    width=width, height=HEIGHT
                )
                for group in row
            ),
            spacing=8,
        )
        for row in rows
    ]
    return panels_on_paper(charts[0] if len(charts) == 1 else alt.vconcat(*charts))
