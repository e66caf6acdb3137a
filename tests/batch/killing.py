"""``planner`` in a process that is killed at a given instant: ``python -m tests.batch.killing``.

The words are INSTANT, NUMBER, then those of `planner`. The process kills itself when the instant
comes for the NUMBER-th time: within a write that is half done, before or after a file gets its
name, and before an old segment is removed. What it runs is otherwise the program as it is.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import planner.batch.runner as runner
import planner.batch.store as store
from planner.batch.run_folder import RunFolder
from planner.batch.store import Store
from planner.cli import main

PATCH = pytest.MonkeyPatch()


def die() -> None:
    """As by ``kill -9``."""
    os.kill(os.getpid(), signal.SIGKILL)


class Fuse:
    """Burns down call by call."""

    def __init__(self, number: int) -> None:
        self.number = self.left = number

    def burnt(self) -> bool:
        """Whether this call is the one."""
        self.left -= 1
        return self.left == 0


def in_block(fuse: Fuse) -> None:
    """A part of the record of a block is written."""
    write = store._write_all

    def half(file: Any, content: bytes) -> None:
        if fuse.burnt():
            write(file, content[: len(content) * (1 + fuse.number % 7) // 8])
            die()
        write(file, content)

    PATCH.setattr(store, "_write_all", half)


def in_packing(fuse: Fuse) -> None:
    """A part of the blocks is copied to the packed segment."""
    copy = Store._copy

    def watched(self: Store, keys: Any, file: Any) -> str:
        in_block(fuse)
        return copy(self, keys, file)

    PATCH.setattr(Store, "_copy", watched)


def in_file(name: str) -> Callable[[Fuse], None]:
    """Half of a file is written."""

    def arm(fuse: Fuse) -> None:
        write_with = RunFolder.write_with

        def half(self: RunFolder, found: str, write: Callable[[Path], Any]) -> str:
            def cut(partial: Path) -> None:
                write(partial)
                os.truncate(partial, partial.stat().st_size // 2)
                die()

            this = found == name and fuse.burnt()
            return write_with(self, found, cut if this else write)

        PATCH.setattr(RunFolder, "write_with", half)

    return arm


def around(name: str, *, after: bool) -> Callable[[Fuse], None]:
    """A file operation of `Path` is about to happen, or has happened."""

    def arm(fuse: Fuse) -> None:
        operation = getattr(Path, name)

        def watched(self: Path, *words: Any, **more: Any) -> Any:
            if not after and _of_a_run(self) and fuse.burnt():
                die()
            done = operation(self, *words, **more)
            if after and _of_a_run(self) and fuse.burnt():
                die()
            return done

        PATCH.setattr(Path, name, watched)

    return arm


def _of_a_run(path: Path) -> bool:
    """What imports and caches do elsewhere is no instant of a run."""
    return any(parent.suffix == ".run" for parent in path.parents)


def at_step(fuse: Fuse) -> None:
    """Blocks have come and are not yet stored."""
    put = Store.put

    def watched(self: Store, key: bytes, content: bytes) -> None:
        if fuse.burnt():
            die()
        put(self, key, content)

    PATCH.setattr(Store, "put", watched)


def before_results(fuse: Fuse) -> None:
    """Everything is simulated."""
    finish = runner.finish

    def watched(*words: Any) -> Any:
        if fuse.burnt():
            die()
        return finish(*words)

    PATCH.setattr(runner, "finish", watched)


INSTANTS: dict[str, Callable[[Fuse], None]] = {
    "in a block": in_block,
    "before a block": at_step,
    "in batch.json": in_file("batch.json"),
    "in identity.json": in_file("identity.json"),
    "in results.parquet": in_file("results.parquet"),
    "in manifest.json": in_file("manifest.json"),
    "before the results": before_results,
    "before a name": around("replace", after=False),
    "after a name": around("replace", after=True),
    "before a segment's name": around("rename", after=False),
    "after a segment's name": around("rename", after=True),
    "in packing": in_packing,
    "before removing": around("unlink", after=False),
    "after removing": around("unlink", after=True),
}

if __name__ == "__main__":
    instant, number, *words = sys.argv[1:]
    INSTANTS[instant](Fuse(int(number)))
    sys.argv = ["planner", *words]
    main()
