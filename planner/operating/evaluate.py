"""Simulate a scenario: blocks of trials on a pool of threads, merged in order.

Results depend on scenario, seed and number of trials alone, not on the number of workers: every
block has its own generators and tallies are added in the order of the blocks.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from planner.engines.closed_form import ClosedForm, power_of
from planner.engines.model import true_values
from planner.engines.prepare import prepare
from planner.engines.protocol import AnalysisBatch, Prepared, Status
from planner.errors import InvalidInput, TooManyFailures
from planner.operating.characteristics import (
    OperatingCharacteristics,
    failure_ledger,
    hypothesis_characteristics,
    mean_of,
    proportion,
)
from planner.operating.decide import DecisionRule, Decisions, decision_rule
from planner.operating.tally import SexColumns, Tally, tally
from planner.plan.analysis import Posterior, describe
from planner.rng import BLOCK_SIZE, Stream, block_sizes, generator
from planner.scenario import MonteCarlo, Scenario
from planner.trials.draw import draw_moments
from planner.trials.layout import Layout, lay_out
from planner.trials.moments import FloatArray, Moments
from planner.trials.subjects import draw_subjects, subject_moments

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One simulation: a scenario at one N under a named truth.

    Parameters
    ----------
    first_block : block to start from; 0 for results, later ones while searching.
    """

    scenario: Scenario
    n_subjects: int
    truth: str = "planning"
    first_block: int = 0


class Simulation:
    """A case made ready: layout, engine, decision rule and true values.

    Parameters
    ----------
    like : a simulation of the same scenario, with which all but the layout is shared.
    """

    def __init__(self, case: Case, like: "Simulation | None" = None) -> None:
        self.case = case
        scenario = case.scenario
        self.form: ClosedForm = like.form if like else ClosedForm(scenario)
        self.layout: Layout = self.form.lay_out(case.n_subjects)
        self.closed_form = self.form.precision_of(self.layout)
        bayesian = isinstance(scenario.plan.analysis, Posterior)
        if self.closed_form is None and not bayesian:
            raise InvalidInput(
                f"n_subjects is {case.n_subjects}, too few to estimate every hypothesis with this "
                f"analysis; give at least {minimum_size(scenario)}",
                key="n_subjects",
            )
        self.engine: Prepared = like.engine if like else prepare(scenario, self.layout)
        self.rule: DecisionRule = like.rule if like else decision_rule(scenario)
        self.effects: FloatArray = true_values(scenario)
        self.sexes = _sex_columns(scenario)
        self.complete = self.layout.n_observed == scenario.plan.design.n_periods

    def run(self, block: int, size: int) -> Tally:
        """Simulate, analyse, decide and tally the first `size` trials of a block."""
        return self.decide(block, size)[0]

    def decide(self, block: int, size: int) -> tuple[Tally, Decisions]:
        """The tally of a block, and what was decided in each of its trials."""
        moments, batch = self.simulate(self.case.first_block + block, size)
        decisions = self.rule.decide(batch)
        completers = moments.n[:, self.complete].sum(axis=1)
        return tally(batch, decisions, self.effects, completers, self.sexes), decisions

    def simulate(self, block: int, size: int) -> tuple[Moments, AnalysisBatch]:
        """The first `size` trials of a block, drawn and analysed."""
        moments = self._draw(block, size)
        rng = generator(self.case.scenario.monte_carlo.seed, Stream.INFERENCE, block)
        return moments, self.engine.fit(moments, rng)

    def _draw(self, block: int, size: int) -> Moments:
        settings = self.case.scenario.monte_carlo
        if settings.draw == "subjects":
            people = draw_subjects(self.layout, settings.seed, block, size)
            return subject_moments(self.layout, people)
        return draw_moments(self.layout, settings.seed, block, size)

    def characteristics(self, total: Tally) -> OperatingCharacteristics:
        """Operating characteristics of a finished tally."""
        c, form = self.rule.criteria, self.closed_form
        bayesian = isinstance(self.case.scenario.plan.analysis, Posterior)
        oracles: list[tuple[float, bool] | None] = [None] * len(self.rule.names)
        if form is not None and self.rule.table is None and not bayesian:
            power = power_of(self.case.scenario, form)
            oracles = [(float(value), form.exact) for value in power]
        zones = [bool(np.any(c.is_stop[c.row == h])) for h in range(len(self.rule.names))]
        sexes = self.sexes is not None
        return OperatingCharacteristics(
            n_subjects=self.case.n_subjects,
            truth=self.case.truth,
            n_trials=total.n,
            hypotheses=tuple(
                hypothesis_characteristics(
                    name,
                    h,
                    total,
                    float(self.effects[h]),
                    oracles[h],
                    zones[h],
                )
                for h, name in enumerate(self.rule.names)
            ),
            trial_success=proportion(total.success, total.n),
            any_rejected=proportion(total.any_rejected, total.n),
            all_rejected=proportion(total.all_rejected, total.n),
            same_sign=proportion(total.same_sign, total.n) if sexes else None,
            consistent=proportion(total.consistent, total.n) if sexes else None,
            completers=mean_of(total.completers, total.completers2, total.n),
            ledger=failure_ledger(total),
            boundary_fits=int(total.status[Status.BOUNDARY]),
            analysis=describe(self.case.scenario.plan.analysis),
        )


