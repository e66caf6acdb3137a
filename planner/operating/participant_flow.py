"""How many people are expected to be observed in every period, by sequence and sex.

A formula, exact for leaving completely at random: of the n people of a sequence and sex,
n ∏ (1 − h_q) over the periods q < p are observed in period p, where h_q is the probability of
leaving after period q.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from planner.scenario import Scenario
from planner.trials.layout import Layout, lay_out

CENTRAL = (0.1, 0.9)
"""Probabilities at the ends of a range of people."""


@dataclass(frozen=True, slots=True)
class FlowCell:
    """People of one sequence and sex in one period.

    Parameters
    ----------
    sex : ``female`` or ``male``; empty where sexes are not distinguished.
    period : from 1.
    treatment : its letter.
    expected, sd : mean and standard deviation of the people observed over trials of this size.
    low, high : ends of the central 80 % of these people; a binomial count.
    """

    sequence: str
    sex: str
    period: int
    treatment: str
    expected: float
    sd: float
    low: int
    high: int


def participant_flow(scenario: Scenario, n_subjects: int) -> tuple[FlowCell, ...]:
    """Expected people with an outcome, in the order sequence, sex, period.

    Parameters
    ----------
    n_subjects : people randomised.
    """
    layout, truth = lay_out(scenario, n_subjects), scenario.truth
    return tuple(
        _cell(layout, (s, g), sex, (sequence, p))
        for s, sequence in enumerate(scenario.plan.design.sequences)
        for g, sex in enumerate(truth.strata)
        for p in range(1, scenario.plan.design.n_periods + 1)
    )


def _cell(layout: Layout, place: tuple[int, int], sex: str, visit: tuple[str, int]) -> FlowCell:
    """One cell; its people are binomial out of those who may come into it."""
    (s, g), (sequence, period) = place, visit
    there = [c.sequence == s and c.stratum == g and c.n_observed >= period for c in layout.cells]
    people, chance = int(layout.people[s, g]), float(np.sum(layout.probability[there]))
    if layout.female_probability is not None:
        share = (layout.female_probability, 1 - layout.female_probability)[g]
        people, chance = int(layout.people[s].sum()), chance * share
    spread = float(np.sqrt(max(people * chance * (1 - chance), 0.0)))
    low, high = _central(people, chance)
    treatment = sequence[period - 1]
    return FlowCell(sequence, sex, period, treatment, people * chance, spread, low, high)


def _central(people: int, chance: float) -> tuple[int, int]:
    """The 10 % and 90 % quantiles of a binomial count."""
    below = special.bdtr(np.arange(people + 1), people, min(chance, 1.0))
    low, high = np.searchsorted(below, CENTRAL).tolist()
    return low, high
