"""What has no result: trials that could not be analysed, points that failed or were left out."""

from typing import TYPE_CHECKING, Any

from planner.batch.results import ENDINGS
from planner.report.batch_run.writing import MOST_ROWS, counted, section
from planner.report.model import Block, Gap, Paragraph, Points, Section
from planner.report.tables import table
from planner.words.prose import given, joined, one_line, people

if TYPE_CHECKING:
    from planner.report.batch_run.stored_run import StoredRun

_WHY = {
    "not_converged": "not converged",
    "not_estimable": "not estimable",
    "imprecise": "too imprecise",
}


def endings_sections(run: "StoredRun") -> tuple[Section, ...]:
    """Failed analyses, failed points, and points left out."""
    return (
        section("B24", "Failed analyses and failed points", "ADEMP", _failures(run)),
        section("B25", "Points left out", "ADEMP", _left_out(run)),
    )


def findings(run: "StoredRun") -> list[str]:
    """A sentence on everything without a result."""
    points, left_out = run.manifest["points"], run.manifest["impossible"]
    unanalysed = [p for p in points if p["failure_share"] > 0]
    beyond = _beyond(run)
    told = [
        f"{counted(len(unanalysed), 'point has', 'points have')} trials that could not be "
        f"analysed, {people(len(beyond))} of them more than the {_accepted(run)} accepted"
        if unanalysed
        else "Every simulated trial was analysed",
        f"{counted(len(_failed(run)), 'point has', 'points have')} no result because blocks failed",
        f"{counted(len(left_out), 'point was', 'points were')} left out as impossible",
    ]
    return [f"{'; '.join(told)}."]


def _failed(run: "StoredRun") -> list[dict[str, Any]]:
    return [point for point in run.manifest["points"] if point["failed"]]


def _beyond(run: "StoredRun") -> list[dict[str, Any]]:
    limit = run.batch.scenario.monte_carlo.max_failures
    return [point for point in run.manifest["points"] if point["failure_share"] > limit]


def _accepted(run: "StoredRun") -> str:
    return f"{given(100 * run.batch.scenario.monte_carlo.max_failures)} %"


def _failures(run: "StoredRun") -> list[Block]:
    failed = _failed(run)
    blocks: list[Block] = []
    if failed:
        items = [f"{_told(run, p)}: {one_line(p['failed'][0])}" for p in failed[:MOST_ROWS]]
        blocks += [
            Gap(
                what=f"the results of {counted(len(failed), 'point')} whose blocks failed",
                add="run `planner batch --resume` again",
            ),
            Points(items=tuple(items)),
        ]
    text = (
        "A trial without a result counts as no success; bias, standard errors and coverage are of "
        f"the others. Accepted are up to {_accepted(run)} of the trials of a case. "
        f"{findings(run)[0]}"
    )
    blocks.append(Paragraph(text=text))
    shown = _unanalysed_table(run)
    return [*blocks, *shown]


def _unanalysed_table(run: "StoredRun") -> list[Block]:
    """Cases with trials that were not analysed, those with the most first."""
    cases = run.table.drop_duplicates(["point", "analysis", "fingerprint"])
    lost = cases[list(ENDINGS)].sum(axis=1)
    found = cases.assign(lost=lost)[lost > 0].sort_values("lost", ascending=False, kind="stable")
    if found.empty:
        return []
    rows = [row for _, row in found.head(MOST_ROWS).iterrows()]
    rest = f" The {MOST_ROWS} worst of {people(len(found))}." if len(found) > MOST_ROWS else ""
    return [
        table(
            "Cases with trials that were not analysed",
            {
                "Point": [run.place(row) for row in rows],
                "Truth": [str(row["truth"]) for row in rows],
                "Trials": [people(row["n_trials"]) for row in rows],
                "Without result": [people(row["lost"]) for row in rows],
                "Why": [
                    joined([f"{people(row[e])} {_WHY[e]}" for e in ENDINGS if row[e]])
                    for row in rows
                ],
            },
            left=("Truth", "Why"),
            note=f"Counts of simulated trials.{rest}",
        )
    ]


def _left_out(run: "StoredRun") -> list[Block]:
    left_out = run.manifest["impossible"]
    if not left_out:
        return [Paragraph(text="None: every point of the batch could be simulated.")]
    items = tuple(f"{_told(run, p)}: {one_line(p['reason'])}" for p in left_out[:MOST_ROWS])
    more = len(left_out) - len(items)
    rest = f" The first {MOST_ROWS}; manifest.json has the other {people(more)}." if more else ""
    text = f"{counted(len(left_out), 'point')} of {people(run.batch.n_points)}.{rest}"
    return [Paragraph(text=text), Points(items=items)]


def _told(run: "StoredRun", point: dict[str, Any]) -> str:
    return run.told(point["point"], point["case"], point["settings"])
