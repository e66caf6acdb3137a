"""What ``planner sensitivity`` prints."""

import math
from collections.abc import Sequence
from typing import Any

from planner.cli.show_size import title
from planner.cli.tables import Column, grouped, number, render, wrap
from planner.scenario import Scenario
from planner.search.effect_grid import EffectGrid
from planner.search.one_way import OneWay, Swing
from planner.words.assumptions import LABELS, unit_in_words, value_in_words


def text(scenario: Scenario, found: OneWay) -> str:
    """A row per assumption, the widest swing first."""
    endpoint, swings = scenario.truth.endpoint, found.swings

    def values(end: str) -> list[str]:
        moved = [swing.range for swing in swings]
        return [value_in_words(r.name, getattr(r, end), endpoint) for r in moved]

    units = [unit_in_words(s.range.name, endpoint) for s in swings]
    percent = [unit if unit == " %" else "" for unit in units]
    ends = zip(values("low"), values("high"), percent, strict=True)
    spans = [f"{low} to {high}{unit}" for low, high, unit in ends]
    columns = [
        Column("assumption", [LABELS[s.range.name] for s in swings], left=True),
        Column("unit", [unit.strip() for unit in units], rank=2, left=True),
        Column("planned", values("planned"), rank=2),
        Column("range", spans, rank=1),
        Column("at low, %", [power_text(s.at_low) for s in swings]),
        Column("at high, %", [power_text(s.at_high) for s in swings]),
    ]
    target = 100 * scenario.plan.power_targets[0]
    notes = (
        f"Power for {found.hypothesis} with N = {grouped(found.n_subjects)}; as planned "
        f"{power_text(found.planned)} %, target {target:g} %. "
        f"All power is {_source(found.n_trials, found.mcse)}.",
        f"Ranges: {_bases(swings)}.",
        "One assumption moves at a time and the others stay as planned, so the swings do not add "
        "up, and together things can be worse. A wide swing may mean that the assumption matters "
        "or that little is known of it.",
    )
    return "\n".join([_title(scenario, found), "", render(columns), "", *map(wrap, notes)])


def _bases(swings: Sequence[Swing]) -> str:
    """Where ranges are from, and which."""
    bases = dict.fromkeys(swing.range.basis for swing in swings)
    if len(bases) == 1:
        return next(iter(bases))
    labels = {
        basis: [LABELS[s.range.name] for s in swings if s.range.basis == basis] for basis in bases
    }
    return "; ".join(f"{basis} ({', '.join(names)})" for basis, names in labels.items())


def _title(scenario: Scenario, found: OneWay | EffectGrid) -> str:
    """The number of simulated trials stands beside the power that comes from them."""
    first = title(scenario, simulated=False)
    return f"{first}; seed {scenario.monte_carlo.seed}" if found.n_trials else first


def power_text(power: float) -> str:
    """Power in %, with a decimal."""
    return "not known" if math.isnan(power) else f"{100 * power:.1f}"


def _source(n_trials: int, mcse: float, each: str = "trials") -> str:
    if n_trials == 0:
        return "by the formula, with the assumed dropout"
    return f"simulated, {grouped(n_trials)} {each}, up to ± {100 * mcse:.1f} MCSE"


def data(scenario: Scenario, found: OneWay) -> dict[str, Any]:
    """The object of ``planner sensitivity --json`` below its heading."""
    return {
        "hypothesis": found.hypothesis,
        "n": found.n_subjects,
        "power_target": scenario.plan.power_targets[0],
        "planned": found.planned,
        **_power_source(found.n_trials),
        "mcse": found.mcse if found.n_trials else None,
        "results": [_row(scenario, swing) for swing in found.swings],
    }


def _row(scenario: Scenario, swing: Swing) -> dict[str, Any]:
    """Values on the scale of the analysis, and in words on the natural one."""
    endpoint, moved = scenario.truth.endpoint, swing.range
    ends = {"low": moved.low, "planned": moved.planned, "high": moved.high}
    return {
        "assumption": moved.name,
        "label": LABELS[moved.name],
        **ends,
        "natural": {end: value_in_words(moved.name, v, endpoint) for end, v in ends.items()},
        "unit": unit_in_words(moved.name, endpoint).strip(),
        "basis": moved.basis,
        "power_at_low": swing.at_low,
        "power_at_high": swing.at_high,
    }


def _power_source(n_trials: int) -> dict[str, Any]:
    return {"source": "simulated" if n_trials else "formula", "power_trials": n_trials}


def grid_text(scenario: Scenario, found: EffectGrid, n: int) -> str:
    """A row per true effect, a column per size; a narrow terminal keeps those around `n`."""
    target = scenario.plan.power_targets[0]
    near = min(range(len(found.sizes)), key=lambda i: abs(found.sizes[i] - n))
    smallest = ["none" if s is None else grouped(s) for s in found.smallest(target)]
    columns = [
        Column("effect", [f"{effect:.2f}" for effect in found.effects]),
        *(
            Column(grouped(size), [_cell(p) for p in found.power[:, i]], rank=abs(i - near))
            for i, size in enumerate(found.sizes)
        ),
        Column(f"N for {100 * target:g} %", smallest),
    ]
    largest = 0.0 if found.mcse is None else float(found.mcse.max())
    notes = (
        f"Power in % for {found.hypothesis} by true effect and people randomised, "
        f"{_source(found.n_trials, largest, 'trials per cell')}; planned effect "
        f"{number(found.planned)}. Last column: the smallest of these sizes that reaches "
        f"{100 * target:g} %.",
        "The effect is that assumed of nature, not what a trial will estimate; a size is chosen "
        "for the smallest effect worth finding, not for the largest that would be welcome.",
    )
    return "\n".join([_title(scenario, found), "", render(columns), "", *map(wrap, notes)])


def _cell(power: float) -> str:
    return "-" if math.isnan(power) else f"{100 * power:.0f}"


def grid_data(scenario: Scenario, found: EffectGrid) -> dict[str, Any]:
    """The object of ``planner sensitivity --grid --json`` below its heading; axes [E, N]."""
    target = scenario.plan.power_targets[0]
    return {
        "hypothesis": found.hypothesis,
        "power_target": target,
        "planned_effect": found.planned,
        **_power_source(found.n_trials),
        "sizes": list(found.sizes),
        "effects": list(found.effects),
        "power": found.power.tolist(),
        "mcse": None if found.mcse is None else found.mcse.tolist(),
        "smallest": found.smallest(target),
    }
