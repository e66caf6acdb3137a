"""A Dask cluster: one that is made here for the run, or one that is joined.

Tasks and blocks travel as plain data, the function by its name: every worker needs planner, with
the engine of this process. Dask tries a task again when its worker is lost. A task that outlived
several workers is set aside, and its blocks are tried one at a time once nothing else is under
way, so that a block that kills its worker fails alone.
"""

import asyncio
import logging
import os
import queue
import re
import reprlib
import warnings
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from planner.batch.identity import engine_differences, engine_identity
from planner.batch.task import BlockResult, Task, run_task, task_from
from planner.errors import InvalidInput, PlannerError
from planner.operating.evaluate import available_workers

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

ANSWERS_WITHIN = 5.0
"""Seconds for a scheduler to answer."""
PATIENCE = 300.0
"""Seconds without any worker after which a run ends: clusters that grow by need take minutes."""
_LOOK = 1.0
"""Seconds between looks at the workers."""
_ADDRESS = re.compile(
    r"(?:tcp|tls)://(?:[\w.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):(\d{1,5})", re.ASCII
)
_KEPT = "the blocks that are done are kept, go on with --resume"

_Engine = dict[str, str]
_Plain = tuple[str, int, int, bytes, str]


def simulated(task: list[Any]) -> tuple[_Engine, list[_Plain]]:
    """Simulate a task on a worker; the engine that did it, and its blocks."""
    blocks = run_task(task_from(task))
    return engine_identity(), [(b.case, b.block, b.trials, b.tally, b.problem) for b in blocks]


class DaskCluster:
    """Workers of a Dask cluster.

    Parameters
    ----------
    workers : processes of a cluster made here; of one that is joined, the most tasks that it is
        given at once, default three for every thread that it has.
    scheduler : address of the cluster to join, ``tcp://host:port``; default one made here, which
        listens on the loopback interface only and ends with the run; a script needs the guard
        ``if __name__ == "__main__":`` for it, as for all of Python's multiprocessing.

    Raises
    ------
    InvalidInput : the address is malformed.
    PlannerError : Dask is not installed, or its settings are malformed.
    """

    def __init__(self, workers: int | None, scheduler: str | None) -> None:
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise PlannerError(
                f"--backend dask needs the extra ({error}); pip install 'planner[dask]'"
            ) from None
        except ValueError as error:
            raise PlannerError(
                f"Dask cannot read its settings ({_first_line(error)}); correct them"
            ) from None
        if scheduler is not None:
            found = _ADDRESS.fullmatch(scheduler)
            if found is None or not 1 <= int(found[1]) <= 65_535:
                raise InvalidInput(
                    f"{reprlib.repr(scheduler)} is not the address of a Dask scheduler; give "
                    "tcp://HOST:PORT",
                    key="scheduler",
                )
        self._scheduler, self._given = scheduler, workers
        self.workers = workers or available_workers()

    def run(self, tasks: Iterator[Task]) -> Generator[list[BlockResult]]:
        """The blocks of every task, as they are done.

        Raises
        ------
        PlannerError : the cluster cannot be reached, has another engine, or is lost.
        """
        with _quiet():
            if self._scheduler is None:
                with _made_here(self.workers) as address, _joined(address) as client:
                    yield from _blocks(_Work(client, address, None), tasks)
            else:
                with _joined(self._scheduler) as client:
                    _refuse_other_engines(client)
                    yield from _blocks(_Work(client, self._scheduler, self._given), tasks)


def _blocks(work: "_Work", tasks: Iterator[Task]) -> Generator[list[BlockResult]]:
    """The blocks of every task; those that killed their workers are tried alone at the end."""
    suspects: list[Task] = []
    for task, blocks in work.results(tasks):
        if blocks is None:
            suspects += task.split()
        else:
            yield blocks
    work.most = 1
    for task, blocks in work.results(iter(suspects)):
        if blocks is None:
            block, size = task.blocks[0]
            problem = "one Dask worker after another died while it simulated this block alone"
            blocks = [BlockResult(task.case, block, size, b"", problem)]
        yield blocks


