"""Small runs of batches, in this process and beside it, and what is in their folders."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.batch.batch import Batch, batch_from
from planner.batch.records import records
from planner.batch.run_folder import BLOCKS

PYTHON = (sys.executable, "-P", "-m")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def small(n_trials: int = 3_500, **more: Any) -> Batch:
    """Two sizes, each under its planning truth and its null: four cases that take milliseconds."""
    return batch_from(raw(n_trials, **more))


def raw(n_trials: int = 3_500, **more: Any) -> dict[str, Any]:
    """The same as plain data."""
    scenario = {
        "plan": {
            "design": "AB/BA",
            "n_subjects": 24,
            "analysis": {"kind": "within-subject-t"},
            "hypotheses": [
                {"name": "overall", "contrast": "overall",
                 "objective": {"kind": "two-sided", "alpha": 0.05}},
            ],
        },
        "truth": {
            "effect": 2.5,
            "covariance": {"kind": "paired-difference", "sd_difference": 7.5, "correlation": 0.5},
            "attrition": {"kind": "mcar", "after_period_1": 0.1},
        },
        "monte_carlo": {"n_trials": n_trials, "seed": 7, "max_failures": 1.0},
    }  # fmt: skip
    return {"label": "small", "scenario": scenario, "grid": {"plan.n_subjects": [24, 48]}} | more


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def stored_keys(folder: Path) -> list[bytes]:
    """Addresses of all records in the store of a run, as often as they are there."""
    found = []
    for path in sorted((folder / BLOCKS).glob("*.blocks")):
        with path.open("rb") as file:
            found += [key for _, _, key in records(file) if key is not None]
    return found


def open_files() -> int:
    """Files that this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This one's environment with one thread of BLAS."""
    return {**os.environ, **ONE_THREAD, **(more or {})}


def start(
    words: Sequence[str],
    *,
    module: str = "planner",
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    """Start ``planner WORDS`` in a process of its own."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*PYTHON, module, *words], stdout=pipe, stderr=pipe, text=True, env=environment(env),
    )  # fmt: skip


def run(
    words: Sequence[str],
    *,
    module: str = "planner",
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``planner WORDS`` in a process of its own to the end."""
    process = start(words, module=module, env=env)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(words, process.returncode, out, err)
