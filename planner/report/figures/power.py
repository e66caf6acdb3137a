"""Power by size, and how the simulation settles."""

from typing import TYPE_CHECKING

from planner.operating.convergence import NULL, PLANNING
from planner.report.figures.page import figure, on_paper, panels_on_paper
from planner.report.model import Figure
from planner.words.hypotheses import hypothesis_label, level_in_words, planned_level
from planner.words.prose import people, percent

if TYPE_CHECKING:
    from planner.report.results import Results

HEIGHT, PANEL = 380, (236, 200)
"""In pixels: a chart with its legend, and width and height of one of two panels."""


def power_figure(results: "Results") -> Figure:
    """Simulated power of every hypothesis by size, with the size found."""
    from planner.charts.power import power_chart
    from planner.charts.power_table import power_table, takeaway

    answer, shown = results.found.answer, hypothesis_label(results.hypothesis)
    table = power_table(results.curve, hypothesis_label, both=False)
    formula = bool(table["formula"].notna().any())
    chart = power_chart(table, shown, 100 * answer.power_target, results.n, "light")
    caption = (
        f"Power by number of people randomised, {people(results.curve[0].n_trials)} simulated "
        "trials at every size under the planned truth; bands: ± 1.96 Monte-Carlo standard errors."
        + " Thin lines: closed form."
        * formula
    )
    return figure("power", caption, takeaway(table, shown, answer), on_paper(chart, HEIGHT))


def convergence_figure(results: "Results") -> Figure:
    """Running power and type I error of the hypothesis by simulated trials."""
    import altair as alt

    from planner.charts.convergence import convergence_chart, convergence_table, takeaway

    scenario, name = results.scenario, results.hypothesis
    level = 100 * planned_level(scenario, name)
    lines = {
        PLANNING: ("Power (%)", _formula(results)),
        NULL: ("Type I error (%)", (level, level_in_words(scenario, name))),
    }
    tables = {truth: convergence_table(results.trace, name, truth) for truth in lines}
    charts = [
        convergence_chart(tables[truth], title, line, "light").properties(
            width=PANEL[0], height=PANEL[1]
        )
        for truth, (title, line) in lines.items()
    ]
    caption = (
        f"How power and type I error for {hypothesis_label(name)} settle as trials are added, with "
        f"{people(results.n)} people randomised; bands: ± 2 Monte-Carlo standard errors."
    )
    said = " ".join(
        takeaway(tables[truth], title.removesuffix(" (%)")) for truth, (title, _) in lines.items()
    )
    spec = panels_on_paper(alt.hconcat(*charts, spacing=24))
    return figure("convergence", caption, said, spec)


def _formula(results: "Results") -> tuple[float, str] | None:
    """Closed-form power of the first analysis that has one, in %, with its name."""
    for result in (results.power, *results.power.others):
        oracle = result[results.hypothesis].oracle
        if oracle is not None:
            of = "" if result is results.power else " of the test"
            return 100 * oracle.value, f"formula{of} {percent(oracle.value)}"
    return None
