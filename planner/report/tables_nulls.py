"""Tables of the type I error over what the null leaves open, and of power over effects."""

from typing import TYPE_CHECKING

from planner.report.model import Table
from planner.report.tables import NONE, headed, share, table
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import joined, number, one_line, people, percent, planned_percent

if TYPE_CHECKING:
    from planner.report.results import Results
    from planner.scenario import Scenario
    from planner.search.null_grid import NullCell, NullGrid

LARGEST = "largest"
_MOVED = {
    "sd_difference": "SD of the within-person difference",
    "correlation": "correlation between periods",
    "dropout": "share of people who leave",
    "female_share": "share of women",
    "n_subjects": "people randomised",
}


def maxima_table(results: "Results") -> Table:
    """Where the type I error of each hypothesis is largest, and whether that is chance."""
    grid, scenario = results.null_grid, results.scenario
    names = list(grid.maxima)
    found = [grid.maxima[name] for name in names]
    return table(
        "Largest type I error over the grid, planned analysis",
        {
            "Hypothesis": [hypothesis_label(name) for name in names],
            "Planned level": [planned_percent(m.level) for m in found],
            "Largest": [share(m.found) for m in found],
            "Where": [where(scenario, m.cell) for m in found],
            "There, fresh trials": [share(m.confirmed) for m in found],
            "P of as much": [chance(m.chance_confirmed) for m in found],
        },
        left=("Where",),
        note=f"Simulated: {people(grid.n_trials)} trials per cell, {len(grid.cells)} cells; fresh "
        f"trials: {people(grid.n_fresh)} that the grid has not seen, seed "
        f"{scenario.monte_carlo.seed}; ± is the Monte-Carlo standard error (MCSE). The largest of "
        "many estimates is biased upwards, so the same cell is simulated again. P of as much: "
        "probability that fresh trials show so much or more if the error is exactly the planned "
        "level; a small one says that the level is exceeded.",
    )


def where(scenario: "Scenario", cell: "NullCell") -> str:
    """State of the nuisance parameters of a cell."""
    if cell.planned:
        return "as planned"
    parts = [f"SD {_sd(cell)}"]
    if cell.correlation is not None:
        parts.append(f"correlation {number(cell.correlation)}")
    if scenario.plan.design.n_periods > 1:
        parts.append(f"{percent(cell.leaving)} leave")
    if cell.female_share is not None:
        parts.append(f"{planned_percent(cell.female_share)} women")
    return ", ".join([*parts, f"N {people(cell.n_subjects)}"])


def chance(probability: float) -> str:
    """A probability that decides whether a number is chance."""
    return "< 0.001" if probability < 0.001 else f"{probability:.3f}"


def grid_in_words(grid: "NullGrid") -> str:
    """What is varied, how, and how much of it could be simulated."""
    together = [_MOVED[axis.name] for axis in grid.axes if axis.together]
    alone = [_MOVED[axis.name] for axis in grid.axes if not axis.together]
    parts = []
    if together:
        every = "every combination of " if len(together) > 1 else ""
        parts.append(f"{every}{joined(together)}")
    if alone:
        parts.append(f"{joined(alone)}, one at a time")
    varied = "; ".join(parts) or "nothing, as no nuisance parameter can be moved"
    left_out = (
        f" {people(grid.left_out)} further cells have too few people to be analysed."
        if grid.left_out
        else ""
    )
    return (
        f"The type I error is simulated in {people(len(grid.cells))} cells around the plan: "
        f"{varied}. The values are assumed distances from the plan, not estimates.{left_out}"
    )


def grid_table(results: "Results") -> Table:
    """Type I error of the hypothesis of the report in every cell, the largest marked in words."""
    grid, scenario, name = results.null_grid, results.scenario, results.hypothesis
    highest, cells = grid.maxima[name].cell, grid.cells
    crossover = scenario.plan.design.n_periods > 1
    leave = " Leave: people who are not expected to complete." if crossover else ""
    columns = {
        headed("SD", scenario) if scenario.truth.endpoint.scale == "raw" else "SD, log scale": [
            _sd(cell) for cell in cells
        ]
    }
    if any(cell.correlation is not None for cell in cells):
        columns["Correlation"] = [_or_none(cell.correlation) for cell in cells]
    if crossover:
        columns["Leave"] = [percent(cell.leaving) for cell in cells]
    if any(cell.female_share is not None for cell in cells):
        columns["Women"] = [
            NONE if cell.female_share is None else planned_percent(cell.female_share)
            for cell in cells
        ]
    columns |= {
        "Randomised": [people(cell.n_subjects) for cell in cells],
        "Type I error": [share(cell.type_i_error[name]) for cell in cells],
        "Remark": [_remark(cell, highest) for cell in cells],
    }
    return table(
        f"Type I error for {hypothesis_label(name)} over the grid, planned analysis",
        columns,
        left=("Remark",),
        note=f"Simulated: {people(grid.n_trials)} trials per cell, seed "
        f"{scenario.monte_carlo.seed}, the same random numbers in all; ± is the Monte-Carlo "
        f"standard error (MCSE). Planned level {planned_percent(grid.maxima[name].level)}. SD: of "
        f"the within-person difference.{leave}",
    )


def _remark(cell: "NullCell", highest: "NullCell") -> str:
    remarks = ["planned"] * cell.planned + [LARGEST] * (cell == highest)
    failed = [f"{people(cell.failures)} failed"] if cell.failures else []
    return ", ".join([*remarks, *failed])


def _sd(cell: "NullCell") -> str:
    return number(cell.sd_difference)


def _or_none(value: float | None) -> str:
    return NONE if value is None else number(value)


def effects_table(results: "Results") -> Table:
    """Power of the hypothesis over true effects, everything else as planned."""
    found, scenario = results.effects, results.scenario
    rows = found.rows
    notes = "; ".join(
        f"{one_line(r.label)}: {one_line(r.note).rstrip('.')}" for r in rows if r.note
    )
    return table(
        f"Power for {hypothesis_label(found.hypothesis)} with {people(found.n_subjects)} "
        "randomised by true effect",
        {
            "Truth": [one_line(r.label) for r in rows],
            headed("True effect", scenario): [number(r.effect) for r in rows],
            "Power": [share(r.power) for r in rows],
        },
        note=f"Simulated: {people(found.n_trials)} trials per row, seed "
        f"{scenario.monte_carlo.seed}; ± is the Monte-Carlo standard error (MCSE). The effect is "
        "assumed of nature, everything else as planned; parts are of the distance from the edge "
        f"of the null, {number(found.edge)}.{f' {notes}.' if notes else ''}",
    )


def priors_table(results: "Results") -> Table | None:
    """Success under other analysis priors; None of a test."""
    found = results.prior_sensitivity
    if found is None:
        return None
    return table(
        f"{hypothesis_label(found.hypothesis).capitalize()} with {people(found.n_subjects)} "
        "randomised under other analysis priors",
        {
            "Prior of the effect": [row.label for row in found.rows],
            "What it stands for": [row.why for row in found.rows],
            "Power": [share(row.success) for row in found.rows],
            "Type I error": [share(row.type_i_error) for row in found.rows],
            "Failed": [people(row.failures) for row in found.rows],
        },
        left=("What it stands for",),
        note=f"Simulated: {people(found.n_trials)} trials per prior and truth, seed "
        f"{results.scenario.monte_carlo.seed}, the same for all; ± is the Monte-Carlo standard "
        "error (MCSE). Posteriors by quadrature. Sceptical and enthusiastic priors: Spiegelhalter "
        "et al. 1994; robust: Schmidli et al. 2014.",
    )
