"""Tables of the truths that are simulated: means, variation, and what is varied."""

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from planner.operating.stress import REALISTIC, stress_words
from planner.report.author import Author
from planner.report.model import Table
from planner.report.tables import SEX_WORDS, natural_unit, scale
from planner.search.moved_truth import planned_value
from planner.trials.layout import lay_out
from planner.truth.attrition import pattern_probabilities
from planner.words.assumptions import LABELS, unit_in_words, value_in_words
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import given, joined, number, one_line, people, planned_percent

if TYPE_CHECKING:
    from planner.truth.endpoint import Endpoint

MOST_PERIODS = 4
"""Periods that stand side by side in a table."""
_NUISANCE = {
    "sd_difference": "SD of the difference",
    "correlation": "correlation",
    "dropout": "loss",
    "female_share": "share of women",
    "n_subjects": "people",
}


def means_table(author: Author) -> Table:
    """Expected outcome by sequence, sex and period, as the simulation has it."""
    scenario = author.scenario
    design, strata = scenario.plan.design, scenario.truth.strata
    layout = lay_out(scenario, author.results.n)
    mean = {
        (cell.sequence, cell.stratum): layout.mean[c]
        for c, cell in enumerate(layout.cells)
        if cell.n_observed == design.n_periods
    }
    groups = list(product(range(design.n_sequences), range(len(strata))))
    wide = design.n_periods <= MOST_PERIODS
    periods = range(design.n_periods)
    sexes = len(strata) > 1
    rows = []
    for s, g in groups:
        start = (design.sequences[s], *([SEX_WORDS[strata[g]]] if sexes else []))
        cells = [number(float(mean[s, g][p])) for p in periods]
        if wide:
            rows.append((*start, *cells))
        else:
            rows += [(*start, str(p + 1), cells[p]) for p in periods]
    start = ("Sequence", *(["Sex"] if sexes else []))
    rest = tuple(f"Period {p + 1}" for p in periods) if wide else ("Period", "Mean")
    return Table(
        caption="Expected outcomes under the planning truth (assumed).",
        columns=(*start, *rest),
        rows=tuple(rows),
        right=tuple(range(len(start), len(start) + len(rest))),
        note=f"Differences from the level of the reference treatment in period 1"
        f"{' in women' * sexes}, {scale(scenario)}.",
    )


def spread_table(author: Author) -> Table:
    """Variances, correlation and loss of the planning truth."""
    scenario, crossover = author.scenario, author.results.found.crossover
    truth = scenario.truth
    covariance = truth.resolved_covariance()
    within, between = covariance.components()
    rows = [("SD of one outcome, √(σ_w² + σ_b²)", number(float(np.sqrt(within + between))))]
    if crossover:
        rows += [
            ("SD within persons, σ_w", number(float(np.sqrt(within)))),
            ("Variance between persons, σ_b²", number(between)),
            ("SD of the within-person difference, √2 σ_w", number(truth.sd_difference)),
            ("Correlation of two periods, ρ", number(between / (within + between))),
        ]
    if len(truth.strata) > 1:
        c = covariance.sd_multiplier
        rows.append(("SD multiplier c of women, men", f"{given(c.female)}, {given(c.male)}"))
        rows.append(("Share of women", planned_percent(truth.female_share or 0.0)))
    if truth.attrition.kind == "mcar":
        rows += _hazards(author)
    return Table(
        caption="Variation and loss under the planning truth (assumed).",
        columns=("Quantity", "Value"),
        rows=tuple(rows),
        right=(1,),
        note=f"SDs are {scale(scenario)}, the variance in the square of that.",
    )


def _hazards(author: Author) -> list[tuple[str, str]]:
    """Hazard of leaving after every period, back from the chances of the observed periods."""
    truth, n_periods = author.scenario.truth, author.scenario.plan.design.n_periods
    rows = []
    for period in range(1, n_periods):
        values = []
        for g, name in enumerate(truth.strata):
            chances = pattern_probabilities(truth.attrition, n_periods, g)
            staying = 1 - float(chances[: period - 1].sum())
            share = planned_percent(float(chances[period - 1]) / staying if staying else 0.0)
            values.append(f"{share} of {SEX_WORDS[name]}" if name else share)
        same = len({value.split(" of ")[0] for value in values}) == 1
        words = values[0].split(" of ")[0] if same else joined(values)
        rows.append((f"Hazard h of leaving after period {period}", words))
    return rows


