"""Files that are in use by a process: locked for as long as it has them open.

A lock goes with its process, however that ends. Where the file system has no locks every file
counts as in use: nothing is packed or tidied away then, and all else works.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def locked(path: Path) -> IO[bytes]:
    """A new file, unbuffered, that other processes see to be in use until it is closed."""
    while True:
        file = path.open("xb", buffering=0)
        with suppress(OSError):  # no locks here
            fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():
            return file
        file.close()  # removed by `remove_if_free` before it was locked


def is_free(path: Path) -> bool:
    """Whether no process has a file in use."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def remove_if_free(path: Path) -> None:
    """Remove a file that a killed process has left."""
    with suppress(OSError), path.open("rb") as file:  # in use, gone, or on a read-only medium
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        path.unlink()


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait until no other process is inside; `path` is an empty file that stays."""
    with path.open("ab") as file:
        with suppress(OSError):  # no locks here
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sync_folder(path: Path) -> None:
    """Put the names of a folder on the medium, so that new files outlast a loss of power."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some file systems do so by themselves and refuse to be asked
            os.fsync(folder)
    finally:
        os.close(folder)
