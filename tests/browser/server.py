"""The front end as a process of its own, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HOME = Path(__file__).parents[2]
ADDRESS = "127.0.0.1"
STARTS_WITHIN, ENDS_WITHIN = 60.0, 15.0
"""Seconds."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def streamlit(port: int) -> list[str]:
    """The words of ``streamlit run app.py``; it does not look out for changes of its files."""
    return [
        sys.executable, "-m", "streamlit", "run", str(HOME / "app.py"),
        "--server.address", ADDRESS, "--server.port", str(port), "--server.headless", "true",
        "--server.fileWatcherType", "none",
    ]  # fmt: skip


@contextmanager
def serving(
    command: Sequence[str],
    port: int,
    log: Path,
    cwd: Path = HOME,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a process group of its own until it is no longer wanted."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_healthy(server, port, log)
        yield server
    finally:
        end(server)


def wait_until_healthy(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server answers that it is well."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert server.poll() is None, f"the server left with {server.returncode}: {log.read_text()}"
        if healthy(port):
            return
        time.sleep(0.1)
    raise TimeoutError(f"the server is not well after {STARTS_WITHIN:.0f} s: {log.read_text()}")


def healthy(port: int) -> bool:
    """Whether the server says that it is well."""
    try:
        with urllib.request.urlopen(f"http://{ADDRESS}:{port}/_stcore/health", timeout=2) as answer:
            return bool(answer.read() == b"ok")
    except (urllib.error.URLError, OSError):
        return False


def end(server: subprocess.Popen[bytes]) -> None:
    """End the server and all that it has started."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