def made_ready(cases: Sequence[Case]) -> list[Simulation]:
    """Simulations of the cases; those of one scenario share what does not depend on N."""
    first: dict[int, Simulation] = {}
    simulations = []
    for case in cases:
        made = Simulation(case, first.get(id(case.scenario)))
        simulations.append(made)
        first.setdefault(id(case.scenario), made)
    return simulations


def _sex_columns(scenario: Scenario) -> SexColumns | None:
    """The first overall hypothesis that has its likes in women and in men, same treatments."""
    treatments = scenario.plan.design.treatments
    places: dict[tuple[str, tuple[float, ...]], int] = {}
    for i, h in enumerate(scenario.plan.hypotheses):
        places.setdefault((h.sex, tuple(h.treatment_weights(treatments).tolist())), i)
    for (sex, weights), i in places.items():
        female, male = places.get(("female", weights)), places.get(("male", weights))
        if sex == "overall" and female is not None and male is not None:
            return SexColumns(i, female, male)
    return None


def place_of_trial(settings: MonteCarlo, trial: int) -> tuple[int, int]:
    """Block of trial number `trial`, counted from 0, and its place there.

    Raises
    ------
    InvalidInput : the simulation has fewer trials.
    """
    if not 0 <= trial < settings.n_trials:
        raise InvalidInput(
            f"trial is {trial} but the simulation has trials 0 to {settings.n_trials - 1}; choose "
            "one of these",
            key="trial",
        )
    return divmod(trial, BLOCK_SIZE)


def minimum_size(scenario: Scenario) -> int:
    """Smallest balanced N whose planned people can estimate every hypothesis."""
    closed_form, step = ClosedForm(scenario), sum(scenario.plan.weights)
    for n in range(step, 200 * step, step):
        if closed_form.precision(n) is not None:
            return n
    raise InvalidInput("no sample size can estimate every hypothesis; simplify the analysis")


def available_workers() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def evaluate_blocks(
    simulations: Sequence[Simulation], n_trials: int, workers: int | None = None
) -> Iterator[tuple[int, Tally]]:
    """Run all blocks of all simulations; yields (simulation index, tally) in order.

    Closing the generator cancels what has not started.
    """
    workers = workers or available_workers()
    tasks = [
        (s, b, size)
        for s in range(len(simulations))
        for b, size in enumerate(block_sizes(n_trials))
    ]
    if workers == 1:
        for s, b, size in tasks:
            yield s, simulations[s].run(b, size)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[tuple[int, Future[Tally]]] = deque()
        try:
            for s, b, size in tasks:
                waiting.append((s, pool.submit(simulations[s].run, b, size)))
                if len(waiting) > 4 * workers:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def evaluate(
    cases: Sequence[Case],
    settings: MonteCarlo,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[OperatingCharacteristics]:
    """Operating characteristics of every case.

    Raises
    ------
    TooManyFailures : more trials than ``settings.max_failures`` could not be analysed.
    """
    simulations = made_ready(cases)
    totals: list[Tally | None] = [None] * len(cases)
    n_blocks = len(cases) * len(block_sizes(settings.n_trials))
    for done, (s, part) in enumerate(
        evaluate_blocks(simulations, settings.n_trials, workers), start=1
    ):
        held = totals[s]
        totals[s] = part if held is None else held + part
        if progress:
            progress(done, n_blocks)
    results = [
        sim.characteristics(total)
        for sim, total in zip(simulations, totals, strict=True)
        if total is not None
    ]
    for result in results:
        check_failures(result, settings.max_failures)
    return results


def check_failures(result: OperatingCharacteristics, limit: float) -> None:
    if result.failure_share > limit:
        counts = ", ".join(f"{v} {k.replace('_', ' ')}" for k, v in result.ledger.items() if v)
        raise TooManyFailures(
            f"{result.failure_share:.1%} of the trials at N = {result.n_subjects} could not be "
            f"analysed ({counts}), more than the {limit:.1%} accepted; plan more people or a "
            "simpler analysis, or raise monte_carlo.max_failures"
        )


def expected_completers(scenario: Scenario, n_subjects: int) -> float:
    """Expected number of people observed in every period."""
    layout = lay_out(scenario, n_subjects)
    complete = layout.n_observed == scenario.plan.design.n_periods
    return float(np.sum(layout.expected_counts[complete]))
