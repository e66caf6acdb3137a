"""Where tasks are simulated: threads of this process, processes beside it, or a Dask cluster.

A back end takes tasks and gives their blocks in any order; what it gives does not depend on which
one it is, nor on the number of workers. Closing the generator stops what has not started.
"""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Literal, Protocol, assert_never

from planner.batch.task import BlockResult, Task, run_task
from planner.operating.evaluate import available_workers

Name = Literal["local", "threads", "processes", "dask"]


class Backend(Protocol):
    """Simulates tasks."""

    @property
    def workers(self) -> int:
        """How many tasks run at once."""
        ...

    def run(self, tasks: Iterator[Task]) -> Generator[list[BlockResult]]:
        """The blocks of every task, as they are done."""
        ...


def backend_for(name: Name, workers: int | None = None, scheduler: str | None = None) -> Backend:
    """The back end of a name.

    Parameters
    ----------
    name : ``local`` is this process for one worker and processes for more.
    workers : default the processors available; of a scheduler that is joined its own.
    scheduler : address of a Dask scheduler, ``tcp://host:port``; default a cluster made here.
    """
    n = workers or available_workers()
    match name:
        case "local" if n == 1:
            return Threads(1)
        case "threads":
            return Threads(n)
        case "local" | "processes":
            from planner.batch.processes import Processes

            return Processes(n)
        case "dask":
            from planner.batch.dask_cluster import DaskCluster

            return DaskCluster(workers, scheduler)
        case _:
            assert_never(name)


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads of this process, or the calling thread alone if there is one worker."""

    workers: int

    def run(self, tasks: Iterator[Task]) -> Generator[list[BlockResult]]:
        """The blocks of every task, as they are done."""
        if self.workers == 1:
            yield from map(run_task, tasks)
            return
        with ThreadPoolExecutor(self.workers) as pool:
            yield from as_completed(tasks, lambda task: pool.submit(run_task, task), self.workers)


def as_completed[T](
    tasks: Iterator[Task], submit: Callable[[Task], Future[T]], workers: int
) -> Generator[T]:
    """Results of submitted tasks as they are done; a few tasks wait for every worker."""
    waiting: set[Future[T]] = set()
    try:
        while True:
            while len(waiting) < 3 * workers and (task := next(tasks, None)) is not None:
                waiting.add(submit(task))
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        for future in waiting:
            future.cancel()
