"""One simulated trial shown person by person: the same trial that the simulation counted.

Where trials are simulated person by person, these are the people. Where only the mean vector and
the cross-products of every group are drawn, the people are drawn given these: their outcomes have
exactly the moments that the simulation saw, so every analysis of this package says of them what
it said in the simulation. For normal outcomes they have the conditional distribution of people
given the moments: mean + QA with Q uniform on the orthonormal frames that are orthogonal to 1 and
AᵀA the cross-products.
"""

from dataclasses import dataclass

import numpy as np

from planner.engines.protocol import Status
from planner.operating.evaluate import Case, Simulation, place_of_trial
from planner.plan.analysis import describe
from planner.rng import Stream
from planner.scenario import Scenario
from planner.trials.moments import FloatArray, Moments
from planner.trials.subjects import draw_subjects


@dataclass(frozen=True, slots=True)
class Reading:
    """What one analysis says of one hypothesis; effects on the scale of the analysis.

    Parameters
    ----------
    estimate, lower, upper : with the interval that matches the decision.
    p_value : of the planned objective; of a Bayesian analysis 1 − P(region | data).
    shown : whether the hypothesis is shown, after any multiplicity procedure.
    failure : why there is no result; empty if there is one.
    """

    analysis: str
    hypothesis: str
    estimate: float
    lower: float
    upper: float
    p_value: float
    shown: bool
    failure: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ReplayedTrial:
    """People of a simulated trial and what its analyses say.

    Parameters
    ----------
    table : long format, one row per visit: subject, sequence, sex (where the scenario has
        sexes), period, treatment, y on the natural scale.
    readings : per analysis and hypothesis.
    success : per analysis, whether the success rule holds.
    """

    trial: int
    n_subjects: int
    table: dict[str, list[str | int | float]]
    readings: tuple[Reading, ...]
    success: dict[str, bool]


def replay(scenario: Scenario, n_subjects: int, trial: int = 0) -> ReplayedTrial:
    """Trial number `trial`, counted from 0, of those that a simulation of the scenario sees.

    Raises
    ------
    InvalidInput : the simulation has fewer trials, or too few people.
    """
    block, place = place_of_trial(scenario.monte_carlo, trial)
    readings: list[Reading] = []
    success: dict[str, bool] = {}
    for case in (scenario, *scenario.variants()):
        simulation = Simulation(Case(case, n_subjects))
        found, succeeded = _read(simulation, block, place)
        readings += found
        success[found[0].analysis] = succeeded
    simulation = Simulation(Case(scenario, n_subjects))
    return ReplayedTrial(
        trial, n_subjects, _people(simulation, block, place), tuple(readings), success
    )


def _read(simulation: Simulation, block: int, place: int) -> tuple[list[Reading], bool]:
    """Readings of the last trial of a part of a block, and whether it succeeds."""
    _, batch = simulation.simulate(block, place + 1)
    rule = simulation.rule
    decisions, p = rule.decide(batch), rule.p_values(batch)
    status = Status(int(batch.status[place]))
    failure = status.sentence if batch.failed[place] else ""
    half = decisions.half_width[place]
    readings = [
        Reading(
            analysis=describe(simulation.case.scenario.plan.analysis),
            hypothesis=name,
            estimate=float(batch.estimate[place, h]),
            lower=float(decisions.centre[place, h] - half[h]),
            upper=float(decisions.centre[place, h] + half[h]),
            p_value=float(p[place, h]),
            shown=bool(decisions.rejected[place, h]),
            failure=failure,
        )
        for h, name in enumerate(rule.names)
    ]
    return readings, bool(decisions.success[place])


def _people(simulation: Simulation, block: int, place: int) -> dict[str, list[str | int | float]]:
    """Every visit of the trial, in long format."""
    scenario, layout = simulation.case.scenario, simulation.layout
    outcomes = _outcomes(simulation, block, place)
    sexes, log = scenario.truth.strata, scenario.truth.endpoint.scale == "log"
    table: dict[str, list[str | int | float]] = {
        name: []
        for name in ("subject", "sequence", *(["sex"] if len(sexes) > 1 else []), "period",
                     "treatment", "y")
    }  # fmt: skip
    subject = 0
    for cell, rows in zip(layout.cells, outcomes, strict=True):
        for row in rows:
            subject += 1
            for visit, y in zip(cell.visits, row.tolist(), strict=True):
                table["subject"].append(subject)
                table["sequence"].append(visit.sequence)
                if "sex" in table:
                    table["sex"].append(visit.sex)
                table["period"].append(visit.period)
                table["treatment"].append(visit.treatment)
                table["y"].append(float(np.exp(y)) if log else y)
    return table


def _outcomes(simulation: Simulation, block: int, place: int) -> list[FloatArray]:
    """Outcomes of the people of every cell, axes [n, m] of its observed visits."""
    layout, settings = simulation.layout, simulation.case.scenario.monte_carlo
    if settings.draw == "subjects":
        batch = draw_subjects(layout, settings.seed, block, place + 1)
        return [
            batch.y[place][
                (batch.sequence[place] == cell.sequence)
                & (batch.stratum[place] == cell.stratum)
                & (batch.n_observed[place] == cell.n_observed)
            ][:, : cell.n_observed]
            for cell in layout.cells
        ]
    moments, _ = simulation.simulate(block, place + 1)
    return people_given(moments, layout.n_observed.tolist(), place, _rng(simulation, block, place))


def _rng(simulation: Simulation, block: int, place: int) -> np.random.Generator:
    """A generator of the trial's own, whose draws no simulation uses."""
    seed = simulation.case.scenario.monte_carlo.seed
    key = (int(Stream.OUTCOME), block, place)
    return np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence(seed, spawn_key=key)))


def people_given(
    moments: Moments, n_observed: list[int], trial: int, rng: np.random.Generator
) -> list[FloatArray]:
    """People with exactly the moments of every cell of a trial, axes [n, m] each.

    Parameters
    ----------
    n_observed : visits per cell.
    """
    return [
        _cell_people(
            int(moments.n[trial, c]),
            moments.mean[trial, c, :m],
            moments.scatter[trial, c, :m, :m],
            rng,
        )
        for c, m in enumerate(n_observed)
    ]


def _cell_people(
    n: int, mean: FloatArray, scatter: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """n people with a mean vector and centred cross-products; those have rank n − 1 at most."""
    rank = min(n - 1, len(mean))
    if rank < 1:
        return np.repeat(mean[None], n, axis=0)
    values, vectors = np.linalg.eigh(scatter)
    root = np.sqrt(np.maximum(values[-rank:], 0.0))[:, None] * vectors[:, -rank:].T
    z = rng.standard_normal((n, rank))
    left, _, right = np.linalg.svd(z - z.mean(axis=0), full_matrices=False)
    return np.asarray(mean + left @ right @ root)
