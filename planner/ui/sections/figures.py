"""A row of figures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def show(place: "DeltaGenerator", figures: Sequence[Mapping[str, Any]]) -> None:
    """Label, value and qualifier of each figure, in columns."""
    for column, figure in zip(place.columns(widths(figures)), figures, strict=True):
        column.metric(delta_color="off", delta_arrow="off", **figure)


def widths(figures: Sequence[Mapping[str, Any]]) -> list[int]:
    """Room for every figure's words, in letters of a label, with its sign of help."""
    return [max(len(f["label"]) + 4, len(f["delta"]), 2 * len(f["value"])) for f in figures]
