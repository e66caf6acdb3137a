"""Options that several commands share, and what they make of a scenario."""

import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.errors import InvalidInput

if TYPE_CHECKING:
    from planner.scenario import Scenario

DEFAULT_SCENARIO = "confirmatory"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the common options say."""

    scenario: str
    changes: tuple[str, ...]
    n_trials: int | None
    seed: int | None
    draw: str | None
    engine: str | None
    workers: int | None
    as_json: bool
    out: Path | None
    quiet: bool

    def load(self) -> "Scenario":
        """The scenario with ``--set``, ``--engine`` and the Monte-Carlo options applied."""
        from planner.scenario import load_scenario

        scenario = load_scenario(self.scenario)
        changes = dict(_assignment(text) for text in self.changes)
        for key in ("n_trials", "seed", "draw"):
            if getattr(self, key) is not None:
                changes[f"monte_carlo.{key}"] = getattr(self, key)
        scenario = scenario.with_changes(changes, "--set") if changes else scenario
        if self.engine is None:
            return scenario
        if scenario.plan.analysis.kind != "posterior":
            raise InvalidInput(
                f"--engine {self.engine} belongs to Bayesian analyses and the analysis is "
                f"{scenario.plan.analysis.kind}; set plan.analysis.kind to posterior"
            )
        return scenario.with_changes({"plan.analysis.engine": self.engine}, "--engine")


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the scenario argument and the common options; the command receives `RunOptions`."""

    def wrapped(
        scenario: str,
        changes: tuple[str, ...],
        n_trials: int | None,
        seed: int | None,
        draw: str | None,
        engine: str | None,
        workers: int | None,
        as_json: bool,
        out: Path | None,
        quiet: bool,
        **rest: Any,
    ) -> Any:
        options = RunOptions(
            scenario, changes, n_trials, seed, draw, engine, workers, as_json, out, quiet
        )
        try:
            return command(options, **rest)
        except InvalidInput as error:
            raise error.at(source=scenario) from None

    update_wrapper(wrapped, command)
    decorators = [
        click.argument("scenario", default=DEFAULT_SCENARIO),
        click.option(
            "--set", "changes", multiple=True, metavar="PATH=VALUE",
            help="Replace a value of the scenario, e.g. truth.effect=3.4. Repeatable.",
        ),
        click.option("--n-trials", type=int, help="Simulated trials per size and truth."),
        click.option("--seed", type=int, help="Seed of the random numbers."),
        click.option(
            "--draw", type=click.Choice(["moments", "subjects"]),
            help="Draw cell moments directly, or every person.",
        ),
        click.option(
            "--engine", type=click.Choice(["quadrature", "nuts"]),
            help="Of a Bayesian analysis: numerical integration, or sampling with PyMC.",
        ),
        click.option(
            "--workers", type=click.IntRange(min=1),
            help="Threads; results do not depend on it.",
        ),
        click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout."),
        click.option(
            "--out", type=click.Path(dir_okay=False, path_type=Path),
            help="Write the result to a file instead of stdout.",
        ),
        click.option("--quiet", is_flag=True, help="No progress on stderr."),
    ]  # fmt: skip
    for decorator in reversed(decorators):
        wrapped = decorator(wrapped)
    return wrapped


def _assignment(text: str) -> tuple[str, Any]:
    """``path=value`` with a TOML value; a bare word is a text."""
    path, found, value = text.partition("=")
    if not found or not path.strip():
        raise click.UsageError(f"--set {text!r} is not PATH=VALUE, e.g. truth.effect=3.4")
    try:
        parsed = tomllib.loads(f"value = {value}")
        if set(parsed) != {"value"}:
            raise click.UsageError(f"--set {text!r} holds more than one value")
        return path.strip(), parsed["value"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value.strip()


def parse_sizes(text: str) -> list[int]:
    """``60``, ``40,60,80`` or ``24:120:8`` (both ends included)."""
    parts = text.split(":")
    try:
        if len(parts) in (2, 3):
            low, high, step = int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) == 3 else 1
            sizes = list(range(low, high + 1, step)) if step > 0 else []
        else:
            sizes = [int(part) for part in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 1 or len(sizes) > 1000:
        raise click.BadParameter(
            f"{text!r} is not a size, a list such as 40,60,80 or a range such as 24:120:8",
            param_hint="--n",
        )
    return sizes


def required_size(given: int | None, planned: int | None) -> int:
    """The size given on the command line, or else the plan's."""
    size = given or planned
    if size is None:
        raise InvalidInput("no sample size is given; add --n 60, or set plan.n_subjects")
    return size


def size_found(
    options: RunOptions, scenario: "Scenario", hypothesis: str | None, given: int | None
) -> tuple[str, int]:
    """The hypothesis that sizes are for, and the size given or else found for its first target.

    Raises
    ------
    InvalidInput : the scenario has no such hypothesis, or no size reaches the target.
    """
    from planner.search.carryover_price import known_hypothesis
    from planner.search.sample_size import SizeSearch

    name, target = known_hypothesis(scenario, hypothesis), scenario.plan.power_targets[0]
    if given is not None:
        return name, given
    found = SizeSearch(scenario, options.workers).find(name, target)
    if found.status != "found":
        raise InvalidInput(
            f"{name} does not reach {100 * target:g} % power with up to {found.n_randomised} "
            "people; give a size with --n, or raise plan.n_limit"
        )
    return name, found.n_randomised


def emit(text: str, out: Path | None) -> None:
    """Write a result to stdout, or to a file all at once."""
    if out is None:
        click.echo(text)
    else:
        write_whole(out, lambda partial: Path(partial).write_text(text + "\n", "utf-8"))


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file beside its place and move it there: never half of one."""
    from planner.errors import PlannerError

    partial = path.with_name(path.name + ".part")
    try:
        write(partial)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):  # what could not be made cannot be removed
            partial.unlink()
        reason = error.strerror or error
        raise PlannerError(f"{path}: cannot be written ({reason}); choose another") from None
