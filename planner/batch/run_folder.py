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
from planner.batch.identity import base_identity
from planner.batch.store import Store, is_free, locked, unwritable
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
        InvalidInput : there is none, or it was damaged.
        """
        content = self.content(BATCH)
        source = str(self.path / BATCH)
        try:
            return batch_from(json.loads(content), source)
        except ValueError as error:
            if isinstance(error, InvalidInput):
                raise
            raise InvalidInput(
                "is damaged; give the batch file again with --resume", source=source
            ) from None

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
        self.write(BATCH, batch_content(batch))
        self.write(IDENTITY, _with_digest(base_identity(batch.scenario)))

    def check(self, batch: Batch) -> None:
        """Refuse a folder with blocks of another scenario or engine.

        A damaged file of the identity says nothing: every block has its own in its address.

        Raises
        ------
        InvalidInput : says what differs.
        """
        kept, identity = self.identity(), base_identity(batch.scenario)
        if kept is None or kept == identity:
            return
        if kept["scenario"] != identity["scenario"]:
            raise InvalidInput(
                f"its blocks are of base scenario {kept['scenario'][:6]} and this batch is of "
                f"{identity['scenario'][:6]}; give another --out",
                source=str(self.path),
            )
        before, now = kept["engine"], identity["engine"]
        moved = [k for k in sorted(before.keys() | now.keys()) if before.get(k) != now.get(k)]
        told = ", ".join(f"{k} {before.get(k)} there, {now.get(k)} here" for k in moved)
        raise InvalidInput(
            f"its blocks are of another engine ({told}); give another --out, or compare with "
            "`planner replay`",
            source=str(self.path),
        )

    def identity(self) -> dict[str, Any] | None:
        """Scenario and engine of the blocks; None where the file is missing or damaged."""
        try:
            data = json.loads((self.path / IDENTITY).read_bytes())
            kept = {"scenario": data["scenario"], "engine": dict(data["engine"])}
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return kept if _with_digest(kept) == (self.path / IDENTITY).read_bytes() else None

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole and put it on the medium.

        Raises
        ------
        PlannerError : it cannot be written; the file is as it was before.
        """
        self.write_with(name, lambda partial: partial.write_bytes(content))

    def write_with(self, name: str, write: Callable[[Path], Any]) -> None:
        """The same with a function that writes to the path that it is given."""
        partial = self.path / f"{name}.{uuid.uuid4().hex[:8]}.part"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with locked(partial) as file:
                write(partial)
                os.fsync(file.fileno())
                partial.replace(self.path / name)
        except OSError as error:
            with suppress(OSError):  # what could not be made cannot be removed
                partial.unlink()
            raise unwritable(self.path / name, error) from None

    def tidy(self) -> None:
        """Remove half-written files of processes that were killed."""
        for path in self.path.glob("*.part"):
            if is_free(path):
                with suppress(OSError):  # a medium that can be read only
                    path.unlink()


def batch_content(batch: Batch) -> bytes:
    """A batch as the bytes of its file."""
    data = {**batch.plain(), "scenario": batch.scenario.plain()}
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def _with_digest(identity: dict[str, Any]) -> bytes:
    text = json.dumps(identity, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return (json.dumps({**identity, "sha256": digest}, indent=1, sort_keys=True) + "\n").encode()
