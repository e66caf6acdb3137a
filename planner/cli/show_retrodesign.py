"""What ``planner evidence retrodesign`` prints."""

from dataclasses import asdict
from typing import Any

import numpy as np

from planner.cli.look_back import LookBack
from planner.cli.tables import Column, number, render, wrap
from planner.evidence.shrinkage import Reading, ShrunkenEffect


def text(result: LookBack) -> str:
    """Properties of the design, and readings of its estimate."""
    asked, design = result.question, result.design
    effects = design.true_effects
    columns = [Column(f"true {asked.unit}", [number(e) for e in effects])]
    if asked.points is not None:
        columns.append(Column("points", [number(e * asked.points) for e in effects]))
    columns += [
        Column("power", [f"{p:.3f}" for p in design.power]),
        Column("type S", [_small(p) for p in design.type_s]),
        Column("type M", [f"{m:.2f}" if np.isfinite(m) else "∞" for m in design.type_m]),
    ]
    head = (
        f"Two-sided level {result.alpha:g}: an estimate is significant from "
        f"±{number(design.threshold)}. Type S: probability that a significant estimate has the "
        "wrong sign. Type M: how many times too large a significant estimate is on average."
    )
    parts = [wrap(asked.title), wrap(head), "", render(columns)]
    if result.shrunken is not None:
        parts += ["", *_readings(result.shrunken, result)]
    return "\n".join(parts)


def _small(value: float) -> str:
    return f"{value:.4f}" if value >= 1e-4 else "< 0.0001"


def _readings(shrunken: ShrunkenEffect, result: LookBack) -> list[str]:
    asked = result.question
    rows = shrunken.readings
    columns = [
        Column("reading of the estimate", [r.name for r in rows], left=True),
        Column(asked.unit, [f"{r.effect:.3f}" for r in rows]),
    ]
    if asked.points is not None:
        columns.append(Column("points", [f"{r.effect * asked.points:.1f}" for r in rows]))
    columns.append(Column("95 % interval", [_interval(r) for r in rows]))
    bases: dict[str, list[str]] = {}
    for r in rows:
        bases.setdefault(r.basis, []).append(r.name)
    reasons = [f"{' and '.join(names)}: {basis}." for basis, names in bases.items()]
    planned = [] if asked.planned is None else ["", wrap(_planned(shrunken, asked.points))]
    return [render(columns), "", *map(wrap, reasons), *planned]


def _interval(reading: Reading) -> str:
    if reading.interval is None:
        return ""
    low, high = reading.interval
    return f"{low:.2f} to {high:.2f}"


def _planned(shrunken: ShrunkenEffect, points: float | None) -> str:
    shown = f"{shrunken.planned:.3f}"
    if points is not None:
        shown += f" ({shrunken.planned * points:.1f} points at an SD of {points:g})"
    return (
        f"The trial is planned with {shown}, {100 * shrunken.retained:.0f} % of the face value. "
        f"Smaller: {_listed(shrunken.smaller)}. Larger: {_listed(shrunken.larger)}."
    )


def _listed(names: tuple[str, ...]) -> str:
    return "; ".join(names) if names else "none"


def as_data(result: LookBack) -> dict[str, Any]:
    """The same as plain data."""
    asked, design, shrunken = result.question, result.design, result.shrunken
    rows = zip(design.true_effects, design.power, design.type_s, design.type_m, strict=True)
    return {
        "title": asked.title,
        "unit": asked.unit,
        "points_per_unit": asked.points,
        "estimate": None if asked.pilot is None else asked.pilot.estimate,
        "se": asked.se,
        "df": asked.df,
        "alpha": result.alpha,
        "threshold": design.threshold,
        "results": [
            {"true": float(e), "power": float(p), "type_s": float(s), "type_m": float(m)}
            for e, p, s, m in rows
        ],
        "readings": [] if shrunken is None else [asdict(r) for r in shrunken.readings],
        "planned": asked.planned,
    }
