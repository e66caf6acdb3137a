"""The commands ``planner statement`` and ``planner bundle``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.options import RunOptions, emit, run_options, write_whole
from planner.cli.progress import search_progress

if TYPE_CHECKING:
    from planner.scenario import Scenario

_HYPOTHESIS = click.option("--hypothesis", help="Whose size it is about; default the first.")


@click.command()
@run_options
@_HYPOTHESIS
@click.option("--long", is_flag=True, help="The long form, with the basis of every number.")
@click.option("--markdown", is_flag=True, help="As Markdown instead of plain text.")
def statement(options: RunOptions, hypothesis: str | None, long: bool, markdown: bool) -> None:
    """The sample-size statement of a protocol, from the scenario and simulation.

    What the scenario does not say is marked NOT STATED, with what to add. With --json also the
    list of report items and whether the scenario fills them.
    """
    from planner.report import payload
    from planner.report.statement import find_size, findings
    from planner.report.statement import statement as write
    from planner.report.statement_data import statement_data

    scenario = changed(options)
    with search_progress(quiet=options.quiet or options.as_json):
        answer = find_size(scenario, hypothesis, workers=options.workers)
        found = findings(scenario, answer, workers=options.workers)
    if options.as_json:
        emit(payload.dump(statement_data(found)), options.out)
    else:
        written = write(found, long=long)
        emit((written.markdown() if markdown else written.text()).rstrip(), options.out)


@click.command()
@run_options
@_HYPOTHESIS
def bundle(options: RunOptions, hypothesis: str | None) -> None:
    """A zip archive with scenario, numbers, statement and a script that recomputes them.

    It has the same bytes whenever it is made from the same scenario with the same versions. Needs
    --out FILE.zip; with --json the SHA-256 of every file is printed.
    """
    import hashlib

    from planner.report import payload
    from planner.report.bundle import bundle as build
    from planner.report.bundle import manifest

    if options.out is None:
        raise click.UsageError("no file is given; add --out FILE.zip")
    scenario = changed(options)
    with search_progress(quiet=options.quiet or options.as_json):
        content = build(scenario, hypothesis, workers=options.workers)
    write_whole(options.out, lambda partial: Path(partial).write_bytes(content))
    digest = hashlib.sha256(content).hexdigest()
    if options.as_json:
        click.echo(payload.dump({"file": str(options.out), "sha256": digest, **manifest(content)}))
    elif not options.quiet:
        click.echo(f"wrote {options.out}, SHA-256 {digest}", err=True)


def changed(options: RunOptions) -> "Scenario":
    """The scenario; numbers replaced by --set lose the sources of the old ones."""
    from planner.report.basis import recited

    return recited(options.load(), (text.partition("=")[0].strip() for text in options.changes))
