"""Power along one setting of a finished batch run; the user says what makes lines and panels."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.charts import batch_curves
from planner.charts.style import thousands
from planner.report.batch_run.stored_run import in_words
from planner.ui import state
from planner.ui.batch import numbers
from planner.ui.drawing import draw_chart
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streamlit.delta_generator import DeltaGenerator

    from planner.report.batch_run.stored_run import StoredRun

NONE = ""
PANEL = 390
"""Width of a panel among others, in pixels."""
CHART = (
    "Simulated power with its 95 % Monte-Carlo interval, {n} trials at every point under its "
    "planned truth."
)


def show(tab: "DeltaGenerator", key: str, run: "StoredRun") -> None:
    """Power along one setting; the user says which settings make lines and panels."""
    tab.header("Power by setting", anchor=False)
    axes = numbers.axes(run)
    x = numbers.along(run, axes)
    others = {column: name for column, name in axes.items() if column != x}
    row = tab.container(horizontal=True)
    names = list(dict.fromkeys(run.table["hypothesis"]))
    hypothesis = _choice(row, f"{key}:h", "Hypothesis shown", names, hypothesis_label)
    lines = _choice(row, f"{key}:l", "A line per", [*others, NONE], _named(others))
    rest = [column for column in others if column != lines]
    panels = _choice(row, f"{key}:p", "A panel per", [*rest, NONE], _named(others))
    fixed = {
        column: _choice(row, f"{key}:{column}", others[column], numbers.values(run, column),
                        in_words)
        for column in rest
        if column != panels
    }  # fmt: skip
    table = numbers.curves(run, hypothesis, x, lines, panels, fixed)
    if table.empty:
        tab.info("No point has these values.")
        return
    shown, left = _few(table)
    _panels(tab, shown, axes[x], hypothesis_label(hypothesis), key)
    tab.caption(CHART.format(n=thousands(run.batch.scenario.monte_carlo.n_trials)) + left)
    with tab.expander("Show data"):
        data = shown.rename(columns={"x": axes[x], "power": "power, %", "mcse": "± MCSE"})
        st.dataframe(data.round(3), hide_index=True)


def _panels(tab: "DeltaGenerator", table: Any, along: str, label: str, key: str) -> None:
    """A chart per panel, side by side as far as there is room."""
    names = list(dict.fromkeys(table["panel"]))
    row = tab.container(horizontal=True)
    for i, name in enumerate(names):
        own = table[table["panel"] == name]
        draw_chart(
            tab if len(names) == 1 else row.container(width=PANEL),
            batch_curves.power_curves(table, name, along, state.theme()),
            key=f"batch {key[:12]} {i}",
            alt=batch_curves.takeaway(own, along, label),
        )


def _few(table: Any) -> tuple[Any, str]:
    """As many lines and panels as can be told apart."""
    lines, panels = (list(dict.fromkeys(table[c])) for c in ("line", "panel"))
    kept = table[
        table["line"].isin(lines[: batch_curves.MOST_LINES])
        & table["panel"].isin(panels[: batch_curves.MOST_PANELS])
    ]
    left = "" if len(kept) == len(table) else " Only the first values are drawn."
    return kept, left


def _named(names: "Mapping[str, str]") -> Any:
    return lambda column: names.get(column, "none")


def _choice(row: "DeltaGenerator", key: str, label: str, options: list[Any], show: Any) -> Any:
    """A choice; none is shown where there is but one."""
    if len(options) == 1:
        return options[0]
    return row.selectbox(
        label, options, format_func=show, key=f"batch:{key}", persist_state="session", width=220
    )
