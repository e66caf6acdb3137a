"""The command ``planner sensitivity``."""

import math
from typing import TYPE_CHECKING, Any

import click

from planner.cli.options import RunOptions, emit, run_options, size_found
from planner.errors import InvalidInput

if TYPE_CHECKING:
    from planner.scenario import Scenario

CENTRAL, AROUND = 95.0, 25.0
"""Ranges where none are given, in %: of the design prior, and without one around the plan."""
_PERCENT = click.FloatRange(0, 100, min_open=True, max_open=True)


@click.command()
@run_options
@click.option("--hypothesis", help="Whose power it is; default the first.")
@click.option(
    "--n",
    "n_subjects",
    type=click.IntRange(min=1),
    help="People randomised; default the size found for the first target.",
)
@click.option(
    "--central",
    type=_PERCENT,
    help=f"Central range of the design prior, in %; default {CENTRAL:g} where there is one.",
)
@click.option(
    "--around",
    type=_PERCENT,
    help=f"Range around every planned value, in %; default {AROUND:g} without a design prior.",
)
@click.option("--grid", is_flag=True, help="Power over people × true effect instead.")
def sensitivity(
    options: RunOptions,
    hypothesis: str | None,
    n_subjects: int | None,
    central: float | None,
    around: float | None,
    grid: bool,
) -> None:
    """Power at one size while one assumption after another moves, widest swing first.

    By the formula where the decision has one, else simulated. With --grid: power by number of
    people and true effect.
    """
    from planner.cli import payload

    if grid and (central is not None or around is not None):
        raise click.UsageError("--grid has its own effects; leave out --central and --around")
    scenario = options.load()
    basis, percent = ("", 0.0) if grid else _ranges(scenario, central, around)
    name, n = size_found(options, scenario, hypothesis, n_subjects)
    text, data = (
        _grid(options, scenario, name, n)
        if grid
        else _swings(options, scenario, (name, n), (basis, percent / 100))
    )
    data = payload.heading(scenario) | data
    emit(payload.dump(data) if options.as_json else text, options.out)


def _ranges(scenario: "Scenario", central: float | None, around: float | None) -> tuple[str, float]:
    """Where ranges are from, and their size in %."""
    if central is not None and around is not None:
        raise click.UsageError("--central and --around exclude each other; give one of them")
    known = scenario.truth_prior is not None
    if central is not None and not known:
        raise InvalidInput(
            f"--central {central:g} is of a design prior and the scenario has none; give "
            "--around, or add [truth_prior]"
        )
    if around is None and (central is not None or known):
        return "prior", CENTRAL if central is None else central
    return "plan", AROUND if around is None else around


def _swings(
    options: RunOptions, scenario: "Scenario", of: tuple[str, int], ranges: tuple[str, float]
) -> tuple[str, dict[str, Any]]:
    from planner.cli import show_sensitivity
    from planner.operating.evaluate import minimum_size
    from planner.search.one_way import usual_one_way

    name, n = of
    found = usual_one_way(scenario, n, name, *ranges, workers=options.workers)
    if math.isnan(found.planned):
        raise InvalidInput(
            f"{n} people are too few to estimate {name}; give at least {minimum_size(scenario)} "
            "with --n"
        )
    return show_sensitivity.text(scenario, found), show_sensitivity.data(scenario, found)


def _grid(
    options: RunOptions, scenario: "Scenario", name: str, n: int
) -> tuple[str, dict[str, Any]]:
    from planner.cli import show_sensitivity
    from planner.search.effect_grid import usual_effect_grid

    found = usual_effect_grid(scenario, name, n, workers=options.workers)
    text = show_sensitivity.grid_text(scenario, found, n)
    return text, show_sensitivity.grid_data(scenario, found)