def factors_table(author: Author) -> Table:
    """Every set of truths and sizes that is simulated, with its layout."""
    results = author.results
    trials = people(author.scenario.monte_carlo.n_trials)
    rows = [
        *_planned_rows(author, trials),
        *_null_rows(author),
        *(
            (f"Stress: {name}", "several at once", stress_words(name), trials)
            for name in results.stressed
            if name != REALISTIC.name
        ),
        *_cited(author, trials),
        *_grids(author),
    ]
    if results.assurance is not None:
        rows.append(
            (
                "Design prior",
                "the truth of every trial",
                "drawn at random, together",
                people(results.assurance.n_trials),
            )
        )
    return Table(
        caption="What is varied in the simulation: factors, levels and layout.",
        columns=("Set", "Varied", "Levels and layout", "Trials each"),
        rows=tuple(rows),
        right=(3,),
        widths=(1.1, 1.3, 2.8, 0.8),
        note="All else is fixed at the planning truth. Levels are assumed distances from the plan "
        "unless they are said to be cited or of the design prior. Other designs are sized under "
        "the planning truth and the stress scenarios.",
    )


def _planned_rows(author: Author, trials: str) -> list[tuple[str, str, str, str]]:
    """Planning truth, edge of the null, sizes and effects."""
    results = author.results
    n, curve, effects = people(results.n), results.curve, results.effects
    values = joined([number(v) for v in dict.fromkeys(row.effect for row in effects.rows)])
    return [
        ("Planning truth", "nothing", f"{n} people", trials),
        ("Edge of the null", "effects, so that a null just holds", f"{n} people", trials),
        (
            "Power curve",
            "people",
            f"{len(curve)} sizes, {people(curve[0].n_subjects)} to {people(curve[-1].n_subjects)}",
            trials,
        ),
        (
            "Effects",
            f"effect of {one_line(hypothesis_label(effects.hypothesis))}",
            f"one at a time: {values} {natural_unit(author.scenario)}".rstrip(),
            people(effects.n_trials),
        ),
    ]


def _null_rows(author: Author) -> list[tuple[str, str, str, str]]:
    """The grid of nuisance parameters at the edge of the null."""
    grid = author.results.null_grid
    rows = []
    for together, words in ((True, "full factorial"), (False, "one at a time")):
        axes = [axis for axis in grid.axes if axis.together == together]
        if axes:
            levels = "; ".join(
                f"{_NUISANCE[axis.name]} {joined([_level(axis.name, v) for v in axis.values])}"
                for axis in axes
            )
            varied = joined([_NUISANCE[axis.name] for axis in axes])
            rows.append(("Null grid", varied, f"{words}: {levels}", people(grid.n_trials)))
    return rows


def _level(name: str, value: float) -> str:
    if name in ("dropout", "female_share"):
        return planned_percent(round(value, 6))
    return people(value) if name == "n_subjects" else number(value)


def _cited(author: Author, trials: str) -> list[tuple[str, str, str, str]]:
    span = author.results.found.span
    if span is None:
        return []
    levels = "; ".join(f"{v.name} {given(v.low)} to {given(v.high)}" for v in span.varied)
    varied = joined([v.name for v in span.varied])
    return [("Cited ranges", varied, f"both ends, full factorial: {levels}", trials)]


def _grids(author: Author) -> list[tuple[str, str, str, str]]:
    """One assumption at a time, and size × effect; by formula where they have no trials."""
    results, scenario = author.results, author.scenario
    endpoint = scenario.truth.endpoint
    swings = [
        f"{LABELS[s.range.name]} {_end(s.range.name, s.range.low, endpoint)} to "
        f"{_end(s.range.name, s.range.high, endpoint)}"
        f"{unit_in_words(s.range.name, endpoint)}"
        for s in results.swings.swings
        if planned_value(scenario, s.range.name) is not None
    ]
    grid = results.grid
    rows = []
    if swings:
        trials = people(results.swings.n_trials) if results.swings.n_trials else "formula"
        basis = joined(list(dict.fromkeys(s.range.basis for s in results.swings.swings)))
        levels = f"both ends, {basis}: {'; '.join(swings)}"
        rows.append(("One at a time", "each assumption", levels, trials))
    rows.append(
        (
            "Size × effect",
            "people and effect",
            f"full factorial: {len(grid.sizes)} sizes, {people(grid.sizes[0])} to "
            f"{people(grid.sizes[-1])}; {len(grid.effects)} effects, {number(grid.effects[0])} to "
            f"{number(grid.effects[-1])} {natural_unit(scenario)}".rstrip(),
            people(grid.n_trials) if grid.n_trials else "formula",
        )
    )
    return rows


def _end(name: str, value: float, endpoint: "Endpoint") -> str:
    """An end of a range with a true minus sign."""
    return value_in_words(name, value, endpoint).replace("-", "−")
