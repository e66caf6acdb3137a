"""Figures of a batch run: power by size and setting, and type I errors over their levels."""

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.report.figures.page import figure, panels_on_paper
from planner.report.model import Figure
from planner.report.tables import share
from planner.words.prose import people

if TYPE_CHECKING:
    import pandas as pd

    from planner.report.batch_run.stored_run import StoredRun
    from planner.report.batch_run.type_i import Errors

MOST_PANELS, MOST_DOTS, MOST_FIGURES = 12, 400, 8
"""Panels of a figure, dots of a panel, and figures of power."""
BAND = 1.96
"""Half-width of intervals in MCSE."""
SIZE = "n_subjects"


def power_figures(run: "StoredRun") -> list[Figure]:
    """A figure for every setting: lines by people randomised if sizes differ, else ranges."""
    from planner.batch.points import PLANNING

    rows = run.rows(PLANNING)
    rows = rows[rows["line"].isin(run.lines[:MOST_PANELS])]
    others = {c: name for c, name in run.axes.items() if c != "plan.n_subjects"}
    if rows[SIZE].nunique() > 1:
        named = list(others.items()) or [("", "")]
        return [_by_size(run, rows, *axis, i) for i, axis in enumerate(named[:MOST_FIGURES], 1)]
    return [
        _by_value(run, rows, *a, i) for i, a in enumerate(list(others.items())[:MOST_FIGURES], 1)
    ]


def _by_size(run: "StoredRun", rows: "pd.DataFrame", column: str, name: str, number: int) -> Figure:
    from planner.charts.batch_power import MOST_LINES, power_by_size

    values = list(dict.fromkeys(rows[column])) if column else [""]
    chosen = _spread(values, MOST_LINES)
    drawn = rows.assign(value="all") if not column else rows[rows[column].isin(chosen)]
    table = _medians(drawn, column, [SIZE])
    if column and not rows[column].map(lambda value: isinstance(value, str)).any():
        table = table.assign(value=f"{name} " + table["value"])
    lines = f", a line for each {name}" if column else ""
    few = _few(len(values), len(chosen))
    caption = (
        f"Power by number of people randomised{lines}: the median over all other settings (the "
        f"lower of two middle points), {_trials(run)}; bars: ± 1.96 Monte-Carlo standard errors."
        f"{few}{_panels(run)}"
    )
    spec = panels_on_paper(power_by_size(table, "light"))
    return figure(f"power-{number}", caption, _said(table), spec)


def _by_value(
    run: "StoredRun", rows: "pd.DataFrame", column: str, name: str, number: int
) -> Figure:
    from planner.charts.batch_power import power_by_value

    values = list(dict.fromkeys(rows[column]))
    chosen = _spread(values, MOST_PANELS)
    table = _medians(rows[rows[column].isin(chosen)], column, [])
    caption = (
        f"Power by {name}: the median over all other settings (the lower of two middle points) and "
        f"the range, {_trials(run)}.{_few(len(values), len(chosen))}{_panels(run)}"
    )
    spec = panels_on_paper(power_by_value(table, name, "light"))
    return figure(f"power-{number}", caption, _said(table), spec)


def _trials(run: "StoredRun") -> str:
    n = run.batch.scenario.monte_carlo.n_trials
    return f"{people(n)} simulated trials at every point under its planning truth"


def _few(n_values: int, n_chosen: int) -> str:
    return f" {n_chosen} of {n_values} values are drawn." if n_chosen < n_values else ""


def _panels(run: "StoredRun") -> str:
    n = len(run.lines)
    return f" The first {MOST_PANELS} of {n} hypotheses." if n > MOST_PANELS else ""


def _spread(values: list[Any], most: int) -> list[Any]:
    """At most so many values, evenly spread with both ends."""
    if len(values) <= most:
        return values
    return [values[i] for i in np.linspace(0, len(values) - 1, most).round().astype(int)]


def _medians(rows: "pd.DataFrame", column: str, by: list[str]) -> "pd.DataFrame":
    """Middle, smallest and largest power, in %, by line, value and what else is asked."""
    import pandas as pd

    from planner.report.batch_run.stored_run import in_words

    found = []
    keys = ["line", *([column] if column else []), *by]
    for names, group in rows.groupby(keys, sort=False):
        ordered = group.sort_values("success", kind="stable")
        middle = ordered.iloc[(len(ordered) - 1) // 2]
        power, mcse = 100 * middle["success"], 100 * middle["success_mcse"]
        found.append(
            {
                "line": names[0],
                "value": in_words(names[1]) if column else "all",
                "n": int(middle[SIZE]),
                "power": power,
                "mcse": mcse,
                "lower": max(0.0, power - BAND * mcse),
                "upper": min(100.0, power + BAND * mcse),
                "smallest": 100 * ordered["success"].iloc[0],
                "largest": 100 * ordered["success"].iloc[-1],
            }
        )
    return pd.DataFrame(found)


def _said(table: "pd.DataFrame") -> str:
    """The chart in a sentence."""
    ends = [
        f"{line} {own['power'].min():.0f} to {own['power'].max():.0f} %"
        for line, own in table.groupby("line", sort=False)
    ]
    return (
        f"Median power ranges over the drawn points: {'; '.join(ends)} (Monte-Carlo standard error "
        f"at most {table['mcse'].max():.1f} percentage points)."
    )


def type_i_figure(run: "StoredRun", found: "list[Errors]") -> Figure:
    """Every different simulated type I error over the bands of its level."""
    import pandas as pd

    from planner.charts.batch_type_i import type_i_dots
    from planner.report.batch_run.chance import BEYOND

    parts, thinned = [], False
    for e in found[:MOST_PANELS]:
        beyond = e.rows["distance"].abs() > BEYOND
        own = pd.DataFrame(
            {
                "line": e.line,
                "place": np.arange(1, len(e.rows) + 1),
                "type_i": 100 * e.rows["success"].to_numpy(),
                "level": (100 * e.rows["level"]).round(9).to_numpy(),
                "beyond": beyond.to_numpy(),
            }
        )
        kept = own["beyond"] | own["place"].isin(_spread(list(own["place"]), MOST_DOTS))
        thinned |= not kept.all()
        parts.append(own[kept])
    n_trials = run.batch.scenario.monte_carlo.n_trials
    chart = type_i_dots(pd.concat(parts, ignore_index=True), n_trials, "light")
    caption = (
        f"Simulated type I errors ({people(n_trials)} trials each). Dashed: planned level, or 1 − "
        "threshold of a posterior rule; bands: where 95 and 99 % of estimates lie if that is "
        "exactly the type I error."
        + " All dots beyond 2.58 MCSE are drawn, and some of the others." * thinned
        + _panels(run)
    )
    said = "; ".join(
        f"{e.line}: {e.above + e.below} of {people(len(e.rows))} beyond 2.58 MCSE, the largest "
        f"{share(e.error)}"
        for e in found[:MOST_PANELS]
    )
    return figure("type-i-error", caption, f"{said}.", panels_on_paper(chart))
