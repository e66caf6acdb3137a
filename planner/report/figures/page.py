"""Charts on paper: one width, white, with letters large enough to read when printed."""

from typing import TYPE_CHECKING, Any

from planner.report.model import Figure
from planner.words.prose import one_line

if TYPE_CHECKING:
    from planner.scenario import Scenario

WIDTH = 580
"""In pixels of 1/96 inch: 15.3 cm."""
INK, GRID = "#1F2933", "#DDE3E8"
LETTERS: dict[str, Any] = {
    "labelFontSize": 12,
    "titleFontSize": 12,
    "labelColor": INK,
    "titleColor": INK,
    "titleFontWeight": 600,
}
CONFIG: dict[str, Any] = {
    "font": "Arial, Liberation Sans, sans-serif",
    "background": "white",
    "view": {"stroke": None},
    "axis": LETTERS | {"gridColor": GRID, "domainColor": INK, "tickColor": INK, "titlePadding": 8},
    "legend": LETTERS | {"labelLimit": 420},
    "title": {"fontSize": 12, "fontWeight": 600, "color": INK},
    "text": {"fontSize": 12},
}
FIT = {"type": "fit", "contains": "padding"}


def on_paper(chart: Any, height: int | None = None) -> dict[str, Any]:
    """The specification of a single chart, with its data, as wide as the text of a page.

    Parameters
    ----------
    chart : an Altair chart of one view.
    height : in pixels, axes and legend included; default the chart's own.
    """
    if height is not None:
        chart = chart.properties(height=height)
    spec: dict[str, Any] = chart.properties(width=WIDTH).to_dict()
    return spec | {"autosize": FIT, "config": CONFIG}


def panels_on_paper(chart: Any) -> dict[str, Any]:
    """The specification of several charts in one, whose panels have sizes of their own."""
    spec: dict[str, Any] = chart.to_dict()
    return spec | {"config": CONFIG}


def figure(name: str, caption: str, alt: str, chart: dict[str, Any]) -> Figure:
    """A figure of a report.

    Parameters
    ----------
    alt : the take-away of the chart.
    """
    return Figure(name=name, caption=caption, alt=alt, chart=chart)


def effect_title(scenario: "Scenario", *, log: bool = False) -> str:
    """Title of an axis of effects.

    Parameters
    ----------
    log : whether ratios are shown as logarithms.
    """
    endpoint = scenario.truth.endpoint
    if endpoint.scale == "log":
        return "Log ratio, B / A" if log else "Ratio, B / A"
    return f"Effect, B − A ({one_line(endpoint.unit) or 'units of the outcome'})"
