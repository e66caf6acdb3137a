"""Tables of sensitivity: one assumption at a time, and power over size × effect."""

import math
from typing import TYPE_CHECKING

from planner.report.model import Table
from planner.report.tables import NONE, exact, formula_share, headed, table
from planner.words.assumptions import LABELS, unit_in_words, value_in_words
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import people, planned_percent

if TYPE_CHECKING:
    from planner.report.results import Results

SHOWN_SIZES = 5
"""Columns of sizes that fit on a page beside the effect and the size that is needed."""


def swings_table(results: "Results") -> Table | None:
    """Power at both ends of every range, the widest swing first; None if nothing has a range."""
    found, endpoint = results.swings, results.scenario.truth.endpoint
    if not found.swings:
        return None

    def words(end: str) -> list[str]:
        ranges = [swing.range for swing in found.swings]
        values = [value_in_words(r.name, getattr(r, end), endpoint) for r in ranges]
        return [value.replace("-", "−") for value in values]

    units = [unit_in_words(s.range.name, endpoint) for s in found.swings]
    spans = zip(words("low"), words("high"), units, strict=True)
    planned = zip(words("planned"), units, strict=True)
    return table(
        f"Power for {hypothesis_label(found.hypothesis)} with {people(found.n_subjects)} "
        "randomised while one assumption moves",
        {
            "Assumption": [LABELS[s.range.name] for s in found.swings],
            "Planned": [value + unit for value, unit in planned],
            "Range": [f"{low} to {high}{unit}" for low, high, unit in spans],
            "Power at low": [formula_share(s.at_low) for s in found.swings],
            "Power at high": [formula_share(s.at_high) for s in found.swings],
            "Basis of range": [s.range.basis for s in found.swings],
        },
        left=("Basis of range",),
        note=f"As planned {formula_share(found.planned)}. {source(found.n_trials, found.mcse)} "
        "One assumption moves at a time and the others stay as planned: the swings do not add up, "
        "and together things can be worse.",
    )


def source(n_trials: int, mcse: float) -> str:
    """Whether power is by a formula or simulated, with its error."""
    if n_trials == 0:
        return "All power is by the formula, with the assumed dropout."
    return (
        f"All power is simulated, {people(n_trials)} trials per cell, MCSE at most "
        f"{100 * mcse:.1f} percentage points."
    )


def grid_table(results: "Results") -> Table:
    """Power by true effect and people randomised, at a few of the sizes of the heat map."""
    grid, target = results.grid, results.found.answer.power_target
    columns = shown_sizes(grid.sizes, results.n)
    cells = {people(grid.sizes[i]): [_cell(p) for p in grid.power[:, i].tolist()] for i in columns}
    mcse = 0.0 if grid.mcse is None else float(grid.mcse.max())
    return table(
        f"Power in % for {hypothesis_label(grid.hypothesis)} by true effect and people randomised",
        {
            headed("True effect", results.scenario): [exact(effect) for effect in grid.effects],
            **cells,
            f"N for {planned_percent(target)}": [
                NONE if n is None else people(n) for n in grid.smallest(target)
            ],
        },
        note=f"{source(grid.n_trials, mcse)} Planned effect {exact(grid.planned)}. Last column: "
        f"the smallest of {len(grid.sizes)} sizes from {people(grid.sizes[0])} to "
        f"{people(grid.sizes[-1])} that reaches the target; – where none does. The effect is "
        "that assumed of nature, not what a trial will estimate.",
    )


def shown_sizes(sizes: tuple[int, ...], n: int) -> list[int]:
    """Places of at most `SHOWN_SIZES` of the sizes, about evenly spaced, the one nearest n kept."""
    last = len(sizes) - 1
    if last < SHOWN_SIZES:
        return list(range(last + 1))
    near = min(range(last + 1), key=lambda i: abs(sizes[i] - n))
    even = [round(k * last / (SHOWN_SIZES - 1)) for k in range(SHOWN_SIZES)]
    closest = min(range(SHOWN_SIZES), key=lambda k: abs(even[k] - near))
    even[closest] = near
    return sorted(even)


def _cell(power: float) -> str:
    return NONE if math.isnan(power) else f"{100 * power:.0f}"
