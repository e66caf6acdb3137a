"""Simulated power as a table, and what it says in words."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from planner.charts.style import thousands

if TYPE_CHECKING:
    from planner.operating.characteristics import OperatingCharacteristics
    from planner.search.result import SampleSize

BAND = 1.96
"""Half-width of the Monte-Carlo bands in MCSE."""
POSTERIOR, TEST = "posterior probability", "test, same trials"


def power_table(
    curve: Sequence["OperatingCharacteristics"], label: Callable[[str], str], *, both: bool
) -> pd.DataFrame:
    """One row per size, rule and hypothesis, in %: power, MCSE, closed form and z.

    Column `line` names what a line of the chart stands for: the hypothesis, or the rule if `both`
    the posterior rule and its test are wanted.
    """
    rows = [
        {
            "n": result.n_subjects,
            "hypothesis": label(h.hypothesis),
            "line": name or label(h.hypothesis),
            "analysis": result.analysis,
            "power": 100 * h.success.value,
            "mcse": 100 * h.success.mcse,
            "lower": max(0.0, 100 * (h.success.value - BAND * h.success.mcse)),
            "upper": min(100.0, 100 * (h.success.value + BAND * h.success.mcse)),
            "formula": 100 * h.oracle.value if h.oracle and not both else None,
            "z": h.oracle.z if h.oracle and not both else None,
        }
        for point in curve
        for name, result in (
            [(POSTERIOR, point), (TEST, point.others[0])] if both else [("", point)]
        )
        for h in result.hypotheses
    ]
    return pd.DataFrame(rows).astype({"formula": float, "z": float})


def drawn(table: pd.DataFrame, shown: str) -> pd.DataFrame:
    """The rows of the chart: all hypotheses, or the one shown where there are two rules."""
    return table[table["hypothesis"] == shown] if POSTERIOR in set(table["line"]) else table


def data_shown(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the words of the page as its column names."""
    names = {
        "n": "N randomised",
        "hypothesis": "hypothesis",
        "analysis": "analysis",
        "power": "power, % (simulated)",
        "mcse": "MCSE, %",
        "formula": "power, % (formula)",
        "z": "z (simulated − formula)",
    }
    full = table[list(names)].dropna(axis="columns", how="all")
    return full.rename(columns=names).round(2)


def takeaway(table: pd.DataFrame, shown: str, answer: "SampleSize") -> str:
    """The chart in a sentence or two, for those who do not see it."""
    goal = f"{100 * answer.power_target:.0f} % power"
    reach = (
        f"reaches {goal} with {answer.n_randomised} people"
        if answer.status == "found"
        else f"does not reach {goal} with up to {answer.n_randomised} people"
    )
    last = table[table["n"] == table["n"].max()]
    ends = "; ".join(f"{r.line} {r.power:.0f} %" for r in last.itertuples())
    return (
        f"Simulated power by number of people randomised. {shown.capitalize()} {reach}. "
        f"At {last['n'].iloc[0]} people: {ends}."
    )


def reading(curve: Sequence["OperatingCharacteristics"], *, both: bool) -> str:
    """How to read the chart, and where its numbers come from."""
    if not both:
        return "Points and lines: simulated, bands ± 1.96 MCSE. Thin line: formula."
    return (
        f"Points and lines: simulated, {thousands(curve[0].n_trials)} trials at each of "
        f"{len(curve)} sizes, bands ± 1.96 MCSE; fewer than for a test, as every trial has a "
        f"posterior to be integrated. Solid: posterior rule. Dashed: {curve[0].others[0].analysis} "
        "of the same trials."
    )
