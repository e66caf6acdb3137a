"""Power over the points of a batch run: a panel per hypothesis, a line per value of a setting."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from planner.charts.panels import side_by_side
from planner.charts.style import DASHES, OKABE_ITO, SHAPES, SPACED, by_series

MOST_LINES = len(SHAPES)
_ROOM = 0.04
"""At the ends of the axis of sizes, as a share of its range."""


def power_by_size(table: pd.DataFrame, theme: str) -> alt.ConcatChart:
    """Median power by people randomised, for every value of a setting.

    Parameters
    ----------
    table : columns `line` (panel), `n`, `value` (of the setting, in words), and in % `power`,
        `lower` and `upper`, the ends of the Monte-Carlo interval.
    theme : ``light`` or ``dark``.
    """
    low, high = int(table["n"].min()), int(table["n"].max())
    room = max(1.0, _ROOM * (high - low))
    x = alt.X(
        "n:Q",
        title="People randomised",
        scale=alt.Scale(nice=False, domain=[low - room, high + room]),
        axis=alt.Axis(labelExpr=SPACED, grid=False, tickMinStep=1, tickCount=5),
    )
    names = list(dict.fromkeys(table["value"]))
    return _panels(table, [_lines(own, x, names, theme) for own in _split(table)], theme)


def power_by_value(table: pd.DataFrame, setting: str, theme: str) -> alt.ConcatChart:
    """Range of power, with its median, for every value of a setting.

    Parameters
    ----------
    table : columns `line`, `value`, and in % `power`, `smallest` and `largest`.
    setting : name in words.
    theme : ``light`` or ``dark``.
    """
    names = list(dict.fromkeys(table["value"]))
    x = alt.X("value:N", title=setting, sort=names, axis=alt.Axis(labelAngle=-35, labelLimit=120))
    return _panels(table, [_ranges(own, x, theme) for own in _split(table)], theme)


def _split(table: pd.DataFrame) -> list[pd.DataFrame]:
    return [table[table["line"] == line] for line in dict.fromkeys(table["line"])]


def _y(column: str) -> alt.Y:
    return alt.Y(f"{column}:Q", title="Power (%)", scale=alt.Scale(domain=[0, 100]))


def _lines(
    table: pd.DataFrame, x: alt.X, names: Sequence[str], theme: str
) -> alt.LayerChart | alt.FacetChart:
    legend = {"columns": 4} if len(names) > 1 else None
    colour = by_series(alt.Color, "value", names, OKABE_ITO[theme], legend=legend)
    dash = by_series(alt.StrokeDash, "value", names, DASHES, legend=legend)
    shape = by_series(alt.Shape, "value", names, SHAPES, legend=legend)
    base = alt.Chart(table).encode(x)
    return alt.layer(
        base.mark_rule(strokeWidth=1.2).encode(_y("lower"), alt.Y2("upper:Q"), colour),
        base.mark_line(strokeWidth=1.6).encode(_y("power"), colour, dash),
        base.mark_point(filled=True, opacity=1, size=36).encode(_y("power"), colour, shape),
    )


def _ranges(table: pd.DataFrame, x: alt.X, theme: str) -> alt.LayerChart | alt.FacetChart:
    base = alt.Chart(table).encode(x)
    return alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.4, color=OKABE_ITO[theme][0]).encode(
            _y("smallest"), alt.Y2("largest:Q")
        ),
        base.mark_point(filled=True, opacity=1, size=44, color=OKABE_ITO[theme][0]).encode(
            _y("power")
        ),
    )


def _panels(
    table: pd.DataFrame, charts: Sequence[alt.LayerChart | alt.FacetChart], theme: str
) -> alt.ConcatChart:
    return side_by_side(dict(zip(dict.fromkeys(table["line"]), charts, strict=True)), theme)
