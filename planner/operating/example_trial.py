"""One simulated trial looked at closely: its posterior by quadrature and by sampling."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.engines.criteria import Criteria
from planner.engines.prepare import planned_posterior
from planner.engines.quadrature import Quadrature
from planner.errors import InvalidInput, NotEstimable
from planner.operating.decide import decision_rule
from planner.operating.evaluate import Case, Simulation
from planner.plan.analysis import Posterior
from planner.rng import BLOCK_SIZE, Stream, generator
from planner.scenario import Scenario
from planner.trials.moments import FloatArray

if TYPE_CHECKING:
    from xarray import DataTree


@dataclass(frozen=True, slots=True, eq=False)
class ExampleTrial:
    """Posterior of one simulated trial, twice.

    Parameters
    ----------
    counts : people per cell, with the cells' names.
    mean, sd : posterior mean and SD of every hypothesis' contrast, by (quadrature, NUTS), [2, H].
    probability : of every criterion's region, by (quadrature, NUTS), axes [2, R].
    criteria : what the regions are.
    shown : hypotheses shown, by quadrature, [H].
    error : numerical error of the quadrature, and largest Monte-Carlo standard error of NUTS.
    posterior : the draws, with sampler statistics, as an ArviZ data tree.
    """

    trial: int
    counts: dict[str, int]
    names: tuple[str, ...]
    mean: FloatArray
    sd: FloatArray
    probability: FloatArray
    criteria: Criteria
    shown: tuple[bool, ...]
    error: tuple[float, float]
    posterior: "DataTree"


def example_trial(scenario: Scenario, n_subjects: int, trial: int = 0) -> ExampleTrial:
    """Trial number `trial` of those that a simulation of the scenario sees.

    Raises
    ------
    InvalidInput : the planned analysis is not Bayesian.
    NotEstimable : the trial has no posterior.
    """
    from planner.engines.example_posterior import example_posterior
    from planner.engines.posterior_draws import probabilities

    analysis = scenario.plan.analysis
    if not isinstance(analysis, Posterior):
        raise InvalidInput(
            f"the analysis is {analysis.kind}, which has no posterior; set plan.analysis.kind to "
            "posterior",
            key="plan.analysis.kind",
        )
    fast = scenario.with_changes({"plan.analysis.engine": "quadrature"})
    simulation = Simulation(Case(fast, n_subjects))
    block, place = divmod(trial, BLOCK_SIZE)
    moments, _ = simulation.simulate(block, place + 1)
    model = planned_posterior(scenario, analysis, simulation.layout)
    batch = Quadrature(model).fit(moments)
    if batch.failed[place] or batch.posterior is None:
        raise NotEstimable(f"trial {trial} has no posterior; choose another one")
    rng = generator(scenario.monte_carlo.seed, Stream.INFERENCE, block)
    tree = example_posterior(scenario, model, moments, place, rng)
    draws = tree["posterior"]["contrast"].to_numpy()
    sampled, mcse = probabilities(model, draws)
    rule = decision_rule(scenario)
    return ExampleTrial(
        trial=trial,
        counts=_counts(simulation, moments.n[place].tolist()),
        names=rule.names,
        mean=np.array([batch.estimate[place], draws.mean(axis=(0, 1))]),
        sd=np.array([batch.se[place], draws.std(axis=(0, 1), ddof=1)]),
        probability=np.array([batch.posterior.probability[place], sampled]),
        criteria=rule.criteria,
        shown=tuple(rule.decide(batch).rejected[place].tolist()),
        error=(float(batch.posterior.error[place]), float(mcse)),
        posterior=tree,
    )


def _counts(simulation: Simulation, n: list[int]) -> dict[str, int]:
    """People per sequence, sex and number of visits."""
    plan, strata = simulation.case.scenario.plan, simulation.case.scenario.truth.strata
    words = {"female": "women", "male": "men", "": "people"}
    return {
        f"{plan.design.sequences[c.sequence]} {words[strata[c.stratum]]}, {c.n_observed} visits": k
        for c, k in zip(simulation.layout.cells, n, strict=True)
    }
