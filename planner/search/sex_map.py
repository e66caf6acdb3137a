"""The sex decision map: what a plan concludes over true effects in women × true effects in men.

For a test every point of the map looks at the same simulated trials: other effects move the
estimates by as much and leave standard errors and degrees of freedom as they are, so the map is
that of a simulation at each of its points. A Bayesian analysis is simulated point by point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.engines.model import true_values
from planner.operating.characteristics import MonteCarloEstimate
from planner.operating.evaluate import Case, Simulation
from planner.operating.nulls import with_contrasts
from planner.operating.sex_questions import (
    DIFFERENCE,
    SHOWN,
    SexQuestions,
    SexTable,
    count_conclusions,
    moved,
    simulated_blocks,
)
from planner.plan.analysis import Posterior
from planner.rng import block_sizes
from planner.scenario import Scenario
from planner.trials.moments import FloatArray, IntArray

CONCLUSIONS = (
    "neither",
    "female only",
    "male only",
    "both",
    "female above male",
    "male above female",
)
"""Exclusive conclusions: a difference if one is shown, else where an effect is shown."""
N_EFFECTS, N_EFFECTS_POSTERIOR = 17, 9
"""True effects along either axis of `usual_sex_map`; of a Bayesian one every point is simulated."""
MAP_TRIALS, MAP_TRIALS_POSTERIOR = 2000, 200
"""Simulated trials behind every point of a map."""


@dataclass(frozen=True, slots=True, eq=False)
class SexMap:
    """Conclusions of a plan at one size over true effects.

    Parameters
    ----------
    n_subjects : people randomised.
    effects : true effects on the natural scale, the same for women and men, [E].
    truth : (women, men) of the scenario.
    equal : effect of both sexes that has the scenario's overall effect.
    counts : trials, axes [E women, E men, 4, 3], as `SexTable`.
    at_equal : the table where both sexes have the overall effect.
    n_trials : simulated trials behind every point of the map.
    """

    n_subjects: int
    effects: tuple[float, ...]
    truth: tuple[float, float]
    equal: float
    counts: IntArray
    at_equal: SexTable
    n_trials: int

    @property
    def probability(self) -> FloatArray:
        """Of every conclusion, axes [E women, E men, 6]."""
        return np.asarray(six_conclusions(self.counts) / self.n_trials)

    @property
    def most_probable(self) -> IntArray:
        """Index of the most probable conclusion, axes [E women, E men]."""
        return np.asarray(self.probability.argmax(axis=2))


def six_conclusions(counts: IntArray) -> IntArray:
    """Tables of counts […, 4, 3] folded into `CONCLUSIONS`, […, 6]."""
    return np.concatenate([counts[..., 0], counts[..., 1:].sum(axis=-2)], axis=-1)


def conclusion(table: SexTable, name: str) -> MonteCarloEstimate:
    """Probability of one of `CONCLUSIONS`."""
    k = CONCLUSIONS.index(name)
    if k < len(SHOWN):
        return table.cell(SHOWN[k], "not shown")
    return table.difference_of(name)


def effects_around(questions: SexQuestions, n: int) -> tuple[float, ...]:
    """`n` evenly spaced effects, natural scale, around no effect and around both sexes' own.

    Steps divide the overall effect, so that equal effects and no effect lie on the grid. Where it
    is far below the larger of both they divide that one, and where there is no effect at all half
    an SD of the within-person difference.
    """
    scenario = questions.scenario
    overall, female, male, _ = _four(scenario, questions)
    largest = max(female, male, key=abs)
    unit = overall if abs(overall) >= abs(largest) / 4 else largest
    unit = unit or scenario.truth.sd_difference / 2
    reach = np.array([-1.0, 3.0, 1.2 * female / unit, 1.2 * male / unit])
    per_unit = max(1, int((n - 1) // (reach.max() - reach.min())))
    step = unit / per_unit
    first = int(np.floor(reach.min() * per_unit))
    values = sorted(step * (first + k) for k in range(n))
    return tuple(scenario.truth.endpoint.to_natural(round(v, 12)) for v in values)


def sex_map(
    questions: SexQuestions,
    n_subjects: int,
    effects: Sequence[float],
    *,
    n_trials: int | None = None,
) -> SexMap:
    """The map with `n_subjects` over true `effects` in women and in men.

    Parameters
    ----------
    effects : natural scale, the same for women and men.
    n_trials : simulated trials at every point; default `MAP_TRIALS`, of a Bayesian analysis
        `MAP_TRIALS_POSTERIOR`, and never more than the scenario's own.

    Raises
    ------
    InvalidInput : too few people to estimate every hypothesis, or an effect that cannot be.
    """
    scenario = questions.scenario
    bayesian = isinstance(scenario.plan.analysis, Posterior)
    most = n_trials or (MAP_TRIALS_POSTERIOR if bayesian else MAP_TRIALS)
    n_trials = min(most, scenario.monte_carlo.n_trials)
    endpoint = scenario.truth.endpoint
    model = [endpoint.to_model(effect, "effects") for effect in effects]
    overall, female, male, _ = _four(scenario, questions)
    points = np.array([(a, b) for a in model for b in model] + [(overall, overall)])
    simulate = _each_simulated if bayesian else _same_trials
    counts = simulate(questions, n_subjects, points, n_trials)
    shape = (len(model), len(model), len(SHOWN), len(DIFFERENCE))
    return SexMap(
        n_subjects=n_subjects,
        effects=tuple(effects),
        truth=(endpoint.to_natural(female), endpoint.to_natural(male)),
        equal=endpoint.to_natural(overall),
        counts=counts[:-1].reshape(shape),
        at_equal=SexTable(counts[-1], n_trials),
        n_trials=n_trials,
    )


def usual_sex_map(questions: SexQuestions, n_subjects: int) -> SexMap:
    """`sex_map` around no effect and the own ones, as the app and the command line show it."""
    bayesian = isinstance(questions.scenario.plan.analysis, Posterior)
    points = N_EFFECTS_POSTERIOR if bayesian else N_EFFECTS
    return sex_map(questions, n_subjects, effects_around(questions, points))


def _same_trials(
    questions: SexQuestions, n_subjects: int, points: FloatArray, n_trials: int
) -> IntArray:
    """Counts at every point (women, men) from one simulation, [K, 4, 3]."""
    here = true_values(questions.scenario)
    shifts = _values(questions, points) - here
    counts = np.zeros((len(points), len(SHOWN), len(DIFFERENCE)), dtype=np.int64)
    for simulation, batch in simulated_blocks(questions, n_subjects, n_trials):
        for k, shift in enumerate(shifts):
            there = moved(batch, shift)
            counts[k] += count_conclusions(questions, there, simulation.rule.decide(there))
    return counts


def _each_simulated(
    questions: SexQuestions, n_subjects: int, points: FloatArray, n_trials: int
) -> IntArray:
    """Counts at every point, each simulated by itself on the same random numbers, [K, 4, 3]."""
    counts = np.zeros((len(points), len(SHOWN), len(DIFFERENCE)), dtype=np.int64)
    for k, (female, male) in enumerate(points.tolist()):
        simulation = Simulation(Case(with_sex_effects(questions, female, male), n_subjects))
        for block, size in enumerate(block_sizes(n_trials)):
            batch = simulation.simulate(block, size)[1]
            counts[k] += count_conclusions(questions, batch, simulation.rule.decide(batch))
    return counts


def with_sex_effects(questions: SexQuestions, female: float, male: float) -> Scenario:
    """The scenario of the questions with other effects, on the scale of the analysis."""
    values = {questions.female: female, questions.male: male}
    return with_contrasts(questions.scenario, values)[0]


def _values(questions: SexQuestions, points: FloatArray) -> FloatArray:
    """True value of every hypothesis at every point, which it is linear in, [K, H]."""
    corners = [
        true_values(with_sex_effects(questions, *corner)) for corner in ((0, 0), (1, 0), (0, 1))
    ]
    origin, women, men = corners
    return origin + points[:, :1] * (women - origin) + points[:, 1:] * (men - origin)


def _four(scenario: Scenario, questions: SexQuestions) -> tuple[float, float, float, float]:
    """True values of the four questions, on the scale of the analysis."""
    overall, female, male, interaction = true_values(scenario)[list(questions.columns)].tolist()
    return overall, female, male, interaction
