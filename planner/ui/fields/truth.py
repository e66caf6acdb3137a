"""What is assumed about nature: the numbers that a scenario holds."""

import math
from typing import TYPE_CHECKING, Any

from planner.truth.attrition import NoAttrition
from planner.ui.fields.field import Changes, Field
from planner.ui.fields.names import DROPOUT

if TYPE_CHECKING:
    from planner.scenario import Scenario


def assumed(base: "Scenario", design: str) -> list[Field]:
    """What is assumed about nature: the numbers that the scenario holds."""
    found = [
        _assumption(base, start, row)
        for row in _ASSUMPTIONS
        if (start := _number(base, row[0])) is not None
    ]
    return found + ([] if design == "parallel" else [_dropout(base)])


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
    unit = base.truth.endpoint.unit or "units of the outcome" if of == "outcome" else of
    return Field(
        path=path,
        label=label,
        start=start,
        basis=_basis(base, path),
        bounds=(min(bounds[0], start), max(bounds[1], start), bounds[2]),
        format=f"{shape} {unit}" if of == "outcome" else shape,
        write=lambda value: {path: value},
        help=f"{meaning} Unit: {unit}. Typical: {typical}. Source: {_source(base, path)}",
    )


def magnitude(base: "Scenario") -> tuple[int, float, str]:
    """Decimals, step and format of numbers of the size of the SD of differences."""
    digits = 1 - math.floor(math.log10(base.truth.sd_difference))
    return digits, 10.0**-digits, f"%.{max(digits, 0)}f"


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


def _dropout(base: "Scenario") -> Field:
    kept = isinstance(base.truth.attrition, NoAttrition)

    def write(share: float) -> Changes:
        return ({"truth.attrition.kind": "mcar"} if kept else {}) | {DROPOUT: share}

    return Field(
        path=DROPOUT,
        label="Dropout before period 2",
        start=_number(base, DROPOUT) or 0.0,
        basis=_basis(base, DROPOUT),
        bounds=(0.0, 0.4, 0.01),
        format="percent",
        write=write,
        help="Share of people who complete period 1 and leave before period 2, completely at "
        "random. Unit: %. Typical: 8 to 20 %. Source: "
        + ("nobody leaves in the starter scenario." if kept else _source(base, DROPOUT)),
    )


def _basis(base: "Scenario", path: str) -> str:
    cited = base.citations.get(path)
    return (cited.flag if cited else "") or "assumed"


def _source(base: "Scenario", path: str) -> str:
    """Where the starter scenario has the number from, as a sentence."""
    cited = base.citations.get(path)
    if cited is None:
        return "assumed; the scenario names none."
    parts = [cited.flag or "assumed", cited.evidence, cited.note]
    return "; ".join(part for part in parts if part) + "."
