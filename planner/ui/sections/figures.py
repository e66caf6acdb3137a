"""A row of figures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def show(place: "DeltaGenerator", figures: Sequence[Mapping[str, Any]]) -> None:
    """Label, value and qualifier of each figure, in columns."""
    for column, figure in zip(place.columns(len(figures)), figures, strict=True):
        column.metric(delta_color="off", delta_arrow="off", **figure)
