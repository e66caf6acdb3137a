"""Designs beside each other: table, stress scenarios, and power against cost."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.charts import pareto, plan_table
from planner.errors import PlannerError
from planner.operating.stress import STRESSES
from planner.search.compare import WEIGHTS
from planner.ui import compare_answers, state
from planner.ui.drawing import draw_chart
from planner.ui.fields import compare
from planner.ui.fields.costs import costs as prices
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streamlit.delta_generator import DeltaGenerator

    from planner.plan.costs import Costs
    from planner.search.compare import ComparedPlan
    from planner.ui.compare_answers import Compared
    from planner.ui.fields.panel import Panel
    from planner.ui.in_hand import InHand

FOUND, PINS, PINNED = "compare:found", "compare:pins", "compare:pinned"
TABLE = (
    "Every design is sized for the same hypothesis and target, so compare people, visits and cost, "
    "not power, which the simulation's error may take below the target. Visits count those of "
    "people who leave early. Where the scenario does not say, people leave after each further "
    "period as after the last one stated; in one period nobody leaves and nothing carries over. A "
    "parallel design rests on the SD of one outcome, which at the same SD of the difference grows "
    "with the correlation. Carry-over: an assumed share of the effect is still there in the next "
    "period and the planned analysis ignores it; the people shown have the power without it again. "
    "Variance if adjusted: the price of carry-over terms in the analysis, a factor. Simulated "
    "shares are ± MCSE."
)
PINNED_PLANS = (
    "Pinned plans are as they were, of their own scenario, hypothesis and power target: with "
    "another of these they do not answer the same question."
)
COST = (
    "Lines: each design from half to one and a half times its size, {source}. Large points: the "
    "plans compared, simulated; hollow ones are pinned, and bear fingerprints where several are of "
    "one design. "
    "Broad grey line: the Pareto front, where no other line "
    "has as much power for less, as far up as every line goes. Prices: as stated above; without "
    "them visits stand for cost."
)


def show(tab: "DeltaGenerator", held: "InHand", panel: "Panel") -> None:
    """Controls and, once asked for, the comparison; marked where it is of another scenario."""
    panel.draw(tab, compare.designs(held.scenario, held.name))
    costs = stated(tab, held)
    designs = tuple(panel.values[compare.DESIGNS])
    asked = tab.button(
        "Compare designs",
        disabled=not designs,
        help="Sizes every design by simulation and stresses it. Takes several seconds, and longer "
        "under a Bayesian rule.",
    )
    if asked:
        try:
            with tab, st.spinner("Sizing and stressing every design", show_time=True):
                found = compare_answers.compared(held.scenario, designs, held.hypothesis)
            st.session_state[FOUND] = found
        except PlannerError as problem:
            panel.report(problem, tab)
    kept: Compared | None = st.session_state.get(FOUND)
    if kept is None:
        tab.caption("Nothing is compared yet.")
    else:
        now = compare_answers.identity(held.scenario, designs, held.hypothesis)
        answer(tab, kept, costs, stale=kept.identity != now)
    tab.caption("The same numbers from the command line:")
    line = compare_answers.command(held.draft, designs, held.hypothesis)
    tab.code(line, language=None, wrap_lines=True)


def stated(tab: "DeltaGenerator", held: "InHand") -> "Costs":
    """Prices and lengths of the scenario, as on the Report page; they renew no comparison."""
    for place, item in zip(tab.columns(5), prices(held.draft.base), strict=True):
        held.panel.draw(place, item)
    return held.scenario.protocol.costs


def answer(tab: "DeltaGenerator", found: "Compared", costs: "Costs", *, stale: bool) -> None:
    """Everything about a comparison and the pinned plans."""
    plans = found.comparison.plans
    if stale:
        tab.warning(
            f"These figures are of scenario {found.identity[0][:6]} with "
            f"{', '.join(plan.name for plan in plans)}, not of what is chosen now. Press Compare "
            "designs to renew them."
        )
    for name, reason in found.left_out.items():
        tab.info(f"{name} is left out: {reason}")
    shown = compare_answers.with_pins(plans, pins(tab, found))
    aim, goal = hypothesis_label(plans[0].hypothesis), 100 * plans[0].power_target
    tab.markdown(f"Sized for **{aim}** at {goal:g} % power.")
    tab.table(plan_table.plan_table(shown, costs))
    tab.caption(TABLE if len(shown) == len(plans) else f"{TABLE} {PINNED_PLANS}")
    stresses(tab, shown)
    if found.curves:
        cost_power(tab, found, shown, costs)


def pins(tab: "DeltaGenerator", found: "Compared") -> "Mapping[str, ComparedPlan]":
    """The plans that stay in the table while the scenario changes."""
    kept: dict[str, ComparedPlan] = st.session_state.setdefault(PINS, {})
    options = kept | {compare_answers.pin_label(plan): plan for plan in found.comparison.plans}
    chosen = tab.pills(
        "Pinned plans",
        list(options),
        selection_mode="multi",
        key=PINNED,
        persist_state="session",
        help="A pinned plan stays in the table and in the chart, as it was, while the scenario "
        "changes. After the design: its scenario's fingerprint, hypothesis and target. Unit: none. "
        "Typical: the plan that others are to be held against. Source: chosen here.",
    )
    st.session_state[PINS] = {label: options[label] for label in chosen}
    return {label: options[label] for label in chosen}


def stresses(tab: "DeltaGenerator", shown: "Mapping[str, ComparedPlan]") -> None:
    """Power at the same size if the truth is kinder or harsher."""
    tab.header("What if the truth is kinder or harsher?", anchor=False)
    tab.table(plan_table.stress_table(shown))
    weights = ", ".join(f"{name} {100 * weight:g} %" for name, weight in WEIGHTS.items())
    words = " ".join(f"{s.name.capitalize()}: {s.words[0].lower()}{s.words[1:]}" for s in STRESSES)
    tab.caption(
        f"Simulated power at the sizes above, ± MCSE. {words} These deviations are assumed, for "
        "planning; they stand for no probability. Weights of the weighted power, assumed: "
        f"{weights}."
    )


def cost_power(
    tab: "DeltaGenerator", found: "Compared", shown: "Mapping[str, ComparedPlan]", costs: "Costs"
) -> None:
    """Power against cost with the Pareto front."""
    tab.header("What does power cost?", anchor=False)
    table, title = pareto.cost_table(found.curves, shown, costs), pareto.cost_title(costs)
    target = 100 * found.comparison.plans[0].power_target
    draw_chart(
        tab,
        pareto.pareto_chart(table, title, target, state.theme()),
        key="pareto",
        alt=pareto.takeaway(table, title),
    )
    n_trials = found.curves[0].n_trials
    source = f"simulated, {n_trials} trials each" if n_trials else "by the formula"
    tab.caption(COST.format(source=source))
    with tab.expander("Show data"):
        st.dataframe(pareto.data_shown(table, title), hide_index=True, height=320)
