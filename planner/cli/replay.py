"""The command ``planner replay``."""

from pathlib import Path

import click

from planner.cli.options import emit
from planner.cli.progress import block_progress


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--workers", type=click.IntRange(1, 1024), help="Results do not depend on it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the comparison to a file instead of stdout.",
)
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def replay(run: Path, workers: int | None, as_json: bool, out: Path | None, quiet: bool) -> None:
    """Run a stored run again with the installed version and list every number that moved.

    RUN is the folder of `planner batch`, the folder or .zip of `planner bundle`, or the JSON of
    `planner report`, whose numbers are compared as they are printed. It is only read. A simulated
    number moved if it differs by more than its Monte-Carlo standard error (MCSE), another one if
    it differs at all. Exit code 1 if any moved.
    """
    from planner.cli import show_replay
    from planner.report.replayed import replay as again

    with block_progress("simulating", quiet=quiet or as_json) as progress:
        found = again(run, workers=workers, progress=progress)
    emit(show_replay.as_json(found) if as_json else show_replay.text(found), out)
    if not found.same:
        click.get_current_context().exit(1)
