"""The words of the protocol, which no simulation can know."""

from typing import TYPE_CHECKING

from planner.ui.fields.costs import costs
from planner.ui.fields.protocol import texts

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario
    from planner.ui.fields.panel import Panel

READING = (
    "What you write here is printed in the report as it stands, saved with the scenario, and "
    "changes no number. What the Completeness tab lists as not stated is marked so in a draft, and "
    "must be there for a final report."
)
PRICES = (
    "From prices and lengths the report has cost and duration of this design and of those that it "
    "is compared with; they are the ones of the Compare page. Left open, they are not stated."
)


def show(place: "DeltaGenerator", panel: "Panel", base: "Scenario") -> None:
    """Prices and lengths in a row, then a text area for every text, in two columns."""
    place.caption(READING)
    for column, item in zip(place.columns(5), costs(base), strict=True):
        panel.draw(column, item)
    place.caption(PRICES)
    columns = place.columns(2, gap="medium")
    for i, item in enumerate(texts(base)):
        panel.draw(columns[i % 2].container(), item)
