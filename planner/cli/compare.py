"""The command ``planner compare``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.options import DEFAULT_SCENARIO, RunOptions, emit
from planner.cli.progress import block_progress
from planner.errors import InvalidInput, NotEstimable

if TYPE_CHECKING:
    from planner.scenario import Scenario


@click.command()
@click.argument("scenarios", nargs=-1)
@click.option(
    "--design",
    "designs",
    multiple=True,
    help="Put every scenario under this design, e.g. ABB/BAA. Repeatable.",
)
@click.option("--hypothesis", help="The one that sizes are for; default each scenario's first.")
@click.option(
    "--target",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Power to be reached; default each scenario's first target.",
)
@click.option(
    "--per-subject",
    type=click.FloatRange(min=0),
    help="Cost of a person randomised; this and the next four default to the scenario's own.",
)
@click.option("--per-visit", type=click.FloatRange(min=0), help="Cost of a person's period.")
@click.option("--currency", help="Label of the costs, e.g. EUR.")
@click.option("--period-weeks", type=click.FloatRange(min=0), help="Length of a period.")
@click.option("--washout-weeks", type=click.FloatRange(min=0), help="Gap between two periods.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="PATH=VALUE",
    help="Replace a value of every scenario, e.g. truth.effect=3.4. Repeatable.",
)
@click.option("--n-trials", type=int, help="Simulated trials per size and truth.")
@click.option("--seed", type=int, help="Seed of the random numbers.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; results do not depend on it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the result to a file instead of stdout.",
)
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def compare(
    scenarios: tuple[str, ...],
    designs: tuple[str, ...],
    hypothesis: str | None,
    target: float | None,
    **given: Any,
) -> None:
    """Designs or scenarios side by side: size, visits, cost, power and robustness.

    With one scenario and no --design: the catalogue's main designs for two treatments.
    """  # fmt: skip
    from planner.cli import payload, show_compare
    from planner.search.compare import compare as run

    loaded = _load(scenarios or (DEFAULT_SCENARIO,), given)
    plans, missing = _plans(_costed(loaded, given), designs)
    workers, as_json = given["workers"], given["as_json"]
    with block_progress("comparing", quiet=given["quiet"] or as_json) as progress:
        found = run(plans, hypothesis=hypothesis, target=target, workers=workers, progress=progress)
    if as_json:
        answer = payload.dump(show_compare.data(plans, found, missing))
    else:
        answer = show_compare.text(plans, found, missing)
    emit(answer, given["out"])


def _load(names: tuple[str, ...], given: dict[str, Any]) -> "dict[str, Scenario]":
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise click.UsageError(f"{repeated[0]} is given more than once; give it once")
    loaded = {}
    for name in names:
        options = RunOptions(
            scenario=name,
            changes=given["changes"],
            n_trials=given["n_trials"],
            seed=given["seed"],
            draw=None,
            engine=None,
            workers=given["workers"],
            as_json=given["as_json"],
            out=given["out"],
            quiet=given["quiet"],
        )
        try:
            loaded[name] = options.load()
        except InvalidInput as error:
            raise error.at(source=name) from None
    return loaded


def _plans(
    loaded: "dict[str, Scenario]", designs: tuple[str, ...]
) -> "tuple[dict[str, Scenario], dict[str, str]]":
    """What is compared, by name; and of the designs nobody named, why some are left out."""
    if designs:
        under = {name: _varied(name, scenario, designs) for name, scenario in loaded.items()}
        alone = len(loaded) == 1
        plans = {
            design if alone else f"{name} {design}": scenario
            for name, varied in under.items()
            for design, scenario in varied.items()
        }
        return plans, {}
    if len(loaded) > 1:
        return loaded, {}
    ((name, scenario),) = loaded.items()
    return _main_designs(name, scenario)


def _main_designs(name: str, scenario: "Scenario") -> "tuple[dict[str, Scenario], dict[str, str]]":
    from planner.search.compare import DESIGNS, estimable

    own = scenario.plan.design
    if len(own.treatments) > 2:
        raise InvalidInput(
            f"the design has {len(own.treatments)} treatments and the catalogue's main designs "
            "have two; name designs with --design, or give another scenario to compare with",
            source=name,
        )
    plans = _varied(name, scenario, tuple(dict.fromkeys([*DESIGNS, own.name])))
    try:
        return estimable(plans)
    except NotEstimable as error:
        raise error.at(source=name) from None


def _varied(name: str, scenario: "Scenario", designs: tuple[str, ...]) -> "dict[str, Scenario]":
    from planner.search.compare import vary_design

    try:
        return vary_design(scenario, designs)
    except InvalidInput as error:
        raise error.at(source=name) from None


def _costed(loaded: "dict[str, Scenario]", given: dict[str, Any]) -> "dict[str, Scenario]":
    """Scenarios with the prices and lengths that options give in the place of their own."""
    names = ("per_subject", "per_visit", "currency", "period_weeks", "washout_weeks")
    told = {name: given[name] for name in names if given[name] is not None}
    if "currency" in told:
        _one_label(loaded, told)
    changes = {f"protocol.costs.{name}": value for name, value in told.items()}
    return {k: s.with_changes(changes, "options") if told else s for k, s in loaded.items()}


def _one_label(loaded: "dict[str, Scenario]", told: dict[str, Any]) -> None:
    """Refuse to put one currency's label on prices that files state in several.

    Prices that options replace do not matter.
    """
    from planner.plan.costs import one_currency

    replaced: dict[str, Any] = {k: 0.0 for k in ("per_subject", "per_visit") if k in told}
    kept = {k: s.protocol.costs.model_copy(update=replaced) for k, s in loaded.items()}
    label = {"currency": told["currency"]}
    one_currency({k: c if c.currency else c.model_copy(update=label) for k, c in kept.items()})
