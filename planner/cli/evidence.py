"""`planner evidence list` and `planner evidence show`: the library of studies."""

import json
from pathlib import Path

import click

_FOLDER = click.option(
    "--priors",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of studies to read instead of the shipped library.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")


@click.group()
def evidence() -> None:
    """What is known: the library of studies behind the planning values."""


@evidence.command("list")
@click.option("--quantity", help="Only this quantity, e.g. sd_difference or dropout.")
@click.option("--flag", help="Only reported, reported-secondary, derived or assumed numbers.")
@_JSON
@_FOLDER
def list_entries(
    quantity: str | None, flag: str | None, as_json: bool, folder: Path | None
) -> None:
    """Numbers of the library with their uncertainty, flag and source."""
    from planner.cli import show_evidence
    from planner.evidence.library import load_library

    library = load_library(folder)
    found = library.search(quantity=quantity, flag=flag)
    if as_json:
        data = {"entries": [show_evidence.entry_data(library, entry) for entry in found]}
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        click.echo(show_evidence.entries_text(library, found))


@evidence.command("show")
@click.argument("name", metavar="ID")
@_JSON
@_FOLDER
def show(name: str, as_json: bool, folder: Path | None) -> None:
    """A study, or one of its numbers (study.entry), in full.

    Derived numbers are shown with their formula, its inputs and the value it gives.
    """
    from planner.cli import show_evidence
    from planner.evidence.library import load_library

    library = load_library(folder)
    if "." in name:
        entry = library.entry(name)
        data = show_evidence.entry_data(library, entry)
        text = show_evidence.entry_text(library, entry)
    else:
        study = library.study(name)
        data = show_evidence.study_data(library, study)
        text = show_evidence.study_text(library, study)
    click.echo(json.dumps(data, indent=2, ensure_ascii=False) if as_json else text)