class _Work:
    """Tasks that a cluster has in hand.

    Parameters
    ----------
    most : tasks in hand at once; None is three for every thread.
    """

    def __init__(self, client: "Client", address: str, most: int | None) -> None:
        self.client, self.address, self.most = client, address, most
        self.done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self.in_hand: dict[Future, Task] = {}
        self.threads = 0
        self.looked, self.seen = -_LOOK, monotonic()
        self.told = False

    def results(self, tasks: Iterator[Task]) -> Generator[tuple[Task, list[BlockResult] | None]]:
        """Every task with its blocks; with None if worker after worker was lost on it."""
        while True:
            self.look()
            most = self.most or 3 * max(1, self.threads)
            while len(self.in_hand) < most and (task := next(tasks, None)) is not None:
                self.submit(task)
            if not self.in_hand:
                return
            try:
                future = self.done.get(timeout=_LOOK)
                blocks = self.blocks(future)
            except (queue.Empty, TimeoutError):
                continue
            yield self.in_hand.pop(future), blocks

    def submit(self, task: Task) -> None:
        """Hand a task over."""
        future = self.client.submit(simulated, task.plain(), pure=False)
        self.in_hand[future] = task
        future.add_done_callback(self.done.put)

    def blocks(self, future: "Future") -> list[BlockResult] | None:
        """The blocks of a task that is done; None if worker after worker was lost on it.

        Raises
        ------
        TimeoutError : its worker was lost after it was done; it is simulated again.
        PlannerError : the cluster is lost, or has another engine.
        """
        from distributed import KilledWorker

        if future.cancelled():
            raise self.gone()
        try:
            engine, plain = future.result(timeout=ANSWERS_WITHIN)
        except KilledWorker:
            return None
        except TimeoutError:
            future.add_done_callback(self.done.put)
            raise
        except OSError:
            raise self.gone() from None
        except Exception as error:
            raise PlannerError(
                f"the Dask cluster at {self.address} gave a task up "
                f"({type(error).__name__}: {_first_line(error)}); {_KEPT}"
            ) from error
        if engine != engine_identity():
            raise _other_engine("a worker that joined", engine)
        return [BlockResult(*block) for block in plain]

    def look(self) -> None:
        """Count the threads of the cluster, and do not wait for ever if there is none."""
        now = monotonic()
        if now - self.looked < _LOOK:
            return
        self.looked = now
        if self.client.status == "closed":
            raise self.gone()
        try:
            self.threads = sum(self.client.nthreads().values())
        except OSError:
            raise self.gone() from None
        if self.threads:
            self.seen, self.told = now, False
        elif now - self.seen > PATIENCE:
            raise PlannerError(
                f"the Dask scheduler at {self.address} had no worker for {PATIENCE:.0f} seconds; "
                f"start some (dask worker {self.address}), {_KEPT}"
            )
        elif not self.told:
            self.told = True
            logging.getLogger("planner").warning(
                "planner: the Dask scheduler at %s has no worker; waiting %.0f seconds for one "
                "(dask worker %s)", self.address, PATIENCE, self.address,
            )  # fmt: skip

    def gone(self) -> PlannerError:
        """What to say when the scheduler is lost."""
        return PlannerError(
            f"the Dask scheduler at {self.address} ended or was started again; {_KEPT}"
        )


@contextmanager
def _made_here(workers: int) -> Iterator[str]:
    """Address of a cluster of processes on this machine that ends with the block."""
    environment = dict(os.environ)
    try:
        cluster = _started(workers)
        with cluster:
            yield cluster.scheduler_address
    finally:
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]  # Dask sets some for its workers
        os.environ.update(environment)


def _started(workers: int) -> "LocalCluster":
    """Start a cluster, in a thread: an interrupt would leave one that is half made."""
    from distributed import LocalCluster

    settings = {
        "n_workers": workers,
        "threads_per_worker": 1,
        "processes": True,
        "host": "127.0.0.1",
        "dashboard_address": None,
        "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"},  # of its health page
        "silence_logs": logging.CRITICAL,
        "memory_limit": None,
    }
    with ThreadPoolExecutor(1) as thread:
        starting = thread.submit(LocalCluster, **settings)
        try:
            return starting.result()
        except Exception as error:
            raise PlannerError(
                f"a Dask cluster cannot be started here ({type(error).__name__}: "
                f"{_first_line(error)}); try --backend processes"
            ) from error
        except BaseException:
            with suppress(Exception):  # then there is nothing to close
                starting.result().close()
            raise


@contextmanager
def _joined(address: str) -> Iterator["Client"]:
    """A client of the scheduler at an address, which takes nothing over in this process."""
    from distributed import Client

    try:
        with ThreadPoolExecutor(1) as thread:  # a loop may run in this one
            thread.submit(asyncio.run, _greeted(address)).result()
        with warnings.catch_warnings(action="ignore"):  # of other versions of Dask's libraries
            client = Client(address, timeout=ANSWERS_WITHIN, set_as_default=False)
    except Exception as error:
        raise PlannerError(
            f"no Dask scheduler answers at {address} ({type(error).__name__}: "
            f"{_first_line(error)}); start one or check the address, then add --resume"
        ) from error
    try:
        yield client
    finally:
        with suppress(TimeoutError):  # a scheduler that hangs
            client.close(timeout=ANSWERS_WITHIN)


async def _greeted(address: str) -> None:
    """Connect and exchange greetings, for which Dask itself would wait for ever."""
    from distributed.comm import connect
    from distributed.security import Security

    settings = Security().get_connection_args("client")
    comm = await asyncio.wait_for(connect(address, ANSWERS_WITHIN, **settings), ANSWERS_WITHIN)
    comm.abort()


def _refuse_other_engines(client: "Client") -> None:
    """Ask every worker for its engine; blocks of another one could differ.

    Raises
    ------
    PlannerError : a worker lacks planner, or has another version of it or of its libraries.
    """
    for address, engine in client.run(engine_identity, on_error="return").items():
        if isinstance(engine, OSError):  # it is being lost
            continue
        if isinstance(engine, Exception):
            raise PlannerError(
                f"Dask worker {address} has no engine of planner ({type(engine).__name__}: "
                f"{_first_line(engine)}); install planner {engine_identity()['planner']} there"
            )
        if engine != engine_identity():
            raise _other_engine(address, engine)


def _other_engine(worker: str, there: _Engine) -> PlannerError:
    return PlannerError(
        f"Dask worker {worker} has another engine ({engine_differences(there)}); install the same "
        "versions there and start it again"
    )


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), "")[:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Dask tells about connections and workers off standard error."""
    top = {"asyncio", "dask", "distributed", "tornado"}
    known = [logging.getLogger(name) for name in logging.root.manager.loggerDict
             if name.split(".")[0] in top]  # fmt: skip
    loud = [log for log in known if log.name in top or log.handlers]
    before = [(log, log.handlers, log.propagate) for log in loud]
    for log in loud:
        log.handlers, log.propagate = [logging.NullHandler()], False
    try:
        yield
    finally:
        for log, handlers, propagate in before:
            log.handlers, log.propagate = handlers, propagate
