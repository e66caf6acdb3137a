"""Type I error over the nuisance parameters: a panel per SD, and what is moved by itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.style import INK, OKABE_ITO, SHAPES, by_series, error, percent, rule, thousands

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate
    from planner.search.null_grid import NullCell, NullGrid

BAND = 1.96
"""Half-width of intervals in MCSE."""
ALONE, LARGEST = "one at a time", "largest"
GRID, FRESH = "grid", "fresh trials"
HEIGHT, SPACING, ROOM = 220, 12, 0.08
"""A panel and the gap between two, in pixels; and room at the ends, as a share of the range."""


def null_table(grid: "NullGrid", hypothesis: str) -> pd.DataFrame:
    """One row per cell in %, its interval, and the panel and place where it is drawn.

    The cell of the maximum comes again in a panel of its own, with its confirmation.
    """
    planned, most = grid.cells[0], grid.maxima[hypothesis]
    rows = [_row(cell, planned, hypothesis) for cell in _in_order(grid.cells)]
    for place, estimate in ((GRID, most.found), (FRESH, most.confirmed)):
        largest = {"panel": LARGEST, "place": place, **_share(estimate)}
        rows.append(_row(most.cell, planned, hypothesis) | largest)
    return pd.DataFrame(rows)


def _in_order(cells: "tuple[NullCell, ...]") -> "list[NullCell]":
    """By SD, correlation and, where it is moved alone, share of women before size."""
    size = cells[0].n_subjects

    def order(cell: "NullCell") -> tuple[float, ...]:
        own = (cell.n_subjects != size, cell.female_share or 0.0, cell.n_subjects)
        return (cell.sd_difference, cell.correlation or 0.0, *own)

    return sorted(cells, key=order)


def _row(cell: "NullCell", planned: "NullCell", hypothesis: str) -> dict[str, Any]:
    alone = (cell.female_share, cell.n_subjects) != (planned.female_share, planned.n_subjects)
    left = planned if alone else cell
    return {
        "panel": ALONE if alone else f"SD {cell.sd_difference:.3g}",
        "place": _moved(cell, planned) if alone else _correlation(cell),
        "leaving": f"{100 * left.leaving:.0f} % leave",
        "state": in_words(cell),
        "planned": cell.planned,
        **_share(cell.type_i_error[hypothesis]),
    }


def _share(estimate: "MonteCarloEstimate") -> dict[str, float]:
    return {
        "type_i": 100 * estimate.value,
        "mcse": 100 * estimate.mcse,
        "lower": 100 * estimate.lower,
        "upper": 100 * estimate.upper,
        "trials": estimate.n,
    }


def _correlation(cell: "NullCell") -> str:
    return "" if cell.correlation is None else f"{cell.correlation:.2f}"


def _moved(cell: "NullCell", planned: "NullCell") -> str:
    if cell.n_subjects != planned.n_subjects:
        return f"N = {thousands(cell.n_subjects)}"
    return f"{100 * (cell.female_share or 0.0):.0f} % women"


def in_words(cell: "NullCell") -> str:
    """The state of the nuisance parameters."""
    share = "" if cell.female_share is None else f"{100 * cell.female_share:.0f} % women"
    parts = (
        f"SD {cell.sd_difference:.3g}",
        f"correlation {_correlation(cell)}" if _correlation(cell) else "",
        f"{100 * cell.leaving:.0f} % leaving",
        share,
        f"N = {thousands(cell.n_subjects)}",
    )
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the panels share: planned level and its band, axis, series and theme."""

    level: float
    band: tuple[float, float]
    domain: tuple[float, float]
    series: tuple[str, ...]
    theme: str


