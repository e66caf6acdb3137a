"""What is assumed about nature: the numbers that a scenario holds."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from planner.design.catalogue import find_design
from planner.ui.fields.dropout import APART, dropout
from planner.ui.fields.field import Field
from planner.ui.fields.names import DROPOUT
from planner.ui.fields.source import basis_of, source_of

if TYPE_CHECKING:
    from planner.scenario import Scenario


PERIOD, CARRYOVER = "truth.period_effects", "truth.carryover"


def assumed(base: "Scenario", design: str) -> Iterator[Field]:
    """What is assumed about nature: the numbers that the scenario holds, and what it may yet.

    To be taken down one by one: the switch of dropout by sex decides what follows it.

    Parameters
    ----------
    design : the design in hand, which says how many periods there are.
    """
    for row in _ASSUMPTIONS:
        start = _number(base, row[0])
        if start is not None:
            yield _assumption(base, start, row)
    planned = base.plan.design
    n_periods = (planned if design == planned.name else find_design(design)).n_periods
    if n_periods > 1:
        yield from dropout(base, n_periods)
        yield from _over_time(base, n_periods)


def on_design(item: Field) -> bool:
    """Whether the Design page shows a control; it recalls the others."""
    later = item.path.startswith("truth.attrition.") and not item.path.startswith(DROPOUT)
    return item.path not in (APART, PERIOD, CARRYOVER) and not later


def _over_time(base: "Scenario", n_periods: int) -> Iterator[Field]:
    """Change per period, and what a treatment leaves behind, where the scenario has one number."""
    neutral, given = base.truth.endpoint.neutral, base.truth.period_effects
    if given is None:
        yield _period(base, n_periods, neutral)
    elif len(given) == n_periods == 2 and given[0] == neutral:
        yield _period(base, n_periods, given[1])
    carried = base.truth.carryover
    if not isinstance(carried, dict):
        yield _carryover(base, neutral if carried is None else carried)


def _period(base: "Scenario", n_periods: int, start: float) -> Field:
    log, unit = base.truth.endpoint.scale == "log", outcome_unit(base)

    def write(step: float) -> dict[str, Any]:
        drift = [step**p if log else step * p for p in range(n_periods)]
        return {PERIOD: [round(value, 6) for value in drift]}

    return Field(
        path=PERIOD,
        label="Period effect, per period",
        start=start,
        basis=basis_of(base, PERIOD),
        bounds=_around(base, start),
        format=with_unit(_bounds(base, "effect")[1], unit),
        write=write,
        help="Change of the outcome from one period to the next under the same treatment, as by "
        "expectation or learning. An analysis that adjusts for periods removes it. Unit: "
        f"{unit}. Typical: {_of_madrs(unit, '−3 to 2')}. Source: {source_of(base, PERIOD)}",
    )


def _carryover(base: "Scenario", start: float) -> Field:
    unit = outcome_unit(base)
    return Field(
        path=CARRYOVER,
        label="Carry-over of B, relative to A",
        start=start,
        basis=basis_of(base, CARRYOVER),
        bounds=_around(base, start),
        format=with_unit(_bounds(base, "effect")[1], unit),
        write=lambda value: {CARRYOVER: value},
        help="What treatment B leaves behind in the next period, beyond what A leaves. Where the "
        "analysis has no carry-over term it biases the comparison. Unit: "
        f"{unit}. Typical: {_of_madrs(unit, '0 to 0.5')} after three weeks. Source: "
        f"{source_of(base, CARRYOVER)}",
    )


def _around(base: "Scenario", start: float) -> tuple[float, float, float]:
    """Lowest, highest and step of what may go either way."""
    digits, step, _ = magnitude(base)
    if base.truth.endpoint.scale == "log":
        return min(0.8, start), max(1.25, start), 0.01
    reach = round(base.truth.sd_difference / 2, digits)
    return min(-reach, start), max(reach, start), step


def outcome_unit(base: "Scenario") -> str:
    """Unit of effects on the natural scale."""
    if base.truth.endpoint.scale == "log":
        return "ratio"
    return base.truth.endpoint.unit or "units of the outcome"


def _of_madrs(unit: str, typical: str) -> str:
    """A range that is known for the MADRS alone; elsewhere none is claimed."""
    return f"{typical} {unit}" if unit == "MADRS points" else "small beside the effect"


_ASSUMPTIONS = (
    ("truth.effect", "Effect", "True difference between the treatments, B − A.",
     "0.2 to 0.5 SDs of the within-person difference", "effect", "outcome"),
    ("truth.effect.female", "Effect in women", "True difference between the treatments, B − A, "
     "in women.", "0.2 to 0.5 SDs of the within-person difference", "effect", "outcome"),
    ("truth.effect.male", "Effect in men", "True difference between the treatments, B − A, in "
     "men.", "0.2 to 0.5 SDs of the within-person difference", "effect", "outcome"),
    ("truth.standardised_effect", "Standardised effect (d_z)", "True effect divided by the SD of "
     "the within-person difference.", "0.15 to 0.45", "ratio", "none"),
    ("truth.covariance.sd_difference", "SD of within-person difference", "Spread, between people, "
     "of the difference between two periods of one person: √2 × the within-person SD.",
     "5.5 to 11 MADRS points", "sd", "outcome"),
    ("truth.covariance.sd_within", "Within-person SD", "Spread of one person's outcomes between "
     "periods.", "4 to 8 MADRS points", "sd", "outcome"),
    ("truth.covariance.correlation", "Correlation of periods", "Correlation between two outcomes "
     "of one person under the same treatment. With complete data it hardly moves the power of a "
     "crossover once the SD of the difference is given; it matters in a parallel design.",
     "0.3 to 0.7", "correlation", "none"),
    ("truth.female_share", "Share of women", "Planned share of women among people randomised; "
     "it weights the overall effect.", "45 to 70 %", "share", "%"),
)  # fmt: skip


def _number(base: "Scenario", path: str) -> float | None:
    node: Any = base
    for step in path.split("."):
        node = getattr(node, step, None)
    return node if isinstance(node, float) else None


def _assumption(base: "Scenario", start: float, row: tuple[str, ...]) -> Field:
    path, label, meaning, typical, size, of = row
    bounds, shape = _bounds(base, size)
    outcome = outcome_unit(base) if size == "effect" else effect_unit(base)
    unit = outcome if of == "outcome" else of
    if "MADRS" in typical and unit != "MADRS points":
        typical = "that of earlier trials with this outcome"
    return Field(
        path=path,
        label=label,
        start=start,
        basis=basis_of(base, path),
        bounds=(min(bounds[0], start), max(bounds[1], start), bounds[2]),
        format=with_unit(shape, unit) if of == "outcome" else shape,
        write=lambda value: {path: value},
        help=f"{meaning} Unit: {unit}. Typical: {typical}. Source: {source_of(base, path)}",
    )


def magnitude(base: "Scenario") -> tuple[int, float, str]:
    """Decimals, step and format of numbers of the size of the SD of differences."""
    digits = 1 - math.floor(math.log10(base.truth.sd_difference))
    return digits, 10.0**-digits, f"%.{max(digits, 0)}f"


def with_unit(shape: str, unit: str) -> str:
    """A format that ends with a unit, which may hold a %; with a decimal, as `measured` has it."""
    return f"{'%.1f' if shape == '%.0f' else shape} {unit.replace('%', '%%')}"


def effect_unit(base: "Scenario") -> str:
    """Unit of effects on the scale of the analysis."""
    endpoint = base.truth.endpoint
    return "log ratio" if endpoint.scale == "log" else endpoint.unit or "units of the outcome"


def _bounds(base: "Scenario", size: str) -> tuple[tuple[float, float, float], str]:
    """Lowest, highest, step and format; effects and SDs in steps of their own magnitude."""
    digits, step, shape = magnitude(base)
    match size:
        case "effect" if base.truth.endpoint.scale == "log":
            return (0.5, 2.0, 0.01), "%.2f"
        case "effect":
            return (0.0, round(base.truth.sd_difference, digits), step), shape
        case "sd":
            return (10 * step, round(2 * base.truth.sd_difference, digits), step), shape
        case "share":
            return (0.2, 0.8, 0.01), "percent"
        case "correlation":
            return (0.0, 0.95, 0.05), "%.2f"
        case _:
            return (0.0, 1.0, 0.01), "%.2f"
