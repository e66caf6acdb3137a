"""Panels of one figure, in rows of two, or of three where there are many."""

from collections.abc import Mapping

import altair as alt

from planner.charts.style import INK

FEW = 4
"""Panels up to which they are large."""
LARGE, SMALL = (228, 185), (138, 125)
"""Width and height of a panel, in pixels."""
LONGEST = {True: 44, False: 24}
"""Characters in a line of the title of a large and of a small panel."""


def side_by_side(
    charts: "Mapping[str, alt.LayerChart | alt.FacetChart]", theme: str
) -> alt.ConcatChart:
    """Charts with their titles; axes keep their own scales, and a legend is shared.

    Parameters
    ----------
    charts : title → chart.
    theme : ``light`` or ``dark``.
    """
    large = len(charts) <= FEW
    width, height = LARGE if large else SMALL
    sized = [
        chart.properties(
            width=width,
            height=height,
            title=alt.TitleParams(
                _broken(name, LONGEST[large]), color=INK[theme], fontSize=12 if large else 10
            ),
        )
        for name, chart in charts.items()
    ]
    together: alt.ConcatChart = alt.concat(*sized, columns=2 if large else 3, spacing=16)
    return together


def _broken(text: str, longest: int) -> list[str]:
    """Lines of a title."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > longest:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
