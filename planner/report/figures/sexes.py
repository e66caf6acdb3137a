"""Women and men in one simulated trial."""

from typing import TYPE_CHECKING

from planner.report.figures.page import effect_title, figure, on_paper
from planner.report.model import Figure
from planner.words.prose import people

if TYPE_CHECKING:
    from planner.report.results import Results


def sex_forest_figure(results: "Results") -> Figure | None:
    """Separate and shrunken estimates of the sexes; None where there are none."""
    from planner.charts.sex_forest import forest_table, sex_forest, takeaway

    if results.sexes is None or results.sexes.estimates is None:
        return None
    found, endpoint = results.sexes.estimates, results.scenario.truth.endpoint
    table = forest_table(found, endpoint)
    chart = sex_forest(table, effect_title(results.scenario), endpoint.neutral, "light")
    caption = (
        f"Effects in women and men in one simulated trial (number {found.trial}) with "
        f"{people(found.women)} women and {people(found.men)} men observed. Separate: estimates "
        "and intervals of the test; shrunken: posterior means and intervals under exchangeable "
        "sexes; tall tick: the true value, assumed."
    )
    return figure("sex-forest", caption, takeaway(table, found.trial), on_paper(chart, 320))
