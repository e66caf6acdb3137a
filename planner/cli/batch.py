"""The commands ``planner batch``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.errors import PlannerError, TooManyFailures

if TYPE_CHECKING:
    from planner.batch.batch import Batch
    from planner.batch.manifest import Outcome
    from planner.batch.runner import BatchStep


class BatchGroup(click.Group):
    """A group whose first word may be a batch file: then it is run."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["run", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else "--help"
        if first.startswith("-") and first not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=BatchGroup, options_metavar="", subcommand_metavar="FILE | COMMAND [OPTIONS]…")
def batch() -> None:
    """A grid of scenarios, kept block by block as it is simulated.

    `planner batch FILE` runs a batch file, or one that ships with planner (`planner batch list`),
    and leaves a folder with results.parquet and manifest.json. A run that was killed goes on with
    --resume and ends with the same bytes. `planner batch run --help` lists the options.

    To begin: `planner batch show type-i-error-audit > mine.toml`, change it, `planner batch check
    mine.toml`, `planner batch mine.toml`, `planner report mine.run`.
    """


def _shard(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    i, _slash, k = text.partition("/")
    if not (i.isdecimal() and k.isdecimal() and 1 <= int(i) <= int(k)):
        raise click.BadParameter(f"{text!r} is not I/K, such as 1/8 to 8/8")
    return int(i), int(k)


@batch.command(short_help="Run a batch file, as `planner batch FILE` does.")
@click.argument("file")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the run; default FILE's name with .run, here.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the run in the folder; with more trials only new blocks are added.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    help="Blocks simulated at once; default all processors. Results do not depend on it.",
)
@click.option(
    "--backend",
    type=click.Choice(["local", "threads", "processes", "dask"]),
    default="local",
    show_default=True,
    help="Where blocks are simulated; local is one process for each worker.",
)
@click.option(
    "--scheduler",
    metavar="tcp://HOST:PORT",
    help="Dask scheduler to join; without it --backend dask starts a cluster here.",
)
@click.option(
    "--shard",
    metavar="I/K",
    callback=_shard,
    help="Simulate every K-th case only, for job arrays; then `planner batch merge`.",
)
@click.option("--n-trials", type=int, help="Simulated trials per case; default as FILE says.")
@click.option("--seed", type=int, help="Seed of the random numbers; default as FILE says.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def run(
    file: str, out: Path | None, n_trials: int | None, seed: int | None, **given: Any
) -> None:  # fmt: skip
    """Run a batch file, as `planner batch FILE` does.

    FILE is a .toml or .json file, the name of a batch that ships with planner, or the folder of a
    run that is to go on (with --resume). Exit code 1 if blocks failed, 5 if more trials than
    monte_carlo.max_failures could not be analysed; what could be simulated is written.
    """
    from planner.cli import show_batch

    asked, folder = _asked(file, out, n_trials, seed)
    steps = _steps(asked, folder, file, given)
    last = _watched(steps, folder, quiet=given["quiet"] or given["as_json"])
    if given["as_json"]:
        click.echo(show_batch.as_json(folder, last))
    else:
        click.echo(show_batch.text(folder, last, given["shard"]))
    if last.failed and last.outcome is None:
        raise PlannerError(
            f"{last.failed} of {last.of} blocks of the shard failed; the others are kept: try "
            "again with --resume"
        )
    if last.outcome:
        _verdict(last.outcome)


def _asked(
    file: str, out: Path | None, n_trials: int | None, seed: int | None
) -> tuple["Batch", Path]:
    """The batch with the options applied, and the folder of its run."""
    from planner.batch.batch import load_batch
    from planner.batch.run_folder import RunFolder

    path = Path(file)
    if path.is_dir():
        asked, folder = RunFolder(path).batch(), out or path
    else:
        asked, folder = load_batch(file), out or Path(path.name).with_suffix(".run")
    given = {"monte_carlo.n_trials": n_trials, "monte_carlo.seed": seed}
    changes = {key: value for key, value in given.items() if value is not None}
    if changes:
        scenario = asked.scenario.with_changes(changes, file)
        asked = asked.model_copy(update={"scenario": scenario})
    return asked, folder


def _steps(asked: "Batch", folder: Path, file: str, given: dict[str, Any]) -> Any:
    from planner.batch.backends import backend_for
    from planner.batch.runner import batch_steps

    if given["scheduler"] and given["backend"] != "dask":
        raise click.UsageError("--scheduler belongs to --backend dask; add that")
    backend = backend_for(given["backend"], given["workers"], given["scheduler"])
    return batch_steps(
        asked, folder, backend, resume=given["resume"], shard=given["shard"], source=file
    )


