"""The folder of a run: its batch, its blocks, and what they belong to.

``batch.json`` is the batch in full, so that a run needs nothing else; ``identity.json`` says which
scenario and engine the blocks are of; ``blocks/`` is the store; ``results.parquet`` and
``manifest.json`` are written whole, once everything is simulated.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.batch.batch import Batch, batch_from
from planner.batch.identity import base_identity, engine_differences
from planner.batch.locks import locked, remove_if_free, sync_folder
from planner.batch.store import Store, unwritable
from planner.errors import InvalidInput

BATCH, IDENTITY, BLOCKS = "batch.json", "identity.json", "blocks"
RESULTS, MANIFEST = "results.parquet", "manifest.json"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Files of a run."""

    path: Path

    def store(self) -> Store:
        """The blocks."""
        return Store(self.path / BLOCKS)

    @property
    def begun(self) -> bool:
        """Whether a run was begun here."""
        return (self.path / BATCH).exists() or (self.path / BLOCKS).exists()

    def batch(self) -> Batch:
        """The batch that is run here.

        Raises
        ------
        InvalidInput : there is none, or it was changed or damaged.
        """
        content, kept = self.content(BATCH), self.identity()
        if kept is not None and kept["batch"] != hashlib.sha256(content).hexdigest():
            raise self._damaged_batch()
        try:
            return batch_from(json.loads(content), str(self.path / BATCH))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            if isinstance(error, InvalidInput):
                raise
            raise self._damaged_batch() from None

    def _damaged_batch(self) -> InvalidInput:
        return InvalidInput(
            "was changed or is damaged; give the batch file again with --resume",
            source=str(self.path / BATCH),
        )

    def content(self, name: str) -> bytes:
        """A file of the run.

        Raises
        ------
        InvalidInput : it is not there.
        """
        try:
            return (self.path / name).read_bytes()
        except OSError:
            raise InvalidInput(
                f"the folder has no readable {name}; give the folder of a batch run",
                source=str(self.path),
            ) from None

    def begin(self, batch: Batch, *, resume: bool) -> None:
        """Take the folder for a batch.

        Raises
        ------
        InvalidInput : a run is there and is not to be resumed, or it is of another scenario or
            engine.
        """
        if self.begun and not resume:
            raise InvalidInput(
                "a run is there already; add --resume to go on with it, or give another --out",
                source=str(self.path),
            )
        if self.begun:
            self.check(batch)
        content = batch_content(batch)
        digest = hashlib.sha256(content).hexdigest()
        identity = _with_digest({**base_identity(batch.scenario), "batch": digest})
        for name, wanted in ((BATCH, content), (IDENTITY, identity)):
            if not self._has(name, wanted):
                self.write(name, wanted)

    def _has(self, name: str, content: bytes) -> bool:
        try:
            return (self.path / name).read_bytes() == content
        except OSError:
            return False

    def check(self, batch: Batch) -> None:
        """Refuse a folder with blocks of another scenario or engine.

        A damaged file of the identity says nothing: every block has its own in its address.

        Raises
        ------
        InvalidInput : says what differs.
        """
        kept, identity = self.identity(), base_identity(batch.scenario)
        if kept is None:
            return
        if kept["scenario"] != identity["scenario"]:
            raise InvalidInput(
                f"its blocks are of base scenario {kept['scenario'][:6]} and this batch is of "
                f"{identity['scenario'][:6]}; give another --out",
                source=str(self.path),
            )
        if told := engine_differences(kept["engine"]):
            raise InvalidInput(
                f"its blocks are of another engine ({told}); give another --out, or compare with "
                "`planner replay`",
                source=str(self.path),
            )

    def identity(self) -> dict[str, Any] | None:
        """Scenario and engine of the blocks, and the digest of the batch.

        None where the file is missing or damaged.
        """
        try:
            content = (self.path / IDENTITY).read_bytes()
            data = json.loads(content)
            kept = {name: data[name] for name in ("scenario", "engine", "batch")}
            whole = _with_digest(kept) == content
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return kept if whole else None

    def write(self, name: str, content: bytes) -> str:
        """Write a file whole and put it on the medium; SHA-256 of what was written.

        Raises
        ------
        PlannerError : it cannot be written; the file is as it was before.
        """
        return self.write_with(name, lambda partial: partial.write_bytes(content))

    def write_with(self, name: str, write: Callable[[Path], Any]) -> str:
        """The same with a function that writes to the path that it is given."""
        partial = self.path / f"{name}.{uuid.uuid4().hex[:8]}.part"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with locked(partial) as file:
                write(partial)
                os.fsync(file.fileno())
                with partial.open("rb") as written:
                    digest = hashlib.file_digest(written, "sha256").hexdigest()
                partial.replace(self.path / name)
                sync_folder(self.path)
        except OSError as error:
            raise unwritable(self.path / name, error) from None
        finally:
            with suppress(OSError):  # it has its name, or could not be made
                partial.unlink()
        return digest

    def tidy(self) -> None:
        """Remove half-written files of processes that were killed."""
        for name in (BATCH, IDENTITY, RESULTS, MANIFEST):
            for path in self.path.glob(f"{name}.*.part"):
                remove_if_free(path)


def batch_content(batch: Batch) -> bytes:
    """A batch as the bytes of its file."""
    data = {**batch.plain(), "scenario": batch.scenario.plain()}
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def _with_digest(identity: dict[str, Any]) -> bytes:
    text = json.dumps(identity, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return (json.dumps({**identity, "sha256": digest}, indent=1, sort_keys=True) + "\n").encode()
