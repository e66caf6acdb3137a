"""Power along one setting of a batch: a panel per value of another, a line per value of a third."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from planner.charts.style import DASHES, INK, OKABE_ITO, SHAPES, SPACED, by_series, percent

MOST_LINES = len(SHAPES)
MOST_PANELS = 12
HIGH = 320
"""Height of a panel with its legend, in pixels."""
_ROOM = 0.04
"""At the ends of the axis, as a share of its range."""


def power_curves(
    table: pd.DataFrame, panel: str, along: str, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Power with its Monte-Carlo band, or bars where the setting has no numbers, of one panel.

    Parameters
    ----------
    table : of all panels, which share axes and lines: columns `panel`, `line` and `x`, and in %
        `power`, `lower` and `upper`.
    along : name of the setting along the axis.
    theme : ``light`` or ``dark``.
    """
    lines = list(dict.fromkeys(table["line"]))
    chart = _layers(table[table["panel"] == panel], _along(table, along), lines, theme)
    if not panel:
        return chart.properties(height=HIGH)
    title = alt.TitleParams(panel, color=INK[theme], fontSize=13, anchor="start")
    return chart.properties(height=HIGH, title=title)


def is_numeric(values: pd.Series) -> bool:
    """Whether values can be put along an axis of numbers."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _along(table: pd.DataFrame, along: str) -> alt.X:
    values = table["x"]
    if not is_numeric(values):
        names = list(dict.fromkeys(values))
        axis = alt.Axis(labelAngle=-35, labelLimit=150)
        return alt.X("x:N", title=along, sort=names, axis=axis)
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low) or 1.0
    whole = bool((values == values.round()).all())
    return alt.X(
        "x:Q",
        title=along,
        scale=alt.Scale(nice=False, domain=[low - room, high + room]),
        axis=alt.Axis(
            grid=False,
            tickCount=5,
            labelExpr=SPACED if whole else alt.Undefined,
            tickMinStep=1 if whole else alt.Undefined,
        ),
    )


def _y(column: str) -> alt.Y:
    return alt.Y(f"{column}:Q", title="Power (%)", scale=alt.Scale(domain=[0, 100]))


def _layers(
    table: pd.DataFrame, x: alt.X, names: Sequence[str], theme: str
) -> alt.LayerChart | alt.FacetChart:
    legend: Mapping[str, int] | None = {"columns": 2} if len(names) > 1 else None
    colour = by_series(alt.Color, "line", names, OKABE_ITO[theme], legend=legend)
    dash = by_series(alt.StrokeDash, "line", names, DASHES, legend=legend)
    shape = by_series(alt.Shape, "line", names, SHAPES, legend=legend)
    base = alt.Chart(table).encode(x)
    points = base.mark_point(filled=True, opacity=1, size=36).encode(_y("power"), colour, shape)
    if not is_numeric(table["x"]):
        bars = base.mark_rule(strokeWidth=1.4).encode(_y("lower"), alt.Y2("upper:Q"), colour)
        return alt.layer(bars, points)
    band = base.mark_area(opacity=0.25).encode(_y("lower"), alt.Y2("upper:Q"), colour)
    line = base.mark_line(strokeWidth=1.6).encode(_y("power"), colour, dash)
    return alt.layer(band, line, points)


def takeaway(table: pd.DataFrame, along: str, hypothesis: str) -> str:
    """What the chart shows, in words."""
    low, high = (table.iloc[int(i)] for i in (table["power"].argmin(), table["power"].argmax()))
    return (
        f"Power for {hypothesis} by {along}, simulated: from {_at(low, along)} to "
        f"{_at(high, along)}."
    )


def _at(row: "pd.Series[Any]", along: str) -> str:
    shown = row["x"] if isinstance(row["x"], str) else f"{row['x']:.6g}"
    others = [str(row[column]) for column in ("line", "panel") if row[column]]
    return f"{percent(row['power'] / 100)} at {', '.join([f'{along} {shown}', *others])}"