def _watched(steps: Any, folder: Path, *, quiet: bool) -> "BatchStep":
    """The last step; progress on the way, and a word on how to go on if it is interrupted."""
    from planner.cli.progress import batch_progress

    last: BatchStep | None = None
    try:
        with batch_progress(quiet=quiet) as show:
            for last in steps:
                if show:
                    show(last)
    except KeyboardInterrupt:
        steps.close()
        if last:
            click.echo(
                f"{last.done:,} of {last.of:,} blocks are kept in {folder}; go on with --resume",
                err=True,
            )
        raise
    assert last is not None
    return last


def _verdict(outcome: "Outcome") -> None:
    """Leave with the exit code of what went wrong, if anything did."""
    if outcome.failed:
        raise PlannerError(
            f"{len(outcome.failed)} of {outcome.n_points} points have no result because blocks "
            f"failed ({outcome.failed[0]}); the others are written, try again with --resume"
        )
    if outcome.too_many_failures:
        raise TooManyFailures(
            f"more trials than accepted could not be analysed at {len(outcome.too_many_failures)} "
            f"of {outcome.n_points} points ({outcome.too_many_failures[0]}); the results are "
            "written: plan more people there, or raise monte_carlo.max_failures"
        )


@batch.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def status(folder: Path, as_json: bool) -> None:
    """How far a run is: blocks there, missing and damaged."""
    from planner.batch.status import run_status
    from planner.cli import show_batch

    found = run_status(folder)
    click.echo(show_batch.status_json(found) if as_json else show_batch.status_text(found))


@batch.command(short_help="Write the results of a run whose shards are done.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("others", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def merge(folder: Path, others: tuple[Path, ...], as_json: bool) -> None:
    """Write the results of a run whose shards are done.

    Shards may share FOLDER, or have a folder each: the blocks of OTHERS are taken in, and they
    stay as they are. FOLDER may be new.
    """
    from planner.batch.merging import merge as run_merge
    from planner.cli import show_batch

    outcome = run_merge(folder, others)
    click.echo(
        show_batch.outcome_json(folder, outcome) if as_json else show_batch.merged(folder, outcome)
    )
    _verdict(outcome)


@batch.command(short_help="Write every simulated trial of a run as Parquet files.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--points", metavar="0,3,…", help="Places of points in the batch; default all.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Results do not depend on it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def trials(
    folder: Path, points: str | None, workers: int | None, as_json: bool, quiet: bool
) -> None:  # fmt: skip
    """Write every simulated trial of a run: a Parquet file for each point and analysis.

    The trials are simulated again; files that are there and whole are kept.
    """
    from planner.batch.trial_files import write_trials
    from planner.cli import show_batch
    from planner.cli.progress import block_progress

    indices = None
    if points is not None:
        parts = [part.strip() for part in points.split(",")]
        if not all(part.isdecimal() for part in parts):
            raise click.UsageError(f"--points {points!r} is not a list such as 0,3,17")
        indices = [int(part) for part in parts]
    written = []
    with block_progress("trials", quiet=quiet or as_json) as progress:
        for file in write_trials(folder, indices, workers=workers):
            written.append(str(file.path))
            if not as_json:
                click.echo(str(file.path))
            if progress:
                progress(file.done, file.of)
    if as_json:
        click.echo(show_batch.files_json(folder, written))


@batch.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def list_batches(as_json: bool) -> None:
    """Names of the batches that ship with planner."""
    from planner.batch.batch import batch_names, load_batch
    from planner.cli import show_batch

    found = {name: load_batch(name) for name in batch_names()}
    click.echo(show_batch.list_json(found) if as_json else show_batch.list_text(found))


@batch.command()
@click.argument("name")
def show(name: str) -> None:
    """The text of a batch that ships with planner, to start from."""
    from planner.batch.batch import batch_text

    click.echo(batch_text(name).rstrip())


@batch.command(short_help="Check a batch file and say what it would simulate.")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def check(file: str, as_json: bool) -> None:
    """Check a batch file and say what it would simulate, without simulating."""
    from planner.batch.batch import load_batch
    from planner.batch.schedule import schedule
    from planner.cli import show_batch

    plan = schedule(load_batch(file), file)
    click.echo(show_batch.check_json(plan) if as_json else show_batch.check_text(file, plan))
