"""What moves the power: one assumption at a time, and size × effect."""

from typing import TYPE_CHECKING

from planner.report.figures.page import effect_title, figure, on_paper
from planner.report.model import Figure
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import people, percent, planned_percent

if TYPE_CHECKING:
    from planner.report.results import Results


def tornado_figure(results: "Results") -> Figure | None:
    """Power at both ends of the range of every assumption; None where nothing has a range."""
    from planner.charts.tornado import swing_table, takeaway, tornado_chart

    found, endpoint = results.swings, results.scenario.truth.endpoint
    if not found.swings:
        return None
    target = results.found.answer.power_target
    table = swing_table(found, endpoint)
    chart = tornado_chart(table, 100 * found.planned, 100 * target, "light", narrow=True)
    caption = (
        f"Power for {hypothesis_label(found.hypothesis)} with {people(found.n_subjects)} people "
        "while one assumption moves over its range and the others stay as planned. Solid line: "
        f"as planned, {percent(found.planned)}; dashed line: target, {planned_percent(target)}. "
        f"{_source(found.n_trials, found.mcse)}"
    )
    return figure("tornado", caption, takeaway(table, 100 * found.planned), on_paper(chart))


def heat_map_figure(results: "Results") -> Figure:
    """Power over size × true effect, with the frontier of the target."""
    from planner.charts.heat_map import grid_table, heat_map, takeaway

    grid, target = results.grid, results.found.answer.power_target
    shown = hypothesis_label(grid.hypothesis)
    chart = heat_map(
        grid_table(grid),
        effect_title(results.scenario),
        100 * target,
        (results.n, grid.planned),
        "light",
    )
    mcse = 0.0 if grid.mcse is None else float(grid.mcse.max())
    caption = (
        f"Power (%) for {shown} by people randomised and true effect. Thick line: where it first "
        f"reaches {planned_percent(target)}; ring: size found and planned effect. "
        f"{_source(grid.n_trials, mcse)}"
    )
    return figure("heat-map", caption, takeaway(grid, target, shown), on_paper(chart, 420))


def _source(n_trials: int, mcse: float) -> str:
    """Where the numbers of a chart come from."""
    if not n_trials:
        return "All power is by the closed form, with the assumed dropout."
    return (
        f"All power is simulated, {people(n_trials)} trials each (Monte-Carlo standard error at "
        f"most {100 * mcse:.1f} percentage points)."
    )
