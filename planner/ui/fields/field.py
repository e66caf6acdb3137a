"""A control: what a number means, where it may lie and what it changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

Changes = dict[str, Any]
Kind = Literal[
    "slider", "range", "choice", "many", "switch", "toggle", "number", "decimal", "optional",
    "text", "line",
]  # fmt: skip


def nothing(_: Any) -> Changes:
    """The changes of a control that alters no scenario by itself."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One control.

    Parameters
    ----------
    path : dotted path in the scenario: identity of the control and place of its problems.
    start : value in the starter scenario.
    help : meaning, unit, typical range and source.
    write : the changes of the scenario that set a value.
    basis : ``assumed``, ``derived`` or ``reported``; empty for what the sponsor chooses.
    bounds : lowest, highest and step of a slider or number; of a text, its most characters.
    options : values of a choice, switch or range.
    show : an option in words; of what may be left open, what stands there then.
    slot : keeps apart two controls of one path.
    on_change : called when the user has moved the control.
    """

    path: str
    label: str
    start: Any
    help: str
    write: Callable[[Any], Changes] = nothing
    kind: Kind = "slider"
    basis: str = ""
    bounds: tuple[float, float, float] = (0.0, 1.0, 0.01)
    options: tuple[Any, ...] = ()
    format: str = "%.2f"
    show: Callable[[Any], str] = str
    slot: str = ""
    on_change: Callable[[], None] | None = None


def widget(place: "DeltaGenerator", item: Field, key: str) -> Any:
    """Show a control whose value the session keeps under `key`, and return it."""
    moved = st.session_state[key] != item.start
    basis = f" · {'assumed' if moved else item.basis}" if item.basis else ""
    shared: dict[str, Any] = {"key": key, "help": item.help, "persist_state": "session"}
    label, (low, high, step) = item.label + basis, item.bounds
    match item.kind:
        case "choice":
            return place.selectbox(label, item.options, format_func=item.show, **shared)
        case "many":
            return place.pills(
                label, item.options, selection_mode="multi", format_func=item.show, **shared
            )
        case "switch":
            return place.segmented_control(
                label,
                item.options,
                required=True,
                wrap=True,
                format_func=item.show,
                on_change=item.on_change,
                **shared,
            )
        case "range":
            return place.select_slider(
                label, item.options, item.start, format_func=item.show, **shared
            )
        case "toggle":
            return place.toggle(label, **shared)
        case "text":
            return place.text_area(label, max_chars=int(high), height=100, **shared)
        case "line":
            return place.text_input(label, max_chars=int(high), placeholder=item.show(""), **shared)
        case "optional":
            return place.number_input(
                label,
                low,
                high,
                None,
                step,
                item.format,
                placeholder=item.show(None),
                **shared,
            )
        case "number":
            return place.number_input(label, int(low), int(high), step=int(step), **shared)
        case "decimal":
            typed = place.number_input(label, low, high, step=step, format=item.format, **shared)
            return round(float(typed), 6)
        case "slider":
            moved_to = place.slider(label, low, high, step=step, format=item.format, **shared)
            return round(float(moved_to), 6)
