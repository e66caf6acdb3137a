"""A real Dask scheduler and its workers, as processes on the loopback interface."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.browser.server import ADDRESS as HOST
from tests.browser.server import free_port


class Cluster:
    """A scheduler without workers at first; everything it starts ends with it."""

    def __init__(self, folder: Path, allowed_failures: int) -> None:
        self.folder, self.started = folder, list[subprocess.Popen[bytes]]()
        self.address = f"tcp://{HOST}:{free_port()}"
        self.scheduler = self._start(
            "dask_scheduler",
            "--port", self.address.rpartition(":")[2], "--dashboard-address", f"{HOST}:0",
            variables={"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)},
        )  # fmt: skip

    def worker(self, *options: str, preload: str = "") -> subprocess.Popen[bytes]:
        """Start a worker with one thread; it first runs the lines of ``preload``."""
        words = [self.address, "--nthreads", "1", "--local-directory", str(self.folder / "dask")]
        if preload:
            script = self.folder / f"preload_{len(self.started)}.py"
            script.write_text(preload, "utf-8")
            words += ["--preload", str(script)]
        return self._start("dask_worker", *words, *(options or ("--no-nanny",)))

    def _start(
        self, module: str, *words: str, variables: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", HOST,
                   "--no-dashboard", *words]  # fmt: skip
        with (self.folder / f"{module}_{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **(variables or {})}
            )
        self.started.append(process)
        return process

    def wait_for_workers(self, n: int) -> None:
        """Wait until the scheduler has as many workers."""
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(n, timeout=60)

    def answers(self) -> None:
        """Wait until the scheduler listens."""
        port = int(self.address.rpartition(":")[2])
        for _ in range(600):
            with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                return
            time.sleep(0.1)
        raise TimeoutError(self.address)


@contextmanager
def cluster(folder: Path, workers: int = 0, allowed_failures: int = 3) -> Iterator[Cluster]:
    """A scheduler, once it listens and has its workers."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Cluster(folder, allowed_failures)
    try:
        for _ in range(workers):
            found.worker()
        found.answers()
        if workers:
            found.wait_for_workers(workers)
        yield found
    finally:
        for process in found.started:
            process.kill()
            process.wait()
