"""Power at one size while one assumption after another moves over its range."""

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from planner.charts.style import INK, OKABE_ITO, SHAPES, by_series, rule
from planner.words.assumptions import LABELS, unit_in_words, value_in_words

if TYPE_CHECKING:
    from planner.search.one_way import OneWay
    from planner.truth.endpoint import Endpoint

LOW, HIGH = "at the low end", "at the high end"
ROW_HEIGHT, AROUND = 44, 96
"""In pixels: a bar, and axis with legend."""


def swing_table(found: "OneWay", endpoint: "Endpoint") -> pd.DataFrame:
    """One row per end of a range: its value, the power there and at the other end, in %."""
    rows = []
    for swing in found.swings:
        range_ = swing.range
        low, planned, high = (
            value_in_words(range_.name, value, endpoint).replace("-", "−")
            for value in (range_.low, range_.planned, range_.high)
        )
        label, unit = LABELS[range_.name], unit_in_words(range_.name, endpoint)
        for end, value, power, other in (
            (LOW, low, swing.at_low, swing.at_high),
            (HIGH, high, swing.at_high, swing.at_low),
        ):
            rows.append(
                {
                    "assumption": label,
                    "row": f"{label}: {low} to {high}{unit}",
                    "end": end,
                    "value": value + unit,
                    "planned": planned + unit,
                    "power": 100 * power,
                    "other": 100 * other,
                    "basis": range_.basis,
                }
            )
    return pd.DataFrame(rows)


def tornado_chart(
    table: pd.DataFrame, planned: float, target: float, theme: str, *, narrow: bool = False
) -> alt.LayerChart | alt.FacetChart:
    """A bar per assumption from power at its low end to power at its high end.

    Parameters
    ----------
    table : of `swing_table`.
    planned, target : power under the planned truth, and the target, in %.
    theme : ``light`` or ``dark``.
    narrow : whether a range stands below its assumption, not beside it.
    """
    base = alt.Chart(table)
    broken = "split(datum.label, ': ')" if narrow else alt.Undefined
    y = alt.Y(
        "row:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=360, labelExpr=broken, ticks=False, domain=False, labelPadding=10),
    )
    x = alt.X("power:Q", title="Power (%)", scale=alt.Scale(domain=[0, 100]))
    colour = by_series(alt.Color, "end", (LOW, HIGH), OKABE_ITO[theme])
    shape = by_series(alt.Shape, "end", (LOW, HIGH), SHAPES)
    # Numbers stand outside the bar; where both ends agree, the low end's to its left.
    left = (alt.datum.power < alt.datum.other) | (
        (alt.datum.power == alt.datum.other) & (alt.datum.end == LOW)
    )
    numbers = base.encode(alt.X("power:Q"), y, alt.Text("power:Q", format=".0f"))
    bars = base.transform_filter(alt.datum.end == LOW).mark_bar(
        height=14, opacity=0.35, color=OKABE_ITO[theme][7]
    )
    lines = pd.DataFrame({"x": [planned, target]})
    return alt.layer(
        bars.encode(y, x, alt.X2("other:Q")),
        rule(lines.head(1), theme).encode(alt.X("x:Q")),
        rule(lines.tail(1), theme, strokeDash=[4, 4]).encode(alt.X("x:Q")),
        base.mark_point(filled=True, opacity=1, size=90).encode(
            y, x, colour, shape, tooltip=_tips()
        ),
        numbers.transform_filter(left).mark_text(align="right", dx=-9, color=INK[theme]),
        numbers.transform_filter(~left).mark_text(align="left", dx=9, color=INK[theme]),
    ).properties(height=ROW_HEIGHT * table["row"].nunique() + AROUND)


def _tips() -> list[alt.Tooltip]:
    titles = {"assumption": "assumption", "value": "value", "planned": "planned", "basis": "range"}
    return [
        *(alt.Tooltip(f"{name}:N", title=title) for name, title in titles.items()),
        alt.Tooltip("power:Q", title="power, %", format=".1f"),
    ]


def takeaway(table: pd.DataFrame, planned: float) -> str:
    """The chart in two sentences, for those who do not see it."""
    lows, highs = table[table["end"] == LOW], table[table["end"] == HIGH]
    parts = [
        f"{low.assumption} {low.power:.0f} to {high.power:.0f} %"
        for low, high in zip(lows.itertuples(), highs.itertuples(), strict=True)
    ]
    return (
        f"Power as planned {planned:.0f} %. Power from the low to the high end of each range, "
        f"widest first: {'; '.join(parts)}."
    )


def data_shown(table: pd.DataFrame, simulated: bool) -> pd.DataFrame:
    """One row per assumption, with the words of the page as column names."""
    source = "simulated" if simulated else "formula"
    lows = table[table["end"] == LOW].reset_index(drop=True)
    highs = table[table["end"] == HIGH].reset_index(drop=True)
    return pd.DataFrame(
        {
            "assumption": lows["assumption"],
            "low": lows["value"],
            "planned": lows["planned"],
            "high": highs["value"],
            "range from": lows["basis"],
            f"power at low, % ({source})": lows["power"].round(1),
            f"power at high, % ({source})": highs["power"].round(1),
        }
    )
