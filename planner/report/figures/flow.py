"""Expected participant flow."""

from typing import TYPE_CHECKING

from planner.report.figures.page import figure, on_paper
from planner.report.model import Figure
from planner.words.prose import people

if TYPE_CHECKING:
    from planner.report.results import Results


def flow_figure(results: "Results") -> Figure:
    """People expected with an outcome, by sequence, sex and period."""
    from planner.charts.flow import flow_chart, flow_table, takeaway

    table = flow_table(results.flow, results.scenario.plan.treatments)
    caption = (
        f"Expected participant flow with {people(results.n)} people randomised: people with an "
        "outcome by sequence, sex and period, by formula from the assumed losses; a single trial "
        "varies around it."
    )
    return figure("flow", caption, takeaway(table, results.n), on_paper(flow_chart(table, "light")))
