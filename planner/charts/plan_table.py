"""Plans beside each other as a table of words: one column per plan."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from planner.charts.style import share, signed, thousands
from planner.words.prose import escaped

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate
    from planner.plan.costs import Costs
    from planner.search.carryover_price import CarryoverPrice
    from planner.search.compare import ComparedPlan

NOT_STATED = "not stated"
SHARE = 0.1
"""The carry-over shown, as a share of the effect."""


def plan_table(plans: Mapping[str, "ComparedPlan"], costs: "Costs") -> pd.DataFrame:
    """Rows of words, one column per plan, costed by the prices given now."""
    columns = {name: _column(plan, costs) for name, plan in plans.items()}
    return pd.DataFrame(columns).rename_axis("at the size found")


def _column(plan: "ComparedPlan", costs: "Costs") -> dict[str, str]:
    n, periods = plan.n_randomised, plan.visits_per_person
    few = "" if plan.status == "found" else "more than "
    cost, weeks = costs.total(n, periods), costs.weeks(periods)
    currency = escaped(costs.currency)
    money = f"Cost ({currency}) · assumed" if currency else "Cost · assumed"
    price = next(p for p in plan.carryover if p.share == SHARE)
    words, worst = f"if {100 * SHARE:.0f} % of the effect carries over", plan.worst
    return {
        "People randomised · simulated": few + thousands(n),
        "People evaluable · simulated": few + thousands(plan.n_evaluable),
        "Visits per person": str(periods),
        "Visits, all people": thousands(costs.visits(n, periods)),
        "Weeks per person · assumed": NOT_STATED if weeks is None else f"{weeks:g}",
        money: NOT_STATED if cost is None else thousands(round(cost)),
        "Power · simulated": _share(plan.power),
        "Type I error · simulated": _share(plan.type_i_error),
        "Worst case · simulated": f"{_share(worst[1])}, {worst[0]}",
        "Weighted over scenarios · simulated": _share(plan.weighted_power),
        f"Power {words} · simulated": _share(price.power) if periods > 1 else "does not apply",
        f"People {words} · formula": _recovered(price) if periods > 1 else "does not apply",
        "Variance if adjusted for carry-over · formula": _protection(plan),
    }


def _share(estimate: "MonteCarloEstimate | None") -> str:
    """A share that stays on one line with its error."""
    return share(estimate).replace(" ", "\u00a0")


def _recovered(price: "CarryoverPrice") -> str:
    return "not known" if price.n_recovered is None else thousands(price.n_recovered)


def _protection(plan: "ComparedPlan") -> str:
    if plan.visits_per_person == 1:
        return "does not apply"
    return "not estimable" if plan.protection is None else f"× {signed(plan.protection)}"


def stress_table(plans: Mapping[str, "ComparedPlan"]) -> pd.DataFrame:
    """Simulated power of every plan under every stress scenario, one column per plan."""
    return pd.DataFrame(
        {
            name: {stress.capitalize(): _share(power) for stress, power in plan.stressed.items()}
            for name, plan in plans.items()
        }
    ).rename_axis("truth")
