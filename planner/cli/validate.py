"""The command ``planner validate``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.document_files import document_places, write_document
from planner.cli.progress import search_progress

if TYPE_CHECKING:
    from planner.validation.results import Validation

BY_DEFAULT = ("html", "json")
"""Formats in a folder, unless others are asked for."""


@click.command()
@click.option("--group", "groups", multiple=True, metavar="NAME", help="Only this one. Repeatable.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the report: a folder, or a file for one format.",
)
@click.option(
    "--format",
    "formats",
    metavar="html,json,pdf,docx,md",
    help="One or more; default the suffix of --out, or html and json in a folder.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Threads; no number depends on it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def validate(
    groups: tuple[str, ...],
    out: Path | None,
    formats: str | None,
    workers: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Check this installation against every reference value that ships with the program.

    Computes what PowerTOST, lme4, RBesT, NUTS, papers and theory give, known public errors among
    them, and says how far off it is. With --out or --format it writes an installation
    qualification. Exit code 1 if any check fails.
    """
    from planner.cli import payload, show_validation
    from planner.report.qualification.files import qualification_data, qualification_files
    from planner.validation.groups import validate as run

    usual = BY_DEFAULT if out is not None else ()
    names, places = _known(groups), document_places(formats, out, "qualification", usual)
    with _progress(quiet=quiet or as_json) as notify:
        found = run(names, workers=workers, notify=notify)
    for name, content in qualification_files(found, places).items():
        write_document(places[name], content)
    if as_json:
        click.echo(payload.dump(qualification_data(found)))
    else:
        click.echo(show_validation.text(found, tuple(places.values())))
    _leave(found)


def _leave(found: "Validation") -> None:
    if not found.passed:
        click.get_current_context().exit(1)


def _known(groups: tuple[str, ...]) -> list[str] | None:
    """Names of groups, also several with commas between them; None for all."""
    from planner.validation.groups import GROUPS

    names = [name.strip() for words in groups for name in words.split(",")]
    for name in names:
        if name not in GROUPS:
            raise click.UsageError(
                f"--group {name!r} is not a group of checks; choose {', '.join(GROUPS)}"
            )
    return names or None


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """A callback for the group that begins: a status on a terminal, lines elsewhere."""
    with search_progress(quiet=quiet) as status:
        yield status if status or quiet else lambda words: click.echo(words, err=True)
