"""The walk to the smallest size that reaches a target, whatever is simulated on the way.

First sizes are explored until the estimate stands on simulation where it lies, then the size is
confirmed on trials that the search has not seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from planner.errors import PlannerError
from planner.operating.characteristics import MonteCarloEstimate, Oracle
from planner.rng import EXPLORATION_BLOCK
from planner.search.bracket import Crossing
from planner.search.result import Step

Notify = Callable[[str], None]
Run = Callable[[int, int], tuple[MonteCarloEstimate, Oracle | None]]
"""(size, first block) → simulated probability of success and its closed form."""
MAX_ROUNDS = 12
MAX_CONFIRMATIONS = 4
FAR = 2
"""Sizes with dropout above this many times the inflated size are doubted."""
LARGEST_Z = 5.0
"""Simulation and an exact closed form further apart than this are a fault of the program."""


@dataclass(slots=True)
class Walk:
    """One walk; sizes are multiples of `step`.

    Parameters
    ----------
    name, what : of the hypothesis or rule, and of its probability: ``power`` or ``assurance``.
    lowest, highest : range of the sizes, in steps.
    trace : every size that was simulated.
    """

    name: str
    what: str
    step: int
    lowest: int
    highest: int
    notify: Notify
    trace: list[Step] = field(default_factory=list)

    def explore(self, crossing: Crossing, run: Run) -> None:
        """Simulate where the crossing seems to be until the estimate stands on simulation."""
        for round_ in range(MAX_ROUNDS):
            index = crossing.ask()
            if index is None:
                return
            self.notify(f"{self.name}: trying {index * self.step}")
            self._simulate(crossing, run, index, "search", EXPLORATION_BLOCK * (1 + round_))

    def confirm(self, crossing: Crossing, run: Run, lowest: int, purpose: str) -> tuple[int, bool]:
        """Size whose fresh trials, with all others, leave the crossing where it is."""
        index, goal = 0, None
        for _ in range(MAX_CONFIRMATIONS):
            goal = crossing.estimate()
            place = self.highest if goal is None else max(lowest, goal, index)
            if place == index:
                break
            index = place
            self.notify(f"{self.name}: confirming {index * self.step}")
            self._simulate(crossing, run, index, f"{purpose}, fresh trials", 0)
        return index * self.step, goal is not None

    def enlarge(self, crossing: Crossing, run: Run, lowest: int) -> tuple[int, bool]:
        """Size with dropout, at least `lowest`, the evaluable size inflated.

        Where the closed form has no level of its own, where to confirm is explored first. Where
        it asks for much more than `lowest`, sizes are doubled from there until one is enough, as
        a confirmed size is never lowered again.
        """
        asked, index = crossing.estimate() or self.highest, lowest
        doubtful = asked > FAR * lowest
        while doubtful and index < asked:
            self._simulate(crossing, run, index, "search with dropout", EXPLORATION_BLOCK)
            if crossing.seen[-1].successes >= crossing.target * crossing.seen[-1].trials:
                break
            index *= 2
        if doubtful or np.isinf(crossing.error(lowest)):
            self.explore(crossing, run)
        return self.confirm(crossing, run, lowest, "with dropout")

    def below(self, run: Run, n: int) -> None:
        """Show that one step below `n` falls short."""
        if n > self.lowest * self.step:
            success, _ = run(n - self.step, 0)
            self._note(n - self.step, success, "one step below, fresh trials")

    def _simulate(
        self, crossing: Crossing, run: Run, index: int, purpose: str, first_block: int
    ) -> None:
        success, oracle = run(index * self.step, first_block)
        if first_block == 0 and oracle and oracle.exact and abs(oracle.z) > LARGEST_Z:
            raise PlannerError(
                f"{self.name!r} has simulated {self.what} {success} but the exact value is "
                f"{oracle.value:.4f} (z = {oracle.z:.1f}); do not use either, report this"
            )
        crossing.tell(index, round(success.value * success.n), success.n)
        self._note(index * self.step, success, purpose)

    def _note(self, n: int, success: MonteCarloEstimate, purpose: str) -> None:
        self.trace.append(Step(n, success.value, success.mcse, success.n, purpose))
