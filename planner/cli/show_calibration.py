"""What ``planner calibrate`` prints."""

from dataclasses import asdict
from typing import Any

from planner.cli.payload import estimate
from planner.cli.show_size import title
from planner.cli.tables import Column, grouped, render, wrap
from planner.operating.calibrate import Calibration
from planner.scenario import Scenario


def text(scenario: Scenario, results: list[Calibration]) -> str:
    """Planned and calibrated threshold of every hypothesis."""
    columns = [
        Column("hypothesis", [r.hypothesis for r in results], left=True),
        Column("alpha", [f"{r.alpha:g}" for r in results]),
        Column("planned", [f"{r.planned:.4f}" for r in results]),
        Column("type I error", [str(r.planned_error) for r in results]),
        Column("calibrated", [f"{r.threshold:.4f}" for r in results]),
        Column("95 % interval", [_interval(r) for r in results], rank=1),
        Column("type I error", [str(r.type_i_error) for r in results]),
    ]
    changes = " ".join(f"--set {path}={value:.6g}" for path, value in (r.change for r in results))
    notes = [
        f"Probability that a posterior (or the confidence of a test) must give the region, with "
        f"{grouped(results[0].n_subjects)} randomised; calibrated at the edge of each null under "
        "the assumed SDs and dropout, each hypothesis by itself, and confirmed on fresh trials. "
        "The threshold depends on those assumptions.",
        f"To use it: {changes}",
    ]
    return "\n".join([title(scenario), "", render(columns), "", *map(wrap, notes)])


def _interval(result: Calibration) -> str:
    return f"{result.interval[0]:.4f} to {result.interval[1]:.4f}"


def row(result: Calibration) -> dict[str, Any]:
    """One row of the JSON."""
    return asdict(result) | {
        "planned_error": estimate(result.planned_error),
        "type_i_error": estimate(result.type_i_error),
        "interval": list(result.interval),
        "change": dict([result.change]),
    }
