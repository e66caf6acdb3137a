"""Tables of a batch file: as dotted paths, and what is refused in them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from planner.errors import InvalidInput

DEEPEST = 50
"""Levels of tables and lists in a batch file."""
TABLES = ("kind", "value")
"""Keys that make a table a value, in place of the beginning of dotted paths."""


def flattened(
    table: Mapping[str, Any], path: str = "", *, whole: Sequence[str] = TABLES
) -> dict[str, Any]:
    """Nested tables as dotted paths: ``truth.effect = …`` and ``"truth.effect" = …`` alike.

    Parameters
    ----------
    whole : a table with one of these keys is a value.

    Raises
    ------
    InvalidInput : a path is written in both ways.
    """
    flat: dict[str, Any] = {}
    for key, value in table.items():
        place = f"{path}.{key}" if path else key
        inner = {place: value}
        if isinstance(value, dict) and value and value.keys().isdisjoint(whole):
            inner = flattened(value, place, whole=whole)
        for found in sorted(inner.keys() & flat.keys()):
            raise InvalidInput("is written twice; write it once", key=found)
        flat |= inner
    return flat


def check_values(key: str, values: Sequence[Any]) -> None:
    """Refuse values that no file can hold or that are listed twice."""
    seen = set()
    for value in values:
        try:
            text = json.dumps(value, sort_keys=True, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise InvalidInput(
                f"{value!r} is not a finite number, text, true, false, a list or a table; write "
                "one",
                key=key,
            ) from None
        same = value if isinstance(value, int | float) else text
        if same in seen:
            raise InvalidInput(f"{text} is listed more than once; list it once", key=key)
        seen.add(same)


def check_order(key: str, paths: Sequence[str]) -> None:
    """Refuse a path that replaces what another one has set before: that would vary nothing."""
    later: dict[str, str] = {}
    for path in reversed(paths):
        steps = path.split(".")
        places = [".".join(steps[:n]) for n in range(1, len(steps) + 1)]
        hiding = next((later[place] for place in places if place in later), None)
        if hiding == path:
            raise InvalidInput(
                f"{path} is set here and varied in the grid; take it out of one of them", key=key
            )
        if hiding is not None:
            raise InvalidInput(
                f"{hiding} replaces what {path} sets; take one of them out, or write {hiding} "
                f"before {path}",
                key=key,
            )
        later[path.removesuffix(".kind")] = path


def too_deep(value: Any, levels: int = DEEPEST) -> bool:
    """Whether tables and lists lie more than some levels in each other."""
    match value:
        case Mapping():
            inner = list(value.values())
        case list() | tuple():
            inner = list(value)
        case _:
            return False
    return levels == 0 or any(too_deep(item, levels - 1) for item in inner)
