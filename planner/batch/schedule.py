"""What a batch has to simulate: its points with the cases of each, and the tasks still to do."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from planner.batch.batch import Batch
from planner.batch.identity import block_key, case_key
from planner.batch.points import Point, check_estimable, lean, points, scenario_at, truths
from planner.batch.store import Store
from planner.batch.task import Task
from planner.errors import InvalidInput
from planner.plan.analysis import Analysis, Posterior
from planner.rng import block_sizes
from planner.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PlannedPoint:
    """A point and the addresses of its cases: per analysis, planning truth and nulls."""

    point: Point
    cases: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Impossible:
    """A point that is left out, with the reason, which is the same wherever the batch file is."""

    point: Point
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """All points of a batch.

    Parameters
    ----------
    blocks : (number, trials) of every block of a case.
    cases : addresses in their order, each once.
    """

    batch: Batch
    base: Scenario
    points: tuple[PlannedPoint, ...]
    impossible: tuple[Impossible, ...]
    blocks: tuple[tuple[int, int], ...]
    cases: tuple[str, ...]

    @property
    def n_blocks(self) -> int:
        """Blocks of all cases."""
        return len(self.blocks) * len(self.cases)

    def block_keys(self) -> Iterator[bytes]:
        """Addresses of all blocks, in order."""
        return (block_key(case, *block) for case in self.cases for block in self.blocks)

    def scenario(self, planned: PlannedPoint) -> Scenario:
        """The scenario of a point."""
        return scenario_at(self.base, planned.point)

    def mine(self, shard: tuple[int, int]) -> set[str]:
        """Cases of shard i of k: every k-th, beginning with the i-th."""
        i, k = shard
        return set(self.cases[i - 1 :: k])

    def tasks(self, store: Store, mine: set[str]) -> Iterator[Task]:
        """Tasks for the blocks of some cases that a store does not have."""
        open_cases = set(mine)
        for planned in self.points:
            if not any(case in open_cases for cases in planned.cases for case in cases):
                continue
            groups = truths(self.scenario(planned), self.batch.truths)
            for cases, group in zip(planned.cases, groups, strict=True):
                for case, truth in zip(cases, group, strict=True):
                    if case not in open_cases:
                        continue
                    open_cases.discard(case)
                    text = json.dumps(truth.scenario.plain(full=True))
                    missing = [b for b in self.blocks if block_key(case, *b) not in store]
                    step = blocks_per_task(truth.scenario.plan.analysis)
                    for start in range(0, len(missing), step):
                        part = tuple(missing[start : start + step])
                        yield Task(case, text, truth.n_subjects, part)


def blocks_per_task(analysis: Analysis) -> int:
    """Blocks that a worker simulates before it hands them over: under a second where it can be."""
    if not isinstance(analysis, Posterior):
        return 10
    return 1 if analysis.engine == "nuts" else 4


def schedule(batch: Batch, source: str = "") -> Schedule:
    """Look at every point of a batch before anything is simulated.

    Raises
    ------
    InvalidInput : a point breaks a rule, and such points are not to be skipped; or all do.
    """
    base = lean(batch.scenario)
    planned: list[PlannedPoint] = []
    impossible: list[Impossible] = []
    for point in points(batch):
        try:
            scenario = scenario_at(base, point)
            check_estimable(scenario)
        except InvalidInput as error:
            if batch.impossible == "refuse":
                raise _at(point, error, source) from None
            impossible.append(Impossible(point, str(error)))
            continue
        groups = truths(scenario, batch.truths)
        planned.append(PlannedPoint(point, tuple(tuple(map(case_key, g)) for g in groups)))
    if not planned:
        raise InvalidInput(
            f"none of the {batch.n_points} points can be simulated; the first: "
            f"{impossible[0].reason}",
            key="grid",
            source=source,
        )
    cases = dict.fromkeys(case for p in planned for group in p.cases for case in group)
    return Schedule(
        batch=batch,
        base=base,
        points=tuple(planned),
        impossible=tuple(impossible),
        blocks=tuple(enumerate(block_sizes(batch.scenario.monte_carlo.n_trials))),
        cases=tuple(cases),
    )


def _at(point: Point, error: InvalidInput, source: str) -> InvalidInput:
    place = f" (point {point.index}: {point})" if point.settings else ""
    return type(error)(f"{error.message}{place}", key=error.key, source=source)
