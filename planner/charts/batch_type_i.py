"""Type I errors over the points of a batch run, each a dot over the bands of its level."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.panels import side_by_side
from planner.charts.style import INK, OKABE_ITO, SHAPES, SPACED, by_series, rule

WITHIN, BEYOND = "within 2.58 MCSE of the level", "beyond"
BANDS = (1.96, 2.576)
"""Half-widths of the bands in MCSE under the level: 95 % and 99 %."""


def type_i_dots(table: pd.DataFrame, n_trials: int, theme: str) -> alt.ConcatChart:
    """A panel per hypothesis; dots in the order of the points.

    Parameters
    ----------
    table : columns `line` (panel), `place` (order), `type_i` and `level` in %, and `beyond`.
    n_trials : simulated trials of every dot.
    theme : ``light`` or ``dark``.
    """
    shown = table.assign(where=np.where(table["beyond"], BEYOND, WITHIN))
    lines = dict.fromkeys(shown["line"])
    charts = {line: _panel(shown[shown["line"] == line], n_trials, theme) for line in lines}
    return side_by_side(charts, theme)


def bands(levels: Sequence[float], n_trials: int) -> pd.DataFrame:
    """Where 95 % and 99 % of estimates lie if the type I error is exactly the level, in %."""
    rows = []
    for level in levels:
        share = level / 100
        spread = 100 * float(np.sqrt(share * (1 - share) / n_trials))
        rows += [
            {
                "level": level,
                "low": max(0.0, level - reach * spread),
                "high": level + reach * spread,
            }
            for reach in BANDS
        ]
    return pd.DataFrame(rows)


def _panel(
    table: pd.DataFrame, n_trials: int, theme: str
) -> alt.LayerChart | alt.FacetChart:  # fmt: skip
    edges = bands(sorted(set(table["level"])), n_trials)
    low = min(table["type_i"].min(), edges["low"].min())
    high = max(table["type_i"].max(), edges["high"].max())
    room = 0.05 * (high - low)
    scale = alt.Scale(domain=[max(0.0, low - room), high + room], nice=False, zero=False)

    def up(column: str) -> alt.Y:
        return alt.Y(
            f"{column}:Q", title="Type I error (%)", scale=scale, axis=alt.Axis(grid=False)
        )

    x = alt.X(
        "place:Q",
        title="In the order of the points",
        axis=alt.Axis(grid=False, labelExpr=SPACED, tickMinStep=1, tickCount=4),
        scale=alt.Scale(nice=False, domain=[0, int(table["place"].max()) + 1]),
    )
    names = (WITHIN, BEYOND)
    colour = by_series(alt.Color, "where", names, OKABE_ITO[theme])
    shape = by_series(alt.Shape, "where", names, SHAPES)
    return alt.layer(
        alt.Chart(edges)
        .mark_rect(color=INK[theme], opacity=0.12)
        .encode(up("low"), alt.Y2("high:Q")),
        rule(edges, theme, strokeDash=[4, 4]).encode(up("level")),
        alt.Chart(table)
        .mark_point(filled=True, opacity=0.85, size=26)
        .encode(x, up("type_i"), colour, shape),
    )
