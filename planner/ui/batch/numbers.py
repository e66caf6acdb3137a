"""The numbers of a finished run, as the chart and the table of the page have them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.batch.points import NULL, PLANNING
from planner.charts.batch_curves import is_numeric
from planner.report.batch_run.stored_run import estimate, in_words, short_names
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from planner.report.batch_run.stored_run import StoredRun

SIZE, ANALYSIS = "plan.n_subjects", "plan.analysis"


def axes(run: "StoredRun") -> dict[str, str]:
    """Column of the table → name in words, of everything that takes several values.

    Analyses stand for the settings that planned them, where each of these has one.
    """
    table, names = run.table, short_names(run.batch.paths)
    found = {
        column: names.get(column, column)
        for column in ("case", *run.batch.grid)
        if table[column].nunique() > 1
    }
    n_analyses = table["analysis"].nunique()
    if n_analyses > 1:
        if ANALYSIS in found and table[ANALYSIS].nunique() == n_analyses:
            del found[ANALYSIS]
        elif ANALYSIS in found:
            found[ANALYSIS] = ANALYSIS
        found["analysis"] = "analysis"
    return found


def along(run: "StoredRun", found: Mapping[str, str]) -> str:
    """What the axis of the chart is: people, or else the first setting with numbers, or any."""
    numeric = [column for column in found if is_numeric(run.table[column])]
    first = [SIZE] if SIZE in found else [*numeric, *found]
    return first[0] if first else ""


def values(run: "StoredRun", column: str) -> list[Any]:
    """Values of a setting in the order of the batch."""
    return list(dict.fromkeys(run.table[column]))


def curves(
    run: "StoredRun", hypothesis: str, x: str, lines: str, panels: str, fixed: Mapping[str, Any]
) -> pd.DataFrame:
    """Power of one hypothesis, in %, with the ends of its 95 % Monte-Carlo interval.

    Parameters
    ----------
    x, lines, panels : columns; of lines and panels empty for none.
    fixed : column → value of what is neither.
    """
    table = run.rows(PLANNING)
    table = table[table["hypothesis"] == hypothesis]
    for column, value in fixed.items():
        table = table[table[column] == value]
    names = axes(run)
    numeric = is_numeric(table[x])
    rows = []
    for _, row in table.iterrows():
        power = estimate(row, "success")
        if power is None:
            continue
        rows.append(
            {
                "panel": _named(row, panels, names),
                "line": _named(row, lines, names),
                "x": row[x] if numeric else in_words(row[x]),
                "power": 100 * power.value,
                "mcse": 100 * power.mcse,
                "lower": 100 * power.lower,
                "upper": 100 * power.upper,
            }
        )
    columns = ["panel", "line", "x", "power", "mcse", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns)


def _named(row: "pd.Series[Any]", column: str, names: Mapping[str, str]) -> str:
    if not column:
        return ""
    value = row[column]
    words = in_words(value)
    return words if isinstance(value, str) else f"{names[column]} {words}"


def by_point(run: "StoredRun") -> pd.DataFrame:
    """A row per point, analysis and hypothesis: power, type I error, bias and coverage.

    Every simulated number has its MCSE in the column after it; proportions are in %. Bias and
    coverage are under the planning truth, or at the edge of the null if that alone is simulated.
    """
    planning, null = (_keyed(run.rows(truth)) for truth in (PLANNING, NULL))
    shown = planning if len(planning) else null
    found = pd.DataFrame({"point": shown["point"], "hypothesis": shown["hypothesis"]})
    found["hypothesis"] = [hypothesis_label(name) for name in shown["hypothesis"]]
    for column, name in axes(run).items():
        numeric = is_numeric(shown[column])
        found[name] = shown[column] if numeric else shown[column].map(in_words)
    if SIZE not in axes(run):
        found["N"] = shown["n_subjects"]
    measures = {
        "power, %": (planning, "success", 100.0),
        "type I error, %": (null, "success", 100.0),
        "bias": (shown, "bias", 1.0),
        "coverage, %": (shown, "coverage", 100.0),
    }
    for name, (rows, measure, factor) in measures.items():
        if len(rows):
            found[name] = factor * rows[measure]
            found[f"{name.removesuffix(', %')} ± MCSE"] = factor * rows[f"{measure}_mcse"]
    if len(planning):
        found["power by formula, %"] = 100 * planning["closed_form"]
        found["z of the difference"] = planning["z"]
    return found.reset_index(drop=True)


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by point, analysis and hypothesis, so that both truths stand side by side."""
    keys = ["point", "analysis", "hypothesis"]
    repeated = rows.groupby(keys).cumcount()
    return rows.set_index(pd.MultiIndex.from_frame(rows[keys].assign(again=repeated)), drop=False)
