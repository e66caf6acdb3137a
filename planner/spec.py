"""Base of every specification: frozen, validated, serialisable, and clear when it refuses."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from planner.errors import InvalidInput

LARGEST, SMALLEST = 1e12, 1e-12
"""Magnitudes beyond these are a matter of the unit, and of the arithmetic."""


def _in_reach(value: float) -> float:
    if value < SMALLEST:
        raise InvalidInput(f"{value:g} is below {SMALLEST:g}; choose another unit")
    return value


Positive = Annotated[float, Field(gt=0), AfterValidator(_in_reach)]
Weight = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, lt=1)]
Level = Annotated[float, Field(gt=0, lt=0.5)]


class Spec(BaseModel):
    """A value object: no behaviour beyond its own consistency."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, strict=True, validate_default=False
    )

    @model_validator(mode="before")
    @classmethod
    def _lists_to_tuples(cls, raw: Any) -> Any:
        return _tuples(raw, ()) if isinstance(raw, dict) else raw

    @classmethod
    def parse(cls, raw: Mapping[str, Any], source: str = "") -> Self:
        """Validate plain data as read from TOML or JSON; nothing is coerced.

        Raises
        ------
        InvalidInput : names source, key, value and rule.
        """
        try:
            return cls.model_validate(dict(raw))
        except ValidationError as error:
            raise explain(error, cls, source) from None

    def plain(self, *, full: bool = False) -> dict[str, Any]:
        """Plain data for TOML or JSON: what differs from its default, or everything not None."""
        shown = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            told = full or name == "kind" or value != field.get_default()
            if value is not None and told:
                shown[name] = _plain(value, full)
        return shown


def _plain(value: Any, full: bool) -> Any:
    match value:
        case Spec():
            return value.plain(full=full)
        case dict():
            return {key: _plain(item, full) for key, item in value.items()}
        case tuple():
            return [_plain(item, full) for item in value]
        case _:
            return value


def _tuples(raw: Any, path: tuple[str, ...]) -> Any:
    """Lists as tuples; numbers beyond reach are refused with their place."""
    if isinstance(raw, dict):
        return {key: _tuples(value, (*path, str(key))) for key, value in raw.items()}
    if isinstance(raw, list | tuple):
        return tuple(_tuples(item, (*path, str(i))) for i, item in enumerate(raw))
    if isinstance(raw, float) and LARGEST < abs(raw) < float("inf"):
        raise InvalidInput(
            f"{raw:g} is beyond {LARGEST:g}; choose another unit", key=".".join(path)
        )
    return raw


def known_keys(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    """Field names at a place inside a model, as far as the place leads through plain fields."""
    current: Any = model
    for step in path:
        fields = getattr(current, "model_fields", {})
        if step not in fields:
            break
        current = fields[step].annotation
    return sorted(getattr(current, "model_fields", {}))


def explain(error: ValidationError, model: type[BaseModel], source: str) -> InvalidInput:
    """One sentence for the first problem of a failed validation, and how many more there are."""
    details = error.errors(include_url=False)
    first = details[0]
    for detail in details:
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, InvalidInput):
            return type(cause)(cause.message, key=_inside(detail["loc"], cause.key), source=source)
    others = len({_dotted(detail["loc"]) for detail in details}) - 1
    rest = f" (and {others} more)" if others else ""
    return InvalidInput(_sentence(first, model) + rest, key=_dotted(first["loc"]), source=source)


def _inside(loc: Iterable[str | int], key: str) -> str:
    """`key` below the place `loc`, unless it already is a full path."""
    outer = _dotted(loc)
    return key if key.startswith(outer) else f"{outer}.{key}".rstrip(".")


def _dotted(loc: Iterable[str | int]) -> str:
    """Dotted path, without the tags that pydantic adds for unions (they are not file keys)."""
    steps = [str(step) for step in loc]
    return ".".join(step for step in steps if not _is_tag(step))


def _is_tag(step: str) -> bool:
    return (
        step in {"float", "int", "str", "function-after", "constrained-float"}
        or "[" in step
        or step[:1].isupper()
        or step in _TAGS
    )


_TAGS = {
    "mixed-model",
    "within-subject-t",
    "posterior",
    "normal",
    "student-t",
    "mixture",
    "flat",
    "half-normal",
    "half-normal-ratio",
    "log-normal",
    "fixed",
    "jeffreys",
    "scaled-inverse-chi",
    "beta",
    "uniform",
    "pilot",
    "independent",
    "common",
    "exchangeable",
    "compound-symmetry",
    "paired-difference",
    "superiority",
    "two-sided",
    "non-inferiority",
    "equivalence",
    "mcar",
    "none",
    "fixed-sequence",
    "holm",
    "fallback",
    "graph",
}


def _sentence(detail: Any, model: type[BaseModel]) -> str:
    value, context = detail.get("input"), detail.get("ctx", {})
    shown = "this table" if isinstance(value, dict) else f"{value!r}"
    match detail["type"]:
        case "extra_forbidden":
            names = known_keys(model, detail["loc"][:-1])
            hint = f"; known keys here: {', '.join(names)}" if names else ""
            return f"unknown key (value {shown}){hint}; remove it or correct its name"
        case "missing":
            return "this key is missing; give it a value"
        case "union_tag_invalid":
            return f"kind {context['tag']!r} is not known; choose {context['expected_tags']}"
        case "union_tag_not_found":
            return f"{shown} has no kind; add kind = … to say which form this is"
        case "literal_error":
            return f"{shown} is not allowed; choose {context['expected']}"
        case "finite_number":
            return f"{shown} is not a finite number; give one"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            words = detail["msg"].removeprefix("Input should be ")
            return f"{shown} is out of range: it must be {words}; change it"
        case "too_short":
            return (
                f"it has {context['actual_length']} entries; give at least {context['min_length']}"
            )
        case "too_long":
            return (
                f"it has {context['actual_length']} entries; give at most {context['max_length']}"
            )
        case "string_too_short":
            return f"{shown} is empty; write something"
        case "string_pattern_mismatch":
            return f"{shown} does not fit; use letters, digits and _, beginning with a letter"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{shown} is not a table; write one"
        case _:
            words = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
            words = words.replace("a valid tuple", "a list")
            return f"{shown} does not fit: it must be {words}; change it"
