"""Power at a fixed size while one assumption after another moves: the tornado diagram."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.scenario import Scenario
from planner.search.assumption_range import AssumptionRange, prior_ranges, relative_ranges
from planner.search.moved_truth import with_assumption
from planner.search.quick_power import QUICK_TRIALS, quick_power

SWING_TRIALS = 1000
"""Most simulated trials per end of a range in `usual_one_way`."""


@dataclass(frozen=True, slots=True)
class Swing:
    """Power at both ends of the range of one assumption, everything else as planned.

    Parameters
    ----------
    at_low, at_high : power where the assumption is at its low and at its high end; NaN where
        there are too few people.
    """

    range: AssumptionRange
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """Distance between the two."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class OneWay:
    """A one-way sensitivity analysis of power, the widest swing first.

    Parameters
    ----------
    planned : power under the scenario's truth.
    n_trials : simulated trials behind every power; 0 for a formula.
    mcse : largest Monte-Carlo standard error of these powers; 0 for a formula.
    """

    hypothesis: str
    n_subjects: int
    planned: float
    swings: tuple[Swing, ...]
    n_trials: int
    mcse: float


def one_way(
    scenario: Scenario,
    n_subjects: int,
    hypothesis: str,
    ranges: Sequence[AssumptionRange],
    *,
    n_trials: int = QUICK_TRIALS,
    workers: int | None = None,
) -> OneWay:
    """Power of `hypothesis` with `n_subjects` at both ends of every range.

    Raises
    ------
    InvalidInput : there are too few people to be simulated.
    TooManyFailures : too many simulated trials could not be analysed.
    """
    ends = [(found, end) for found in ranges for end in (found.low, found.high)]
    moved = [with_assumption(scenario, found.name, end) for found, end in ends]
    found = quick_power(
        [scenario, *moved], [n_subjects], hypothesis, n_trials=n_trials, workers=workers
    )
    planned, *power = found.power[:, 0].tolist()
    swings = [
        Swing(r, low, high) for r, low, high in zip(ranges, power[::2], power[1::2], strict=True)
    ]
    return OneWay(
        hypothesis=hypothesis,
        n_subjects=n_subjects,
        planned=planned,
        swings=tuple(sorted(swings, key=lambda s: s.width, reverse=True)),
        n_trials=found.n_trials,
        mcse=0.0 if found.mcse is None else float(found.mcse.max()),
    )


def usual_one_way(
    scenario: Scenario,
    n_subjects: int,
    hypothesis: str,
    basis: str,
    share: float,
    *,
    workers: int | None = None,
) -> OneWay:
    """`one_way` as the app and the command line show it.

    Parameters
    ----------
    basis : ``prior``: central ranges of the design prior; ``plan``: around the planned values.
    share : probability within the central ranges, or relative distance from the plan.
    """
    find = prior_ranges if basis == "prior" else relative_ranges
    trials = min(scenario.monte_carlo.n_trials, SWING_TRIALS)
    ranges = find(scenario, share)
    return one_way(scenario, n_subjects, hypothesis, ranges, n_trials=trials, workers=workers)
