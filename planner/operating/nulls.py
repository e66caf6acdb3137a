"""The truths at which a trial's type I error is judged."""

import numpy as np

from planner.engines.model import bounds_of, true_values
from planner.plan.hypothesis import sex_weights
from planner.scenario import Scenario
from planner.trials.moments import FloatArray


def with_contrasts(scenario: Scenario, values: dict[str, float]) -> tuple[Scenario, bool]:
    """The scenario with effects moved so that named contrasts take given values.

    The move is the smallest in the mean square over people (sexes weighted by their share), so a
    change of the overall effect shifts both sexes alike and a change of the sex difference keeps
    the overall effect.

    Parameters
    ----------
    values : hypothesis name → value on the scale of the analysis.

    Returns
    -------
    scenario, and whether all values can hold together (otherwise they hold approximately).
    """
    plan, truth = scenario.plan, scenario.truth
    treatments = plan.design.treatments
    effects = truth.treatment_effects(treatments, treatments[1])
    share = (
        np.array([1.0])
        if truth.female_share is None
        else sex_weights("overall", truth.female_share)
    )
    scale = np.repeat(np.sqrt(share), len(treatments) - 1)
    rows = np.array(
        [
            np.outer(
                sex_weights(h.sex, scenario.population_share), h.treatment_weights(treatments)
            )[:, 1:].ravel()
            for h in plan.hypotheses
            if h.name in values
        ]
    )
    goal = np.array([values[h.name] for h in plan.hypotheses if h.name in values])
    gap = goal - rows @ effects[:, 1:].ravel()
    move, *_ = np.linalg.lstsq(rows / scale, gap, rcond=1e-10)
    reached = bool(np.allclose(rows / scale @ move, gap, atol=1e-9 * (1 + np.abs(goal).max())))
    moved = effects[:, 1:] + (move / scale).reshape(len(share), -1)
    return _with_effects(scenario, moved), reached


def _with_effects(scenario: Scenario, effects: FloatArray) -> Scenario:
    """The scenario with treatment effects [G, K − 1] on the scale of the analysis."""
    truth, treatments = scenario.truth, scenario.plan.design.treatments
    clean = np.where(np.abs(effects) < 1e-12, 0.0, effects)
    natural = [[truth.endpoint.to_natural(float(v)) for v in row] for row in clean]
    table = {
        letter: natural[0][k]
        if len(natural) == 1
        else {"female": natural[0][k], "male": natural[1][k]}
        for k, letter in enumerate(treatments[1:])
    }
    changes = {
        "truth.effect": table,
        "truth.covariance": truth.resolved_covariance().plain(),
        "truth.standardised_effect": None,
    }
    return scenario.with_changes(changes)


def null_values(scenario: Scenario) -> dict[str, float]:
    """Edge of the null of every hypothesis: 0, the margin, or the nearer equivalence limit."""
    lower, upper = bounds_of(scenario)
    planned = true_values(scenario)
    result = {}
    for h, hypothesis in enumerate(scenario.plan.hypotheses):
        if np.isfinite(lower[h]) and np.isfinite(upper[h]) and lower[h] < upper[h]:
            nearer = upper if planned[h] >= (lower[h] + upper[h]) / 2 else lower
            result[hypothesis.name] = float(nearer[h])
        else:
            result[hypothesis.name] = float(lower[h] if np.isfinite(lower[h]) else upper[h])
    return result


def null_scenarios(scenario: Scenario) -> list[tuple[Scenario, tuple[str, ...]]]:
    """Truths at the edge of the nulls, each with the hypotheses it is the null of.

    The null of a hypothesis depends on nothing but itself: treatment effects common to the sexes
    where that reaches the edge, of least size. Hypotheses with the same null share a truth; for
    tests of no effect that is the truth without any effect.
    """
    groups: dict[tuple[float, ...], list[str]] = {}
    for h, (name, value) in enumerate(null_values(scenario).items()):
        effects = _null_effects(scenario, h, value)
        groups.setdefault(tuple(np.round(effects, 12).ravel()), []).append(name)
    shape = (len(scenario.truth.strata), len(scenario.plan.design.treatments) - 1)
    return [
        (_with_effects(scenario, np.array(key).reshape(shape)), tuple(names))
        for key, names in groups.items()
    ]


def _null_effects(scenario: Scenario, h: int, value: float) -> FloatArray:
    """Effects [G, K − 1] of least size that give hypothesis number `h` the value."""
    hypothesis, treatments = scenario.plan.hypotheses[h], scenario.plan.design.treatments
    sexes = sex_weights(hypothesis.sex, scenario.population_share)
    weights = hypothesis.treatment_weights(treatments)[1:]
    if abs(sexes.sum()) > 1e-9:
        sexes = np.full(len(sexes), 1 / sexes.sum())
    else:
        sexes = sexes / float(sexes @ sexes)
    return np.outer(sexes, weights) * value / float(weights @ weights)
