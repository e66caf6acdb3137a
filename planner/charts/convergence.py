"""How power and type I error settle as trials are added."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.style import (
    DASHES,
    OKABE_ITO,
    PAPER,
    SPACED,
    by_series,
    rule,
    text,
    thousands,
)

if TYPE_CHECKING:
    from planner.operating.convergence import Trace

POINTS = 160
"""Points along a line; more cannot be told apart on a screen."""
SETTLED = 200
"""Trials from which the vertical axis has to hold the bands."""
_ROWS = {"columns": 1}
_LABEL = {"align": "right", "dx": -4, "dy": -8}


def convergence_table(trace: "Trace", hypothesis: str, truth: int) -> pd.DataFrame:
    """Running proportions in %, one row per analysis and number of trials.

    Parameters
    ----------
    truth : `PLANNING` or `NULL`, the place in the trace.
    """
    thin = trace.thinned(POINTS)
    frames = []
    for analysis in thin.analyses:
        p, mcse = thin.running(analysis, hypothesis, truth)
        frames.append(
            pd.DataFrame(
                {
                    "analysis": analysis,
                    "trials": thin.trials,
                    "estimate": 100 * p,
                    "mcse": 100 * mcse,
                    "lower": 100 * np.maximum(p - 2 * mcse, 0),
                    "upper": 100 * np.minimum(p + 2 * mcse, 1),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def convergence_chart(
    table: pd.DataFrame, title: str, line: tuple[float, str] | None, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Running estimates ± 2 MCSE over a logarithmic axis of trials.

    The band of the first analysis is filled and those of the others lie between thin lines: on the
    same trials they nearly coincide, and two fills would mix to a third colour.

    Parameters
    ----------
    table : of `convergence_table`.
    title : of the vertical axis.
    line : a number in % to compare with, and its name.
    """
    names = list(dict.fromkeys(table["analysis"]))
    settled = table[table["trials"] >= min(SETTLED, table["trials"].max())]
    ends = [settled["lower"].min(), settled["upper"].max(), *([line[0]] if line else [])]
    domain = [max(0.0, min(ends) - 0.5), min(100.0, max(ends) + 0.5)]

    def up(column: str) -> alt.Y:
        scale = alt.Scale(domain=domain, nice=False, zero=False, clamp=True)
        return alt.Y(f"{column}:Q", title=title, scale=scale)

    first, last = int(table["trials"].min()), int(table["trials"].max())
    x = alt.X(
        "trials:Q",
        title="Simulated trials so far",
        scale=alt.Scale(type="log", domain=[first, last], nice=False),
        axis=alt.Axis(grid=False, labelExpr=SPACED, values=_ticks(first, last)),
    )
    colour = by_series(alt.Color, "analysis", names, OKABE_ITO[theme], "stroke", _ROWS)
    dash = by_series(alt.StrokeDash, "analysis", names, DASHES, "stroke", _ROWS)
    base = alt.Chart(table).encode(x, colour, dash)
    return alt.layer(
        *_bands(table, names, (x, colour, dash), up),
        base.mark_line(strokeWidth=2).encode(up("estimate"), tooltip=_tips()),
        *_comparison(line, last, theme),
    ).properties(height=300)


def _bands(
    table: pd.DataFrame, names: Sequence[str], channels: tuple[Any, ...], up: Callable[[str], alt.Y]
) -> list[alt.Chart]:
    """A filled band of the first analysis; thin lines at the ends of the others' bands."""
    first = table["analysis"] == names[0]
    filled = alt.Chart(table[first]).mark_area(opacity=0.18)
    others = alt.Chart(table[~first]).mark_line(strokeWidth=1, opacity=0.8)
    ends = [others.encode(*channels, up(end)) for end in ("lower", "upper")]
    return [
        filled.encode(*channels[:2], up("lower"), alt.Y2("upper:Q")),
        *(ends if len(names) > 1 else []),
    ]


def _comparison(line: tuple[float, str] | None, last: int, theme: str) -> list[alt.Chart]:
    """A rule across the chart, named at its right end on a halo."""
    if line is None:
        return []
    at = pd.DataFrame({"trials": [last], "y": [line[0]], "text": [line[1]]})
    place = (alt.X("trials:Q"), alt.Y("y:Q"))
    return [
        rule(at, theme, strokeDash=[4, 4]).encode(alt.Y("y:Q")),
        text(at, theme, **_LABEL, stroke=PAPER[theme], strokeWidth=4).encode(*place),
        text(at, theme, **_LABEL).encode(*place),
    ]


def _ticks(first: int, last: int) -> list[int]:
    steps = [k * 10**e for e in range(1, 7) for k in (1, 2, 5)]
    return [value for value in steps if first <= value <= last]


def _tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("analysis:N"),
        alt.Tooltip("trials:Q", format=",d"),
        alt.Tooltip("estimate:Q", title="so far, %", format=".2f"),
        alt.Tooltip("mcse:Q", title="± MCSE", format=".2f"),
    ]


def takeaway(table: pd.DataFrame, what: str) -> str:
    """The chart in a sentence."""
    last = table[table["trials"] == table["trials"].max()]
    ends = "; ".join(f"{r.analysis} {r.estimate:.1f} % ± {r.mcse:.1f}" for r in last.itertuples())
    return f"{what} after {thousands(int(last['trials'].iloc[0]))} simulated trials: {ends}."
