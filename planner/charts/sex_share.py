"""Power of the four questions against the share of women, at one size."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from planner.charts.sex_forest import ROWS
from planner.charts.style import DASHES, OKABE_ITO, by_series, rule, signed, text
from planner.trials.moments import FloatArray

HEIGHT = 300


def share_table(shares: Sequence[float], power: FloatArray) -> pd.DataFrame:
    """One row per share and question, both in %.

    Parameters
    ----------
    power : axes [S, 4].
    """
    rows = [
        {"share": 100 * share, "question": question, "power": 100 * float(power[s, k])}
        for s, share in enumerate(shares)
        for k, question in enumerate(ROWS)
    ]
    return pd.DataFrame(rows)


def share_chart(
    table: pd.DataFrame, planned: float, target: float, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Lines of the four questions; the planned share and the power target as rules.

    Parameters
    ----------
    table : of `share_table`.
    planned, target : share of women in hand and power target, in %.
    theme : ``light`` or ``dark``.
    """
    low, high = float(table["share"].min()), float(table["share"].max())
    x = alt.X(
        "share:Q",
        title="Share of women (%)",
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(grid=False),
    )
    y = alt.Y("power:Q", title="Power (%)", scale=alt.Scale(domain=[0, 100]))
    lines = alt.Chart(table).mark_line(strokeWidth=2.2)
    here = pd.DataFrame({"share": [planned], "power": [100], "text": [f"{planned:.0f} % women"]})
    goal = pd.DataFrame({"share": [low], "power": [target], "text": [f"target {target:.0f} %"]})
    place = (alt.X("share:Q"), alt.Y("power:Q"))
    marks = [rule(goal, theme, strokeDash=[4, 4]).encode(alt.Y("power:Q"))]
    marks.append(text(goal, theme, align="left", dx=6, dy=10).encode(*place))
    if low <= planned <= high:
        marks.append(rule(here, theme).encode(alt.X("share:Q")))
        marks.append(text(here, theme, dy=-8).encode(*place))
    return alt.layer(
        lines.encode(
            x,
            y,
            by_series(alt.Color, "question", ROWS, OKABE_ITO[theme], "stroke", {"columns": 2}),
            by_series(alt.StrokeDash, "question", ROWS, DASHES, "stroke", {"columns": 2}),
            tooltip=[
                alt.Tooltip("question:N"),
                alt.Tooltip("share:Q", title="share of women, %", format=".0f"),
                alt.Tooltip("power:Q", title="formula, %", format=".1f"),
            ],
        ),
        *marks,
    ).properties(height=HEIGHT)


def takeaway(table: pd.DataFrame, n: int) -> str:
    """The chart in a sentence, for those who do not see it."""
    ends = table[table["share"].isin([table["share"].min(), table["share"].max()])]
    parts = [
        f"{question} {signed(rows['power'].iloc[0], 0)} to {signed(rows['power'].iloc[-1], 0)} %"
        for question, rows in ends.groupby("question", sort=False)
    ]
    low, high = table["share"].min(), table["share"].max()
    return (
        f"Power with N = {n} from {low:.0f} to {high:.0f} % women, by formula: {', '.join(parts)}."
    )


def data_shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row per share, a column per question."""
    wide = table.pivot_table(index="share", columns="question", values="power", sort=False)
    named = wide.rename(columns=lambda name: f"{name}, % (formula)").reset_index()
    return named.rename(columns={"share": "share of women, %"}).round(2)
