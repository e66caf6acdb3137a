"""What the pilots could find, by the true effect."""

import altair as alt
import pandas as pd

from planner.charts.style import DASHES, OKABE_ITO, SHAPES, by_series, rule, text

PANELS = {
    "power": "Power (%)",
    "type_m": "Type M: times too large",
    "type_s": "Type S: wrong sign (%)",
}
_MARKED = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def pilots_chart(
    table: pd.DataFrame, column: str, planned: float, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """One property of the pilots' designs over plausible true effects.

    Parameters
    ----------
    table : of `planner.ui.evidence.pilots.curve_table`.
    column : one of `PANELS`.
    planned : effect that the new trial is planned with, d_z.
    """
    names = list(dict.fromkeys(table["pilot"]))
    x = alt.X(
        "effect:Q",
        title="True effect, d_z (assumed)",
        scale=alt.Scale(domain=[0.1, 0.8], nice=False),
        axis=alt.Axis(grid=False, values=list(_MARKED)),
    )
    lowest = 1 if column == "type_m" else 0
    highest = {"power": 100.0}.get(column, float(table[column].max()))
    up = alt.Y(
        f"{column}:Q",
        title=PANELS[column],
        scale=alt.Scale(domain=[lowest, highest], nice=False, zero=False),
    )
    stacked = {"columns": 1}  # three charts stand side by side
    colour = by_series(alt.Color, "pilot", names, OKABE_ITO[theme], legend=stacked)
    dash = by_series(alt.StrokeDash, "pilot", names, DASHES, legend=stacked)
    shape = by_series(alt.Shape, "pilot", names, SHAPES, legend=stacked)
    at = pd.DataFrame({"effect": [planned], "y": [highest], "text": ["planned"]})
    base = alt.Chart(table).encode(x, up)
    marked = alt.Chart(table[table["effect"].isin(_MARKED)]).encode(x, up)
    return alt.layer(
        rule(at, theme, strokeDash=[4, 4]).encode(alt.X("effect:Q")),
        text(at, theme, align="left", dx=5, dy=8).encode(alt.X("effect:Q"), alt.Y("y:Q")),
        base.mark_line(strokeWidth=2).encode(colour, dash),
        marked.mark_point(filled=True, opacity=1, size=45).encode(colour, shape, tooltip=_tips()),
    ).properties(height=270)


def _tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("pilot:N"),
        alt.Tooltip("effect:Q", title="true d_z", format=".2f"),
        alt.Tooltip("points:Q", title="MADRS points", format=".1f"),
        *(alt.Tooltip(f"{name}:Q", title=title, format=".1f") for name, title in PANELS.items()),
    ]
