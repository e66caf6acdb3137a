"""Runs of batches in words and as data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.operating.characteristics import MonteCarloEstimate
from planner.report.payload import dump

if TYPE_CHECKING:
    import pandas as pd

    from planner.batch.batch import Batch
    from planner.batch.manifest import Outcome
    from planner.batch.runner import BatchStep
    from planner.batch.schedule import Schedule
    from planner.batch.status import RunStatus


EXTREMES = ["hypothesis", "truth", "success", "success_mcse", "n_trials"]
"""Columns of the table that the extremes are found in."""


def text(folder: Path, step: "BatchStep", shard: tuple[int, int] | None) -> str:
    """How a run ended."""
    new = step.done - step.found
    pace = f", {new / step.seconds:,.0f} a second" if new and step.seconds > 0 else ""
    head = f"{_counted(new, 'block')} simulated in {step.seconds:,.1f} s{pace}"
    head += f"; {step.found:,} were there." if step.found else "."
    if step.outcome is None:
        i, k = shard or (1, 1)
        return f"{head}\nShard {i}/{k} is done; when all are: planner batch merge {folder}"
    return f"{head}\n{merged(folder, step.outcome)}"


def merged(folder: Path, outcome: "Outcome") -> str:
    """What a finished run holds, with its best and worst power and its largest type I error."""
    lines = [
        f"{_counted(outcome.n_points, 'point')}, {_counted(outcome.n_cases, 'case')}, "
        f"{outcome.n_trials:,} simulated trials",
        *_extremes(folder),
        *_listed("left out", outcome.impossible, "see manifest.json"),
        *_listed("failed", outcome.failed, "see manifest.json"),
        f"{folder}/results.parquet, {folder}/manifest.json; next: planner report {folder}",
    ]
    return "\n".join(lines)


def _listed(what: str, entries: tuple[str, ...], place: str) -> list[str]:
    if not entries:
        return []
    if len(entries) == 1:
        return [f"1 point {what}: {entries[0]}"]
    return [f"{len(entries):,} points {what}, all of them in {place}; the first: {entries[0]}"]


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"


def _extremes(folder: Path) -> list[str]:
    """Range of power, and the largest type I error, of every hypothesis."""
    from planner.batch.run_folder import RESULTS
    from planner.batch.table import read_table

    frame = read_table(folder / RESULTS, EXTREMES).to_pandas()
    lines = []
    for name in dict.fromkeys(frame["hypothesis"]):
        own = frame[frame["hypothesis"] == name]
        lines.append(f"  {name:14} {', '.join(_told(own))}")
    return lines


def _told(own: "pd.DataFrame") -> Iterator[str]:
    planning = own[own["truth"] == "planning"].sort_values("success")
    null = own[own["truth"] == "null"].sort_values("success")
    if len(planning) == 1:
        yield f"power {_estimate(planning.iloc[0])}"
    elif len(planning):
        yield f"power {_estimate(planning.iloc[0])} to {_estimate(planning.iloc[-1])}"
    if len(null) == 1:
        yield f"type I error {_estimate(null.iloc[0])}"
    elif len(null):
        yield f"type I error up to {_estimate(null.iloc[-1])} (the largest of {len(null):,})"


def _estimate(row: Any) -> str:
    value, mcse, n = row["success"], row["success_mcse"], row["n_trials"]
    return str(MonteCarloEstimate(value, mcse, n, value, value))


def as_json(folder: Path, step: "BatchStep") -> str:
    """How a run ended, as data."""
    data = {"blocks": step.of, "found": step.found, "failed": step.failed, "seconds": step.seconds}
    return dump(data | (_outcome(folder, step.outcome) if step.outcome else {"run": str(folder)}))


def outcome_json(folder: Path, outcome: "Outcome") -> str:
    """A finished run as data."""
    return dump(_outcome(folder, outcome))


def _outcome(folder: Path, outcome: "Outcome") -> dict[str, Any]:
    told = asdict(outcome)
    told["failed_points"] = told.pop("failed")
    files = [str(folder / name) for name in ("results.parquet", "manifest.json")]
    return {"run": str(folder), **told, "files": files}


def list_text(found: Mapping[str, "Batch"]) -> str:
    """Batches by name, with their points and label."""
    width = max(map(len, found), default=0)
    return "\n".join(
        f"{name.ljust(width)}  {batch.n_points:6,} points  {batch.label}"
        for name, batch in found.items()
    )


def list_json(found: Mapping[str, "Batch"]) -> str:
    """Batches by name, as data."""
    return dump(
        {
            "batches": [
                {"name": name, "points": batch.n_points, "label": batch.label}
                for name, batch in found.items()
            ]
        }
    )


def files_json(folder: Path, files: Sequence[str]) -> str:
    """Files that were written for a run, as data."""
    return dump({"run": str(folder), "files": list(files)})


def status_text(found: "RunStatus") -> str:
    """How far a run is."""
    share = 100 * found.there / found.blocks
    lines = [
        f"{found.label or found.folder}: {found.state}",
        f"{found.there:,} of {found.blocks:,} blocks ({share:.1f} %), {found.complete:,} of "
        f"{found.cases:,} cases complete, {found.points:,} points, {found.n_trials:,} trials each",
    ]
    if found.damaged:
        lines.append(
            f"{_counted(found.damaged, 'place')} in the store damaged; --resume simulates again "
            "what was there"
        )
    if found.state == "other engine":
        lines.append("its blocks are of another version; `planner replay` compares the numbers")
    elif found.state == "unfinished":
        lines.append(f"go on with: planner batch {found.folder} --resume")
    return "\n".join(lines)


def status_json(found: "RunStatus") -> str:
    """How far a run is, as data."""
    return dump(asdict(found) | {"folder": str(found.folder)})


def check_text(file: str, plan: "Schedule") -> str:
    """What a batch would simulate."""
    n_trials = plan.batch.scenario.monte_carlo.n_trials
    left_out = tuple(f"point {i.point.index} ({i.point}): {i.reason}" for i in plan.impossible)
    lines = [
        f"{file}: ok, {_counted(len(plan.points), 'point')}, {_counted(len(plan.cases), 'case')} "
        f"of {n_trials:,} trials, {_counted(plan.n_blocks, 'block')}",
        *_listed("left out", left_out, "--json"),
    ]
    return "\n".join(lines)


def check_json(plan: "Schedule") -> str:
    """What a batch would simulate, as data."""
    return dump(
        {
            "points": len(plan.points),
            "cases": len(plan.cases),
            "blocks": plan.n_blocks,
            "n_trials": plan.batch.scenario.monte_carlo.n_trials,
            "impossible": [
                {
                    "point": i.point.index,
                    "case": i.point.case,
                    "settings": i.point.settings,
                    "reason": i.reason,
                }
                for i in plan.impossible
            ],
        }
    )
