"""Charts of simulated results, and the words for the numbers beside them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate, OperatingCharacteristics

BAND = 1.96
"""Half-width of the Monte-Carlo bands in MCSE."""
OKABE_ITO = {
    "light": ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999"),
    "dark": ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442", "#FFF", "#999"),
}
INK = {"light": "#4A5560", "dark": "#B8C2CC"}
DASHES = ([1, 0], [7, 3], [2, 2], [7, 2, 2, 2], [10, 3], [4, 4], [1, 3], [12, 2])
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "stroke", "wedge")


def power_table(
    curve: Sequence["OperatingCharacteristics"], label: Callable[[str], str]
) -> pd.DataFrame:
    """One row per size and hypothesis, in %: simulated power, MCSE, closed form and z."""
    rows = [
        {
            "n": result.n_subjects,
            "hypothesis": label(h.hypothesis),
            "power": 100 * h.success.value,
            "mcse": 100 * h.success.mcse,
            "lower": max(0.0, 100 * (h.success.value - BAND * h.success.mcse)),
            "upper": min(100.0, 100 * (h.success.value + BAND * h.success.mcse)),
            "formula": 100 * h.oracle.value if h.oracle else None,
            "z": h.oracle.z if h.oracle else None,
        }
        for result in curve
        for h in result.hypotheses
    ]
    return pd.DataFrame(rows)


def power_chart(
    table: pd.DataFrame, shown: str, target: float, marked: int | None, theme: str
) -> alt.LayerChart:
    """Simulated power by N with Monte-Carlo bands, and the closed form as a thin line.

    Parameters
    ----------
    table : of `power_table`.
    shown : label of the hypothesis drawn heavier.
    target : power target, in %.
    marked : sample size to mark, if within the range.
    theme : ``light`` or ``dark``.
    """
    names = list(dict.fromkeys(table["hypothesis"]))
    k = len(names)
    legend = alt.Legend(title=None, orient="top", symbolSize=90, symbolStrokeWidth=2)
    kind = alt.Color(
        "hypothesis:N", scale=alt.Scale(domain=names, range=OKABE_ITO[theme][:k]), legend=legend
    )
    dash = alt.StrokeDash(
        "hypothesis:N", scale=alt.Scale(domain=names, range=DASHES[:k]), legend=legend
    )
    shape = alt.Shape(
        "hypothesis:N", scale=alt.Scale(domain=names, range=SHAPES[:k]), legend=legend
    )
    heavy = alt.datum.hypothesis == shown
    base = alt.Chart(table).encode(
        x=alt.X(
            "n:Q",
            title="People randomised, all sequences together",
            scale=alt.Scale(nice=False, domain=[int(table["n"].min()), int(table["n"].max())]),
            axis=alt.Axis(format=",d", grid=False, tickMinStep=1),
        )
    )
    up = alt.Y("power:Q", title="Power (%)", scale=alt.Scale(domain=[0, 100]))
    tips = [
        alt.Tooltip("hypothesis:N", title="hypothesis"),
        alt.Tooltip("n:Q", title="N randomised"),
        alt.Tooltip("power:Q", title="simulated, %", format=".1f"),
        alt.Tooltip("mcse:Q", title="± MCSE, %", format=".1f"),
        alt.Tooltip("formula:Q", title="formula, %", format=".1f"),
    ]
    return alt.layer(
        base.mark_area(opacity=0.18).encode(
            y=alt.Y("lower:Q", scale=alt.Scale(domain=[0, 100])), y2="upper:Q", color=kind
        ),
        base.mark_line(interpolate="linear").encode(
            y=up, color=kind, strokeDash=dash,
            strokeWidth=alt.condition(heavy, alt.value(2.6), alt.value(1.4)),
        ),
        base.mark_point(filled=True, opacity=1).encode(
            y=up, color=kind, shape=shape, tooltip=tips,
            size=alt.condition(heavy, alt.value(46), alt.value(26)),
        ),
        base.mark_line(strokeWidth=0.9, color=INK[theme]).encode(y="formula:Q", detail="hypothesis:N"),
        *_marks(table, target, marked, theme),
    ).properties(height=330)  # fmt: skip


def _marks(
    table: pd.DataFrame, target: float, marked: int | None, theme: str
) -> list[alt.Chart]:
    """The target as a horizontal rule and the marked size as a vertical one."""
    ink, low, high = INK[theme], int(table["n"].min()), int(table["n"].max())
    goal = alt.Chart(pd.DataFrame({"y": [target], "x": [low], "text": [f"target {target:.0f} %"]}))
    marks = [
        goal.mark_rule(color=ink, strokeDash=[4, 4], strokeWidth=1).encode(y="y:Q"),
        goal.mark_text(color=ink, align="left", dx=6, dy=-7).encode(x="x:Q", y="y:Q", text="text:N"),
    ]
    if marked is not None and low <= marked <= high:
        size = alt.Chart(pd.DataFrame({"x": [marked], "y": [0], "text": [f"N = {marked:,}"]}))
        side = "right" if marked > (low + high) / 2 else "left"
        marks += [
            size.mark_rule(color=ink, strokeWidth=1).encode(x="x:Q"),
            size.mark_text(
                color=ink, align=side, dx=6 if side == "left" else -6, dy=-8
            ).encode(x="x:Q", y="y:Q", text="text:N"),
        ]
    return marks


def percent(value: float) -> str:
    """A proportion in %."""
    return f"{100 * value:.1f} %"


def error(estimate: "MonteCarloEstimate") -> str:
    """The Monte-Carlo standard error of a proportion in %."""
    return f"± {100 * estimate.mcse:.1f} % MCSE"
