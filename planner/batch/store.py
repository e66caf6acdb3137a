"""Blocks on disk: found by what they are, written whole, checked whenever they are read.

A store is a folder of segments, files to which one process each appends records. A record that is
cut short or damaged counts as absent. Nothing is ever changed in place, so that a process may be
killed at any instant. Once a run is complete its segments are packed into one, named by its
content.
"""

import hashlib
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from planner.batch.locks import is_free, locked, one_at_a_time, remove_if_free, sync_folder
from planner.batch.records import record, record_at, records
from planner.errors import InvalidInput, PlannerError

SYNC_SECONDS = 2.0
"""Time between two requests to put what was written on the medium."""
MOST_OPEN = 32
"""Segments that are open for reading at once."""
PACKING = "packing.lock"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record begins."""

    segment: str
    start: int


class Store:
    """The blocks of a folder.

    Parameters
    ----------
    folder : made when the first block is written.

    Attributes
    ----------
    damaged : places in the segments that are not records, of this reading.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged = 0
        self._places: dict[bytes, Place] = {}
        self._reading: dict[str, IO[bytes]] = {}
        self._writing: IO[bytes] | None = None
        self._segment = ""
        self._synced = 0.0
        self.reload()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._places)

    def keys(self) -> Iterator[bytes]:
        """Addresses of all blocks."""
        return iter(self._places)

    def reload(self) -> None:
        """Look at every segment again: other processes may have written or packed."""
        self.close()
        self._places, self.damaged = {}, 0
        read: set[Path] = set()
        while new := [path for path in self._segments() if path not in read]:
            for path in new:  # one that is gone was packed: the next listing has the packed one
                with suppress(FileNotFoundError):
                    self._read_segment(path)
            read.update(new)

    def _segments(self) -> list[Path]:
        try:
            return sorted(path for path in self.folder.iterdir() if path.suffix == ".blocks")
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise _unreadable(self.folder, error) from None

    def _read_segment(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                for start, end, key in records(file):
                    if key is not None:
                        self._places[key] = Place(path.name, start)
                    elif end < size or is_free(path):  # else its last record is being written
                        self.damaged += 1
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _unreadable(path, error) from None

    def get(self, key: bytes) -> bytes | None:
        """The content of a block, or None where it is absent or damaged."""
        while (place := self._places.get(key)) is not None:
            try:
                found = record_at(self._open(place.segment), place.start)
            except FileNotFoundError:  # packed by another process
                self.reload()
                continue
            except OSError as error:
                raise _unreadable(self.folder / place.segment, error) from None
            if found is not None and found[0] == key:
                return found[1]
            del self._places[key]
            self.damaged += 1
        return None

    def _open(self, segment: str) -> IO[bytes]:
        """A segment for reading; the one that was opened first makes room."""
        if segment not in self._reading:
            if len(self._reading) == MOST_OPEN:
                self._reading.pop(next(iter(self._reading))).close()
            self._reading[segment] = (self.folder / segment).open("rb")
        return self._reading[segment]

    def put(self, key: bytes, content: bytes) -> None:
        """Keep a block.

        Raises
        ------
        PlannerError : it cannot be written; what was there before is as it was.
        """
        try:
            file = self._writing or self._new_segment()
            start = file.tell()
            _write_all(file, record(key, content))
            if time.monotonic() - self._synced > SYNC_SECONDS:
                os.fsync(file.fileno())
                self._synced = time.monotonic()
        except OSError as error:
            raise unwritable(self.folder, error) from None
        self._places[key] = Place(self._segment, start)

    def _new_segment(self) -> IO[bytes]:
        """A segment of this process, locked before others see it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        partial = self.folder / f"{name}.part"
        self._writing = locked(partial)
        self._segment = f"{name}.blocks"
        partial.rename(self.folder / self._segment)
        sync_folder(self.folder)
        self._synced = time.monotonic()
        return self._writing

    def pack(self, order: Iterable[bytes]) -> None:
        """Put all blocks into one segment: first those of `order`, then others by address.

        The same blocks give the same file. Segments to which another process writes stay, and one
        process packs at a time, so that the last one to end leaves one segment. What is packed is
        read and checked again; the old segments go once the new one is on the medium.
        """
        self.close()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with one_at_a_time(self.folder / PACKING):
                free = [path for path in self._segments() if is_free(path)]
                self.reload()
                packed = self._packed(order, {path.name for path in free})
                for path in free:
                    if path != packed:
                        path.unlink()
                for path in self.folder.glob("*.part"):
                    remove_if_free(path)
        except OSError as error:
            raise unwritable(self.folder, error) from None

    def _packed(self, order: Iterable[bytes], segments: set[str]) -> Path | None:
        """A new segment with the blocks of some segments; None if they have none."""
        wanted = dict.fromkeys([*order, *sorted(self._places)])
        places = self._places
        kept = [key for key in wanted if key in places and places[key].segment in segments]
        if not kept:
            return None
        partial = self.folder / f"{uuid.uuid4().hex}.part"
        try:
            with locked(partial) as file:
                packed = self.folder / f"{self._copy(kept, file)}.blocks"
                partial.replace(packed)
                sync_folder(self.folder)
        finally:
            with suppress(OSError):  # it has its name, or could not be made
                partial.unlink()
        return packed

    def _copy(self, keys: Iterable[bytes], file: IO[bytes]) -> str:
        """Write the blocks to a file and put it on the medium; digest of what was written."""
        digest = hashlib.sha256()
        for key in keys:
            content = self.get(key)
            if content is not None:
                written = record(key, content)
                digest.update(written)
                _write_all(file, written)
        os.fsync(file.fileno())
        return digest.hexdigest()[:32]

    def close(self) -> None:
        """Put what was written on the medium and let go of the files."""
        for reading in self._reading.values():
            reading.close()
        self._reading = {}
        if self._writing is not None:
            writing, self._writing = self._writing, None
            try:
                with writing:
                    os.fsync(writing.fileno())
            except OSError as error:
                raise unwritable(self.folder, error) from None


def _write_all(file: IO[bytes], content: bytes) -> None:
    """Write all of it: an unbuffered file may take a part only."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"cannot be read ({_reason(error)}); check the folder", source=str(path))


def unwritable(path: Path, error: OSError) -> PlannerError:
    """What to say when a file or folder cannot be written."""
    return PlannerError(
        f"{path}: cannot be written ({_reason(error)}); what was stored is kept: make room or "
        "allow writing and go on with --resume, or give another --out"
    )
