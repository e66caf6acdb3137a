"""Two-sample t tests on differences between periods against `lm` of R."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from planner.operating.analyse import analyse
from planner.plan.analysis import WithinSubjectT
from planner.trials.moments import FloatArray
from planner.validation.check import Check
from planner.validation.reference_values import Case, reference

GROUP = "prepost"
SOURCE = "R 4.2.2: lm"
OUTCOMES = ("post", "change")
"""The post-dose score, and its change from the pre-dose one."""
RELATIVE: Mapping[str, float] = {"estimate": 1e-9, "se": 1e-9, "df": 0.0, "p_value": 1e-8}
NAMES = {"p_value": "p"}
"""Names in the file where they differ."""


def checks() -> Iterator[Check]:
    """Every data set, both outcomes."""
    for case in reference("prepost_r"):
        for outcome in OUTCOMES:
            yield from outcome_checks(case, outcome)


def outcome_checks(case: Case, outcome: str) -> Iterator[Check]:
    """The within-person t test of one outcome."""
    data, expected = case["data"], case["expected"][outcome]
    columns = [np.array(data["y1"], float), np.array(data["y2"], float)]
    if outcome == "change":
        columns = [y - np.array(data[x]) for y, x in zip(columns, ("x1", "x2"), strict=True)]
    result = analyse(long_table(data, columns), WithinSubjectT(), source=case["id"]).results[0]
    for field, relative in RELATIVE.items():
        value = float(expected[NAMES.get(field, field)])
        found = float(getattr(result, field))
        allowed = relative * abs(value)
        yield Check(GROUP, case["id"], f"{outcome}: {field}", found, value, allowed, SOURCE)


def long_table(data: Case, outcome: Sequence[FloatArray]) -> dict[str, list[Any]]:
    """One row per visit from a column of outcomes per period."""
    people = zip(data["subject"], data["sequence"], *outcome, strict=True)
    rows = [
        (subject, sequence, period + 1, sequence[period], y)
        for subject, sequence, *outcomes in people
        for period, y in enumerate(outcomes)
    ]
    names = ("subject", "sequence", "period", "treatment", "y")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