def null_chart(table: pd.DataFrame, level: float, width: int, theme: str) -> alt.HConcatChart:
    """Estimates with 95 % Monte-Carlo intervals; the planned level with its Monte-Carlo band.

    Parameters
    ----------
    table : of `null_table`.
    level : planned level, in %.
    width : of all panels together, in pixels.
    theme : ``light`` or ``dark``.
    """
    series = tuple(dict.fromkeys(table["leaving"]))
    frame = _Frame(
        level,
        level_band(table, level),
        _domain(table, level),
        tuple(sorted(series, key=lambda name: int(name.split()[0]))),
        theme,
    )
    names = sorted(dict.fromkeys(table["panel"]), key=(ALONE, LARGEST).__contains__)
    panels = [table[table["panel"] == name] for name in names]
    slots = [_slots(panel) for panel in panels]
    unit = (width - SPACING * (len(panels) - 1)) / sum(slots)
    charts = [
        _panel(panel, frame, first=panel is panels[0]).properties(
            width=unit * n,
            height=HEIGHT,
            title=alt.TitleParams(name, color=INK[theme]),
        )
        for name, panel, n in zip(names, panels, slots, strict=True)
    ]
    together: alt.HConcatChart = alt.hconcat(*charts, spacing=SPACING).resolve_scale(
        color="shared", shape="shared"
    )
    return together


def level_band(table: pd.DataFrame, level: float) -> tuple[float, float]:
    """Where 95 % of estimates lie if the type I error is exactly the level, in %."""
    share = level / 100
    reach = BAND * np.sqrt(share * (1 - share) / float(table["trials"].min()))
    return 100 * float(max(0.0, share - reach)), 100 * float(share + reach)


def _domain(table: pd.DataFrame, level: float) -> tuple[float, float]:
    low, high = min(level, table["lower"].min()), max(level, table["upper"].max())
    room = ROOM * (high - low)
    return float(max(0.0, low - room)), float(high + room)


def _slots(panel: pd.DataFrame) -> float:
    """Width of a panel, in points beside each other."""
    series = panel["leaving"].nunique()
    return float(panel["place"].nunique() * max(series, 1.8))


def _panel(panel: pd.DataFrame, frame: _Frame, *, first: bool) -> alt.LayerChart | alt.FacetChart:
    """Points of a panel with their intervals over the band of the level."""
    theme = frame.theme
    scale = alt.Scale(domain=list(frame.domain), nice=False, zero=False)
    axis = alt.Axis(grid=False) if first else None
    by_correlation = panel["panel"].iloc[0] not in (ALONE, LARGEST) and panel["place"].iloc[0]

    def up(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", title="Type I error (%)", scale=scale, axis=axis)

    x = alt.X(
        "place:O",
        title="correlation" if by_correlation else None,
        sort=None,
        axis=alt.Axis(labelAngle=0 if by_correlation else -90, ticks=False, labelOverlap=False),
        scale=alt.Scale(paddingInner=0.15, paddingOuter=0.1),
    )
    series, there = list(frame.series), set(panel["leaving"])
    offset = alt.XOffset("leaving:N", sort=[name for name in series if name in there])
    colour = by_series(alt.Color, "leaving", series, OKABE_ITO[theme])
    shape = by_series(alt.Shape, "leaving", series, SHAPES)
    base = alt.Chart(panel).encode(x)
    low, high = frame.band
    edges = pd.DataFrame({"low": [low], "high": [high], "level": [frame.level]})
    return alt.layer(
        alt.Chart(edges)
        .mark_rect(color=INK[theme], opacity=0.14)
        .encode(up("low"), alt.Y2("high:Q")),
        rule(edges, theme, strokeDash=[4, 4]).encode(up("level")),
        base.mark_rule(strokeWidth=1.4).encode(up("lower"), alt.Y2("upper:Q"), offset, colour),
        base.mark_point(filled=True, opacity=1, size=60).encode(
            up("type_i"), offset, colour, shape, tooltip=_tips()
        ),
    )


def _tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("state:N", title="nuisance parameters"),
        alt.Tooltip("type_i:Q", title="type I error, %", format=".2f"),
        alt.Tooltip("mcse:Q", title="± MCSE", format=".2f"),
    ]


def takeaway(grid: "NullGrid", hypothesis: str, shown: str) -> str:
    """The chart in two sentences, for those who do not see it."""
    most, values = grid.maxima[hypothesis], [c.type_i_error[hypothesis] for c in grid.cells]
    return (
        f"Type I error for {shown} in {len(grid.cells)} states of the nuisance parameters: "
        f"{100 * min(v.value for v in values):.1f} to {percent(most.found.value)}; planned "
        f"{100 * most.level:g} %. The largest is at {in_words(most.cell)}; there it is "
        f"{percent(most.confirmed.value)} ({error(most.confirmed)}) on fresh trials."
    )
