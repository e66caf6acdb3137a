"""Draw an Altair chart so that new values move it and do not build it anew."""

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
from altair.utils import schemapi

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_PARTS = ("layer", "concat", "hconcat", "vconcat", "spec")


def draw_chart(place: "DeltaGenerator", chart: alt.TopLevelMixin, *, key: str, alt: str) -> None:
    """Draw a chart at a place.

    The browser keeps a chart and only puts new values in while its specification stays the same,
    names of data included. Altair names them after their content; here they are numbered.
    The specification is checked against its schema where Altair's checks are on, as in tests.

    Parameters
    ----------
    chart : which is used up.
    key : stable identity of the chart on its page.
    alt : what the chart shows, for those who cannot see it.
    """
    tables: dict[str, pd.DataFrame] = {}
    _take_out(chart, tables)
    spec = chart.to_dict(validate=schemapi.DEBUG_MODE)
    held = spec.get("datasets", {})
    place.vega_lite_chart(spec=spec | {"datasets": held | tables}, key=key, alt=alt)


def _take_out(chart: Any, tables: dict[str, pd.DataFrame]) -> None:
    """Put names in the place of a chart's data, and of those of its parts."""
    data = getattr(chart, "data", None)
    if isinstance(data, pd.DataFrame):
        name = next((name for name, table in tables.items() if table is data), "")
        name = name or f"values {len(tables) + 1}"
        tables[name] = data
        chart.data = alt.NamedData(name)
    for part in _PARTS:
        inside = getattr(chart, part, alt.Undefined)
        for item in inside if isinstance(inside, list) else [inside]:
            if isinstance(item, alt.TopLevelMixin):
                _take_out(item, tables)
