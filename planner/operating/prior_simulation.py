"""Simulate trials whose truths are drawn from the scenario's design prior, one per trial."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from planner.operating.assurance_tally import AssuranceTally, assurance_tally, regions_of
from planner.operating.evaluate import Case, Simulation, evaluate_blocks
from planner.plan.hypothesis import sex_weights
from planner.rng import Stream, generator
from planner.scenario import Scenario
from planner.trials.draw import draw_moments
from planner.trials.moments import FloatArray, Moments
from planner.trials.subjects import draw_subjects, subject_moments
from planner.trials.varied import Truths, draw_truths, effects_under, vary, with_every_cell


@dataclass(frozen=True, slots=True)
class PriorCase:
    """One simulation under a design prior.

    Parameters
    ----------
    relevant : smallest relevant effect on the natural scale, if one is named.
    first_block : block to start from; 0 for results, later ones while searching.
    """

    scenario: Scenario
    n_subjects: int
    relevant: float | None = None
    first_block: int = 0


class PriorSimulation:
    """A case made ready: a `Simulation` of its plan, whose truth changes from trial to trial.

    Raises
    ------
    InvalidInput : too few people to estimate every hypothesis.
    """

    def __init__(self, case: PriorCase) -> None:
        self.case = case
        self.scenario = with_every_cell(case.scenario)
        self.simulation = Simulation(Case(self.scenario, case.n_subjects, "prior"))
        self.regions = regions_of(self.scenario, case.relevant)

    def run(self, block: int, size: int) -> AssuranceTally:
        """Draw truths and trials, analyse, decide and tally the first `size` of a block."""
        place = self.case.first_block + block
        truths = draw_truths(self.scenario, place)
        rng = generator(self.scenario.monte_carlo.seed, Stream.INFERENCE, place)
        batch = self.simulation.engine.fit(self._draw(truths, place, size), rng)
        rule = self.simulation.rule
        effects = contrasts_under(self.scenario, truths)
        effects = np.broadcast_to(effects, (max(len(effects), size), effects.shape[1]))[:size]
        return assurance_tally(
            batch, rule.decide(batch), effects, self.regions, rule.names, rule.success
        )

    def _draw(self, truths: Truths, block: int, size: int) -> Moments:
        layout, settings = self.simulation.layout, self.scenario.monte_carlo
        varied = vary(self.scenario, layout, truths)
        if settings.draw == "subjects":
            people = draw_subjects(layout, settings.seed, block, size, varied)
            return subject_moments(layout, people)
        return draw_moments(layout, settings.seed, block, size, varied)


def contrasts_under(scenario: Scenario, truths: Truths) -> FloatArray:
    """Value of every hypothesis' contrast under several truths, axes [T or 1, H]."""
    effects, treatments = effects_under(scenario, truths), scenario.plan.design.treatments
    columns = [
        np.einsum(
            "g,tgk,k->t",
            sex_weights(h.sex, scenario.population_share),
            effects,
            h.treatment_weights(treatments),
        )
        for h in scenario.plan.hypotheses
    ]
    return np.stack(columns, axis=1)


def run_blocks(
    simulations: Sequence[PriorSimulation], n_trials: int, workers: int | None = None
) -> Iterator[tuple[int, AssuranceTally]]:
    """All blocks of all simulations; yields (simulation index, tally) in order."""
    blocks: Any = evaluate_blocks
    return cast("Iterator[tuple[int, AssuranceTally]]", blocks(simulations, n_trials, workers))
