"""Type I error over the points of a run: the worst, and whether more exceed than chance allows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.batch.points import NULL
from planner.plan.decision import NoMultiplicity
from planner.report.batch_run.chance import BEYOND, expected_largest, from_level
from planner.report.batch_run.stored_run import estimate, row_with_largest
from planner.report.batch_run.writing import said, section, simulated
from planner.report.figures.batch import type_i_figure
from planner.report.model import Block, Paragraph, Points, Section, Table
from planner.report.tables import exact, share, table
from planner.words.prose import joined, number, people, planned_percent

if TYPE_CHECKING:
    import pandas as pd

    from planner.operating.characteristics import MonteCarloEstimate
    from planner.report.batch_run.stored_run import StoredRun

NOT_SIMULATED = (
    "The batch does not simulate the edges of the nulls (truths), so that no type I error is known."
)
READING = (
    "z is (simulated − planned level) / MCSE under the level. Points with the same trials count "
    "once: those that share a null, or differ in nothing but the SD, on which tests do not depend. "
    "The largest of many simulated values exceeds the level even if all are exact: on average by "
    "the z that the table gives for independent values. Points share their random numbers, so "
    "their errors go together, and the expected largest z is then smaller, but it may be far off "
    "for all of them at once."
)


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Different simulated type I errors of a line.

    Parameters
    ----------
    rows : of the table, with `distance`, z from the level.
    worst : the row with the largest z.
    """

    line: str
    bayesian: bool
    rows: "pd.DataFrame"
    worst: "pd.Series[Any]"

    @property
    def error(self) -> "MonteCarloEstimate":
        """The worst type I error."""
        found = estimate(self.worst, "success")
        assert found is not None
        return found

    @property
    def levels(self) -> str:
        """Planned levels in words."""
        return joined([planned_percent(level) for level in sorted(set(self.rows["level"]))])

    @property
    def above(self) -> int:
        """How many lie beyond 2.576 MCSE above their level."""
        return int((self.rows["distance"] > BEYOND).sum())

    @property
    def below(self) -> int:
        """How many lie beyond 2.576 MCSE below their level."""
        return int((self.rows["distance"] < -BEYOND).sum())


def errors(run: "StoredRun") -> list[Errors]:
    """Type I errors of every line; empty if they were not simulated."""
    found = []
    for line in run.lines:
        rows = run.different(NULL, line)
        if rows.empty:
            continue
        columns = (rows[name].to_numpy(np.float64) for name in ("success", "level", "n_trials"))
        rows = rows.assign(distance=from_level(*columns))
        worst = row_with_largest(rows, rows["distance"])
        found.append(Errors(line, bool(rows["bayesian"].iloc[0]), rows, worst))
    return found


def type_i_section(run: "StoredRun") -> Section:
    """The worst type I errors, how many exceed, and all of them in a figure."""
    found = errors(run)
    blocks: list[Block | None] = [Paragraph(text=NOT_SIMULATED)]
    if found:
        blocks = [
            Paragraph(text=READING),
            _worst_table(run, found),
            Points(items=tuple(f"{e.line}: {run.place(e.worst)}" for e in found)),
            _counts_table(run, found),
            _familywise(run),
            type_i_figure(run, found),
        ]
    return section("B21", "Type I error over the points", "FDA Adaptive 2019", blocks)


def findings(run: "StoredRun") -> list[str]:
    """Sentences on the worst type I error, and on how many exceed."""
    found = errors(run)
    if not found:
        return [NOT_SIMULATED]
    return [_finding(run, e) for e in found]


def _finding(run: "StoredRun", e: Errors) -> str:
    n = len(e.rows)
    head = (
        f"Type I error for {e.line}: at most {said(e.error)} at {run.place(e.worst)}; "
        f"{_level_word(e)} {planned_percent(e.worst['level'])}, z = {_z(e.worst['distance'])}."
    )
    if n == 1:
        return head
    return (
        f"{head} It is the largest of {people(n)} different values; if all were exactly their "
        f"level, and independent, the largest z would be about {exact(expected_largest(n), 1)}. "
        f"Beyond 2.58 MCSE lie {people(e.above)} above and {people(e.below)} below the level (by "
        f"chance {number(n / 100)} in all)."
    )


def _level_word(e: Errors) -> str:
    return "1 − threshold" if e.bayesian else "planned"


def _z(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def _worst_table(run: "StoredRun", found: list[Errors]) -> Table:
    return table(
        "Largest type I error over the points",
        {
            "Hypothesis": [e.line for e in found],
            "Planned level": [planned_percent(e.worst["level"]) for e in found],
            "Type I error": [share(e.error) for e in found],
            "z": [_z(e.worst["distance"]) for e in found],
            "Different": [people(len(e.rows)) for e in found],
            "Expected largest z": [exact(expected_largest(len(e.rows)), 1) for e in found],
        },
        note=f"{simulated(run)} By z, so that levels compare. Each hypothesis at the edge of its "
        "own null. Of a posterior rule the planned level is 1 − its threshold, which an "
        f"informative prior need not hold. Expected: by formula.{_shared(run)} The points:",
    )


def _shared(run: "StoredRun") -> str:
    if isinstance(run.batch.scenario.plan.multiplicity, NoMultiplicity):
        return ""
    return (
        " The level is shared between hypotheses by a multiplicity procedure, so that single "
        "hypotheses lie below it."
    )


def _counts_table(run: "StoredRun", found: list[Errors]) -> Table:
    smallest = [row_with_largest(e.rows, -e.rows["distance"]) for e in found]
    return table(
        "How many type I errors lie beyond 2.58 MCSE of their level",
        {
            "Hypothesis": [e.line for e in found],
            "Levels": [e.levels for e in found],
            "Different": [people(len(e.rows)) for e in found],
            "Above": [people(e.above) for e in found],
            "Below": [people(e.below) for e in found],
            "By chance": [number(len(e.rows) / 100) for e in found],
            "Smallest": [share(estimate(row, "success")) for row in smallest],
        },
        note=f"{simulated(run)} By chance: 1 % of the values, above and below together, if every "
        "type I error is exactly its level. Below it lie tests that are conservative, for "
        "instance of equivalence.",
    )


def _familywise(run: "StoredRun") -> Block | None:
    """The worst error of any false claim, where the nulls of all hypotheses hold together."""
    rows = run.rows(NULL)
    sizes = rows.groupby(["point", "analysis", "fingerprint"])["hypothesis"].transform("nunique")
    everyone = rows.groupby(["point", "analysis"])["hypothesis"].transform("nunique")
    joint = rows[(sizes == everyone) & (everyone > 1)]
    if joint.empty:
        return None
    worst = row_with_largest(joint, joint["any_rejected"])
    found = estimate(worst, "any_rejected")
    assert found is not None
    return Paragraph(
        text="Familywise error, any rejection where the nulls of all hypotheses hold: at most "
        f"{said(found)}, at {run.place(worst)}, {worst['analysis']}."
    )
