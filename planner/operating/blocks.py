"""Power block by block, with what is known after every block: for progress, and for stopping.

The blocks, their random numbers and the order in which their tallies are added are those of
`planner.operating.power.power`, so the last step is its result to the last bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.operating.characteristics import OperatingCharacteristics
from planner.operating.convergence import Trace, marks, trace_of
from planner.operating.evaluate import Case, Simulation, check_failures
from planner.operating.nulls import null_scenarios
from planner.operating.power import with_nulls
from planner.operating.tally import Tally
from planner.rng import block_sizes
from planner.scenario import Scenario
from planner.trials.moments import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What is known after a block.

    Parameters
    ----------
    done, of : simulated trials so far and in all, per truth.
    so_far : operating characteristics of the trials so far.
    trace : how power and type I error got there.
    """

    done: int
    of: int
    so_far: OperatingCharacteristics
    trace: Trace


class AnalysisRun:
    """One analysis of a plan at one N, under its planning truth and its nulls."""

    def __init__(self, scenario: Scenario, n_subjects: int) -> None:
        truths = null_scenarios(scenario)
        cases = [
            Case(scenario, n_subjects),
            *(Case(null, n_subjects, "null") for null, _ in truths),
        ]
        self.simulations = [Simulation(case) for case in cases]
        self.named = [names for _, names in truths]
        self.totals: dict[int, Tally] = {}
        self.hypotheses = scenario.plan.hypothesis_names
        self.null_of = [
            1 + next(i for i, names in enumerate(self.named) if name in names)
            for name in self.hypotheses
        ]

    def run(self, block: int, size: int, at: IntArray) -> IntArray:
        """Add a block; trials that show each hypothesis among its first ones, [K, 2, H]."""
        counts = np.stack([self._add(s, block, size)[at - 1] for s in range(len(self.simulations))])
        null = [counts[s, :, h] for h, s in enumerate(self.null_of)]
        return np.stack([counts[0], np.stack(null, axis=1)], axis=1)

    def _add(self, s: int, block: int, size: int) -> IntArray:
        """Add a block of one truth; running counts of successes, [T, H]."""
        part, decisions = self.simulations[s].decide(block, size)
        self.totals[s] = self.totals[s] + part if s in self.totals else part
        return np.cumsum(decisions.rejected, axis=0, dtype=np.int64)

    def characteristics(self) -> OperatingCharacteristics:
        """Operating characteristics of the blocks so far."""
        return with_nulls(self._results(), self.named)

    def check(self, limit: float) -> None:
        """Refuse a larger share of trials without a result under any truth."""
        for result in self._results():
            check_failures(result, limit)

    def _results(self) -> list[OperatingCharacteristics]:
        return [s.characteristics(self.totals[k]) for k, s in enumerate(self.simulations)]


def power_blocks(scenario: Scenario, n_subjects: int) -> Iterator[Step]:
    """`power` of a plan and its other analyses, one step per block; in this thread alone.

    Raises
    ------
    InvalidInput : too few people to estimate every hypothesis.
    TooManyFailures : after the last block, too many trials could not be analysed.
    """
    runs = [AnalysisRun(s, n_subjects) for s in (scenario, *scenario.variants())]
    of, done, trace = scenario.monte_carlo.n_trials, 0, None
    for block, size in enumerate(block_sizes(of)):
        at = marks(block, size)
        counts = [run.run(block, size, at) for run in runs]
        main, *others = [run.characteristics() for run in runs]
        names = [main.analysis, *(other.analysis for other in others)]
        part = trace_of(counts, at, names, runs[0].hypotheses)
        trace, done = part if trace is None else trace + part, done + size
        if done == of:
            for run in runs:
                run.check(scenario.monte_carlo.max_failures)
        yield Step(done, of, replace(main, others=tuple(others)), trace)
