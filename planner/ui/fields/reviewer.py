"""Controls of the reviewer: which assumption to change, and to what."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.ui.fields.field import Field, nothing

if TYPE_CHECKING:
    from planner.ui.fields.panel import Panel

CHOICE, VALUE = "reviewer.assumption", "reviewer.value"


def assumption(items: Sequence[Field], name: str) -> Field:
    """Which assumption the reviewer changes.

    Parameters
    ----------
    items : the numbers that are assumed.
    name : of the scenario, which keeps its own choice.
    """
    labels = {item.path: item.label for item in items}
    return Field(
        path=CHOICE,
        slot=name,
        label="Assumption to change",
        start=items[0].path,
        kind="choice",
        options=tuple(labels),
        show=lambda path: labels[path],
        help="One assumption at a time; all others stay as the sponsor has them. Unit: none. "
        "Typical: the one that the evidence says least about. Source: chosen by the reviewer.",
    )


def value(item: Field, name: str, sponsor: float) -> Field:
    """The reviewer's value of an assumption; starts at the sponsor's, anew if that moves."""
    return replace(
        item,
        path=VALUE,
        slot=f"{name} {item.path} {sponsor:g}",
        label="Reviewer's value",
        start=sponsor,
        basis="",
        write=nothing,
        on_change=None,
    )


def chosen(items: Sequence[Field], panel: "Panel") -> Field:
    """The assumption that the reviewer has chosen."""
    path: Any = panel.values[CHOICE]
    return next(item for item in items if item.path == path)
