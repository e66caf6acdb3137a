"""The commands. Heavy modules are imported inside the command that needs them."""

from pathlib import Path
from typing import Any

import click

from planner import __version__
from planner.cli.app import app
from planner.cli.assurance import assurance
from planner.cli.batch import batch
from planner.cli.compare import compare
from planner.cli.evidence import evidence
from planner.cli.flow import flow
from planner.cli.options import (
    RunOptions,
    emit,
    parse_sizes,
    required_size,
    run_options,
    write_whole,
)
from planner.cli.pooling import pool, retrodesign
from planner.cli.progress import block_progress, search_progress
from planner.cli.replay import replay
from planner.cli.report import report
from planner.cli.sensitivity import sensitivity
from planner.cli.sexes import sexes
from planner.cli.statement import bundle, statement
from planner.cli.validate import validate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="planner")
def cli() -> None:
    """How large must a confirmatory crossover trial be, and with what design?

    SCENARIO is the name of a built-in scenario (`planner scenario list`) or a .toml or .json file;
    without it, the confirmatory naltrexone-ketamine trial.
    """


@cli.command()
@run_options
@click.option("--require", is_flag=True, help="Exit with code 4 if a target is not reached.")
def size(options: RunOptions, require: bool) -> None:
    """The sample size for every hypothesis at its power targets."""
    from planner.cli import payload, show_size
    from planner.errors import TargetNotReached
    from planner.search.sample_size import sample_size
    from planner.search.sensitivity import alternative_sizes

    scenario = options.load()
    with search_progress(quiet=options.quiet or options.as_json) as notify:
        results = sample_size(scenario, workers=options.workers, notify=notify)
        alternatives = alternative_sizes(scenario, workers=options.workers)
    if options.as_json:
        data = payload.heading(scenario) | {
            "results": [payload.size_result(r) for r in results],
            "alternatives": [
                {
                    "name": a.name,
                    "note": a.note,
                    "results": [payload.size_result(r) for r in a.sizes],
                }
                for a in alternatives
            ],
            "conventions": show_size.conventions(scenario),
        }
        emit(payload.dump(data), options.out)
    else:
        emit(show_size.text(scenario, results, alternatives), options.out)
    missed = [r for r in results if r.status == "not_reached"]
    if require and missed:
        raise TargetNotReached(
            f"{missed[0].hypothesis} does not reach {missed[0].power_target:.0%} power with up to "
            f"{missed[0].n_evaluable} people; raise plan.n_limit or change the design"
        )


@cli.command()
@run_options
@click.option("--n", "sizes", help="People randomised: 60, 40,60,80 or 24:120:8.")
@click.option("--closed-form", is_flag=True, help="The formula instead of simulation.")
def power(options: RunOptions, sizes: str | None, closed_form: bool) -> None:
    """Operating characteristics at one N or along a grid."""
    from planner.cli import payload, show_power
    from planner.errors import InvalidInput
    from planner.operating.power import power_curve

    scenario = options.load()
    grid = parse_sizes(sizes) if sizes else [scenario.plan.n_subjects or 0]
    if grid == [0]:
        raise InvalidInput("no sample size is given; add --n 60, or set plan.n_subjects")
    if closed_form:
        rows = show_power.closed_form_rows(scenario, grid)
        text = show_power.closed_form_text(scenario, rows)
        data: dict[str, Any] = payload.heading(scenario) | {"results": rows}
    else:
        quiet = options.quiet or options.as_json
        with block_progress("simulating", quiet=quiet) as progress:
            curve = power_curve(scenario, grid, workers=options.workers, progress=progress)
        text = "" if options.as_json else show_power.text(scenario, curve)
        data = payload.heading(scenario) | {
            "results": [row for r in curve for row in payload.power_rows(r, scenario)],
            "trial": [payload.trial_row(r) for point in curve for r in (point, *point.others)],
        }
    emit(payload.dump(data) if options.as_json else text, options.out)


@cli.command()
@run_options
@click.option("--n", "n_subjects", type=click.IntRange(min=1), help="People randomised.")
def detect(options: RunOptions, n_subjects: int | None) -> None:
    """The smallest effect detectable at the power targets with N people."""
    from planner.cli import payload, show_power
    from planner.search.detect import detectable_effect

    scenario = options.load()
    n = required_size(n_subjects, scenario.plan.n_subjects)
    results = detectable_effect(scenario, n, workers=options.workers)
    if options.as_json:
        data = payload.heading(scenario) | {"results": [payload.detect_result(r) for r in results]}
        emit(payload.dump(data), options.out)
    else:
        emit(show_power.detect_text(scenario, results), options.out)


@cli.command()
@run_options
@click.option("--n", "n_subjects", type=click.IntRange(min=1), help="People randomised.")
@click.option("--alpha", type=float, help="Type I error of each; default its planned level.")
def calibrate(options: RunOptions, n_subjects: int | None, alpha: float | None) -> None:
    """The thresholds that give each decision rule its type I error."""
    from planner.cli import payload, show_calibration
    from planner.operating.calibrate import calibrate as run

    scenario = options.load()
    n = required_size(n_subjects, scenario.plan.n_subjects)
    results = run(scenario, n, alpha=alpha, workers=options.workers)
    if options.as_json:
        rows = [show_calibration.row(r) for r in results]
        emit(payload.dump(payload.heading(scenario) | {"results": rows}), options.out)
    else:
        emit(show_calibration.text(scenario, results), options.out)


