"""Planned trials in few words, as reference cases give them, and what their closed form says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from planner.design.catalogue import find_design
from planner.engines.closed_form import ClosedForm, Precision, power_of
from planner.errors import NotEstimable
from planner.scenario import Scenario, scenario_from, set_path
from planner.trials.layout import lay_out

Table = Mapping[str, Any]
Size = int | Sequence[float]

DESIGNS = {"paired": "AB/BA"}
"""Names in the reference files that `planner` does not use."""


def one_sided(alpha: float = 0.025, direction: str = "greater") -> Table:
    """Superiority."""
    return {"kind": "superiority", "one_sided_alpha": alpha, "direction": direction}


def two_sided(alpha: float = 0.05) -> Table:
    """A difference in either direction."""
    return {"kind": "two-sided", "alpha": alpha}


def non_inferior(margin: float, alpha: float = 0.025) -> Table:
    """Non-inferiority, or non-superiority."""
    return {"kind": "non-inferiority", "margin": margin, "one_sided_alpha": alpha}


def equivalent(lower: float, upper: float, alpha: float = 0.05) -> Table:
    """Two one-sided tests."""
    return {"kind": "equivalence", "lower": lower, "upper": upper, "one_sided_alpha": alpha}


def within(sd: float, between: float | None = None) -> Table:
    """Compound symmetry; one period has the total SD as `sd` and 0 between."""
    table = {"kind": "compound-symmetry", "sd_within": sd}
    return table if between is None else {**table, "sd_between": between}


def of_difference(sd: float) -> Table:
    """SD of the within-person difference."""
    return {"kind": "paired-difference", "sd_difference": sd}


def plan(
    design: str | Sequence[str],
    objective: Table,
    effect: float | Mapping[str, Any],
    covariance: Table,
    *,
    analysis: Table | None = None,
    scale: str = "raw",
    **more: Any,
) -> Scenario:
    """A scenario with one hypothesis on B − A.

    Parameters
    ----------
    design : name as in the reference files, or sequences.
    effect : of B; other treatments equal the reference. Or a table, as in a scenario file.
    analysis : options; the default is the within-subject t test.
    more : dotted paths below a scenario, with ``__`` for the dot.
    """
    known = find_design(DESIGNS.get(design, design)) if isinstance(design, str) else None
    sequences = known.sequences if known else tuple(design)
    neutral = 1.0 if scale == "log" else 0.0
    others = sorted(set("".join(sequences)) - {"A", "B"})
    if not isinstance(effect, Mapping) and others:
        effect = {"B": effect, **dict.fromkeys(others, neutral)}
    options = {"kind": "within-subject-t", **(analysis or {})}
    raw: dict[str, Any] = {
        "plan": {
            "design": {"sequences": sequences},
            "analysis": options,
            "hypotheses": [{"name": "overall", "objective": dict(objective)}],
        },
        "truth": {
            "endpoint": {"scale": scale},
            "effect": effect,
            "covariance": dict(covariance),
        },
    }
    for path, value in more.items():
        set_path(raw, path.replace("__", "."), value)
    return scenario_from(raw)


def precision_at(scenario: Scenario, size: Size) -> Precision:
    """Precision with N people, or with given (also fractional) people per cell."""
    form = ClosedForm(scenario)
    if isinstance(size, int):
        precision = form.precision(size)
    else:
        layout = lay_out(scenario, round(sum(size)))
        precision = form.precision_of(layout, np.asarray(size, float))
    if precision is None:
        raise NotEstimable(f"{size} people cannot estimate the contrast; take more")
    return precision


def power_at(scenario: Scenario, size: Size) -> float:
    """Power of the first hypothesis; see `precision_at`."""
    return float(power_of(scenario, precision_at(scenario, size))[0])


def spread(n: float, n_cells: int) -> list[float]:
    """Equal, possibly fractional, people per cell."""
    return [n / n_cells] * n_cells


def smallest(power: Callable[[int], float], target: float, step: int = 1, start: int = 1) -> int:
    """Smallest multiple of `step`, from `start` steps on, whose power reaches the target."""
    low, high = start - 1, start
    while power(high * step) < target:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle * step) >= target else (middle, high)
    return high * step


def crossing(
    scenario: Scenario, target: float, between: tuple[float, float], n_cells: int
) -> float:
    """The fractional number of people, equally many per cell, at which power is the target."""
    from scipy import optimize

    def excess(n: float) -> float:
        return power_at(scenario, spread(n, n_cells)) - target

    return float(optimize.brentq(excess, *between, xtol=1e-9))
