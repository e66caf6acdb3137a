"""Assumptions one by one: the control, and beside it basis, source and plausible range."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from planner.charts.style import signed
from planner.ui.evidence.assumption import Range, plausible, sources
from planner.words.prose import escaped, measured

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Citation, Scenario
    from planner.ui.fields.field import Field
    from planner.ui.fields.panel import Panel

NONE_KNOWN = "The library has no range for it in this unit."
NOTHING_YET = "Starts at none, as the scenario says nothing of it: **assumed**."


def setting(scenario: "Scenario") -> str:
    """What is measured, under which treatments, and what the sponsor notes, e.g. of the sign."""
    endpoint, plan = scenario.truth.endpoint, scenario.plan
    unit = f" ({endpoint.unit})" if endpoint.unit else ""
    letters = [f"{k}: {plan.label(k)}." for k in plan.design.treatments if k in plan.treatments]
    words = [f"Outcome: {endpoint.name}{unit}.", *letters, " ".join(scenario.notes.split())[:600]]
    return escaped(" ".join(words))


def show(
    place: "DeltaGenerator", items: "Iterable[Field]", base: "Scenario", panel: "Panel"
) -> "list[Field]":
    """A row per assumption; returns those that are numbers, which have sources beside them."""
    numbers = []
    for item in items:
        left, right = place.columns([0.36, 0.64], gap="medium", vertical_alignment="center")
        panel.draw(left, item)
        if item.kind == "slider":
            right.markdown(words(item, base))
            numbers.append(item)
    return numbers


def words(item: "Field", base: "Scenario") -> str:
    """Basis, source and plausible range of the starter scenario's value, as Markdown."""
    cited = _citation(base, item.path)
    endpoint = base.truth.endpoint
    found = plausible(item.path, endpoint.unit if endpoint.scale == "raw" else "")
    links = " · ".join(
        f"[{escaped(study.short)}](https://doi.org/{study.doi})" for study in sources(cited, found)
    )
    reason = f": {escaped(cited.note)}" if cited and cited.note else ""
    none = cited is None and item.start == (0.0 if item.format == "percent" else endpoint.neutral)
    lines = (
        NOTHING_YET if none else f"Starts at {shown(item, item.start)}, **{item.basis}**{reason}.",
        _range(item, found) if found else NONE_KNOWN,
        f"Sources: {links}" if links else "",
    )
    return "  \n".join(f":small[{line}]" for line in lines if line)


def shown(item: "Field", value: float) -> str:
    """A value of a control, with its unit."""
    return measured(bare(item, value), unit_of(item))


def bare(item: "Field", value: float) -> str:
    """A value of a control, with its unit only if that is %."""
    if item.format == "percent":
        return f"{100 * value:.0f} %"
    return (item.format.partition(" ")[0] % value).replace("-", "−")


def unit_of(item: "Field") -> str:
    """The unit of a control's values, which its format ends with; empty for none and for %."""
    return item.format.partition(" ")[2].replace("%%", "%")


def _citation(base: "Scenario", path: str) -> "Citation | None":
    stem = path.removesuffix(".female").removesuffix(".male")
    return base.citations.get(path) or (
        base.citations.get(stem) if stem.startswith("truth.attrition") else None
    )


def _range(item: "Field", found: Range) -> str:
    if item.format == "percent":
        ends = f"{100 * found.low:.0f} to {100 * found.high:.0f} %"
    else:
        ends = f"{_plain(found.low)} to {measured(_plain(found.high), unit_of(item))}"
    return f"Plausible: **{ends}** ({found.kind}, `{found.reference}`)."


def _plain(value: float) -> str:
    return signed(value, 3).rstrip("0").rstrip(".")
