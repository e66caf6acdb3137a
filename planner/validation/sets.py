"""Reference values that ship with the package: what each set checks, and how much is in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

NOT_PLANNED: Mapping[str, tuple[str, ...]] = {
    "an approximation of the power of two one-sided tests; the program has the exact value": (
        "EQ-05",
    ),
    "a test of carry-over, which is never done": ("CO-12",),
    "probability of success of a group-sequential trial": ("EP-19",),
    "binary endpoints": ("BIN-01", "BIN-02"),
    "regression slopes between groups": ("INT-07",),
    "two endpoints": ("MULT-01", "MULT-02"),
    "group sequential": (
        "GS-01", "GS-02", "GS-03", "GS-04", "GS-07", "GS-08", "GS-09", "GS-13", "GS-14", "GS-15",
        "GS-16", "GS-17",
    ),
    "blinded re-estimation": ("SSR-01", "SSR-02"),
    "longitudinal slopes": ("LONG-01", "LONG-02"),
    "a normal approximation of another program, with no trial to plan": ("TRAP-04",),
    "repeated measures of parallel groups with AR(1) errors": ("MIX-02",),
}  # fmt: skip
"""Published cases that are not compared: reason → cases."""
_COMPARED: Mapping[str, tuple[str, ...]] = {"prepost_r": ("post", "change")}
"""Parts of a set's expected values that are compared, where not all are."""
SETS: Mapping[str, tuple[str, str]] = {
    "power_powertost": (
        "PowerTOST 1.5-6 (R)",
        "exact power and size of superiority, non-inferiority and equivalence in paired, "
        "parallel, crossover and replicate designs; expected power",
    ),
    "published": (
        "papers, books and other programs",
        "published powers and sizes: paired and log-scale crossovers, loss, carry-over, three and "
        "four treatments, expected power, pooled priors and limits of a CV",
    ),
    "mixed_model_lme4": (
        "lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2 (R)",
        "REML fits of crossovers: estimates, variances, Kenward-Roger and Satterthwaite standard "
        "errors, df and p values",
    ),
    "carryover_lme4": (
        "lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2 (R)",
        "the same with carry-over terms in the model",
    ),
    "prepost_r": (
        "lm of R 4.2.2",
        "two-sample t test on the differences between periods",
    ),
    "rbest": (
        "RBesT 1.2 to 1.9 (R)",
        "meta-analytic-predictive priors, their mixtures, effective sizes and posteriors",
    ),
    "nuts_posteriors": (
        "PyMC and nutpie, 4 × 40 000 draws",
        "posteriors of fixed data sets by numerical integration: means, SDs, limits, probabilities",
    ),
}
"""Sets that are compared: name → what made the values, and what they check."""


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """A set of reference values.

    Parameters
    ----------
    cases, values : compared, and numbers expected in them.
    left_out : cases of the set about what the program does not plan.
    """

    name: str
    made_by: str
    checks: str
    cases: int
    values: int
    left_out: int


def reference_sets() -> tuple[ReferenceSet, ...]:
    """The sets that the program's tests compare, in the order of `SETS`."""
    return tuple(_counted(name, *words) for name, words in SETS.items())


def _counted(name: str, made_by: str, checks: str) -> ReferenceSet:
    file = resources.files("planner.validation") / "reference" / f"{name}.json"
    cases = json.loads(file.read_text("utf-8"))["cases"]
    outside = {case for ids in NOT_PLANNED.values() for case in ids}
    compared = [case for case in cases if case["id"] not in outside]
    expected = [_parts(name, case["expected"]) for case in compared]
    return ReferenceSet(
        name=name,
        made_by=made_by,
        checks=checks,
        cases=len(compared),
        values=sum(map(_numbers, expected)),
        left_out=len(cases) - len(compared),
    )


def _parts(name: str, expected: Any) -> Any:
    if name not in _COMPARED:
        return expected
    return {part: expected[part] for part in _COMPARED[name]}


def _numbers(value: Any) -> int:
    """How many numbers there are in nested data."""
    match value:
        case dict():
            return sum(map(_numbers, value.values()))
        case list():
            return sum(map(_numbers, value))
        case bool():
            return 0
        case _:
            return int(isinstance(value, int | float))
