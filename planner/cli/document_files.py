"""Documents in several formats: which ones are asked for, where they go, and writing them."""

from collections.abc import Sequence
from pathlib import Path

import click

from planner.cli.options import write_whole

SUFFIXES = {"htm": "html", "markdown": "md"}
"""Other suffixes of the formats' files."""


def document_places(
    given: str | None, out: Path | None, stem: str, usual: Sequence[str]
) -> dict[str, Path]:
    """Format → file, in the order asked for.

    Parameters
    ----------
    given : formats with commas between them; default the suffix of `out`, else `usual`.
    out : a file for one format, or a folder; default this folder.
    stem : name of the files in a folder.

    Raises
    ------
    click.UsageError : no such format, or several for one file.
    """
    from planner.report.formats import FORMATS

    suffix = _suffix(out) if out is not None and not out.is_dir() else ""
    names = [name.strip().lower() for name in given.split(",")] if given else []
    names = list(dict.fromkeys(names)) or ([suffix] if suffix else list(usual))
    for name in names:
        if name not in FORMATS:
            raise click.UsageError(f"{name!r} is not a format; choose {', '.join(FORMATS)}")
    if suffix and names != [suffix]:
        raise click.UsageError(
            f"--out {out} is a file for one format and {given} is asked for; give a folder"
        )
    if out is not None and suffix:
        return {suffix: out}
    return {name: (out or Path()) / f"{stem}.{name}" for name in names}


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower().removeprefix(".")
    return SUFFIXES.get(suffix, suffix)


def write_document(path: Path, content: bytes) -> None:
    """Write a file whole, and the folder that it stands in if that is missing."""

    def write(partial: Path) -> None:
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)

    write_whole(path, write)
