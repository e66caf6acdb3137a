"""What all charts share: colours, dashes, shapes, rules and the wording of numbers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate

OKABE_ITO = {
    "light": ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999"),
    "dark": ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442", "#FFF", "#999"),
}
INK = {"light": "#4A5560", "dark": "#B8C2CC"}
PAPER = {"light": "#FFFFFF", "dark": "#11161C"}
DASHES = ([1, 0], [7, 3], [2, 2], [7, 2, 2, 2], [10, 3], [4, 4], [1, 3], [12, 2])
SPACED = "replace(format(datum.value, ',d'), /,/g, '\u2009')"
"""Label of an axis of whole numbers, written as `thousands` writes them."""
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "triangle-left",
          "triangle-right")  # fmt: skip
NONE = "–"


def by_series(
    channel: Any,
    column: str,
    names: Sequence[str],
    values: Sequence[Any],
    symbol: str = "circle",
    legend: Mapping[str, Any] | None = MappingProxyType({}),
) -> Any:
    """An encoding of a named series; colour, dash and shape of it share one legend.

    Parameters
    ----------
    symbol : of the legend: ``stroke`` for lines without points.
    legend : further properties of the legend; None for no legend.
    """
    return channel(
        f"{column}:N",
        scale=alt.Scale(domain=list(names), range=list(values[: len(names)])),
        legend=None
        if legend is None
        else alt.Legend(
            title=None,
            orient="top",
            symbolType=symbol if symbol == "stroke" else alt.Undefined,
            symbolSize=400 if symbol == "stroke" else 90,
            symbolOpacity=1,
            symbolStrokeWidth=2 if symbol == "stroke" else 0,
            labelLimit=320,
            **legend,
        ),
    )


def rule(data: pd.DataFrame, theme: str, **style: Any) -> alt.Chart:
    """A thin line across the chart."""
    mark: alt.Chart = alt.Chart(data).mark_rule(color=INK[theme], strokeWidth=1, **style)
    return mark


def text(data: pd.DataFrame, theme: str, **style: Any) -> alt.Chart:
    """Words in the chart."""
    mark: alt.Chart = alt.Chart(data).mark_text(color=INK[theme], **style)
    return mark.encode(alt.Text("text:N"))


def thousands(number: int) -> str:
    """A whole number with thin spaces between the thousands."""
    return f"{number:,}".replace(",", "\u2009")


def signed(number: float, digits: int = 2) -> str:
    """A number with a true minus sign, and none before 0."""
    return f"{number:z.{digits}f}".replace("-", "−")


def percent(value: float) -> str:
    """A proportion in %; halves are rounded as by the command line, which has three decimals."""
    return f"{100 * float(f'{value:.3f}'):.1f} %"


def error(estimate: "MonteCarloEstimate") -> str:
    """The Monte-Carlo standard error of a proportion, in percentage points.

    It is 0 where all trials agree; there the interval says more.
    """
    if estimate.mcse == 0:
        return f"95 %: {100 * estimate.lower:.1f} to {percent(estimate.upper)}"
    return f"± {100 * estimate.mcse:.1f} MCSE"


def share(estimate: "MonteCarloEstimate | None") -> str:
    """A proportion in % with its Monte-Carlo standard error, in the digits of the command line.

    The error is 0 where all trials agree; there their number says more.
    """
    if estimate is None or estimate.n == 0:
        return NONE
    if estimate.mcse == 0:
        count = round(estimate.value * estimate.n)
        return f"{100 * estimate.value:.0f} % ({thousands(count)} of {thousands(estimate.n)})"
    value, mcse = (_hundredfold(x, estimate.digits) for x in (estimate.value, estimate.mcse))
    return f"{value} % ± {mcse}"


def _hundredfold(value: float, digits: int) -> str:
    """100 times a number that is first rounded, as the command line shows it."""
    return f"{100 * float(f'{value:.{digits}f}'):.{digits - 2}f}"
