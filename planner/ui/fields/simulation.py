"""How much is simulated, and at which sample sizes."""

import math
from typing import TYPE_CHECKING, Any

from planner.charts.style import thousands
from planner.scenario import MonteCarlo
from planner.ui.fields.field import Field
from planner.ui.fields.names import POSTERIOR, RULE, SEED, SIZES, TRIALS
from planner.ui.fields.prior import EFFECT, STUDENT_T

if TYPE_CHECKING:
    from planner.scenario import Scenario

_SIZES = (
    4, 6, 8, 10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100, 120, 160, 200, 240, 300, 400, 500, 600,
    800, 1000, 1200, 1600, 2000, 2400, 3000, 4000, 5000, 6000, 8000, 10_000, 20_000,
)  # fmt: skip


def sizes_shown(fitting: tuple[int, int]) -> Field:
    """The range of N along the chart; `fitting` is where it starts."""
    return Field(
        path=SIZES,
        label="Range of N",
        start=nearest_sizes(fitting),
        kind="range",
        options=_SIZES,
        show=thousands,
        help="People randomised, all sequences together, at the two ends of the chart. Unit: "
        "people. Typical: 20 to 300. Source: chosen for display; it changes no result.",
    )


def nearest_sizes(ends: tuple[int, int]) -> tuple[int, int]:
    """The sizes on the slider that are nearest in proportion."""
    low, high = (min(_SIZES, key=lambda n: abs(math.log(n / end))) for end in ends)
    return low, high


def simulated(base: "Scenario", values: dict[str, Any]) -> list[Field]:
    """How much is simulated: less at first where every trial has a posterior to integrate.

    A number of trials of the scenario's own is kept. A Student t prior is a mixture of many
    normals, each of which is integrated.
    """
    start, slot = 2000, ""
    if values[RULE] == POSTERIOR:
        heavy = values.get(EFFECT) == STUDENT_T
        start, slot = (200, f"{POSTERIOR} {STUDENT_T}") if heavy else (1000, POSTERIOR)
    own = base.monte_carlo.n_trials
    start = start if own == MonteCarlo().n_trials else own
    return [
        Field(
            path=TRIALS,
            label="Simulated trials",
            start=start,
            slot=slot,
            kind="choice",
            options=tuple(sorted({200, 500, 1000, 2000, 5000, 10_000, 20_000, start})),
            show=thousands,
            help="Simulated trials per sample size; four times as many halve the Monte-Carlo "
            "standard error (MCSE). Unit: trials. Typical: 1 000 or 2 000 to explore, 10 000 to "
            "report. Source: chosen here.",
        ),
        Field(
            path=SEED,
            label="Seed",
            start=base.monte_carlo.seed,
            kind="number",
            bounds=(0, 2**31, 1),
            help="Where the random numbers start: the same seed gives the same numbers. Unit: "
            "none. Typical: any whole number. Source: chosen here.",
        ),
    ]
