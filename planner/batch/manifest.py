"""What a finished run says of itself: identity, settings, and a digest of the blocks of each point.

It has neither times nor numbers of workers: two runs of a batch have the same manifest.
"""

import hashlib
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from planner.batch.identity import engine_identity, simulated_fingerprint
from planner.batch.points import Point
from planner.batch.results import PointResult
from planner.batch.run_folder import BATCH, RESULTS, RunFolder
from planner.batch.schedule import Schedule
from planner.errors import InvalidInput
from planner.rng import BLOCK_SIZE

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Parameters
    ----------
    n_points, n_cases, n_blocks : simulated points, their cases (truths and analyses), and blocks.
    impossible : points left out, with the reason.
    failed : points without a result because a block failed, with the reason.
    too_many_failures : points at which more trials than accepted could not be analysed.
    """

    n_points: int
    n_cases: int
    n_blocks: int
    n_trials: int
    impossible: tuple[str, ...]
    failed: tuple[str, ...]
    too_many_failures: tuple[str, ...]


def manifest_content(
    place: RunFolder, plan: Schedule, found: Sequence[PointResult]
) -> tuple[bytes, Outcome]:
    """The manifest as bytes, and the outcome that it tells."""
    settings = plan.batch.scenario.monte_carlo
    data = {
        "format": FORMAT,
        "label": plan.batch.label,
        "scenario": simulated_fingerprint(plan.batch.scenario),
        "monte_carlo": settings.model_dump(mode="json"),
        "block_size": BLOCK_SIZE,
        "engine": engine_identity(),
        "platform": {
            "python": platform.python_version(),
            "system": platform.system(),
            "machine": platform.machine(),
            "byte_order": sys.byteorder,
        },
        "n_points": len(plan.points),
        "n_cases": len(plan.cases),
        "n_blocks": plan.n_blocks,
        "files": {name: _digest(place, name) for name in (BATCH, RESULTS)},
        "points": [_point(plan, result) for result in found],
        "impossible": [
            {**_place(left_out.point), "reason": left_out.reason} for left_out in plan.impossible
        ],
    }
    content = (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
    return content, outcome_of(data)


def outcome_of(data: dict[str, Any]) -> Outcome:
    """The outcome that a manifest tells."""
    limit = data["monte_carlo"]["max_failures"]
    failed = [point for point in data["points"] if point["failed"]]
    unanalysed = [p for p in data["points"] if p["failure_share"] > limit]
    return Outcome(
        n_points=data["n_points"],
        n_cases=data["n_cases"],
        n_blocks=data["n_blocks"],
        n_trials=data["n_cases"] * data["monte_carlo"]["n_trials"],
        impossible=tuple(f"{_told(p)}: {p['reason']}" for p in data["impossible"]),
        failed=tuple(f"{_told(p)}: {p['failed'][0]}" for p in failed),
        too_many_failures=tuple(f"{_told(p)}: {p['failure_share']:.1%}" for p in unanalysed),
    )


def finished(place: RunFolder) -> dict[str, Any]:
    """The manifest of a finished run.

    Raises
    ------
    InvalidInput : there is none, it is of an earlier state of the run, or a file was changed.
    """
    import planner.batch.run_folder as names

    source = str(place.path)
    if not (place.path / names.MANIFEST).exists() and place.begun:
        raise InvalidInput(
            "the run is not finished; go on with `planner batch --resume`", source=source
        )
    try:
        data: dict[str, Any] = json.loads(place.content(names.MANIFEST))
        files = dict(data["files"])
        outcome_of(data)
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            f"{names.MANIFEST} is damaged; write it again with `planner batch --resume`",
            source=source,
        ) from None
    for name, digest in files.items():
        if _digest(place, name) != digest:
            raise InvalidInput(
                f"{name} is not the one that {names.MANIFEST} tells of: the run went on or the "
                "file was changed; finish it with `planner batch --resume`",
                source=source,
            )
    return data


def _digest(place: RunFolder, name: str) -> str:
    return hashlib.sha256(place.content(name)).hexdigest()


def _place(point: Point) -> dict[str, Any]:
    return {"point": point.index, "case": point.case, "settings": point.settings}


def _point(plan: Schedule, result: PointResult) -> dict[str, Any]:
    return {
        **_place(result.planned.point),
        "n_subjects": result.n_subjects,
        "blocks": len(plan.blocks) * sum(map(len, result.planned.cases)),
        "sha256": result.digest,
        "failure_share": result.failure_share,
        "failed": list(result.problems),
    }


def _told(point: dict[str, Any]) -> str:
    return f"point {point['point']} ({Point(point['point'], point['case'], point['settings'])})"
