"""Power over people × true effect, as shaded cells with the target's frontier."""

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.style import PAPER, SPACED, signed, thousands

if TYPE_CHECKING:
    from planner.search.effect_grid import EffectGrid

SHADES = {"light": ("#F1F5F9", "#0A4D80"), "dark": ("#17222D", "#56B4E9")}
WORDS = {"light": ("#111", "#FFF", 70), "dark": ("#FFF", "#000", 58)}
"""Colour of the numbers below and above a power, and that power, in %."""
FRONTIER = {"light": "#B34700", "dark": "#E69F00"}
HEIGHT = 400


def grid_table(grid: "EffectGrid") -> pd.DataFrame:
    """One row per cell: its size, effect, power and error in %, and its corners."""
    sizes, effects = _edges(grid.sizes), _edges(grid.effects)
    rows = [
        {
            "n": n,
            "effect": effect,
            "power": 100 * grid.power[e, i],
            "mcse": np.nan if grid.mcse is None else 100 * grid.mcse[e, i],
            "left": sizes[i],
            "right": sizes[i + 1],
            "bottom": effects[e],
            "top": effects[e + 1],
        }
        for e, effect in enumerate(grid.effects)
        for i, n in enumerate(grid.sizes)
    ]
    return pd.DataFrame(rows)


def heat_map(
    table: pd.DataFrame, title: str, target: float, planned: tuple[int, float] | None, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Cells shaded by power, which stands in them; steps where it first reaches the target.

    Parameters
    ----------
    table : of `grid_table`.
    title : of the vertical axis, with the unit.
    target : power target, in %.
    planned : size and effect to mark, if within the range.
    theme : ``light`` or ``dark``.
    """
    base = alt.Chart(table)
    limits = [float(table["left"].min()), float(table["right"].max())]
    heights = [float(table["bottom"].min()), float(table["top"].max())]
    x = alt.X(
        "left:Q",
        title="People randomised, all sequences together",
        scale=alt.Scale(domain=limits, nice=False),
        axis=alt.Axis(
            values=sorted(set(table["n"])), labelExpr=SPACED, grid=False, labelOverlap=True
        ),
    )
    y = alt.Y(
        "bottom:Q",
        title=title,
        scale=alt.Scale(domain=heights, nice=False),
        axis=alt.Axis(
            values=sorted(set(table["effect"])),
            format=".2~f",
            grid=False,
            titleLimit=HEIGHT - 70,
        ),
    )
    shade = _shade(theme)
    dark, light, turn = WORDS[theme]
    ink = alt.condition(alt.datum.power < turn, alt.value(dark), alt.value(light))
    layers = [
        base.mark_rect().encode(x, y, alt.X2("right:Q"), alt.Y2("top:Q"), shade, tooltip=_tips()),
        base.mark_text(fontSize=11).encode(
            alt.X("n:Q"), alt.Y("effect:Q"), alt.Text("power:Q", format=".0f"), color=ink
        ),
        *_frontier(table, target, theme),
        *_mark(planned, limits, heights, theme),
    ]
    return alt.layer(*layers).properties(height=HEIGHT)


def _shade(theme: str) -> alt.Color:
    """One hue, lighter or darker with power."""
    return alt.Color(
        "power:Q",
        scale=alt.Scale(domain=[0, 100], range=list(SHADES[theme])),
        legend=alt.Legend(title="Power (%)", orient="right", gradientLength=200),
    )


def _frontier(table: pd.DataFrame, target: float, theme: str) -> list[alt.Chart]:
    """Left and lower edges of the cells that reach the target and whose neighbour does not."""
    power = table.pivot_table(index="effect", columns="n", values="power", dropna=False)
    reached = (power >= target).to_numpy()
    corner = {(row.effect, row.n): row for row in table.itertuples()}
    lines = []
    for e, effect in enumerate(power.index):
        for i, n in enumerate(power.columns):
            cell = corner[effect, n]
            if i and reached[e, i] != reached[e, i - 1]:
                lines.append((cell.left, cell.left, cell.bottom, cell.top))
            if e and reached[e, i] != reached[e - 1, i]:
                lines.append((cell.left, cell.right, cell.bottom, cell.bottom))
    if not lines:
        return []
    edges = pd.DataFrame(lines, columns=["left", "right", "bottom", "top"])
    ends = (alt.X("left:Q"), alt.X2("right:Q"), alt.Y("bottom:Q"), alt.Y2("top:Q"))
    halo = alt.Chart(edges).mark_rule(color=PAPER[theme], strokeWidth=6, strokeCap="square")
    mark = alt.Chart(edges).mark_rule(color=FRONTIER[theme], strokeWidth=2.5)
    return [halo.encode(*ends), mark.encode(*ends)]


def _mark(
    planned: tuple[int, float] | None, limits: list[float], heights: list[float], theme: str
) -> list[alt.Chart]:
    """A ring around the planned size and effect."""
    if planned is None:
        return []
    n, effect = planned
    if not (limits[0] <= n <= limits[1] and heights[0] <= effect <= heights[1]):
        return []
    point = pd.DataFrame({"n": [n], "effect": [effect]})
    style: dict[str, Any] = {"shape": "circle", "size": 620, "filled": False, "opacity": 1}
    rings = [
        alt.Chart(point).mark_point(**style, strokeWidth=width, color=colour)
        for width, colour in ((6, PAPER[theme]), (2.5, FRONTIER[theme]))
    ]
    return [ring.encode(alt.X("n:Q"), alt.Y("effect:Q")) for ring in rings]


def _tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("n:Q", title="N randomised"),
        alt.Tooltip("effect:Q", title="true effect", format=".3~f"),
        alt.Tooltip("power:Q", title="power, %", format=".1f"),
    ]


def _edges(centres: tuple[float, ...]) -> list[float]:
    """Ends of cells around evenly or unevenly spaced centres."""
    middle = np.asarray(centres, float)
    inner = (middle[1:] + middle[:-1]) / 2
    first, last = 2 * middle[0] - inner[0], 2 * middle[-1] - inner[-1]
    return [float(first), *inner.tolist(), float(last)]


def takeaway(grid: "EffectGrid", target: float, shown: str) -> str:
    """The chart in a sentence or two, for those who do not see it."""
    found = [
        f"{signed(effect)} needs {thousands(n)}"
        for effect, n in zip(grid.effects, grid.smallest(target), strict=True)
        if n is not None
    ]
    goal = f"{100 * target:.0f} % power"
    reach = f"For {goal}, {'; '.join(found)} people." if found else f"No cell reaches {goal}."
    return f"Power for {shown} by people randomised and true effect. {reach}"


def data_shown(table: pd.DataFrame, simulated: bool) -> pd.DataFrame:
    """The cells with the words of the page as column names."""
    power = f"power, % ({'simulated' if simulated else 'formula'})"
    names = {"n": "N randomised", "effect": "true effect", "power": power, "mcse": "MCSE, %"}
    return table[list(names)].dropna(axis="columns", how="all").rename(columns=names).round(2)
