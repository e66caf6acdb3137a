"""Separate and shrunken estimates of the sexes in one trial, with the truth."""

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from planner.charts.style import OKABE_ITO, SHAPES, by_series, rule, signed
from planner.words.conclusions import QUESTIONS

if TYPE_CHECKING:
    from planner.operating.sex_estimates import SexEstimates
    from planner.truth.endpoint import Endpoint

SEPARATE, SHRUNKEN = "separate", "shrunken"
SERIES = (SEPARATE, SHRUNKEN)
ROWS = QUESTIONS
"""Labels of the four questions, in their order."""
TRUTH = "true value (assumed)"
HEIGHT = 300


def forest_table(found: "SexEstimates", endpoint: "Endpoint") -> pd.DataFrame:
    """One row per question and analysis, natural scale."""
    natural = endpoint.to_natural
    rows = [
        {
            "row": row,
            "series": series,
            "estimate": natural(float(values[k, 0])),
            "lower": natural(float(values[k, 1])),
            "upper": natural(float(values[k, 2])),
            "truth": natural(float(found.truth[k])),
        }
        for series, values in ((SEPARATE, found.separate), (SHRUNKEN, found.shrunken))
        for k, row in enumerate(ROWS)
    ]
    return pd.DataFrame(rows)


def sex_forest(
    table: pd.DataFrame, title: str, no_effect: float, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """A point and an interval per question and analysis; the truth as a tick through both.

    Parameters
    ----------
    table : of `forest_table`.
    title : of the axis, with the unit.
    no_effect : where there is none, natural scale.
    theme : ``light`` or ``dark``.
    """
    base = alt.Chart(table).encode(
        alt.Y("row:N", sort=list(ROWS), title=None, axis=alt.Axis(domain=False, ticks=False)),
        tooltip=_tips(),
    )
    offset = alt.YOffset("series:N", sort=list(SERIES), scale=alt.Scale(paddingOuter=0.6))
    colour = by_series(alt.Color, "series", SERIES, OKABE_ITO[theme])
    shape = by_series(alt.Shape, "series", SERIES, SHAPES)
    layers = [
        rule(pd.DataFrame({"x": [no_effect]}), theme).encode(alt.X("x:Q")),
        base.mark_tick(
            thickness=2, size=34, color=OKABE_ITO[theme][2], opacity=1, orient="vertical"
        ).encode(alt.X("truth:Q")),
        base.mark_rule(strokeWidth=1.8).encode(
            alt.X("lower:Q", title=title, scale=alt.Scale(zero=False)),
            alt.X2("upper:Q"),
            offset,
            colour,
        ),
        base.mark_point(filled=True, opacity=1, size=80).encode(
            alt.X("estimate:Q"), offset, colour, shape
        ),
    ]
    return alt.layer(*layers).properties(height=HEIGHT)


def _tips() -> list[alt.Tooltip]:
    numbers = {name: name for name in ("estimate", "lower", "upper")} | {"truth": TRUTH}
    return [
        alt.Tooltip("row:N", title="question"),
        alt.Tooltip("series:N", title="analysis"),
        *(alt.Tooltip(f"{name}:Q", title=t, format=".2f") for name, t in numbers.items()),
    ]


def takeaway(table: pd.DataFrame, trial: int) -> str:
    """The chart in a sentence, for those who do not see it."""
    parts = [
        f"{row['row']} {signed(row['estimate'])} ({signed(row['lower'])} to {signed(row['upper'])})"
        for row in table[table["series"] == SEPARATE].to_dict("records")
    ]
    shrunken = table[(table["series"] == SHRUNKEN)].set_index("row")["estimate"]
    return (
        f"Simulated trial {trial}, separate estimates: {', '.join(parts)}. Shrunken: women "
        f"{signed(float(shrunken['women']))}, men {signed(float(shrunken['men']))}."
    )


def data_shown(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with the words of the page as column names."""
    names = {"row": "question", "series": "analysis", "estimate": "estimate (simulated)"}
    return table.rename(columns={**names, "truth": TRUTH}).round(3)
