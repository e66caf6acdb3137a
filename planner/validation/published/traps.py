"""Public errors that must not be repeated: what others print, and why it is wrong."""

from collections.abc import Mapping
from dataclasses import replace

from planner.validation.check import Check

TRAPS: Mapping[str, str] = {
    "TRAP-01": "a published SAS example moves the equivalence limits by the assumed difference: "
    "8 people in place of 13",
    "TRAP-02": "a published SAS example codes non-inferiority as equivalence with moved limits, "
    "and reads people per sequence as people in all: 13 in place of 27",
    "TRAP-05": "a published simulation draws 100 independent pairs (99 df) for 50 correlated ones: "
    "0.840 in place of 0.832",
    "TRAP-07": "the SD within persons and the SD of the within-person difference are taken for "
    "each other: the same figures, another power",
    "INT-01": "an exact ANOVA power function in public use prints 90.4745 %, 0.8 points low",
    "INT-02": "an exact ANOVA power function in public use prints 98.8079 %, 0.2 points low",
    "CO-11": "a pseudo-inverse gives the effect confounded with carry-over a variance (0.722) "
    "and says nothing",
}
"""Published case → the error that is made there."""


def trap(check: Check, wrong: float) -> Check:
    """The check of a known error, with the number that must not be reproduced."""
    return replace(check, trap=TRAPS[check.case], wrong=float(wrong))
