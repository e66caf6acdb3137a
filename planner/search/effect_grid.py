"""Power over sample size × true effect."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.engines.model import bounds_of, true_values
from planner.operating.evaluate import minimum_size
from planner.operating.nulls import with_contrasts
from planner.scenario import Scenario
from planner.search.quick_power import QUICK_TRIALS, column_of, has_formula, quick_power
from planner.trials.moments import FloatArray

N_SIZES, N_EFFECTS = 16, 11
"""Sizes and effects of `usual_effect_grid` where power has a formula."""
N_SIZES_SIMULATED, N_EFFECTS_SIMULATED = 7, 7


@dataclass(frozen=True, slots=True, eq=False)
class EffectGrid:
    """Power of one hypothesis over true effects [E] and sizes [N].

    Parameters
    ----------
    sizes : people randomised.
    effects : true values of the hypothesis' contrast, natural scale (ratios on a log scale).
    planned : the one that the scenario assumes.
    power : axes [E, N]; NaN where there are too few people.
    mcse : of simulated power, [E, N]; None for a formula.
    n_trials : simulated trials per cell; 0 for a formula.
    """

    hypothesis: str
    sizes: tuple[int, ...]
    effects: tuple[float, ...]
    planned: float
    power: FloatArray
    mcse: FloatArray | None
    n_trials: int

    def smallest(self, target: float) -> list[int | None]:
        """Smallest size of the grid that reaches a power at every effect; None if none does."""
        with np.errstate(invalid="ignore"):
            reached = self.power >= target
        return [self.sizes[int(np.argmax(row))] if row.any() else None for row in reached]


def effects_around(scenario: Scenario, hypothesis: str, n: int) -> tuple[float, ...]:
    """`n` evenly spaced effects, natural scale, that show where a hypothesis can be shown.

    From the edge of the null to as far beyond the planned effect; between both limits of an
    equivalence; where the planned effect shows nothing, up to half an SD of the within-person
    difference.
    """
    h = column_of(scenario, hypothesis)
    lower, upper = (float(ends[h]) for ends in bounds_of(scenario))
    planned = float(true_values(scenario)[h])
    if lower == upper:
        lower, upper = (lower, np.inf) if planned >= lower else (-np.inf, upper)
    if np.isfinite(lower) and np.isfinite(upper):
        start, stop = lower, upper
    else:
        start, sign = (lower, 1.0) if np.isfinite(lower) else (upper, -1.0)
        reach = sign * (planned - start)
        stop = start + sign * (2 * reach if reach > 0 else scenario.truth.sd_difference / 2)
    to_natural = scenario.truth.endpoint.to_natural
    return tuple(
        to_natural(float(value)) for value in np.linspace(min(start, stop), max(start, stop), n)
    )


def sizes_around(scenario: Scenario, n: int, n_sizes: int) -> tuple[int, ...]:
    """`n_sizes` evenly spaced balanced sizes from about half of `n`, one of them, to twice it."""
    step = sum(scenario.plan.weights)
    lowest = -(-minimum_size(scenario) // step) * step
    stride = step * max(1, round(1.5 * n / (n_sizes - 1) / step))
    below = min(n_sizes // 3, max(0, n - lowest) // stride)
    first = max(lowest, n - below * stride)
    return tuple(range(first, first + stride * n_sizes, stride))


def effect_grid(
    scenario: Scenario,
    hypothesis: str,
    sizes: Sequence[int],
    effects: Sequence[float],
    *,
    n_trials: int = QUICK_TRIALS,
    workers: int | None = None,
) -> EffectGrid:
    """Power of `hypothesis` over true effects and sizes; by the formula where it has one.

    Parameters
    ----------
    sizes : people randomised.
    effects : of the hypothesis' contrast, natural scale.
    n_trials : simulated trials per cell where there is no closed form.

    Raises
    ------
    InvalidInput : an effect cannot be on a log scale, or a size is too few to be simulated.
    TooManyFailures : too many simulated trials could not be analysed.
    """
    endpoint = scenario.truth.endpoint
    h = column_of(scenario, hypothesis)
    values = [endpoint.to_model(effect, "effects") for effect in effects]
    moved = [with_contrasts(scenario, {hypothesis: value})[0] for value in values]
    found = quick_power(moved, sizes, hypothesis, n_trials=n_trials, workers=workers)
    return EffectGrid(
        hypothesis=hypothesis,
        sizes=tuple(sizes),
        effects=tuple(effects),
        planned=endpoint.to_natural(float(true_values(scenario)[h])),
        power=found.power,
        mcse=found.mcse,
        n_trials=found.n_trials,
    )


def usual_effect_grid(
    scenario: Scenario, hypothesis: str, n: int, *, workers: int | None = None
) -> EffectGrid:
    """`effect_grid` around a size and the planned effect, as the app and the command line show it.

    Coarser where there is no formula and every cell is simulated.
    """
    columns, rows = (
        (N_SIZES, N_EFFECTS)
        if has_formula(scenario, hypothesis)
        else (N_SIZES_SIMULATED, N_EFFECTS_SIMULATED)
    )
    sizes = sizes_around(scenario, n, columns)
    effects = effects_around(scenario, hypothesis, rows)
    return effect_grid(scenario, hypothesis, sizes, effects, workers=workers)
