"""The words of the protocol, which no simulation can know."""

from typing import TYPE_CHECKING

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


def show(place: "DeltaGenerator", panel: "Panel", base: "Scenario") -> None:
    """A text area for every text, in two columns."""
    place.caption(READING)
    columns = place.columns(2, gap="medium")
    for i, item in enumerate(texts(base)):
        panel.draw(columns[i % 2].container(), item)
