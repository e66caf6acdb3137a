"""Densities of priors, likelihoods and posteriors."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.style import DASHES, OKABE_ITO, by_series
from planner.evidence.distribution import ProperEffect, density, quantile

_POINTS = 241


def density_chart(
    table: pd.DataFrame,
    title: str,
    theme: str,
    *,
    names: Sequence[str] = (),
    domain: tuple[float, float] | None = None,
    legend: bool = True,
) -> alt.LayerChart | alt.FacetChart:
    """Densities by colour and dash, areas lightly filled.

    Parameters
    ----------
    table : columns x, density, line.
    title : of the axis, with the unit.
    names : lines in the order of their colours; default as in the table.
    domain : ends of the axis.
    legend : whether to name the lines.
    """
    words: dict[str, Any] | None = {} if legend else None
    shown = list(names) or list(dict.fromkeys(table["line"]))
    ends = list(domain) if domain else alt.Undefined
    scale = alt.Scale(nice=False, zero=False, domain=ends)
    base = alt.Chart(table).encode(
        alt.X("x:Q", title=title, scale=scale, axis=alt.Axis(grid=False, tickCount=10)),
        by_series(alt.Color, "line", shown, OKABE_ITO[theme], "stroke", words),
    )
    axis = alt.Axis(labels=False, ticks=False, grid=False)
    up = alt.Y("density:Q", title="Density", axis=axis, stack=None)
    dash = by_series(alt.StrokeDash, "line", shown, DASHES, "stroke", words)
    tips = [
        alt.Tooltip("line:N", title="distribution"),
        alt.Tooltip("x:Q", title="value", format=".3g"),
        alt.Tooltip("density:Q", format=".3g"),
    ]
    return alt.layer(
        base.mark_area(opacity=0.07).encode(up),
        base.mark_line(strokeWidth=2.2).encode(up, dash, tooltip=tips),
    ).properties(height=260)


def long_table(x: Any, lines: dict[str, Any]) -> pd.DataFrame:
    """One row per point and line."""
    return pd.concat(
        [pd.DataFrame({"x": x, "density": y, "line": name}) for name, y in lines.items()],
        ignore_index=True,
    )


def distributions_table(
    distributions: Mapping[str, ProperEffect], domain: tuple[float, float]
) -> pd.DataFrame:
    """Densities of several distributions between the ends of `domain`."""
    low, high = domain
    x = np.linspace(low, high, _POINTS)
    return long_table(x, {name: density(d, x) for name, d in distributions.items()})


def common_domain(
    distributions: Sequence[ProperEffect], tail: float = 0.004
) -> tuple[float, float]:
    """Lowest and highest value that is worth drawing of any of the distributions."""
    lows, highs = ([quantile(d, p) for d in distributions] for p in (tail, 1 - tail))
    return min(lows), max(highs)
