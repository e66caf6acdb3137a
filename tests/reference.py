"""Reference values that ship with the package."""

import json
from functools import cache
from importlib import resources
from typing import Any

Case = dict[str, Any]


@cache
def _read(name: str) -> tuple[Case, ...]:
    file = resources.files("planner.validation") / "reference" / f"{name}.json"
    return tuple(json.loads(file.read_text("utf-8"))["cases"])


def reference(name: str) -> tuple[Case, ...]:
    """All cases of a reference file, named without its ending."""
    return _read(name)


def reference_case(name: str, case_id: str) -> Case:
    """One case of a reference file."""
    return next(case for case in reference(name) if case["id"] == case_id)


def published(case_id: str) -> tuple[Case, Case, Case]:
    """Inputs, expected values and tolerances of a published case."""
    case = reference_case("published", case_id)
    return case["inputs"], case["expected"], case["tolerance"]


def case_id(case: Case) -> str:
    """Name of a parametrised test."""
    return str(case["id"])
