"""Type I error over what the null leaves open: SD, correlation, dropout, share of women, size.

SD, correlation and dropout are varied together, in full factorial: they act on a test jointly,
through the information that people with a missing period carry and the degrees of freedom that
are estimated for it. The share of women and the size change no more than counts and are moved one
at a time. The values are assumed distances from the plan, not estimates.

All cells see the same random numbers. The largest of many noisy estimates is biased upwards, so
the cell of the maximum is simulated again on trials that the grid has not seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from scipy import special

from planner.engines.closed_form import ClosedForm
from planner.operating.characteristics import MonteCarloEstimate
from planner.operating.decide import decision_rule
from planner.operating.evaluate import Case, evaluate, expected_completers
from planner.operating.nulls import null_scenarios
from planner.operating.stress import scaled_attrition
from planner.plan.analysis import Posterior
from planner.rng import EXPLORATION_BLOCK
from planner.scenario import Scenario
from planner.search.moved_truth import planned_value, with_assumption
from planner.search.prior_sensitivity import by_quadrature
from planner.truth.attrition import Mcar

GRID_TRIALS, GRID_TRIALS_POSTERIOR = 10_000, 1_000
"""Most simulated trials per cell, of a test and of a Bayesian analysis."""
FRESH_BLOCK = EXPLORATION_BLOCK >> 1
"""First block of the trials on which a maximum is confirmed; nothing else starts here."""
SD_FACTORS = (0.75, 1.0, 1.25)
DROPOUT_FACTORS = (0.5, 1.0, 2.0)
UNPLANNED_DROPOUT = 0.1
"""Hazard of leaving after every period that a plan without dropout is tried with."""
SHARE_FACTORS, LARGEST_SHARE = (0.75, 1.25), 0.95
SIZE_FACTORS = (0.5, 0.75, 1.25)


Nuisance = Literal["sd_difference", "correlation", "dropout", "female_share", "n_subjects"]


@dataclass(frozen=True, slots=True)
class NullAxis:
    """Values that one nuisance parameter takes, the planned one among them.

    Parameters
    ----------
    values : SD (scale of the analysis), correlation, share of people who do not complete, share
        of women, or people randomised.
    together : whether it is varied together with the others of its kind, or by itself.
    """

    name: Nuisance
    planned: float
    values: tuple[float, ...]
    together: bool


@dataclass(frozen=True, slots=True)
class NullCell:
    """Type I error of every hypothesis at one state of the nuisance parameters.

    Parameters
    ----------
    sd_difference : SD of the within-person difference, scale of the analysis.
    correlation : of two periods of a person; None with one period.
    leaving : expected share of people who do not complete.
    female_share : None without sexes.
    n_subjects : people randomised.
    type_i_error : hypothesis → share of trials at the edge of its null that show it.
    failures : trials without a result, under any null; they show nothing.
    planned : whether everything is as planned.
    """

    sd_difference: float
    correlation: float | None
    leaving: float
    female_share: float | None
    n_subjects: int
    type_i_error: dict[str, MonteCarloEstimate]
    failures: int
    planned: bool


@dataclass(frozen=True, slots=True)
class NullMaximum:
    """The largest type I error of one hypothesis over the grid.

    Parameters
    ----------
    level : planned level (both tails of a two-sided test); of a posterior rule what its first
        criterion leaves, 1 − probability, which need not be a type I error.
    found : the largest estimate of the grid, biased upwards as it was selected.
    confirmed : of the same cell on fresh trials, unbiased.
    chance_found : upper bound of the probability that any cell shows as much as `found` if the
        type I error is exactly `level` in every cell (binomial tail × cells, Bonferroni).
    chance_confirmed : probability that fresh trials show as much as `confirmed` at `level`.
    """

    cell: NullCell
    level: float
    found: MonteCarloEstimate
    confirmed: MonteCarloEstimate
    chance_found: float
    chance_confirmed: float


@dataclass(frozen=True, slots=True)
class NullGrid:
    """Type I error over a grid of nuisance truths.

    Parameters
    ----------
    axes : what is varied.
    cells : the planned one first, with all trials of the scenario.
    maxima : hypothesis → where its type I error is largest.
    left_out : cells with too few people to be analysed.
    n_trials : simulated trials per null in every cell but the planned one.
    n_fresh : in the planned one, and fresh ones on which maxima are confirmed.
    """

    axes: tuple[NullAxis, ...]
    cells: tuple[NullCell, ...]
    maxima: dict[str, NullMaximum]
    left_out: int
    n_trials: int
    n_fresh: int


@dataclass(frozen=True, slots=True)
class _State:
    """A state of the nuisance parameters; effects are as planned until nulls are taken."""

    scenario: Scenario
    n_subjects: int
    planned: bool = False


def null_grid(scenario: Scenario, n_subjects: int, *, workers: int | None = None) -> NullGrid:
    """Type I error of every hypothesis around the planned nuisance parameters.

    A Bayesian analysis is computed by quadrature here, whatever its engine.
    """
    scenario = by_quadrature(scenario)
    states = _states(scenario, n_subjects)
    possible = [state for state in states if _estimable(state)]
    most = GRID_TRIALS_POSTERIOR if _bayesian(scenario) else GRID_TRIALS
    n_fresh = scenario.monte_carlo.n_trials
    n_trials = min(n_fresh, most)
    planned, *others = possible
    cells = [
        *_simulated([planned], n_fresh, 0, workers),
        *_simulated(others, n_trials, 0, workers),
    ]
    highest = {
        name: max(range(len(cells)), key=lambda c: cells[c].type_i_error[name].value)
        for name in scenario.plan.hypothesis_names
    }
    chosen = sorted(set(highest.values()))
    again = _simulated([possible[c] for c in chosen], n_fresh, FRESH_BLOCK, workers)
    fresh = dict(zip(chosen, again, strict=True))
    levels = decision_rule(scenario).full_levels().tolist()
    maxima = {
        name: _maximum(cells[c], level, fresh[c].type_i_error[name], name, len(cells))
        for (name, c), level in zip(highest.items(), levels, strict=True)
    }
    axes = _axes(cells)
    return NullGrid(axes, tuple(cells), maxima, len(states) - len(possible), n_trials, n_fresh)


def _states(scenario: Scenario, n: int) -> list[_State]:
    """The planned state, the factorial of the first three, then share and size one at a time."""
    joint = [
        _State(_moved(scenario, sd, correlation, dropout), n)
        for sd, correlation, dropout in product(
            _sds(scenario), _correlations(scenario), _dropouts(scenario)
        )
        if (sd, correlation, dropout) != (None, None, None)
    ]
    shares = [
        _State(with_assumption(scenario, "female_share", share), n) for share in _shares(scenario)
    ]
    sizes = [_State(scenario, size) for size in _sizes(scenario, n)]
    return [_State(scenario, n, planned=True), *joint, *shares, *sizes]


def _moved(
    scenario: Scenario, sd: float | None, correlation: float | None, dropout: float | None
) -> Scenario:
    """The scenario with nuisance parameters at other values; None leaves one as planned."""
    if sd is not None:
        scenario = with_assumption(scenario, "sd_difference", sd)
    if correlation is not None:
        scenario = with_assumption(scenario, "correlation", correlation)
    if dropout is None:
        return scenario
    attrition = scenario.truth.attrition
    if isinstance(attrition, Mcar) and attrition.last_used_period():
        leaving = scaled_attrition(attrition, dropout)
        return scenario.with_changes({"truth.attrition": leaving})
    return with_assumption(scenario, "dropout", UNPLANNED_DROPOUT)


def _sds(scenario: Scenario) -> list[float | None]:
    planned = scenario.truth.sd_difference
    return [None if factor == 1 else factor * planned for factor in SD_FACTORS]


def _correlations(scenario: Scenario) -> list[float | None]:
    """As planned, halfway to 0 and halfway to 1."""
    planned = planned_value(scenario, "correlation")
    if planned is None:
        return [None]
    return [None, *([planned / 2] if planned else []), (1 + planned) / 2]


def _dropouts(scenario: Scenario) -> list[float | None]:
    """Factors on the hazards; without dropout in the plan, none and `UNPLANNED_DROPOUT`."""
    if scenario.plan.design.n_periods == 1:
        return [None]
    attrition = scenario.truth.attrition
    if isinstance(attrition, Mcar) and attrition.last_used_period():
        return [None if factor == 1 else factor for factor in DROPOUT_FACTORS]
    return [None, 1.0]


def _shares(scenario: Scenario) -> list[float]:
    planned = scenario.truth.female_share
    if planned is None:
        return []
    values = {min(planned * factor, LARGEST_SHARE) for factor in SHARE_FACTORS}
    return sorted(values - {planned})


def _sizes(scenario: Scenario, n: int) -> list[int]:
    step = sum(scenario.plan.weights)
    sizes = {step * max(1, round(n * factor / step)) for factor in SIZE_FACTORS}
    return sorted(sizes - {n})


def _bayesian(scenario: Scenario) -> bool:
    return isinstance(scenario.plan.analysis, Posterior)


def _estimable(state: _State) -> bool:
    """Whether the planned people can estimate every hypothesis."""
    return ClosedForm(state.scenario).precision(state.n_subjects) is not None


def _simulated(
    states: Sequence[_State], n_trials: int, first_block: int, workers: int | None
) -> list[NullCell]:
    """Cells of the grid; a share of failures that a plan may not have is shown, not refused."""
    nulls = [null_scenarios(state.scenario) for state in states]
    cases = [
        Case(null, state.n_subjects, "null", first_block)
        for state, truths in zip(states, nulls, strict=True)
        for null, _ in truths
    ]
    settings = states[0].scenario.monte_carlo.model_copy(
        update={"n_trials": n_trials, "max_failures": 1.0}
    )
    results = iter(evaluate(cases, settings, workers=workers))
    cells = []
    for state, truths in zip(states, nulls, strict=True):
        found = [(next(results), names) for _, names in truths]
        errors = {name: result[name].success for result, names in found for name in names}
        cells.append(_cell(state, errors, sum(result.failures for result, _ in found)))
    return cells


def _cell(state: _State, errors: dict[str, MonteCarloEstimate], failures: int) -> NullCell:
    scenario, n = state.scenario, state.n_subjects
    return NullCell(
        sd_difference=scenario.truth.sd_difference,
        correlation=planned_value(scenario, "correlation"),
        leaving=1 - expected_completers(scenario, n) / n,
        female_share=scenario.truth.female_share,
        n_subjects=n,
        type_i_error={name: errors[name] for name in scenario.plan.hypothesis_names},
        failures=failures,
        planned=state.planned,
    )


def _maximum(
    cell: NullCell, level: float, confirmed: MonteCarloEstimate, name: str, n_cells: int
) -> NullMaximum:
    found = cell.type_i_error[name]
    return NullMaximum(
        cell=cell,
        level=level,
        found=found,
        confirmed=confirmed,
        chance_found=min(1.0, n_cells * chance_of(found, level)),
        chance_confirmed=chance_of(confirmed, level),
    )


def chance_of(found: MonteCarloEstimate, level: float) -> float:
    """P(X ≥ x) of X ~ Binomial(n, level): so many trials or more, if each has the level."""
    count = round(found.value * found.n)
    return 1.0 if count == 0 else float(special.bdtrc(count - 1, found.n, level))


def _axes(cells: Sequence[NullCell]) -> tuple[NullAxis, ...]:
    """What took more than one value."""
    planned = cells[0]
    counts = (planned.female_share, planned.n_subjects)
    joint = [c for c in cells if (c.female_share, c.n_subjects) == counts]
    taken: tuple[tuple[Nuisance, list[float | None]], ...] = (
        ("sd_difference", [c.sd_difference for c in joint]),
        ("correlation", [c.correlation for c in joint]),
        ("dropout", [c.leaving for c in joint]),
        ("female_share", [c.female_share for c in cells]),
        ("n_subjects", [c.n_subjects for c in cells]),
    )
    axes = []
    for name, values in taken:
        known = [round(value, 12) for value in values if value is not None]
        if len(set(known)) > 1:
            together = name not in ("female_share", "n_subjects")
            axes.append(NullAxis(name, known[0], tuple(sorted(set(known))), together))
    return tuple(axes)
