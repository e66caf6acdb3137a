"""How a simulated proportion settles as trials are added."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.trials.moments import FloatArray, IntArray

PLANNING, NULL = 0, 1
"""Places of the truths in a trace: the share of trials that show a hypothesis is its power under
the planning truth, and its type I error at the edge of its null."""
FINE_BLOCKS, STRIDE = 10, 50
"""Blocks that are followed every `STRIDE` trials; later ones at their ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Trials that show each hypothesis among the first so many.

    Parameters
    ----------
    trials : numbers of trials, ascending, [K].
    shown : counts, axes [K, A, 2, H] for analyses, (planning, null) and hypotheses.
    analyses, hypotheses : what the axes stand for.
    """

    trials: IntArray
    shown: IntArray
    analyses: tuple[str, ...]
    hypotheses: tuple[str, ...]

    def __add__(self, later: "Trace") -> "Trace":
        """This trace continued by that of the trials after it."""
        return Trace(
            np.concatenate([self.trials, self.trials[-1] + later.trials]),
            np.concatenate([self.shown, self.shown[-1] + later.shown]),
            self.analyses,
            self.hypotheses,
        )

    def running(self, analysis: str, hypothesis: str, truth: int) -> tuple[FloatArray, FloatArray]:
        """Running share of trials that show a hypothesis, and its MCSE √(p(1 − p)/n), [K] each.

        Parameters
        ----------
        truth : `PLANNING` or `NULL`.
        """
        a, h = self.analyses.index(analysis), self.hypotheses.index(hypothesis)
        p = self.shown[:, a, truth, h] / self.trials
        return p, np.sqrt(p * (1 - p) / self.trials)

    def thinned(self, most: int) -> "Trace":
        """At most `most` points: the last one and others evenly spaced among those there are."""
        last = len(self.trials) - 1
        kept = np.unique(np.linspace(0, last, min(most, last + 1)).round().astype(int))
        return Trace(self.trials[kept], self.shown[kept], self.analyses, self.hypotheses)


def marks(block: int, size: int) -> IntArray:
    """Numbers of trials of a block after which the trace has a point."""
    step = STRIDE if block < FINE_BLOCKS else size
    return np.unique(np.append(np.arange(step, size + 1, step), size)).astype(np.int64)


def trace_of(
    counts: Sequence[IntArray], at: IntArray, analyses: Sequence[str], hypotheses: Sequence[str]
) -> Trace:
    """The trace of a block from the counts of each analysis, axes [K, 2, H]."""
    return Trace(at, np.stack(counts, axis=1), tuple(analyses), tuple(hypotheses))
