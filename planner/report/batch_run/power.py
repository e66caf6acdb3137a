"""Power over the points of a run: its range, and how it depends on every setting."""

from typing import TYPE_CHECKING, Any

from planner.batch.points import PLANNING
from planner.report.batch_run.stored_run import estimate, in_words
from planner.report.batch_run.writing import MOST_ROWS, counted, said, section, simulated
from planner.report.figures.batch import power_figures
from planner.report.model import Block, Paragraph, Section, Table
from planner.report.tables import share, table
from planner.words.prose import people

if TYPE_CHECKING:
    import pandas as pd

    from planner.report.batch_run.stored_run import StoredRun

TRUTH = (
    "Power is the probability to show a hypothesis under the planning truth of a point; where that "
    "truth is inside the null of a hypothesis, the number is a type I error."
)
NOT_SIMULATED = (
    "The batch simulates the edges of the nulls alone (truths), so that no power is known."
)
MEDIAN = "Median: the middle point, the lower of two."


def power_section(run: "StoredRun") -> Section:
    """Ranges, tables by setting, and figures."""
    if run.truth != PLANNING:
        return section("B20", "Power over the points", "ICH E20", [Paragraph(text=NOT_SIMULATED)])
    blocks: list[Block] = [Paragraph(text=TRUTH), _range_table(run)]
    for column, name in run.axes.items():
        blocks.append(_by_value(run, column, name))
    return section("B20", "Power over the points", "ICH E20", [*blocks, *power_figures(run)])


def ends(rows: "pd.DataFrame") -> "tuple[pd.Series[Any], pd.Series[Any], pd.Series[Any]]":
    """Rows with the smallest, middle and largest power."""
    ordered = rows.sort_values("success", kind="stable")
    return ordered.iloc[0], ordered.iloc[(len(ordered) - 1) // 2], ordered.iloc[-1]


def findings(run: "StoredRun") -> list[str]:
    """A sentence on the power of every hypothesis."""
    if run.truth != PLANNING:
        return [NOT_SIMULATED]
    sentences = []
    for line in run.lines:
        rows = run.rows(PLANNING, line)
        shown = [(estimate(row, "success"), run.place(row)) for row in ends(rows)]
        (low, where_low), (middle, _), (high, where_high) = shown
        assert low is not None
        assert middle is not None
        assert high is not None
        sentences.append(
            f"Power for {line}: {said(high)} at {where_high}."
            if len(rows) == 1
            else f"Power for {line} ranges over {counted(len(rows), 'point')} from {said(low)} at "
            f"{where_low} to {said(high)} at {where_high}; the median is {said(middle)}."
        )
    return sentences


def _range_table(run: "StoredRun") -> Table:
    rows = [(line, run.rows(PLANNING, line)) for line in run.lines]
    return table(
        "Power over all points",
        {"Hypothesis": [line for line, _ in rows], **_columns([found for _, found in rows])},
        note=f"{simulated(run)} {MEDIAN}",
    )


def _columns(groups: "list[pd.DataFrame]") -> dict[str, list[str]]:
    """Number of points, and smallest, middle and largest power of groups of rows."""
    found = [[share(estimate(row, "success")) for row in ends(group)] for group in groups]
    return {
        "Points": [people(len(group)) for group in groups],
        "Smallest": [cells[0] for cells in found],
        "Median": [cells[1] for cells in found],
        "Largest": [cells[2] for cells in found],
    }


def _by_value(run: "StoredRun", column: str, name: str) -> Table:
    """Power by the values of one setting, over all values of the others."""
    groups, values = [], 0
    for values, (value, rows) in enumerate(values_of(run, column), start=1):
        if values <= MOST_ROWS:
            groups += [(in_words(value), line, rows[rows["line"] == line]) for line in run.lines]
    groups = [group for group in groups if len(group[2])]
    rest = (
        f" The first {MOST_ROWS} of {people(values)} values; results.parquet has the others."
        if values > MOST_ROWS
        else ""
    )
    return table(
        f"Power by {name}, whatever the other settings",
        {
            name[0].upper() + name[1:]: [value for value, _, _ in groups],
            "Hypothesis": [line for _, line, _ in groups],
            **_columns([rows for _, _, rows in groups]),
        },
        left=("Hypothesis",),
        note=f"{simulated(run)} {MEDIAN}{rest}",
    )


def values_of(run: "StoredRun", column: str) -> "list[tuple[Any, pd.DataFrame]]":
    """Values of a setting in the order of the batch, each with its rows under planning truth."""
    rows = run.rows(PLANNING)
    return [(value, own) for value, own in rows.groupby(column, sort=False)]
