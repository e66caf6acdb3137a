"""Which studies are pooled, and under which assumptions."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from planner.errors import InvalidInput
from planner.evidence.library import load_library
from planner.evidence.library_studies import studies_of
from planner.evidence.study import Entry
from planner.ui.evidence.library import entry_label, quantity_label, written
from planner.ui.fields.field import Field
from planner.ui.fields.panel import Panel

if TYPE_CHECKING:
    from planner.scenario import Scenario

GROUP, ENTRIES = "pool.group", "pool.entries"
SIGMA, TAU, WEIGHT = "pool.sigma", "pool.tau_scale", "pool.robust_weight"
_FIRST = {
    "standardised_effect in d_z": ["jelen-2025.d_z"],
    "dropout in share": ["jelen-2025.dropout", "lapidus-2014.dropout", "williams-2018.dropout"],
}
"""What is pooled at first: the trial of the same comparison, and the crossovers."""


@cache
def poolable() -> Mapping[str, tuple[str, ...]]:
    """Entries that can be pooled, by quantity and unit."""
    library, found = load_library(), dict[str, list[str]]()
    for entry in library.entries:
        try:
            studies_of(library, [entry.reference])
        except InvalidInput:
            continue  # it has neither counts nor a standard error, or is bounded
        found.setdefault(f"{entry.quantity} in {entry.unit}", []).append(entry.reference)
    order = [*_FIRST, *sorted(found.keys() - _FIRST.keys())]
    return {name: tuple(found[name]) for name in order if name in found}


def is_share(group: str) -> bool:
    """Whether a group is pooled from counts, on the logit scale."""
    return group.endswith(" in share")


def pooling(base: "Scenario", panel: Panel) -> Iterator[Field]:
    """The controls in their order."""
    yield Field(
        path=GROUP,
        label="Numbers to pool",
        start=next(iter(poolable())),
        kind="choice",
        options=tuple(poolable()),
        show=group_label,
        help="Numbers of one quantity and unit that have counts, a standard error or an interval. "
        "Unit: as named. Typical: the standardised effect (d_z). Source: the library.",
    )
    group = panel.values[GROUP]
    yield _entries(group)
    sigma = 1.0
    if not is_share(group):
        yield _sigma(base, group)
        sigma = panel.values[SIGMA]
    yield _heterogeneity(group, sigma)
    yield _robust_weight()


def assumptions(values: Mapping[str, Any]) -> tuple[float | None, float, float]:
    """SD of one person (None for shares), scale of τ and robust weight."""
    shares = is_share(values[GROUP])
    return None if shares else values[SIGMA], values[TAU], values[WEIGHT]


def group_label(group: str) -> str:
    """A group of numbers in plain words."""
    quantity, unit = group.split(" in ")
    return f"{quantity_label(quantity)} ({unit})"


def _entries(group: str) -> Field:
    library, options = load_library(), poolable()[group]
    return Field(
        path=ENTRIES,
        slot=group,
        label="Studies",
        start=_FIRST.get(group, [options[0]]),
        kind="many",
        options=options,
        show=lambda name: _named(library.entry(name)),
        help="Studies whose numbers are pooled; one number per study, as two of one study are not "
        "independent. Unit: none. Typical: studies of the same comparison. Source: the library.",
    )


def _named(entry: Entry) -> str:
    """Study and value first, as chips are narrow."""
    study, *about = entry_label(load_library(), entry).split(" · ")
    return " · ".join([f"{study}: {written(entry)}", *about])


def _sigma(base: "Scenario", group: str) -> Field:
    points = group.endswith(" in points")
    return Field(
        path=SIGMA,
        slot=group,
        label="SD of one person, σ",
        start=round(base.truth.sd_difference, 3) if points else 1.0,
        basis="assumed",
        kind="decimal",
        bounds=(0.01, 1000.0, 0.1),
        help="SD of one person's contribution to an effect: it turns the prior into a number of "
        "people, and is the width of the robust component. Unit: that of the numbers. Typical: 1 "
        "for a standardised effect, the SD of the difference for points. Source: assumed.",
    )


def _heterogeneity(group: str, sigma: float) -> Field:
    return Field(
        path=TAU,
        slot=group,
        label="Heterogeneity: scale of τ",
        start=1.0 if is_share(group) else round(sigma / 2, 3),
        basis="assumed",
        kind="decimal",
        bounds=(0.01, 100.0, 0.05),
        help="Scale of the half-normal prior of τ, the SD of true values between studies; larger "
        "lets a new study differ more. Unit: that of the numbers, of logits for shares. Typical: "
        "σ/2, or 1 for logits, both substantial. Source: Neuenschwander et al. 2010, "
        "10.1177/1740774509356002.",
    )


def _robust_weight() -> Field:
    return Field(
        path=WEIGHT,
        label="Robust weight",
        start=0.2,
        basis="assumed",
        bounds=(0.0, 0.9, 0.05),
        format="percent",
        help="Weight of a wide component worth one person, for the case that the new trial is "
        "unlike the studies. Unit: %. Typical: 10 to 50 %. Source: Schmidli et al. 2014, "
        "10.1111/biom.12242.",
    )