@cli.command()
@run_options
@click.option("--n", "n_subjects", type=click.IntRange(min=1), help="People randomised.")
@click.option("--trial", type=click.IntRange(min=0), default=0, show_default=True, help="Which.")
@click.option("--netcdf", type=click.Path(dir_okay=False, path_type=Path), help="Keep the draws.")
def posterior(options: RunOptions, n_subjects: int | None, trial: int, netcdf: Path | None) -> None:
    """The posterior of one simulated trial, by quadrature and by NUTS."""
    from planner.cli import payload, show_example
    from planner.operating.example_trial import example_trial

    scenario = options.load()
    found = example_trial(scenario, required_size(n_subjects, scenario.plan.n_subjects), trial)
    if netcdf is not None:
        write_whole(netcdf, found.posterior.to_netcdf)
    saved = str(netcdf) if netcdf else ""
    if options.as_json:
        data = payload.heading(scenario) | show_example.row(found)
        emit(payload.dump(data), options.out)
    else:
        emit(show_example.text(scenario, found, saved), options.out)


cli.add_command(app)
cli.add_command(assurance)
cli.add_command(batch)
cli.add_command(bundle)
cli.add_command(replay)
cli.add_command(report)
cli.add_command(statement)
cli.add_command(compare)
cli.add_command(sensitivity)
cli.add_command(flow)
cli.add_command(sexes)
cli.add_command(validate)
evidence.add_command(pool)
evidence.add_command(retrodesign)
cli.add_command(evidence)


@cli.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--scenario", help="Scenario whose planned analysis is run.")
@click.option(
    "--analysis",
    type=click.Choice(["mixed-model", "within-subject-t", "posterior"]),
    help="Analysis; default the scenario's, or the mixed model.",
)
@click.option(
    "--engine",
    type=click.Choice(["quadrature", "nuts"]),
    default=None,
    help="Of the posterior: numerical integration, or sampling with PyMC.",
)
@click.option("--df", type=click.Choice(["kenward-roger", "satterthwaite"]), default=None)
@click.option("--sequence-effect/--no-sequence-effect", default=None, help="Sequence in the model.")
@click.option("--carryover/--no-carryover", default=None, help="First-order carry-over.")
@click.option("--adjust-period/--no-adjust-period", default=None, help="Period effects (t test).")
@click.option("--by-sex/--no-by-sex", default=None, help="One treatment effect per sex.")
@click.option("--reference", help="Reference treatment; default the first.")
@click.option("--test", help="Test treatment; default every other one.")
@click.option("--female-share", type=float, help="Weight of women in the overall effect.")
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--columns", default="", metavar="NAME=YOURS,…", help="Names of your columns.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
def analyse(data: Path, as_json: bool, out: Path | None, columns: str, **given: Any) -> None:
    """Run the planned analysis on real data, a CSV file with one row per visit.

    Columns: subject, sequence, period, treatment, y and optionally sex.
    """
    from planner.cli import payload, show_analysis
    from planner.cli.read_data import analysis_options, read_table
    from planner.operating.analyse import analyse as run

    analysis, comparison = analysis_options(**given)
    result = run(read_table(data, columns), analysis, comparison, source=str(data))
    emit(
        payload.dump(payload.analysis_result(result)) if as_json else show_analysis.text(result),
        out,
    )


@cli.group()
def scenario() -> None:
    """Scenario files."""


@scenario.command("list")
def scenario_list() -> None:
    """Names of the built-in scenarios."""
    from planner.scenario import built_in_names, load_scenario

    names = built_in_names()
    width = max(map(len, names))
    for name in names:
        loaded = load_scenario(name)
        click.echo(f"{name.ljust(width)}  {loaded.short_fingerprint}  {loaded.label}")


@scenario.command("show")
@click.argument("name", default="confirmatory")
@click.option("--json", "as_json", is_flag=True)
def scenario_show(name: str, as_json: bool) -> None:
    """A scenario in full."""
    from planner.cli import payload
    from planner.scenario import load_scenario, scenario_toml

    loaded = load_scenario(name)
    click.echo(payload.dump(loaded.plain()) if as_json else scenario_toml(loaded).rstrip())


@scenario.command("init")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), default="scenario.toml")
@click.option("--like", default="confirmatory", show_default=True, help="Built-in to start from.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def scenario_init(path: Path, like: str, force: bool) -> None:
    """Write a scenario file to start from."""
    from planner.errors import InvalidInput
    from planner.scenario import scenario_text

    text = scenario_text(like)
    if path.exists() and not force:
        raise InvalidInput("already exists; choose another name or add --force", source=str(path))
    emit(text.rstrip(), path)
    click.echo(f"wrote {path}; try: planner size {path}", err=True)


@scenario.command("check")
@click.argument("paths", nargs=-1, required=True)
def scenario_check(paths: tuple[str, ...]) -> None:
    """Check scenario files, including that the design can estimate every hypothesis."""
    from planner.errors import InvalidInput
    from planner.operating.evaluate import minimum_size
    from planner.scenario import load_scenario, unknown_references

    for path in paths:
        loaded = load_scenario(path)
        for alternative in loaded.alternatives:
            loaded.with_changes(alternative.changes, f"{path}: alternative {alternative.name!r}")
        unknown = unknown_references(loaded)
        if unknown:
            path_, reference = unknown[0]
            raise InvalidInput(
                f"evidence {reference!r} is not in the library; choose from `planner evidence "
                "list`, or describe the source in words",
                key=path_,
                source=path,
            )
        smallest = minimum_size(loaded)
        click.echo(f"{path}: ok, {loaded.short_fingerprint}, estimable from N = {smallest}")


@cli.command()
def schema() -> None:
    """JSON Schema of scenario files, for completion in editors."""
    from planner.cli import payload
    from planner.scenario import Scenario

    click.echo(payload.dump(Scenario.model_json_schema()))
