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
from planner.batch.run_folder import BATCH, MANIFEST, RESULTS, RunFolder, batch_content
from planner.batch.schedule import Schedule
from planner.errors import InvalidInput
from planner.operating.characteristics import proportion
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
    plan: Schedule, found: Sequence[PointResult], table: str
) -> tuple[bytes, Outcome]:
    """The manifest as bytes, and the outcome that it tells.

    Parameters
    ----------
    table : SHA-256 of the table that was written.
    """
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
        "files": {BATCH: _sha256(batch_content(plan.batch)), RESULTS: table},
        "points": [_point(plan, result) for result in found],
        "impossible": [
            {**_place(left_out.point), "reason": left_out.reason} for left_out in plan.impossible
        ],
    }
    return _with_digest(data), outcome_of(data)


def _with_digest(data: dict[str, Any]) -> bytes:
    """The manifest with a digest of itself, as bytes."""
    digest = _sha256(json.dumps(data, ensure_ascii=False).encode())
    return (json.dumps({**data, "sha256": digest}, indent=1, ensure_ascii=False) + "\n").encode()


def outcome_of(data: dict[str, Any]) -> Outcome:
    """The outcome that a manifest tells."""
    limit = data["monte_carlo"]["max_failures"]
    failed = [point for point in data["points"] if point["failed"]]
    n_trials = data["monte_carlo"]["n_trials"]
    unanalysed = [p for p in data["points"] if p["failure_share"] > limit]
    return Outcome(
        n_points=data["n_points"],
        n_cases=data["n_cases"],
        n_blocks=data["n_blocks"],
        n_trials=data["n_cases"] * data["monte_carlo"]["n_trials"],
        impossible=tuple(f"{_told(p)}: {p['reason']}" for p in data["impossible"]),
        failed=tuple(f"{_told(p)}: {p['failed'][0]}" for p in failed),
        too_many_failures=tuple(f"{_told(p)}: {_share(p, n_trials)}" for p in unanalysed),
    )


def _share(point: dict[str, Any], n_trials: int) -> str:
    """Share of trials without a result, with its Monte-Carlo standard error."""
    found = proportion(round(point["failure_share"] * n_trials), n_trials)
    return f"{100 * found.value:.1f} ± {100 * found.mcse:.1f} %"


def finished(place: RunFolder) -> dict[str, Any]:
    """The manifest of a finished run.

    Raises
    ------
    InvalidInput : there is none, it is of an earlier state of the run, or a file was changed.
    """
    source = str(place.path)
    if not (place.path / MANIFEST).exists() and place.begun:
        raise InvalidInput(
            "the run is not finished; go on with `planner batch --resume`", source=source
        )
    content = place.content(MANIFEST)
    try:
        data = dict(json.loads(content))
        del data["sha256"]
        whole = _with_digest(data) == content
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise InvalidInput(
            f"{MANIFEST} was changed or is damaged; write it again with `planner batch --resume`",
            source=source,
        )
    for name, digest in data["files"].items():
        if _sha256(place.content(name)) != digest:
            raise InvalidInput(
                f"{name} is not the one that {MANIFEST} tells of: the run went on or the "
                "file was changed; finish it with `planner batch --resume`",
                source=source,
            )
    return data


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
    told = str(Point(point["point"], point["case"], point["settings"]))
    return f"point {point['point']} ({told})" if told else f"point {point['point']}"
