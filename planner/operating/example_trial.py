"""One simulated trial looked at closely: its posterior by quadrature and by sampling."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.engines.criteria import Criteria
from planner.engines.posterior_model import PosteriorModel
from planner.engines.prepare import planned_posterior
from planner.engines.protocol import AnalysisBatch
from planner.engines.quadrature import Quadrature
from planner.errors import InvalidInput, NotEstimable
from planner.operating.decide import decision_rule
from planner.operating.evaluate import Case, Simulation, place_of_trial
from planner.plan.analysis import Posterior
from planner.rng import Stream, generator
from planner.scenario import Scenario
from planner.trials.moments import FloatArray, Moments

if TYPE_CHECKING:
    from xarray import DataTree


@dataclass(frozen=True, slots=True, eq=False)
class DrawnTrial:
    """One simulated trial, for a Bayesian analysis.

    Parameters
    ----------
    trial : its number among those that a simulation sees.
    block : number of its block.
    moments : of the trials of the block up to this one, which is the last.
    """

    trial: int
    analysis: Posterior
    simulation: Simulation
    block: int
    moments: Moments

    @property
    def place(self) -> int:
        """Place in the block."""
        return self.moments.n_trials - 1

    def fit(self, model: PosteriorModel) -> AnalysisBatch:
        """Posterior of this trial alone under a model, by quadrature.

        Raises
        ------
        NotEstimable : it has none.
        """
        given, last = self.moments, slice(self.place, None)
        batch = Quadrature(model).fit(Moments(given.n[last], given.mean[last], given.scatter[last]))
        if batch.failed[0] or batch.posterior is None:
            raise NotEstimable(f"trial {self.trial} has no posterior; choose another one")
        return batch


def drawn_trial(scenario: Scenario, n_subjects: int, trial: int) -> DrawnTrial:
    """Trial number `trial` of those that a simulation of the scenario sees.

    Raises
    ------
    InvalidInput : the planned analysis is not Bayesian, or the simulation has fewer trials.
    """
    analysis = scenario.plan.analysis
    if not isinstance(analysis, Posterior):
        raise InvalidInput(
            f"the analysis is {analysis.kind}, which has no posterior; set plan.analysis.kind to "
            "posterior",
            key="plan.analysis.kind",
        )
    block, place = place_of_trial(scenario.monte_carlo, trial)
    fast = scenario.with_changes({"plan.analysis.engine": "quadrature"})
    simulation = Simulation(Case(fast, n_subjects))
    moments, _ = simulation.simulate(block, place + 1)
    return DrawnTrial(trial, analysis, simulation, block, moments)


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
    InvalidInput : the planned analysis is not Bayesian, or the simulation has fewer trials.
    NotEstimable : the trial has no posterior.
    """
    from planner.engines.example_posterior import example_posterior
    from planner.engines.posterior_draws import probabilities

    drawn = drawn_trial(scenario, n_subjects, trial)
    simulation, moments, place = drawn.simulation, drawn.moments, drawn.place
    model = planned_posterior(scenario, drawn.analysis, simulation.layout)
    batch = drawn.fit(model)
    assert batch.posterior is not None
    rng = generator(scenario.monte_carlo.seed, Stream.INFERENCE, drawn.block)
    tree = example_posterior(scenario, model, moments, place, rng)
    draws = tree["posterior"]["contrast"].to_numpy()
    sampled, mcse = probabilities(model, draws)
    rule = decision_rule(scenario)
    return ExampleTrial(
        trial=trial,
        counts=_counts(simulation, moments.n[place].tolist()),
        names=rule.names,
        mean=np.array([batch.estimate[0], draws.mean(axis=(0, 1))]),
        sd=np.array([batch.se[0], draws.std(axis=(0, 1), ddof=1)]),
        probability=np.array([batch.posterior.probability[0], sampled]),
        criteria=rule.criteria,
        shown=tuple(rule.decide(batch).rejected[0].tolist()),
        error=(float(batch.posterior.error[0]), float(mcse)),
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
