"""The controls of the Design page: what is assumed of nature and, as a prior, by the analysis."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.ui.draft import pooled_prior
from planner.ui.fields.criteria import criteria
from planner.ui.fields.field import Field
from planner.ui.fields.names import DESIGN, POSTERIOR, RULE
from planner.ui.fields.prior import analysis_prior
from planner.ui.fields.truth import assumed, on_design

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario
    from planner.ui.fields.panel import Panel

NOT_THE_TRUTH = (
    "Assumed by the analysis and part of the plan; the simulated truth is under Assumptions."
)


def show(left: "DeltaGenerator", base: "Scenario", panel: "Panel") -> None:
    """What is assumed of nature and, under a Bayesian rule, by the analysis."""
    truth = _assumptions(base, panel)
    if panel.values[RULE] != POSTERIOR:
        for item in truth:
            panel.draw(left.container(), item)
        return
    prior, rule, nature = left.tabs(["Analysis prior", "Go and stop", "Assumptions"])
    panel.draw_in_tab(prior, analysis_prior(base, panel, pooled_prior(panel.name)))
    prior.caption(NOT_THE_TRUTH)
    panel.draw_in_tab(rule, criteria(base, panel))
    panel.draw_in_tab(nature, truth)


def _assumptions(base: "Scenario", panel: "Panel") -> Iterator[Field]:
    """The controls of nature that this page shows; the others keep their values."""
    for item in assumed(base, panel.values[DESIGN]):
        if on_design(item):
            yield item
        else:
            panel.recall([item])
