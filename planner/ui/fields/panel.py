"""The panel that holds the controls of a scenario."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.errors import InvalidInput, PlannerError
from planner.ui import page_turn
from planner.ui.fields.field import Changes, Field, widget

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


@dataclass(slots=True)
class Panel:
    """The controls of a scenario: values, changes, and places for problems.

    Parameters
    ----------
    name : of the starter scenario; every starter keeps its own values.
    """

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    places: "dict[str, tuple[DeltaGenerator, Field, bool]]" = field(default_factory=dict)
    _moved: dict[str, Field] = field(default_factory=dict)

    def draw(self, place: "DeltaGenerator", item: Field, *, in_tab: bool = False) -> None:
        """Show a control and take down its value; `in_tab` if it may be out of sight."""
        key = self._ready(item)
        self.places[item.path] = (place, item, in_tab)
        self._take(item, widget(place, item, key))

    def draw_in_tab(self, tab: "DeltaGenerator", items: Iterable[Field]) -> None:
        """Show controls below each other in a tab."""
        for item in items:
            self.draw(tab.container(), item, in_tab=True)

    def recall(self, items: Iterable[Field]) -> None:
        """Take down the values of controls without showing them."""
        for item in items:
            self._take(item, st.session_state[self._ready(item)])

    def key(self, path: str, slot: str = "") -> str:
        """Where the session keeps the value of a control."""
        return ":".join(part for part in (self.name, slot, path) if part)

    def _ready(self, item: Field) -> str:
        key = self.key(item.path, item.slot)
        st.session_state.setdefault(key, item.start)
        if not _fits(item, st.session_state[key]):
            st.session_state[key] = item.start
        # A control of another page with the same key takes the value over only if it is set anew;
        # later that would undo moves that the user makes while the page is drawn.
        if page_turn.is_new():
            st.session_state[key] = st.session_state[key]
        return key

    def _take(self, item: Field, value: Any) -> None:
        self.values[item.path] = value
        if value != item.start:
            self._moved[self.key(item.path, item.slot)] = item
            self.changes |= item.write(value)

    def moved(self) -> dict[str, Any]:
        """What the user has set, by the keys of the session without the panel's name."""
        start = f"{self.name}:"
        kept = {key: item for key, item in self._moved.items() if key in st.session_state}
        return {key.removeprefix(start): st.session_state[key] for key in sorted(kept)}

    def put(self, path: str, value: Any, slot: str = "") -> None:
        """Set a control, from a callback or another page."""
        st.session_state[self.key(path, slot)] = value

    def reset(self) -> None:
        """Back to the starter scenario, from a callback."""
        for key in list(st.session_state):
            if str(key).startswith(f"{self.name}:"):
                del st.session_state[key]

    def report(self, problem: PlannerError, elsewhere: "DeltaGenerator") -> None:
        """One sentence at the control that the problem is about; elsewhere if out of sight."""
        key = problem.key if isinstance(problem, InvalidInput) else ""
        sentence = problem.message if isinstance(problem, InvalidInput) else str(problem)
        near = [p for p in self.places if key and (key.startswith(p) or p.startswith(key))]
        if not near:
            elsewhere.error(sentence)
            return
        place, item, in_tab = self.places[max(near, key=len)]
        place.error(sentence)
        if in_tab:
            elsewhere.error(f"{item.label}: {sentence}")


def _fits(item: Field, value: Any) -> bool:
    """Whether a control can show a value, kept from another state of the page or from a link."""
    match item.kind:
        case "choice" | "switch":
            return value in item.options
        case "many":
            return isinstance(value, list | tuple) and all(v in item.options for v in value)
        case "range":
            pair = isinstance(value, tuple) and len(value) == 2
            return pair and all(end in item.options for end in value) and value[0] <= value[1]
        case "toggle":
            return isinstance(value, bool)
        case "text" | "line":
            return isinstance(value, str) and len(value) <= item.bounds[1]
        case "optional" if value is None:
            return True
        case "slider" | "number" | "decimal" | "optional":
            plain = isinstance(value, int | float) and not isinstance(value, bool)
            whole = item.kind != "number" or isinstance(value, int)
            return plain and whole and item.bounds[0] <= value <= item.bounds[1]
