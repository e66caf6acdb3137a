"""Run a batch: simulate what its folder lacks, then write its results.

A run may be killed at any instant: blocks are kept as they come, and what was written before is
never changed in place. Resumed, it ends with the same bytes as a run that was not interrupted.
"""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from planner.batch.backends import Backend, backend_for
from planner.batch.batch import Batch
from planner.batch.identity import block_key
from planner.batch.manifest import Outcome, manifest_content
from planner.batch.points import Truth
from planner.batch.results import PointResult, Reading, Simulate, results
from planner.batch.run_folder import MANIFEST, RESULTS, RunFolder
from planner.batch.schedule import Schedule, schedule
from planner.batch.store import Store
from planner.batch.table import write_table
from planner.batch.task import Task, run_task


@dataclass(frozen=True, slots=True)
class BatchStep:
    """How far a run is.

    Parameters
    ----------
    done, of : blocks of this run or shard that are there, and in all.
    found : blocks that were there at the start.
    failed : blocks that failed.
    seconds : since the start.
    outcome : once the results are written; None of a shard.
    """

    done: int
    of: int
    found: int
    failed: int = 0
    seconds: float = 0.0
    outcome: Outcome | None = None

    @property
    def seconds_left(self) -> float | None:
        """Time left at the pace so far; None before the first block of this run."""
        new = self.done - self.found
        return self.seconds / new * (self.of - self.done) if new else None


def run_batch(
    batch: Batch,
    folder: str | Path,
    *,
    workers: int | None = None,
    backend: Backend | None = None,
    resume: bool = False,
) -> Outcome:
    """Run a batch and write its results into a folder.

    Parameters
    ----------
    workers : default all processors; results do not depend on it.
    backend : where blocks are simulated; default processes of this machine.
    resume : go on with the run that is there; with more trials only new blocks are simulated.

    Raises
    ------
    InvalidInput : a point breaks a rule, or the folder has another run.
    PlannerError : something cannot be written.
    """
    outcome = None
    where = backend or backend_for("local", workers)
    for step in batch_steps(batch, folder, where, resume=resume):
        outcome = step.outcome
    assert outcome is not None
    return outcome


def batch_steps(
    batch: Batch,
    folder: str | Path,
    backend: Backend,
    *,
    resume: bool = False,
    shard: tuple[int, int] | None = None,
    source: str = "",
) -> Generator[BatchStep]:
    """`run_batch` step by step, for progress; closing the generator keeps what is done.

    Parameters
    ----------
    shard : (i, k), from (1, k) to (k, k): simulate every k-th case only and write no results.
    """
    place, start = RunFolder(Path(folder)), monotonic()
    plan = schedule(batch, source)
    place.begin(batch, resume=resume or shard is not None)
    mine = plan.mine(shard or (1, 1))
    with place.store() as store:
        found = sum(block_key(case, *block) in store for case in mine for block in plan.blocks)
        step = BatchStep(found, len(mine) * len(plan.blocks), found)
        yield step
        failed: dict[tuple[str, int], str] = {}
        with closing(backend.run(plan.tasks(store, mine))) as done:
            for blocks in done:
                for block in blocks:
                    if block.problem:
                        failed[block.case, block.block] = block.problem
                    else:
                        key = block_key(block.case, block.block, block.trials)
                        store.put(key, block.tally)
                step = replace(
                    step,
                    done=step.done + sum(not block.problem for block in blocks),
                    failed=len(failed),
                    seconds=monotonic() - start,
                )
                yield step
        if shard is None:
            outcome = finish(place, plan, store, failed)
            yield replace(step, outcome=outcome, seconds=monotonic() - start)


def finish(
    place: RunFolder, plan: Schedule, store: Store, failed: dict[tuple[str, int], str]
) -> Outcome:
    """Write the table and the manifest, then pack the blocks."""
    store.reload()
    reading = Reading(store, _again(store), dict(failed))
    told: list[PointResult] = []

    def noted() -> Iterator[PointResult]:
        for result in results(plan, reading):
            told.append(replace(result, rows=[]))
            yield result

    table = place.write_with(RESULTS, lambda partial: write_table(partial, plan.batch, noted()))
    content, outcome = manifest_content(plan, told, table)
    place.write(MANIFEST, content)
    store.pack(plan.block_keys())
    place.tidy()
    return outcome


def _again(store: Store) -> Simulate:
    """Simulate a block that is missing or damaged, here and now, and keep it."""

    def simulate(case: str, block: tuple[int, int], truth: Truth) -> tuple[bytes, str]:
        text = json.dumps(truth.scenario.plain(full=True))
        result = run_task(Task(case, text, truth.n_subjects, (block,)))[0]
        if not result.problem:
            store.put(block_key(case, *block), result.tally)
        return result.tally, result.problem

    return simulate
