"""Where the number behind a control comes from."""

from typing import TYPE_CHECKING

from planner.words.prose import escaped

if TYPE_CHECKING:
    from planner.scenario import Scenario


def basis_of(base: "Scenario", path: str) -> str:
    """``assumed``, ``derived`` or ``reported``, as the scenario says."""
    cited = base.citations.get(path)
    return (cited.flag if cited else "") or "assumed"


def source_of(base: "Scenario", path: str) -> str:
    """Where the starter scenario has the number from, as a sentence."""
    cited = base.citations.get(path)
    if cited is None:
        return "assumed; the scenario names none."
    parts = [cited.flag or "assumed", escaped(cited.evidence), escaped(cited.note)]
    return "; ".join(part for part in parts if part) + "."
