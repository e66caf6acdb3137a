"""Which items of the report are filled, and what is missing."""

from typing import TYPE_CHECKING

import pandas as pd

from planner.report.completeness import STATUSES, completeness, counts
from planner.ui.fields.field import Field
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.report.items import Item
    from planner.scenario import Scenario
    from planner.ui.fields.panel import Panel

SHOWN, ALL = "completeness.shown", "all"
SIGNS = {
    "filled": "●\u00a0filled",
    "not stated": "○\u00a0NOT\u00a0STATED",
    "comes with the document": "◌\u00a0later",
}
MEANINGS = {
    "filled": "The scenario says it, or the program computes it from the scenario.",
    "not stated": "The scenario leaves it out or has no place for it; the table says what to add.",
    "comes with the document": "Tables and charts that the full report will hold; nothing to add.",
}
READING = (
    "Items of DELTA2, SPIRIT 2025, the CONSORT extension to crossover trials, ICH E9 and E20, "
    "ADEMP and SAGER. Filled means that something is said, not that it is right or enough."
)


def shown_field() -> Field:
    """Which items the table shows."""
    return Field(
        path=SHOWN,
        label="Items shown",
        start="not stated",
        kind="switch",
        options=(*STATUSES, ALL),
        show=lambda status: status.capitalize(),
        help="Which items of the report the table shows. Unit: none. Typical: not stated, until "
        "none is left. Source: chosen here.",
    )


def show(place: "DeltaGenerator", panel: "Panel", scenario: "Scenario") -> None:
    """Counts, and the items with a chosen status."""
    items = completeness(scenario)
    for column, (status, n) in zip(place.columns(3), counts(items).items(), strict=True):
        column.metric(
            status.capitalize(), f"{n} of {len(items)}", help=MEANINGS[status], delta_color="off"
        )
    panel.draw(place.container(), shown_field())
    wanted = panel.values[SHOWN]
    place.caption(READING)
    rows = [item for item in items if wanted in (ALL, item.status)]
    place.table(table(rows), border="horizontal", hide_index=True)


def table(items: "list[Item]") -> pd.DataFrame:
    """Items as rows of Markdown cells in which user text stays text."""
    return pd.DataFrame(
        [
            {
                "Item": item.id,
                "What": escaped(item.field),
                "Status": SIGNS[item.status],
                "Stated, or to add": escaped(item.detail),
                "Asked for by": escaped(item.source),
            }
            for item in items
        ]
    )
