"""Numbers of the library with their intervals, one row each."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.style import INK, OKABE_ITO, SHAPES, by_series, rule, signed
from planner.evidence.study import FLAGS

ROW_HEIGHT, AXIS_HEIGHT, LEGEND_HEIGHT, LABEL_WIDTH = 36, 82, 40, 350
"""In pixels; labels of fixed width align the charts of several units."""
LINE = 7
"""Pixels from the middle of a row to its label above and to its id below."""
BLACK = 6
"""Place of black, or white, among the colours."""
SMALL = 10
"""Size of the ids' letters."""
LONGEST = "derived, from assumed"
"""Unseen words that reserve the same room at the end of every chart."""
MARGIN = 0.04
"""Room beside the outermost numbers, as a share of their range."""


def forest_chart(
    table: pd.DataFrame, title: str, theme: str, flags: Sequence[str]
) -> alt.LayerChart | alt.FacetChart:
    """A point and an interval per row; the flag by colour, shape and in words at the end.

    Below the label of a row stands its id, by which it is cited.

    Parameters
    ----------
    table : rows of `planner.ui.evidence.library.entry_table` with one unit.
    title : of the axis, with the unit.
    theme : ``light`` or ``dark``.
    flags : shown in the legend; none for no legend.
    """
    rows = table.assign(row=table["label"] + "\n" + table["id"])
    base = alt.Chart(rows).encode(_rows(theme), tooltip=_tips())
    ends = table[["value", "lower", "upper"]].to_numpy(float)
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    room = MARGIN * ((high - low) or abs(high) or 1.0)
    scale = alt.Scale(zero=False, nice=False, domain=[low - room, high + room])
    axis = alt.Axis(tickCount=8)
    at_end = base.mark_text(align="left", dx=8, color=INK[theme]).encode(x=alt.value("width"))
    legend = {"values": list(flags)} if flags else None
    colour = by_series(alt.Color, "flag", FLAGS, OKABE_ITO[theme], legend=legend)
    shape = by_series(alt.Shape, "flag", FLAGS, SHAPES, legend=legend)
    ids = base.mark_text(
        align="right", dy=LINE, fontSize=SMALL, color=INK[theme], limit=LABEL_WIDTH - 10
    ).encode(x=alt.value(-10), text=alt.Text("id:N"))
    layers = [
        base.mark_point(filled=True, opacity=1, size=75).encode(
            alt.X("value:Q", title=title, scale=scale, axis=axis), colour, shape
        ),
        at_end.encode(text=alt.Text("text:N")),
        at_end.encode(text=alt.value(LONGEST), opacity=alt.value(0)),
        ids,
    ]
    if table["lower"].notna().any():
        line = base.mark_rule(strokeWidth=1.6).encode(alt.X("lower:Q"), alt.X2("upper:Q"), colour)
        layers.insert(0, line)
    if low < 0 < high:
        layers.insert(0, rule(pd.DataFrame({"x": [0.0]}), theme).encode(alt.X("x:Q")))
    around = AXIS_HEIGHT + (LEGEND_HEIGHT if flags else 0)
    return alt.layer(*layers).properties(height=ROW_HEIGHT * len(table) + around)


def _rows(theme: str) -> alt.Y:
    """The label of a row, without the id that makes it unique."""
    axis = alt.Axis(
        labelExpr="split(datum.label, '\\n')[0]",
        labelOffset=-LINE,
        labelColor=OKABE_ITO[theme][BLACK],
        labelLimit=LABEL_WIDTH - 10,
        minExtent=LABEL_WIDTH,
        maxExtent=LABEL_WIDTH,
        ticks=False,
        domain=False,
        labelPadding=10,
        labelOverlap=False,
        labelFlush=False,
    )
    return alt.Y("row:N", sort=None, title=None, axis=axis)


def _tips() -> list[alt.Tooltip]:
    titles = {
        "label": "number",
        "id": "id",
        "shown": "value",
        "unit": "unit",
        "uncertainty": "uncertainty",
        "text": "flag",
        "place": "place, formula or reason",
        "citation": "citation",
    }
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in titles.items()]


def takeaway(table: pd.DataFrame, label: str) -> str:
    """The chart in a sentence, for those who do not see it."""
    unit, low, high = table["unit"].iloc[0], table["value"].min(), table["value"].max()
    flags = table["flag"].value_counts()
    counts = ", ".join(f"{n} {flag}" for flag, n in flags.items())
    return (
        f"{label} in {unit}: {len(table)} numbers from {signed(low, 3)} to {signed(high, 3)} "
        f"({counts})."
    )
