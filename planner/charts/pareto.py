"""Power against cost: plans over a range of sizes, those compared, and the Pareto front."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.style import (
    DASHES,
    INK,
    OKABE_ITO,
    SHAPES,
    SPACED,
    by_series,
    rule,
    text,
    thousands,
)
from planner.search.cost_power import front_of_curves, price_of

if TYPE_CHECKING:
    from planner.plan.costs import Costs
    from planner.search.compare import ComparedPlan
    from planner.search.cost_power import PlanCurve

CURVE, COMPARED = "along the curve", "compared or pinned"


def cost_title(costs: "Costs") -> str:
    """What the horizontal axis shows."""
    if costs.total(1, 1) is None:
        return "Visits, all people (no prices stated)"
    return f"Cost of the trial ({costs.currency or 'currency not stated'})"


def cost_table(
    curves: Sequence["PlanCurve"], plans: Mapping[str, "ComparedPlan"], costs: "Costs"
) -> pd.DataFrame:
    """One row per point: every plan along its curve, with its place on the front, and as compared.

    Parameters
    ----------
    plans : compared and pinned, by the name that they are shown under; those that do not reach
        their target are left out.
    """
    rows = [
        {
            "plan": curve.name,
            "kind": CURVE,
            "n": n,
            "cost": price_of(costs, n, curve.n_periods),
            "power": 100 * power,
            "mcse": None,
            "source": f"simulated, {curve.n_trials} trials" if curve.n_trials else "formula",
        }
        for curve in curves
        for n, power in zip(curve.sizes, curve.power, strict=True)
    ]
    along = pd.DataFrame(rows)
    parts = [rows for _, rows in along.groupby("plan", sort=False)]
    front = front_of_curves([p["cost"] for p in parts], [p["power"] for p in parts])
    along["front"] = np.concatenate(front)
    compared = [
        {
            "plan": name,
            "kind": COMPARED,
            "n": plan.n_randomised,
            "cost": price_of(costs, plan.n_randomised, plan.visits_per_person),
            "power": 100 * plan.power.value,
            "mcse": 100 * plan.power.mcse,
            "source": "simulated",
            "front": False,
        }
        for name, plan in plans.items()
        if plan.status == "found"
    ]
    return pd.concat([along, pd.DataFrame(compared)]).astype({"mcse": float})


def pareto_chart(
    table: pd.DataFrame, title: str, target: float, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Curves of the plans, the front as a broad band, and the plans compared as points.

    Parameters
    ----------
    table : of `cost_table`.
    title : of the horizontal axis.
    target : power target, in %.
    theme : ``light`` or ``dark``.
    """
    names = list(dict.fromkeys(table["plan"]))
    along, compared = table[table["kind"] == CURVE], table[table["kind"] == COMPARED]
    x = alt.X(
        "cost:Q",
        title=title,
        scale=alt.Scale(zero=False),
        axis=alt.Axis(labelExpr=SPACED, grid=False),
    )
    low = min(50.0, float(table["power"].min()))
    y = alt.Y("power:Q", title="Power (%)", scale=alt.Scale(domain=[low, 100], nice=False))
    colour = by_series(alt.Color, "plan", names, _repeat(OKABE_ITO[theme][:6], names))
    dash = by_series(alt.StrokeDash, "plan", names, _repeat(DASHES, names))
    shape = by_series(alt.Shape, "plan", names, _repeat(SHAPES, names))
    goal = pd.DataFrame({"y": [target], "text": [f"target {target:.0f} %"]})
    front = alt.Chart(along[along["front"]]).mark_line(
        color=INK[theme], strokeWidth=9, opacity=0.28
    )
    points = alt.Chart(compared).mark_point(filled=True, opacity=1, size=130)
    return alt.layer(
        front.encode(x, y),
        rule(goal, theme, strokeDash=[4, 4]).encode(alt.Y("y:Q")),
        text(goal, theme, align="left", dx=6, dy=-7).encode(alt.Y("y:Q"), x=alt.value(0)),
        alt.Chart(along).mark_line().encode(x, y, colour, dash),
        points.encode(x, y, colour, shape, tooltip=_tips()),
    ).properties(height=340)


def _repeat(values: Sequence[object], names: Sequence[str]) -> list[object]:
    """As many values as names, beginning again where they run out."""
    return [values[i % len(values)] for i in range(len(names))]


def _tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("plan:N"),
        alt.Tooltip("n:Q", title="N randomised"),
        alt.Tooltip("cost:Q", title="cost or visits", format=",.0f"),
        alt.Tooltip("power:Q", title="simulated, %", format=".1f"),
        alt.Tooltip("mcse:Q", title="± MCSE", format=".1f"),
    ]


def takeaway(table: pd.DataFrame, title: str) -> str:
    """The chart in a sentence or two, for those who do not see it."""
    compared = table[table["kind"] == COMPARED]
    parts = [
        f"{plan} {thousands(round(cost))} for {power:.0f} %"
        for plan, cost, power in zip(
            compared["plan"], compared["cost"].tolist(), compared["power"].tolist(), strict=True
        )
    ]
    front = ", ".join(dict.fromkeys(table[table["front"]]["plan"]))
    return f"{title} and power: {'; '.join(parts)}. Front: {front}."


def data_shown(table: pd.DataFrame, title: str) -> pd.DataFrame:
    """The points with the words of the page as column names."""
    names = {
        "plan": "plan",
        "kind": "point",
        "n": "N randomised",
        "cost": title,
        "power": "power, %",
        "mcse": "MCSE, %",
        "source": "source",
        "front": "on the front",
    }
    return table[list(names)].rename(columns=names).round(2)
