"""Power against cost: plans over a range of sizes, those compared, and the Pareto front."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

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

CURVE, COMPARED, PINNED = "along the curve", "compared", "pinned"
COLUMNS = 5
"""Of the legend."""


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
    plans : compared, and pinned under another name than that of their design; those that do not
        reach their target are left out.
    """
    rows = [
        {
            "plan": curve.name,
            "design": curve.name,
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
            "design": plan.name,
            "kind": COMPARED if name == plan.name else PINNED,
            "scenario": plan.fingerprint[:6],
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
    """Curves of the plans, the front as a broad band, and plans as points.

    A pinned plan has the colour and shape of its design and is hollow; where several of one design
    are pinned, they bear their fingerprints.

    Parameters
    ----------
    table : of `cost_table`.
    title : of the horizontal axis.
    target : power target, in %.
    theme : ``light`` or ``dark``.
    """
    along, compared = table[table["kind"] == CURVE], table[table["kind"] == COMPARED]
    x = alt.X(
        "cost:Q",
        title=title,
        scale=alt.Scale(zero=False, nice=False, padding=14),
        axis=alt.Axis(labelExpr=SPACED, grid=False, tickCount=10),
    )
    low = min(50.0, float(table["power"].min()))
    y = alt.Y("power:Q", title="Power (%)", scale=alt.Scale(domain=[low, 100], nice=False))
    colour, dash, shape = _by_design(list(dict.fromkeys(table["design"])), theme)
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
        *_pins(table[table["kind"] == PINNED], (x, y), (colour, shape), theme),
    ).properties(height=340)


def _by_design(names: Sequence[str], theme: str) -> list[Any]:
    """Colour, dash and shape of designs."""
    return [
        by_series(channel, "design", names, _repeat(values, names), legend={"columns": COLUMNS})
        for channel, values in (
            (alt.Color, OKABE_ITO[theme][:6]),
            (alt.StrokeDash, DASHES),
            (alt.Shape, SHAPES),
        )
    ]


def _pins(
    pinned: pd.DataFrame, place: tuple[alt.X, alt.Y], looks: tuple[Any, Any], theme: str
) -> list[alt.Chart]:
    """Hollow points, and fingerprints of those that share a design; nothing without pins."""
    if pinned.empty:
        return []
    hollow = alt.Chart(pinned).mark_point(filled=False, opacity=1, size=110, strokeWidth=2.5)
    shared = alt.Chart(pinned[pinned["design"].duplicated(keep=False)])
    names = shared.mark_text(color=INK[theme], align="right", dx=-10, dy=-7, fontSize=11)
    return [
        hollow.encode(*place, *looks, tooltip=_tips()),
        names.encode(*place, alt.Text("scenario:N")),
    ]


def _repeat(values: Sequence[object], names: Sequence[str]) -> list[object]:
    """As many values as names, beginning again where they run out."""
    return [values[i % len(values)] for i in range(len(names))]


def _tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("plan:N"),
        alt.Tooltip("kind:N", title="point"),
        alt.Tooltip("n:Q", title="N randomised"),
        alt.Tooltip("cost:Q", title="cost or visits", format=",.0f"),
        alt.Tooltip("power:Q", title="simulated, %", format=".1f"),
        alt.Tooltip("mcse:Q", title="± MCSE", format=".1f"),
    ]


def takeaway(table: pd.DataFrame, title: str) -> str:
    """The chart in a sentence or two, for those who do not see it."""
    compared = table[table["kind"] != CURVE]
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
