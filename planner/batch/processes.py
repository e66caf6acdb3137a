"""Worker processes beside this one: separate interpreters that speak JSON over pipes.

A worker that dies gives its task back; the task is then tried again block by block, so that a
block that kills its worker fails alone. A worker ends when this process does, as its input ends.
"""

import base64
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from planner.batch.identity import engine_differences
from planner.batch.task import BlockResult, Task
from planner.errors import PlannerError

MOST_LOSSES = 3
"""Workers that a block may kill before it counts as failed."""
_Done = list[BlockResult] | BaseException


@dataclass(slots=True)
class _Run:
    """What the threads that look after the workers share."""

    tasks: Iterator[Task]
    lock: threading.Lock = field(default_factory=threading.Lock)
    again: list[tuple[Task, int]] = field(default_factory=list)
    done: "queue.Queue[_Done]" = field(default_factory=lambda: queue.Queue(maxsize=64))
    stopped: threading.Event = field(default_factory=threading.Event)
    workers: "set[_Worker]" = field(default_factory=set)

    def stop(self) -> None:
        """End the workers under way; nothing new is started."""
        self.stopped.set()
        with self.lock:
            for worker in self.workers:
                worker.process.kill()

    def worker(self) -> "_Worker | None":
        """A new worker that is ready; None if everything is to stop."""
        for _ in range(MOST_LOSSES):
            with self.lock:
                if self.stopped.is_set():
                    return None
                worker = _Worker()
                self.workers.add(worker)
            ready = False
            try:
                ready = worker.ready()
            finally:
                if not ready:
                    self.end(worker)
            if ready:
                return worker
        if self.stopped.is_set():
            return None
        raise PlannerError("worker processes end before they begin; try --backend threads")

    def end(self, worker: "_Worker") -> None:
        """End a worker and wait for it."""
        with self.lock:
            self.workers.discard(worker)
        worker.process.kill()
        worker.process.communicate()

    def next(self) -> tuple[Task, int] | None:
        """The next task, and how many workers were lost on it."""
        with self.lock:
            if self.again:
                return self.again.pop()
            task = next(self.tasks, None)
            return None if task is None else (task, 0)

    def lost(self, task: Task, losses: int) -> None:
        """Take a task back after a worker died on it."""
        if len(task.blocks) > 1:
            with self.lock:
                self.again += [(part, 0) for part in task.split()]
        elif losses + 1 < MOST_LOSSES:
            with self.lock:
                self.again.append((task, losses + 1))
        else:
            block, size = task.blocks[0]
            problem = f"the worker died {MOST_LOSSES} times while it simulated this block"
            self.done.put([BlockResult(task.case, block, size, b"", problem)])


class Processes:
    """Worker processes on this machine.

    Parameters
    ----------
    workers : processes; each simulates one task at a time.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, tasks: Iterator[Task]) -> Generator[list[BlockResult]]:
        """The blocks of every task, as they are done."""
        run = _Run(tasks)
        threads = [
            threading.Thread(target=_look_after, args=(run,), daemon=True)
            for _ in range(self.workers)
        ]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads) or not run.done.empty():
                try:
                    found = run.done.get(timeout=0.05)
                except queue.Empty:
                    continue
                if isinstance(found, BaseException):
                    raise found
                yield found
        finally:
            run.stop()
            while any(thread.is_alive() for thread in threads):
                try:  # a thread may wait for room
                    run.done.get(timeout=0.05)
                except queue.Empty:
                    continue


def _look_after(run: _Run) -> None:
    """Give one worker task after task; a new worker takes the place of one that died."""
    worker = None
    try:
        while not run.stopped.is_set() and (given := run.next()) is not None:
            task, losses = given
            worker = worker or run.worker()
            if worker is None:
                return
            found = worker.results(task)
            if found is None:
                run.end(worker)
                worker = None
                run.lost(task, losses)
            else:
                run.done.put(found)
    except BaseException as error:  # noqa: BLE001 - raised where the results are read
        run.done.put(error)
    finally:
        if worker is not None:
            run.end(worker)


class _Worker:
    """A worker process."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", "planner.batch.worker"]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - fixed words
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                process_group=0,  # Ctrl-C is for the parent, which ends its workers
            )
        except OSError as error:
            raise PlannerError(
                f"a worker process cannot be started ({error}); try --backend threads"
            ) from None

    def ready(self) -> bool:
        """Wait until it has begun; False if it died.

        Raises
        ------
        PlannerError : its engine is another one, so its numbers would not be of this run.
        """
        found = self._answer()
        if found is not None and (told := engine_differences(found)):
            raise PlannerError(
                f"a worker process has another engine ({told}), so planner was changed while the "
                "run was under way; run the batch again, with another --out"
            )
        return found is not None

    def _answer(self) -> Any:
        """The next line; None if the process died."""
        assert self.process.stdout is not None
        try:
            return json.loads(self.process.stdout.readline())
        except (OSError, ValueError):
            return None

    def results(self, task: Task) -> list[BlockResult] | None:
        """The blocks of a task; None if the worker died."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(task.plain()) + "\n")
            self.process.stdin.flush()
        except OSError:
            return None
        found = self._answer()
        if found is None:
            return None
        return [
            BlockResult(case, block, trials, base64.b64decode(tally), problem)
            for case, block, trials, tally, problem in found
        ]
