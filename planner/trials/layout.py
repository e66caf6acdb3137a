"""A scenario at one sample size, spelled out as cells with their people, means and covariances."""

from dataclasses import dataclass

import numpy as np

from planner.design.allocation import allocate
from planner.design.matrices import Observation
from planner.scenario import Scenario
from planner.trials.moments import Cell, FloatArray, IntArray
from planner.truth.attrition import pattern_probabilities
from planner.truth.covariance import covariance_matrix


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What a simulation needs to know of a scenario at one N.

    Parameters
    ----------
    cells : in the order sequence, stratum, most observed periods first.
    people : planned people per sequence and stratum, axes [S, G].
    probability : chance of a person of the cell's sequence and stratum to be in it, [C].
    mean : expected outcome of every visit of a cell, axes [C, P].
    covariance : Σ per stratum, axes [G, P, P].
    female_probability : chance of a recruit to be a woman, or None for fixed numbers.
    """

    cells: tuple[Cell, ...]
    people: IntArray
    probability: FloatArray
    mean: FloatArray
    covariance: FloatArray
    female_probability: float | None

    @property
    def n_observed(self) -> IntArray:
        """Observed visits per cell, [C]."""
        return np.array([cell.n_observed for cell in self.cells], dtype=np.int64)

    @property
    def expected_counts(self) -> FloatArray:
        """Expected people per cell, [C]."""
        people = self.people.astype(float)
        if self.female_probability is not None:
            share = np.array([self.female_probability, 1 - self.female_probability])
            people = people.sum(axis=1, keepdims=True) * share
        places = [people[c.sequence, c.stratum] for c in self.cells]
        return self.probability * np.array(places, dtype=np.float64)


def lay_out(scenario: Scenario, n_subjects: int) -> Layout:
    """Cells, allocation, means and covariances of `scenario` with `n_subjects` randomised."""
    plan, truth = scenario.plan, scenario.truth
    design = plan.design
    n_periods, strata = design.n_periods, truth.strata
    patterns = np.array(
        [pattern_probabilities(truth.attrition, n_periods, g) for g in range(len(strata))]
    )
    cells = [
        Cell(s, g, visits(sequence, strata[g])[:m])
        for s, sequence in enumerate(design.sequences)
        for g in range(len(strata))
        for m in range(n_periods, 0, -1)
        if patterns[g, m - 1] > 0
    ]
    covariance = truth.resolved_covariance()
    return Layout(
        cells=tuple(cells),
        people=allocate(n_subjects, plan.weights, truth.female_share),
        probability=np.array([patterns[c.stratum, c.n_observed - 1] for c in cells]),
        mean=_planned_outcomes(scenario)[[c.sequence for c in cells], [c.stratum for c in cells]],
        covariance=np.array(
            [covariance_matrix(covariance, n_periods, g) for g in range(len(strata))]
        ),
        female_probability=truth.female_share if truth.sex_mix == "random" else None,
    )


def visits(sequence: str, sex: str) -> tuple[Observation, ...]:
    """All visits of a sequence."""
    return tuple(
        Observation(sequence, sex, p + 1, treatment, sequence[p - 1] if p else "")
        for p, treatment in enumerate(sequence)
    )


def expected_outcomes(scenario: Scenario, effects: FloatArray, lasting: FloatArray) -> FloatArray:
    """μ_gsp on the scale of the analysis, axes […, S, G, P].

    Parameters
    ----------
    effects, lasting : τ and λ, axes […, G, K] and […, K].
    """
    design, truth = scenario.plan.design, scenario.truth
    treatments = design.treatments
    given = np.array([[treatments.index(k) for k in s] for s in design.sequences])
    carried = np.zeros((*lasting.shape[:-1], *given.shape))
    carried[..., 1:] = lasting[..., given[:, :-1]]
    period = truth.period_means(design.n_periods)
    outcome = np.swapaxes(effects[..., given], -3, -2) + (period + carried)[..., None, :]
    return np.asarray(outcome + truth.stratum_means()[:, None])


def _planned_outcomes(scenario: Scenario) -> FloatArray:
    """μ_gsp of the scenario's truth, axes [S, G, P]."""
    truth, treatments = scenario.truth, scenario.plan.design.treatments
    return expected_outcomes(
        scenario,
        truth.treatment_effects(treatments, treatments[1]),
        truth.carryover_effects(treatments, treatments[1]),
    )
