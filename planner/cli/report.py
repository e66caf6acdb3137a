"""The command ``planner report``."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from planner.cli.document_files import document_places, write_document
from planner.cli.options import RunOptions, run_options
from planner.cli.progress import block_progress
from planner.cli.statement import changed

if TYPE_CHECKING:
    from planner.report.model import ReportModel


@click.command()
@run_options
@click.option(
    "--format",
    "formats",
    metavar="html,pdf,docx,md,json",
    help="One or more; default the suffix of --out, else html.",
)
@click.option("--final", is_flag=True, help="A final report; refused while something is missing.")
@click.option("--hypothesis", help="Whose size it is about; default the first.")
def report(options: RunOptions, formats: str | None, final: bool, hypothesis: str | None) -> None:
    """The design report for sponsor, ethics board and regulator, from the scenario and simulation.

    SCENARIO may be something finished instead, which is not computed again: the report.json of an
    earlier run, the folder or .zip of `planner bundle`, or the folder of `planner batch`, whose
    report is about all its points. What is not said is marked NOT STATED, with what to add.
    Markdown has its figures in files beside it.
    """
    from planner.report import payload
    from planner.report.formats import render

    places = document_places(formats, options.out, "report", ("html",))
    model = _model(options, "final" if final else "draft", hypothesis)
    files = {places[name]: content for name, content in render(model, list(places)).items()}
    if "md" in places:
        files |= _figures(model, places["md"].parent)
    for path, content in files.items():
        write_document(path, content)
    if options.as_json:
        data = {
            "fingerprint": model.fingerprint,
            "version": model.version,
            "status": model.status,
            "files": [str(path) for path in files],
            "not_stated": [{"item": i, "what": g.what, "add": g.add} for i, g in model.gaps],
        }
        click.echo(payload.dump(data))
    else:
        click.echo("\n".join(map(str, files)))


_out = next(option for option in report.params if option.name == "out")
_out.type = click.Path(path_type=Path)
if isinstance(_out, click.Option):
    _out.help = "A folder, or a file for one format; default this folder."


def _figures(model: "ReportModel", folder: Path) -> dict[Path, bytes]:
    from planner.report.formats.markdown import figure_files

    return {folder / name: content for name, content in figure_files(model).items()}


def _model(
    options: RunOptions, status: Literal["draft", "final"], hypothesis: str | None
) -> "ReportModel":
    """A finished report as it is, or one that is computed now."""
    from planner.report.build import report_model, with_status
    from planner.report.finished import finished_report
    from planner.scenario import built_in_names

    built_in = options.scenario in built_in_names()
    finished = None if built_in else finished_report(Path(options.scenario))
    if finished is not None:
        _refuse_changes(options, hypothesis)
        return with_status(finished, status)
    from planner.report.results import stages

    scenario = changed(options)
    results = None
    with block_progress("computing", quiet=options.quiet or options.as_json) as progress:
        for step in stages(scenario, hypothesis, workers=options.workers):
            results = step.results
            if progress:
                progress(step.done, step.of)
    assert results is not None
    return report_model(results, status)


def _refuse_changes(options: RunOptions, hypothesis: str | None) -> None:
    given = {
        "--set": options.changes,
        "--n-trials": options.n_trials,
        "--seed": options.seed is not None,
        "--draw": options.draw,
        "--engine": options.engine,
        "--hypothesis": hypothesis,
    }
    names = [name for name, value in given.items() if value]
    if names:
        raise click.UsageError(
            f"{options.scenario} is finished and is not computed again; leave out "
            f"{', '.join(names)}, or give the scenario"
        )
