"""The command ``planner assurance``."""

from typing import TYPE_CHECKING, Any

import click

from planner.cli.options import RunOptions, emit, parse_sizes, run_options
from planner.cli.progress import block_progress, search_progress

if TYPE_CHECKING:
    from planner.scenario import Scenario


@click.command()
@run_options
@click.option("--n", "sizes", help="People randomised: 60, 40,60,80 or 24:120:8.")
@click.option(
    "--target",
    "targets",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    multiple=True,
    help="Find the smallest size that reaches this assurance. Repeatable.",
)
@click.option("--relevant", type=float, help="Smallest relevant effect, on the natural scale.")
@click.option(
    "--effect-sd",
    type=float,
    help="Let the overall effect vary normally with this SD, on the scale of the analysis.",
)
@click.option(
    "--effect-mean", type=float, help="Its mean; default the planned effect. Needs --effect-sd."
)
@click.option(
    "--sd-df",
    type=float,
    help="Let the planned SD vary as if known from this many degrees of freedom.",
)
@click.option("--require", is_flag=True, help="Exit with code 4 if a target is not reached.")
def assurance(
    options: RunOptions,
    sizes: str | None,
    targets: tuple[float, ...],
    relevant: float | None,
    require: bool,
    **varied: float | None,
) -> None:
    """Probability of success over a design prior, or the size that a target needs.

    The design prior is the scenario's [truth_prior]; --effect-sd and --sd-df change it. Without
    --n and --target: at plan.n_subjects, or else the sizes for the plan's power targets.
    """
    if sizes and targets:
        raise click.UsageError("--n and --target are both given; give one of them")
    scenario = _with_prior(options.load(), **varied)
    planned = scenario.plan.n_subjects
    if sizes or (planned and not targets):
        grid = parse_sizes(sizes) if sizes else [planned or 0]
        _show_curve(scenario, grid, relevant, options)
    else:
        _show_sizes(scenario, targets or None, options, require=require)


def _show_curve(
    scenario: "Scenario", grid: list[int], relevant: float | None, options: RunOptions
) -> None:
    from planner.cli import payload, show_assurance
    from planner.operating.assurance import assurance_curve

    quiet = options.quiet or options.as_json
    with block_progress("simulating", quiet=quiet) as progress:
        curve = assurance_curve(
            scenario, grid, relevant=relevant, workers=options.workers, progress=progress
        )
    if options.as_json:
        results = [row for result in curve for row in show_assurance.rows(result, scenario)]
        data = _heading(scenario) | {"relevant": relevant, "results": results}
        emit(payload.dump(data), options.out)
    else:
        emit(show_assurance.text(scenario, curve), options.out)


def _show_sizes(
    scenario: "Scenario", targets: tuple[float, ...] | None, options: RunOptions, *, require: bool
) -> None:
    from planner.cli import payload, show_assurance
    from planner.errors import TargetNotReached
    from planner.search.assurance_size import assurance_size

    with search_progress(quiet=options.quiet or options.as_json) as notify:
        found = assurance_size(scenario, targets, workers=options.workers, notify=notify)
    if options.as_json:
        data = _heading(scenario) | {"results": [show_assurance.size_row(r) for r in found]}
        emit(payload.dump(data), options.out)
    else:
        emit(show_assurance.size_text(scenario, found), options.out)
    missed = [r for r in found if r.status == "not_reached"]
    if require and missed:
        raise TargetNotReached(missed[0].sentence)


def _heading(scenario: "Scenario") -> dict[str, Any]:
    from planner.cli import payload

    prior = scenario.truth_prior
    return payload.heading(scenario) | {"truth_prior": prior.plain() if prior else None}


def _with_prior(
    scenario: "Scenario",
    effect_sd: float | None,
    effect_mean: float | None,
    sd_df: float | None,
) -> "Scenario":
    """The scenario with what the options say of its design prior."""
    from planner.errors import InvalidInput
    from planner.trials.varied import planned_effect

    if effect_mean is not None and effect_sd is None:
        raise click.UsageError("--effect-mean is given without --effect-sd; give both")
    changes: dict[str, Any] = {}
    if effect_sd is not None:
        mean = planned_effect(scenario) if effect_mean is None else effect_mean
        changes["truth_prior.effect"] = {"kind": "normal", "mean": mean, "sd": effect_sd}
    if sd_df is not None:
        known = {"kind": "scaled-inverse-chi", "value": scenario.truth.sd_difference, "df": sd_df}
        changes["truth_prior.sd_difference"] = known
    if changes:
        return scenario.with_changes(changes, "--effect-sd, --sd-df")
    if scenario.truth_prior is None:
        raise InvalidInput(
            "the scenario has no design prior, so nothing varies; add --effect-sd 1.2, or "
            "--set 'truth_prior.effect={ kind = \"normal\", mean = 2.5, sd = 1.2 }', or a "
            "[truth_prior] table to the file",
            key="truth_prior",
        )
    return scenario
