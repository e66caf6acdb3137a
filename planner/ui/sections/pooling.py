"""Studies pooled into a prior, what the planning trial adds to it, and its way into the plan."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from planner import ui
from planner.charts.density import common_domain, density_chart, distributions_table
from planner.errors import PlannerError
from planner.evidence.distribution import NormalMixture
from planner.ui import state
from planner.ui.draft import hand_over
from planner.ui.drawing import draw_chart
from planner.ui.evidence import evidence_figures, pooled, trial
from planner.ui.fields import pooling
from planner.ui.fields.evidence import ESTIMATE, N
from planner.ui.fields.evidence import trial as trial_fields
from planner.ui.fields.truth import effect_unit
from planner.ui.sections import figures
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.evidence.distribution import ProperEffect
    from planner.scenario import Scenario
    from planner.ui.fields.panel import Panel

POOLED = (
    "Derived from the studies chosen under assumed heterogeneity. Pool only numbers of the same "
    "comparison, time and sign: the notes under Show data say what is subtracted from what. One "
    "study alone gives a wide prior, as nothing then tells how much studies differ."
)
ADDED = (
    "Prior: pooled, with its robust component. Likelihood: normal with the standard error of the "
    "formula, for the estimate assumed at the left. Where prior and likelihood disagree, the "
    "posterior lies between them; a robust component lets it follow the trial."
)
OTHER_UNIT = (
    "These numbers are not on the scale of the trial's analysis, so they give no analysis prior; "
    "choose the standardised effect (d_z) or effects in points of the scenario's endpoint."
)


def show(tab: "DeltaGenerator", panel: "Panel", scenario: "Scenario", name: str) -> None:
    """Figures above; controls at the left, densities and data at the right."""
    answer = tab.container()
    left, right = tab.columns([0.34, 0.66], gap="medium")
    for item in pooling.pooling(scenario, panel):
        panel.draw(left.container(), item)
    chosen = tuple(panel.values[pooling.ENTRIES])
    try:
        result = pooled.pool(chosen, *pooling.assumptions(panel.values))
    except PlannerError as problem:
        panel.report(problem, right)
        return
    title = pooling.group_label(panel.values[pooling.GROUP])
    figures.show(answer, evidence_figures.of_pooling(result))
    draw_chart(
        right,
        density_chart(pooled.density_table(result), title, state.theme()),
        key="pooled",
        alt=evidence_figures.pooling_takeaway(result, title),
    )
    right.caption(POOLED)
    with right.expander("Show data"):
        st.dataframe(pooled.studies_shown(chosen, result), hide_index=True, key="studies")
        st.dataframe(pooled.components_shown(result), hide_index=True, key="components")
    factor = pooled.points_per_unit(chosen, scenario)
    if factor is None or not isinstance(result.prior, NormalMixture):
        tab.caption(OTHER_UNIT)
        return
    add_trial(tab, panel, scenario, name, pooled.in_points(result.prior, factor))


def add_trial(
    tab: "DeltaGenerator", panel: "Panel", scenario: "Scenario", name: str, prior: NormalMixture
) -> None:
    """Prior, likelihood and posterior for the planning trial, and the prior's way into the plan."""
    shown = hypothesis_label(scenario.plan.hypothesis_names[0])
    tab.header(f"What the planning trial would add: effect “{shown}”", anchor=False)
    left, right = tab.columns([0.34, 0.66], gap="medium")
    start = state.formula_size(scenario, scenario.plan.hypothesis_names[0])
    for item in trial_fields(scenario, name, start, trial.planned_effect(scenario)):
        panel.draw(left.container(), item)
    left.caption(f"In {escaped(effect_unit(scenario))}, the prior is a {trial.in_words(prior)}.")
    if left.button(
        "Use as analysis prior",
        help="Hands the pooled prior, with its robust component, to the Design page and switches "
        "to the Bayesian rule.",
    ):
        hand_over(name, prior.plain())
        st.switch_page(Path(ui.__file__).parent / "pages" / "design.py")
    try:
        after = trial.update(prior, scenario, panel.values[N], panel.values[ESTIMATE])
    except PlannerError as problem:
        panel.report(problem, right)
        return
    unit = effect_unit(scenario)
    lines: dict[str, ProperEffect] = {
        "prior": prior,
        "likelihood": after.likelihood,
        "posterior": after.posterior,
    }
    figures.show(right, evidence_figures.of_update(after, unit))
    ends = *common_domain([prior], 0.05), *common_domain([after.likelihood, after.posterior])
    range_ = (min(ends), max(ends))
    draw_chart(
        right,
        density_chart(distributions_table(lines, range_), f"Effect, B − A ({unit})", state.theme()),
        key="update",
        alt=evidence_figures.update_takeaway(after, unit),
    )
    right.caption(f"In {escaped(unit)}. {ADDED}")
