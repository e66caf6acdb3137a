"""Simulated power by number of people: of every hypothesis, or of one by both decision rules."""

import altair as alt
import pandas as pd

from planner.charts.style import (
    DASHES,
    INK,
    OKABE_ITO,
    SHAPES,
    SPACED,
    by_series,
    rule,
    text,
    thousands,
)


def power_chart(
    table: pd.DataFrame, main: str, target: float, marked: int | None, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Simulated power by N with Monte-Carlo bands, and the closed form as a thin line.

    Parameters
    ----------
    table : of `drawn`.
    main : name of the line drawn heavier.
    target : power target, in %.
    marked : sample size to mark, if within the range.
    theme : ``light`` or ``dark``.
    """
    names = list(dict.fromkeys(table["line"]))
    heavy = table["line"] == main
    widths, areas = heavy.map({True: 2.6, False: 1.5}), heavy.map({True: 50, False: 28})
    base = alt.Chart(table.assign(width=widths, size=areas)).encode(_x(table))
    colour = by_series(alt.Color, "line", names, OKABE_ITO[theme])
    dash = by_series(alt.StrokeDash, "line", names, DASHES)
    shape = by_series(alt.Shape, "line", names, SHAPES)
    width = alt.StrokeWidth("width:Q", scale=None, legend=None)
    size = alt.Size("size:Q", scale=None, legend=None)
    formula = base.mark_line(strokeWidth=0.9, color=INK[theme]).encode(
        _y("formula"), alt.Detail("line:N")
    )
    return alt.layer(
        base.mark_area(opacity=0.18).encode(_y("lower"), alt.Y2("upper:Q"), colour),
        *([formula] if table["formula"].notna().any() else []),
        base.mark_line().encode(_y("power"), colour, dash, width),
        base.mark_point(filled=True, opacity=1).encode(
            _y("power"), colour, shape, size, tooltip=_tips()
        ),
        *_marks(table, target, marked, theme),
        height=330,
    )


def _tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("hypothesis:N"),
        alt.Tooltip("analysis:N"),
        alt.Tooltip("n:Q", title="N randomised"),
        alt.Tooltip("power:Q", title="simulated, %", format=".1f"),
        alt.Tooltip("mcse:Q", title="± MCSE", format=".1f"),
        alt.Tooltip("formula:Q", title="formula, %", format=".1f"),
    ]


def _x(table: pd.DataFrame) -> alt.X:
    return alt.X(
        "n:Q",
        title="People randomised, all sequences together",
        scale=alt.Scale(nice=False, domain=[int(table["n"].min()), int(table["n"].max())]),
        axis=alt.Axis(labelExpr=SPACED, grid=False, tickMinStep=1),
    )


def _y(column: str) -> alt.Y:
    return alt.Y(f"{column}:Q", title="Power (%)", scale=alt.Scale(domain=[0, 100]))


def _marks(table: pd.DataFrame, target: float, marked: int | None, theme: str) -> list[alt.Chart]:
    """The target as a horizontal rule and the marked size as a vertical one."""
    low, high = int(table["n"].min()), int(table["n"].max())
    goal = pd.DataFrame({"n": [low], "y": [target], "text": [f"target {target:.0f} %"]})
    place = (alt.X("n:Q"), alt.Y("y:Q"))
    marks = [
        rule(goal, theme, strokeDash=[4, 4]).encode(alt.Y("y:Q")),
        text(goal, theme, align="left", dx=6, dy=-7).encode(*place),
    ]
    if marked is not None and low <= marked <= high:
        size = pd.DataFrame({"n": [marked], "y": [0], "text": [f"N = {thousands(marked)}"]})
        right = marked <= (low + high) / 2
        side = {"align": "left", "dx": 6} if right else {"align": "right", "dx": -6}
        marks += [
            rule(size, theme).encode(alt.X("n:Q")),
            text(size, theme, dy=-8, **side).encode(*place),
        ]
    return marks
