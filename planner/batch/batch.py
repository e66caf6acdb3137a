"""A batch: a base scenario, and how its copies differ from it.

Every combination of the values in ``grid`` is a point; listed ``cases`` are further changes, each
crossed with the grid. A point is simulated under its planning truth, for power, and at the edges of
its nulls, for the type I error.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from planner.batch.tables import (
    DEEPEST,
    TABLES,
    check_order,
    check_values,
    flattened,
    too_deep,
)
from planner.errors import InvalidInput, UnknownName
from planner.scenario import Scenario, load_scenario, read_json, read_toml, scenario_from
from planner.spec import Spec

MOST_POINTS = 1_000_000
LARGEST_FILE = 16 * 1024**2
"""Bytes of a batch file."""


class BatchCase(Spec):
    """A listed case: named changes of the base scenario.

    Parameters
    ----------
    changes : dotted path → value.
    """

    name: Annotated[str, Field(min_length=1)]
    changes: dict[str, Any] = {}


class Batch(Spec):
    """A base scenario and the points around it.

    Parameters
    ----------
    scenario : the base, with the changes and Monte-Carlo settings of the file made.
    grid : dotted path → values, full factorial; the last path varies fastest.
    cases : listed changes, each crossed with the grid and made after it; without any, the base
        alone. What the grid varies a case cannot set.
    truths : under which truths every point is simulated.
    impossible : ``refuse`` the batch when a point breaks a rule or its design cannot estimate a
        hypothesis, or ``skip`` the point and list it with the reason.
    """

    schema_version: Literal[1] = 1
    label: str = ""
    notes: str = ""
    scenario: Scenario
    truths: Annotated[tuple[Literal["planning", "null"], ...], Field(min_length=1)] = (
        "planning",
        "null",
    )
    impossible: Literal["refuse", "skip"] = "refuse"
    grid: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = {}
    cases: tuple[BatchCase, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [case.name for case in self.cases]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise InvalidInput(
                f"case {repeated[0]!r} is defined more than once; give each its own name",
                key="cases",
            )
        if self.n_points > MOST_POINTS:
            raise InvalidInput(
                f"{self.n_points:,} combinations are more than {MOST_POINTS:,}; take values out, "
                "or split the batch",
                key="grid",
            )
        fixed = [path for path in self.paths if path.split(".")[0] in _NOT_OF_A_POINT]
        if fixed:
            raise InvalidInput(
                f"{fixed[0]} is the same for every point; take it out, or set it in [changes]",
                key=f"grid.{fixed[0]}",
            )
        for path, values in self.grid.items():
            check_values(f"grid.{path}", values)
        check_order("grid", tuple(self.grid))
        for case in self.cases:
            for path, value in case.changes.items():
                check_values(f"cases.{case.name}.{path}", (value,))
            check_order(f"cases.{case.name}", (*self.grid, *case.changes))
        return self

    @property
    def n_points(self) -> int:
        """Combinations of cases and grid."""
        return max(1, len(self.cases)) * math.prod(map(len, self.grid.values()))

    @property
    def paths(self) -> tuple[str, ...]:
        """Dotted paths that differ between points: of the grid, then of the cases."""
        listed = [path for case in self.cases for path in case.changes]
        return tuple(dict.fromkeys([*self.grid, *listed]))


_NOT_OF_A_POINT = {"monte_carlo", "schema_version", "label", "notes", "protocol", "alternatives",
                   "citations", "truth_prior"}  # fmt: skip
"""Tables that a point cannot change: what they say is of the whole run, or changes no number."""


def batch_from(raw: Mapping[str, Any], source: str = "", folder: Path | None = None) -> Batch:
    """Batch from plain data as read from TOML or JSON.

    Parameters
    ----------
    folder : where a relative path of ``base`` starts.

    Raises
    ------
    InvalidInput : with source, key path, value and rule.
    """
    if too_deep(raw):
        raise InvalidInput(
            f"tables and lists are more than {DEEPEST} levels deep; write them flatter",
            source=source,
        )
    rest = dict(raw)
    base = _base(rest.pop("base", None), rest.pop("scenario", None), source, folder)
    changes = _flat(rest.pop("changes", {}), "changes", source)
    settings = _table(rest.pop("monte_carlo", {}), "monte_carlo", source)
    changes |= {f"monte_carlo.{key}": value for key, value in settings.items()}
    if changes:
        base = base.with_changes(changes, source)
    if "grid" in rest:
        rest["grid"] = _flat(rest["grid"], "grid", source, whole=())
        for path, values in rest["grid"].items():
            if not isinstance(values, list | tuple):
                raise InvalidInput(
                    f"{values!r} is not a list of values; write one, such as [{values!r}]",
                    key=f"grid.{path}",
                    source=source,
                )
    if "cases" in rest:
        rest["cases"] = _flat_cases(rest["cases"], source)
    return Batch.parse({**rest, "scenario": base}, source)


def _flat_cases(cases: Any, source: str) -> list[Any]:
    if not isinstance(cases, list | tuple):
        raise InvalidInput(
            f"{cases!r} is not a list of cases; begin each with [[cases]]",
            key="cases",
            source=source,
        )
    return [
        {**case, "changes": _flat(case["changes"], f"cases.{place}.changes", source)}
        if isinstance(case, dict) and "changes" in case
        else case
        for place, case in enumerate(cases)
    ]


def _flat(value: Any, key: str, source: str, whole: Sequence[str] = TABLES) -> dict[str, Any]:
    try:
        return flattened(_table(value, key, source), whole=whole)
    except InvalidInput as error:
        raise error.at(source=source) from None


def _table(value: Any, key: str, source: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput(f"{value!r} is not a table; write one", key=key, source=source)
    return value


def _base(name: Any, given: Any, source: str, folder: Path | None) -> Scenario:
    if given is not None and name is not None:
        raise InvalidInput(
            "base and scenario are both given; keep one of them", key="base", source=source
        )
    if given is not None:
        return scenario_from(_table(given, "scenario", source), source)
    if name is not None and not isinstance(name, str):
        raise InvalidInput(
            f"{name!r} is not the name of a scenario or the path of a file; give one in quotes",
            key="base",
            source=source,
        )
    if not name:
        raise InvalidInput(
            'no base scenario is named; add base = "confirmatory", or the path of a file',
            key="base",
            source=source,
        )
    beside = (folder or Path()) / name
    try:
        return load_scenario(beside if beside.suffix.lower() in {".toml", ".json"} else name)
    except UnknownName as error:
        raise error.at(key="base", source=source) from None
    except InvalidInput as error:
        raise InvalidInput(str(error), key="base", source=source) from None


def load_batch(name_or_path: str | Path) -> Batch:
    """A batch that ships with the package by name, or one from a TOML or JSON file.

    Raises
    ------
    InvalidInput : the file cannot be read or breaks a rule.
    """
    path = Path(name_or_path)
    if path.suffix.lower() not in {".toml", ".json"} and not path.exists():
        if str(name_or_path) not in batch_names():
            raise UnknownName(
                f"{str(name_or_path)!r} is neither a file nor a batch that ships with planner; "
                f"choose {', '.join(batch_names())}, or give the path of a .toml or .json file"
            )
        return batch_from(read_toml(batch_text(str(name_or_path)), str(path)), str(path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InvalidInput(
                f"it has more than {LARGEST_FILE // 1024**2} MB; is it a batch file?",
                source=str(path),
            )
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise InvalidInput("no such file; check the path", source=str(path)) from None
    except IsADirectoryError:
        raise InvalidInput("is a folder; give a batch file", source=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"cannot be read ({error}); check the file", source=str(path)) from None
    read = read_json if path.suffix.lower() == ".json" else read_toml
    return batch_from(read(text, str(path)), str(path), path.parent)


def batch_names() -> list[str]:
    """Names of the batches that ship with the package."""
    return sorted(name for name, _ in _built_in_files())


def _built_in_files() -> Iterator[tuple[str, str]]:
    for entry in resources.files("planner.batches").iterdir():
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), entry.read_text("utf-8")


def batch_text(name: str) -> str:
    """Source text of a batch that ships with the package.

    Raises
    ------
    UnknownName : there is none of this name.
    """
    for found, text in _built_in_files():
        if found == name:
            return text
    raise UnknownName(
        f"{name!r} is not a batch that ships with planner; choose {', '.join(batch_names())}"
    )
