"""Powers counted again from the table of all simulated trials, and the same in a summary."""

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.operating.characteristics import mean_of, proportion
from planner.operating.trial_table import PLANNING
from planner.report import payload

if TYPE_CHECKING:
    import pyarrow as pa


def recounted(table: "pa.Table") -> dict[str, Any]:
    """Power, type I error, success and completers, counted from the trials in a table.

    Values, Monte-Carlo standard errors and intervals are formed as in the summary.
    """
    nulls = json.loads(table.schema.metadata[b"nulls"])
    truth = np.array(table.column("truth").to_pylist())
    planning = truth == PLANNING

    def share(column: str, rows: Any) -> dict[str, Any] | None:
        shown = table.column(column).to_numpy()[rows]
        return payload.estimate(proportion(int(shown.sum()), len(shown)))

    people = table.column("completers").to_numpy()[planning]
    total, squares = int(people.sum()), int((people**2).sum())
    return {
        "success": {
            name: {PLANNING: share(f"{name}_shown", planning),
                   "null": share(f"{name}_shown", truth == label)}
            for name, label in nulls.items()
        },
        "trial_success": share("success", planning),
        "completers": payload.estimate(mean_of(total, squares, len(people))),
    }  # fmt: skip


def reported(summary: dict[str, Any]) -> dict[str, Any]:
    """The same numbers where a summary has them: of the planned analysis, which comes first."""
    power, first = summary["power"], summary["power"]["trial"][0]
    success: dict[str, dict[str, Any]] = {}
    for row in power["results"]:
        success.setdefault(row["hypothesis"], {}).setdefault(row["truth"], row["success"])
    return {
        "success": success,
        "trial_success": first["success"],
        "completers": first["completers"],
    }
