"""Simulated power over true effects at a fixed size."""

from dataclasses import dataclass

import numpy as np

from planner.engines.model import bounds_of, true_values
from planner.operating.characteristics import MonteCarloEstimate
from planner.operating.evaluate import Case, evaluate
from planner.operating.nulls import null_values, with_contrasts
from planner.scenario import Scenario
from planner.search.effect_grid import effects_around
from planner.search.quick_power import column_of

FACTORS = (0.5, 0.75, 1.0, 1.25)
"""Distances from the edge of the null, as parts of the planned one."""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """Power under one true effect, everything else as planned.

    Parameters
    ----------
    label : the truth in a few words: ``planned``, ``0.75 × planned``, name of an alternative.
    effect : true value of the contrast, natural scale (ratio on a log scale).
    factor : part of the planned distance from the edge of the null; None of an alternative.
    note : of an alternative.
    """

    label: str
    effect: float
    factor: float | None
    power: MonteCarloEstimate
    note: str = ""


@dataclass(frozen=True, slots=True)
class EffectPower:
    """Simulated power of one hypothesis over true effects.

    Parameters
    ----------
    edge : of the null, natural scale: no effect, or the margin.
    n_trials : simulated trials per effect; all see the same random numbers.
    """

    hypothesis: str
    n_subjects: int
    edge: float
    rows: tuple[EffectRow, ...]
    n_trials: int


def effect_power(
    scenario: Scenario, hypothesis: str, n_subjects: int, *, workers: int | None = None
) -> EffectPower:
    """Simulated power of `hypothesis` at parts of its planned effect, and under alternatives.

    The parts are of the distance from the edge of the null, between two limits no further than
    halfway; a plan whose effect lies at the edge is tried with effects up to half an SD of the
    within-person difference.

    Raises
    ------
    InvalidInput : an unknown hypothesis, or too few people.
    TooManyFailures : too many simulated trials could not be analysed.
    """
    column = column_of(scenario, hypothesis)
    truths = [*_parts(scenario, hypothesis, column), *_alternatives(scenario)]
    cases = [Case(moved, n_subjects) for _, moved, _, _ in truths]
    results = evaluate(cases, scenario.monte_carlo, workers=workers)
    to_natural = scenario.truth.endpoint.to_natural
    rows = [
        EffectRow(
            label, to_natural(result[hypothesis].effect), factor, result[hypothesis].success, note
        )
        for (label, _, factor, note), result in zip(truths, results, strict=True)
    ]
    edge = to_natural(null_values(scenario)[hypothesis])
    return EffectPower(hypothesis, n_subjects, edge, tuple(rows), scenario.monte_carlo.n_trials)


_Truth = tuple[str, Scenario, float | None, str]
"""Label, scenario, part of the planned distance, note."""


def _parts(scenario: Scenario, hypothesis: str, h: int) -> list[_Truth]:
    """The planned truth among truths nearer to the null and further from it."""
    edge, planned = null_values(scenario)[hypothesis], float(true_values(scenario)[h])
    lower, upper = (float(ends[h]) for ends in bounds_of(scenario))
    if np.isclose(planned, edge, rtol=0, atol=1e-12):
        return [("planned", scenario, 1.0, ""), *_beyond_null(scenario, hypothesis, edge)]
    furthest = (upper - lower) / 2 if lower < upper else np.inf
    truths: list[_Truth] = []
    for factor in FACTORS:
        if factor == 1:
            truths.append(("planned", scenario, 1.0, ""))
            continue
        distance = factor * (planned - edge)
        if abs(distance) <= furthest * (1 + 1e-12):
            moved = with_contrasts(scenario, {hypothesis: edge + distance})[0]
            truths.append((f"{factor:g} × planned", moved, factor, ""))
    return truths


def _beyond_null(scenario: Scenario, hypothesis: str, edge: float) -> list[_Truth]:
    """Truths of a plan that assumes its null."""
    to_model = scenario.truth.endpoint.to_model
    values = [to_model(effect, "effect") for effect in effects_around(scenario, hypothesis, 5)]
    return [
        ("not planned", with_contrasts(scenario, {hypothesis: value})[0], None, "")
        for value in values
        if not np.isclose(value, edge, rtol=0, atol=1e-12)
    ]


def _alternatives(scenario: Scenario) -> list[_Truth]:
    """The scenario's alternatives that leave its plan as it is, under the analysis planned."""
    moved = [
        (a, scenario.with_changes(a.changes, f"alternative {a.name!r}"))
        for a in scenario.alternatives
    ]
    return [
        (a.name, changed, None, a.note) for a, changed in moved if changed.plan == scenario.plan
    ]
