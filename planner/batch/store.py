"""Blocks on disk: found by what they are, written whole, checked whenever they are read.

A store is a folder of segments, files to which one process each appends records. A record is a
mark, the length of its content, its key, the content, and the SHA-256 of all that; a record that
is cut short or damaged does not match and counts as absent, and reading goes on at the next mark.
Nothing is ever changed in place, so that a process may be killed at any instant. Once a run is
complete its segments are packed into one, named by its content.
"""

import fcntl
import hashlib
import os
import struct
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from planner.errors import InvalidInput, PlannerError

MARK = b"\x89planner block\r\n\x1a\n"
_HEAD = struct.Struct("<I32s")
_DIGEST = 32
LONGEST = 64 * 1024**2
"""Bytes of the largest content that is believed."""
SYNC_SECONDS = 2.0
"""Time between two requests to put what was written on the medium."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the content of a record is."""

    segment: str
    offset: int
    length: int


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
        self._close_reading()
        self._places, self.damaged = {}, 0
        for path in self._segments():
            with suppress(FileNotFoundError):  # packed by another process since it was listed
                self._read_segment(path)

    def _segments(self) -> list[Path]:
        try:
            return sorted(self.folder.glob("*.blocks"))
        except OSError as error:
            raise _unreadable(self.folder, error) from None

    def _read_segment(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                for key, place in self._records(path.name, file):
                    self._places[key] = place
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _unreadable(path, error) from None

    def _records(self, name: str, file: IO[bytes]) -> Iterator[tuple[bytes, Place]]:
        """Keys and places of the whole records of a segment."""
        size, start = os.fstat(file.fileno()).st_size, 0
        while start < size:
            record = _record_at(file, start)
            if record is None:
                self.damaged += 1
                start = _next_mark(file, start + 1)
                continue
            key, length = record
            yield key, Place(name, start + len(MARK) + _HEAD.size, length)
            start += len(MARK) + _HEAD.size + length + _DIGEST

    def get(self, key: bytes) -> bytes | None:
        """The content of a block, or None where it is absent or damaged."""
        place = self._places.get(key)
        if place is None:
            return None
        content = self._content(key, place)
        if content is None:
            del self._places[key]
            self.damaged += 1
        return content

    def _content(self, key: bytes, place: Place) -> bytes | None:
        try:
            if place.segment not in self._reading:
                self._reading[place.segment] = (self.folder / place.segment).open("rb")
            file = self._reading[place.segment]
            start = place.offset - len(MARK) - _HEAD.size
            if _record_at(file, start) != (key, place.length):
                return None
            file.seek(place.offset)
            return file.read(place.length)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(self.folder / place.segment, error) from None

    def put(self, key: bytes, content: bytes) -> None:
        """Keep a block.

        Raises
        ------
        PlannerError : it cannot be written; what was there before is as it was.
        """
        try:
            file = self._writing or self._new_segment()
            start = file.tell()
            _write_all(file, _record(key, content))
            if time.monotonic() - self._synced > SYNC_SECONDS:
                os.fsync(file.fileno())
                self._synced = time.monotonic()
        except OSError as error:
            raise unwritable(self.folder, error) from None
        self._places[key] = Place(self._segment, start + len(MARK) + _HEAD.size, len(content))

    def _new_segment(self) -> IO[bytes]:
        """A segment of this process, locked before others see it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        partial = self.folder / f"{name}.part"
        self._writing = locked(partial)
        self._segment = f"{name}.blocks"
        partial.rename(self.folder / self._segment)
        self._synced = time.monotonic()
        return self._writing

    def pack(self, order: Iterable[bytes]) -> None:
        """Put all blocks into one segment: first those of `order`, then others by address.

        The same blocks give the same file. Segments to which another process writes stay. What is
        packed is read and checked again; the old segments go once the new one is on the medium.
        """
        self._close_writing()
        free = [path for path in self._segments() if is_free(path)]
        wanted = dict.fromkeys([*order, *sorted(self._places)])
        names = {path.name for path in free}
        kept = [key for key in wanted if key in self and self._places[key].segment in names]
        partial = self.folder / f"{uuid.uuid4().hex}.part"
        try:
            with locked(partial) as file:
                packed = self.folder / f"{self._copy(kept, file)}.blocks"
                partial.replace(packed)
            for path in free:
                if path != packed:
                    path.unlink(missing_ok=True)
            for path in self.folder.glob("*.part"):
                if is_free(path):  # left by a process that was killed
                    path.unlink(missing_ok=True)
        except OSError as error:
            with suppress(OSError):  # what could not be made cannot be removed
                partial.unlink(missing_ok=True)
            raise unwritable(self.folder, error) from None
        self.reload()

    def _copy(self, keys: Iterable[bytes], file: IO[bytes]) -> str:
        """Write the blocks to a file and put it on the medium; digest of what was written."""
        digest = hashlib.sha256()
        for key in keys:
            content = self.get(key)
            if content is not None:
                record = _record(key, content)
                digest.update(record)
                _write_all(file, record)
        os.fsync(file.fileno())
        return digest.hexdigest()[:32]

    def close(self) -> None:
        """Put what was written on the medium and let go of the files."""
        self._close_writing()
        self._close_reading()

    def _close_writing(self) -> None:
        if self._writing is not None:
            file, self._writing = self._writing, None
            try:
                with file:
                    os.fsync(file.fileno())
            except OSError as error:
                raise unwritable(self.folder, error) from None

    def _close_reading(self) -> None:
        for file in self._reading.values():
            file.close()
        self._reading = {}


def _record(key: bytes, content: bytes) -> bytes:
    body = _HEAD.pack(len(content), key) + content
    return MARK + body + hashlib.sha256(body).digest()


def _record_at(file: IO[bytes], start: int) -> tuple[bytes, int] | None:
    """Key and length of the record that starts at a place; None if there is no whole one."""
    file.seek(start)
    head = file.read(len(MARK) + _HEAD.size)
    if len(head) < len(MARK) + _HEAD.size or not head.startswith(MARK):
        return None
    length, key = _HEAD.unpack_from(head, len(MARK))
    if length > LONGEST:
        return None
    content = file.read(length)
    digest = hashlib.sha256(head[len(MARK) :] + content).digest()
    return (key, length) if len(content) == length and file.read(_DIGEST) == digest else None


def _next_mark(file: IO[bytes], start: int) -> int:
    """Where the next mark begins at or after a place; the end of the file if there is none."""
    chunk = 1 << 20
    while True:
        file.seek(start)
        found = file.read(chunk)
        place = found.find(MARK)
        if place >= 0:
            return start + place
        if len(found) < chunk:
            return start + len(found)
        start += chunk - len(MARK) + 1


def _write_all(file: IO[bytes], content: bytes) -> None:
    """Write all of it: an unbuffered file may take a part only."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def locked(path: Path) -> IO[bytes]:
    """A new file, locked while it is open; without a lock where the file system has none."""
    file = path.open("xb", buffering=0)
    with suppress(OSError):  # then no process packs it away, as none can lock it
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def is_free(path: Path) -> bool:
    """Whether no other process writes to a segment."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    reason = error.strerror or error
    return InvalidInput(f"cannot be read ({reason}); check the folder", source=str(path))


def unwritable(path: Path, error: OSError) -> PlannerError:
    """What to say when a file or folder cannot be written."""
    reason = error.strerror or error
    return PlannerError(
        f"{path}: cannot be written ({reason}); what was stored is kept: make room or give "
        "another --out, then add --resume"
    )
