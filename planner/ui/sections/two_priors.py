"""The design prior and the analysis prior of a plan, kept apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.charts.density import common_domain, density_chart, distributions_table
from planner.evidence.distribution import Flat
from planner.ui import state
from planner.ui.drawing import draw_chart
from planner.ui.evidence import trial
from planner.ui.fields.truth import effect_unit
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.evidence.distribution import ProperEffect
    from planner.scenario import Scenario

DESIGN = (
    "The design prior is what the planners believe of nature: assurance averages success over it, "
    "and no analysis ever sees it."
)
ANALYSIS = (
    "The analysis prior is what the analysis assumes before the trial's data: it is part of the "
    "plan and helps to decide success, whatever the truth."
)
NONE_OF_NATURE = "This scenario has no design prior of the effect; power is at the assumed effect."
A_TEST = "The plan's rule is a test, which has no analysis prior; choose the rule under Design."
POOLED = "derived from pooled studies"
FLAT = "The analysis prior is flat: no effect is favoured, so there is no density to draw."


def show(
    tab: "DeltaGenerator", scenario: "Scenario", pooled: Mapping[str, Any] | None = None
) -> None:
    """Two charts beside each other over the same range, each with its sentence.

    Parameters
    ----------
    pooled : prior that was handed over to the plan, if one was.
    """
    design, analysis = trial.design_prior(scenario), trial.analysis_prior(scenario)
    drawn = [prior for prior in (design, analysis) if prior and not isinstance(prior, Flat)]
    domain = common_domain(drawn) if drawn else None
    unit, (left, right) = effect_unit(scenario), tab.columns(2, gap="medium")
    own = pooled is not None and analysis is not None and analysis.plain() == pooled
    for place, name, meaning, prior, basis in (
        (left, "Design prior", DESIGN, design, trial.design_prior_basis(scenario)),
        (right, "Analysis prior", ANALYSIS, analysis, POOLED if own else "assumed"),
    ):
        place.header(name, anchor=False)
        place.markdown(meaning)
        if prior is None or isinstance(prior, Flat):
            place.caption(_absent(name, prior))
        elif domain:
            draw(place, name, prior, unit, domain)
            place.caption(f"In {escaped(unit)}, {basis}: {trial.in_words(prior)}.")


def draw(
    place: "DeltaGenerator",
    name: str,
    prior: "ProperEffect",
    unit: str,
    domain: tuple[float, float],
) -> None:
    """The density of one prior."""
    draw_chart(
        place,
        density_chart(
            distributions_table({name: prior}, domain),
            f"Effect, B − A ({unit})",
            state.theme(),
            names=("Design prior", "Analysis prior"),
            domain=domain,
            legend=False,
        ),
        key=name,
        alt=f"{name} of the effect in {unit}: {trial.in_words(prior)}.",
    )


def _absent(name: str, prior: Flat | None) -> str:
    if isinstance(prior, Flat):
        return FLAT
    return NONE_OF_NATURE if name.startswith("Design") else A_TEST
