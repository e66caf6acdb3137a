"""The schedule of the trial, and where its closed form comes from."""

from typing import TYPE_CHECKING

from planner.charts.schedule import schedule_chart, schedule_table
from planner.charts.style import percent, signed, thousands
from planner.ui import state
from planner.ui.drawing import draw_chart
from planner.ui.fields.truth import effect_unit, magnitude
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario
    from planner.search.result import SampleSize

FORMULA = r"\text{power} = P\!\left(T_{\nu,\lambda} > t_{1-\alpha,\nu}\right),\qquad " \
    r"\lambda = \frac{\delta - \delta_0}{\operatorname{SE}(\hat\delta)}"  # fmt: skip
MEANING = (
    "T has the noncentral t distribution; SE and degrees of freedom ν are those that the planned "
    "analysis is expected to have with the planned people and dropout. For AB/BA with complete "
    "data SE² = SD²/N, SD being that of the within-person difference. Source: Jones & Kenward "
    "2014, chapter 5; Julious 2010, chapter 4; small samples: Kenward & Roger 1997."
)
NONE = (
    "This rule has no closed form: the size rests on simulation alone, which is why every number "
    "has a Monte-Carlo standard error."
)


def show(
    place: "DeltaGenerator", scenario: "Scenario", answer: "SampleSize", hypothesis: str
) -> None:
    """The schedule beside the formula, with the numbers of the size found put in."""
    left, right = place.columns([0.42, 0.58], gap="medium")
    plan = scenario.plan
    left.markdown("**Schedule**")
    draw_chart(
        left,
        schedule_chart(schedule_table(answer.per_sequence, plan.treatments), state.theme()),
        key="schedule",
        alt="Sequences and people: "
        + ", ".join(f"{name} {people}" for name, people in answer.per_sequence.items()),
    )
    left.caption(" · ".join(f"{k}: {escaped(label)}" for k, label in plan.treatments.items()))
    right.markdown("**Formula**")
    form = state.closed_form(scenario, hypothesis, answer.n_randomised)
    if form is None or answer.oracle is None:
        right.caption(NONE)
        return
    right.latex(FORMULA)
    digits = max(magnitude(scenario)[0] + 1, 2)
    right.caption(
        f"With N = {thousands(answer.n_randomised)}: expected effect {signed(form.effect, digits)} "
        f"{escaped(effect_unit(scenario))}, SE {form.se:.{digits}f}, ν = {form.df:.1f}, power "
        f"{percent(form.power)} (formula). {MEANING}"
    )
