"""Reading a study from its file."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.errors import InvalidInput
from planner.evidence.study import Entry, Study, decimal_places


def read_study_file(path: Path) -> Study:
    """A study from a TOML file that bears its id.

    Raises
    ------
    InvalidInput : the file cannot be read or breaks a rule.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"cannot be read ({error}); check the file", source=str(path)) from None
    study = read_study(text, str(path))
    if study.id != path.stem:
        raise InvalidInput(
            f"{study.id!r} is not the name of the file; write {path.stem!r} or rename the file",
            key="study.id",
            source=str(path),
        )
    return study


def read_study(text: str, source: str) -> Study:
    """A study from the text of its TOML file: one table ``[study]`` and any ``[[entry]]``.

    Raises
    ------
    InvalidInput : names `source`, the key and the rule.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"not valid TOML: {error}; correct it", source=source) from None
    for key in set(raw) - {"study", "entry"}:
        raise InvalidInput(
            "unknown key; a file holds one [study] and any [[entry]]", key=key, source=source
        )
    study, entries = raw.get("study", {}), raw.get("entry", [])
    if not isinstance(study, dict) or not isinstance(entries, list):
        raise InvalidInput("write one table [study] and tables [[entry]]", source=source)
    parsed = [_read_entry(e, i, study.get("id", ""), source) for i, e in enumerate(entries)]
    try:
        return Study.parse({**_floats(study), "entries": parsed}, source)
    except InvalidInput as error:
        key = error.key if error.key.startswith("entry") else f"study.{error.key}".rstrip(".")
        raise type(error)(error.message, key=key, source=source) from None


def _read_entry(raw: Any, index: int, study: Any, source: str) -> Entry:
    place = f"entry.{raw.get('id', index)}" if isinstance(raw, dict) else f"entry.{index}"
    if not isinstance(raw, dict):
        raise InvalidInput(f"{raw!r} is not a table; write [[entry]]", key=place, source=source)
    for key in {"places", "study"} & set(raw):
        raise InvalidInput(
            "unknown key, it is filled in by reading; remove it",
            key=f"{place}.{key}",
            source=source,
        )
    spread = raw.get("se", raw.get("interval", raw.get("range", [])))
    numbers = [raw.get("value"), *(spread if isinstance(spread, list) else [spread])]
    filled = {"places": tuple(decimal_places(number) for number in numbers), "study": str(study)}
    try:
        return Entry.parse({**_floats(raw), **filled}, source)
    except InvalidInput as error:
        key = f"{place}.{error.key}".rstrip(".")
        raise type(error)(error.message, key=key, source=source) from None


def _floats(value: Any) -> Any:
    """Plain data with decimal numbers as floats."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {key: _floats(item) for key, item in value.items()}
        case list():
            return [_floats(item) for item in value]
        case _:
            return value
