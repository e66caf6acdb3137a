"""Records of a segment: a mark, the length of the content, its key, the content, and the SHA-256
of all that. One that is cut short or damaged does not match; reading goes on at the next mark.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from typing import IO

MARK = b"\x89planner block\r\n\x1a\n"
_LENGTH_AND_KEY = struct.Struct("<I32s")
HEAD = len(MARK) + _LENGTH_AND_KEY.size
"""Bytes before the content."""
DIGEST = 32
"""Bytes after the content."""
LONGEST = 4 * 1024**2
"""Bytes of the largest content: far more hypotheses than any plan has."""
_CHUNK = 1 << 20


def record(key: bytes, content: bytes) -> bytes:
    """A block as it is stored.

    Parameters
    ----------
    key : 32 bytes.
    """
    if len(content) > LONGEST:
        raise ValueError(f"a block of {len(content)} bytes would not be found again")
    body = _LENGTH_AND_KEY.pack(len(content), key) + content
    return MARK + body + hashlib.sha256(body).digest()


def record_at(file: IO[bytes], start: int) -> tuple[bytes, bytes] | None:
    """Key and content of the record that starts at a place; None if there is no whole one."""
    file.seek(start)
    head = file.read(HEAD)
    if len(head) < HEAD or not head.startswith(MARK):
        return None
    length, key = _LENGTH_AND_KEY.unpack_from(head, len(MARK))
    if length > LONGEST:
        return None
    rest = file.read(length + DIGEST)
    content = rest[:length]
    digest = hashlib.sha256(head[len(MARK) :] + content).digest()
    return (key, content) if rest[length:] == digest else None


def records(file: IO[bytes]) -> Iterator[tuple[int, int, bytes | None]]:
    """Every stretch of a segment as (start, end, key); the key is None of what is no record."""
    size, start = os.fstat(file.fileno()).st_size, 0
    while start < size:
        found = record_at(file, start)
        if found is None:
            end = min(size, _next_mark(file, start + 1))
            yield start, end, None
        else:
            key, content = found
            end = start + HEAD + len(content) + DIGEST
            yield start, end, key
        start = end


def _next_mark(file: IO[bytes], start: int) -> int:
    """Where the next mark begins at or after a place; the end of the file if there is none."""
    while True:
        file.seek(start)
        found = file.read(_CHUNK)
        place = found.find(MARK)
        if place >= 0:
            return start + place
        if len(found) < _CHUNK:
            return start + len(found)
        start += _CHUNK - len(MARK) + 1
