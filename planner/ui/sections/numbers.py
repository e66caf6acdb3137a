"""Power, type I error and, with a stop rule, the zones of the decision at the size found."""

from typing import TYPE_CHECKING

from planner.charts import figures
from planner.ui import state
from planner.ui.sections import figures as row
from planner.words.hypotheses import planned_level

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario
    from planner.search.result import SampleSize


def show(
    place: "DeltaGenerator", answer: "SampleSize", scenario: "Scenario", *, both: bool
) -> None:
    """The figures of the test, or of the posterior rule and its test if `both` are wanted."""
    name = answer.hypothesis
    if not both:
        row.show(place, figures.of_test(answer, planned_level(scenario, name)))
        return
    trial = state.power_at(scenario, answer.n_randomised)
    row.show(place, figures.of_both_rules(trial, name))
    if trial[name].stop is not None:
        row.show(place, figures.of_zones(trial, name))
