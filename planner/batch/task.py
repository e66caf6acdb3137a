"""A task: consecutive blocks of one case, simulated anywhere from plain data.

Tallies travel and are stored as bytes: the number of hypotheses, then every field of the tally in
its order as little-endian integers of 64 bits or double-precision numbers. Nothing is unpickled.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np

from planner.engines.protocol import Status
from planner.errors import InvalidInput
from planner.operating.evaluate import Case, Simulation
from planner.operating.tally import Tally
from planner.scenario import scenario_from

_HEAD = struct.Struct("<I")
_FIELDS = tuple(field.name for field in fields(Tally))
_REAL = {"error", "error2", "variance", "variance2", "log_width", "log_width2", "size", "size2"}
_SINGLE = {"n", "success", "any_rejected", "all_rejected", "same_sign", "consistent", "completers",
           "completers2"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """Blocks of one case.

    Parameters
    ----------
    case : address of the case.
    scenario : as JSON.
    blocks : (number, trials) of every block.
    """

    case: str
    scenario: str
    n_subjects: int
    blocks: tuple[tuple[int, int], ...]

    def split(self) -> "list[Task]":
        """One task for every block."""
        return [Task(self.case, self.scenario, self.n_subjects, (block,)) for block in self.blocks]

    def plain(self) -> list[Any]:
        """As data for JSON."""
        return [self.case, self.scenario, self.n_subjects, [list(b) for b in self.blocks]]


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What became of a block.

    Parameters
    ----------
    tally : as bytes; empty if the block failed.
    problem : why it failed.
    """

    case: str
    block: int
    trials: int
    tally: bytes
    problem: str = ""


def task_from(data: Sequence[Any]) -> Task:
    """The task that `Task.plain` wrote."""
    case, scenario, n_subjects, blocks = data
    return Task(case, scenario, n_subjects, tuple((block, size) for block, size in blocks))


def run_task(task: Task) -> list[BlockResult]:
    """Simulate every block of a task; a block that fails says why and leaves the others alone."""
    results = []
    for block, size in task.blocks:
        try:
            tally, problem = (
                encoded(_simulation(task.scenario, task.n_subjects).run(block, size)),
                "",
            )
        except Exception as error:  # noqa: BLE001 - reported with its block, by name
            tally, problem = b"", f"{type(error).__name__}: {error}"
        results.append(BlockResult(task.case, block, size, tally, problem))
    return results


@lru_cache(maxsize=32)
def _simulation(scenario: str, n_subjects: int) -> Simulation:
    return Simulation(Case(scenario_from(json.loads(scenario)), n_subjects))


def encoded(tally: Tally) -> bytes:
    """A tally as bytes; the same bytes for the same tally."""
    parts = [_HEAD.pack(len(tally.rejected))]
    for name in _FIELDS:
        kind = "<f8" if name in _REAL else "<i8"
        parts.append(np.asarray(getattr(tally, name), dtype=kind).tobytes())
    return b"".join(parts)


def decoded(content: bytes) -> Tally:
    """The tally in some bytes.

    Raises
    ------
    InvalidInput : their length is not that of a tally.
    """
    n_hypotheses = _HEAD.unpack_from(content)[0] if len(content) >= _HEAD.size else 0
    lengths = [_length(name, n_hypotheses) for name in _FIELDS]
    if len(content) != _HEAD.size + 8 * sum(lengths):
        raise InvalidInput(f"{len(content)} bytes are not a tally; simulate the block again")
    values: dict[str, Any] = {}
    place = _HEAD.size
    for name, length in zip(_FIELDS, lengths, strict=True):
        kind = "<f8" if name in _REAL else "<i8"
        array = np.frombuffer(content, kind, length, place)
        values[name] = (
            int(array[0]) if name in _SINGLE else array.astype(array.dtype.newbyteorder("="))
        )
        place += 8 * length
    return Tally(**values)


def _length(name: str, n_hypotheses: int) -> int:
    if name in _SINGLE:
        return 1
    return len(Status) if name == "status" else n_hypotheses
