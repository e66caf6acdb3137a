"""Reading the files of reference values."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from planner.validation.check import Check

Case = dict[str, Any]


@cache
def reference(name: str) -> tuple[Case, ...]:
    """All cases of a reference file, named without its ending."""
    file = resources.files("planner.validation") / "reference" / f"{name}.json"
    return tuple(json.loads(file.read_text("utf-8"))["cases"])


def reference_case(name: str, case_id: str) -> Case:
    """One case of a reference file."""
    return next(case for case in reference(name) if case["id"] == case_id)


@dataclass(frozen=True, slots=True)
class Reference:
    """A case of a reference file, whose checks carry its id and source.

    Parameters
    ----------
    group : of its checks.
    tolerance : largest differences by kind of quantity, as far as the file states them.
    """

    group: str
    id: str
    source: str
    inputs: Case
    expected: Any
    tolerance: Case

    def check(
        self, quantity: str, computed: float, reference: float, tolerance: float, source: str = ""
    ) -> Check:
        """A computed number beside the expected one; `source` if it is not that of the case."""
        made_by = source or self.source
        values = float(computed), float(reference), float(tolerance)
        return Check(self.group, self.id, quantity, *values, made_by)


def references(name: str, group: str) -> tuple[Reference, ...]:
    """All cases of a reference file, for a group of checks."""
    return tuple(
        Reference(
            group,
            case["id"],
            case["source"],
            case["inputs"],
            case["expected"],
            case.get("tolerance", {}),
        )
        for case in reference(name)
    )
