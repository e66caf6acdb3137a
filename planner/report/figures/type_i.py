"""Type I error over the nuisance grid."""

from typing import TYPE_CHECKING

from planner.report.figures.page import figure, panels_on_paper
from planner.report.model import Figure
from planner.words.hypotheses import hypothesis_label, level_in_words
from planner.words.prose import people

if TYPE_CHECKING:
    from planner.report.results import Results

WIDTH = 526
"""Of all panels, in pixels; the axis stands beside them."""


def type_i_figure(results: "Results") -> Figure:
    """Type I error of the hypothesis over the nuisance parameters, the largest confirmed."""
    from planner.charts.type_i_error import null_chart, null_table, takeaway

    grid, name = results.null_grid, results.hypothesis
    shown, level = hypothesis_label(name), 100 * grid.maxima[name].level
    chart = null_chart(null_table(grid, name), level, WIDTH, "light")
    caption = (
        f"Type I error for {shown} over the nuisance parameters: SD of the within-person "
        "difference (panels), correlation of periods, and share of people who leave; share of "
        f"women and N alone. Bars: 95 % Monte-Carlo intervals ({people(grid.n_trials)} trials). "
        f"Dashed: {level_in_words(results.scenario, name)}; band: where 95 % of estimates lie if "
        "that is exactly the type I error. The largest of many estimates is too large on average, "
        f"so that state is simulated again ({people(grid.n_fresh)} fresh trials)."
    )
    return figure("type-i-error", caption, takeaway(grid, name, shown), panels_on_paper(chart))
