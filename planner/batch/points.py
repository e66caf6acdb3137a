"""The points of a batch, in their order, and what is simulated for each."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from planner.batch.batch import Batch, BatchCase
from planner.engines.closed_form import ClosedForm
from planner.errors import InvalidInput
from planner.operating.nulls import null_scenarios
from planner.plan.analysis import Posterior
from planner.plan.protocol import Protocol
from planner.scenario import Scenario

CITED = {"value", "evidence", "flag", "note"}
"""Keys of a value with its source."""
PLANNING = "planning"
NULL = "null"


@dataclass(frozen=True, slots=True)
class Point:
    """One combination of a batch.

    Parameters
    ----------
    index : place in the batch, from 0.
    case : name of the listed case, empty without any.
    settings : dotted path → value, of grid and case, without where a value comes from.
    """

    index: int
    case: str
    settings: dict[str, Any]

    def __str__(self) -> str:
        """The point in words: its case, and path = value for each of its settings."""
        told = [f"{path} = {_shown(value)}" for path, value in self.settings.items()]
        return ", ".join([*([f"case {self.case!r}"] if self.case else []), *told])


@dataclass(frozen=True, slots=True)
class Truth:
    """One analysis of a point under one truth: what a case of the simulation is made of.

    Parameters
    ----------
    scenario : with that truth and that analysis, and nothing that changes no number.
    hypotheses : those judged under this truth; all of them under the planning truth.
    """

    scenario: Scenario
    n_subjects: int
    name: str
    hypotheses: tuple[str, ...]


def points(batch: Batch) -> Iterator[Point]:
    """All points: cases in their order, each with the full grid, the last path varying fastest.

    What the grid sets comes before what a case sets.
    """
    cases = batch.cases or (BatchCase.model_construct(name="", changes={}),)
    combinations = itertools.product(cases, itertools.product(*batch.grid.values()))
    for index, (case, values) in enumerate(combinations):
        settings = dict(zip(batch.grid, values, strict=True)) | case.changes
        yield Point(index, case.name, {path: bare(value) for path, value in settings.items()})


def bare(value: Any) -> Any:
    """A setting without its source: 7.5 for ``{value = 7.5, evidence = "…"}``."""
    cited = isinstance(value, dict) and "value" in value and value.keys() <= CITED
    return value["value"] if cited else value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def lean(scenario: Scenario) -> Scenario:
    """The scenario without words, citations and readings of the evidence: quick to copy."""
    return scenario.model_copy(
        update={"label": "", "notes": "", "citations": {}, "alternatives": (), "truth_prior": None,
                "protocol": Protocol()}
    )  # fmt: skip


def scenario_at(base: Scenario, point: Point) -> Scenario:
    """The scenario of a point; `base` is `lean`.

    Raises
    ------
    InvalidInput : the settings break a rule together.
    """
    return base.with_changes(point.settings) if point.settings else base


def check_estimable(scenario: Scenario) -> None:
    """Refuse a point without a size, or whose size or design cannot estimate every hypothesis."""
    for variant in (scenario, *scenario.variants()):
        _check_estimable(variant)


def _check_estimable(scenario: Scenario) -> None:
    n_subjects = scenario.plan.n_subjects
    if n_subjects is None:
        raise InvalidInput(
            "no sample size is given; add it to the grid, or set it in the base scenario",
            key="plan.n_subjects",
        )
    if isinstance(scenario.plan.analysis, Posterior):
        return
    if ClosedForm(scenario).precision(n_subjects) is None:
        raise InvalidInput(
            f"{n_subjects} people are too few to estimate every hypothesis with this analysis, or "
            "the design cannot; plan more, or change the design",
            key="plan.n_subjects",
        )


def truths(scenario: Scenario, asked: Sequence[str]) -> list[list[Truth]]:
    """What is simulated of a point: per analysis, the planning truth and then the nulls.

    Parameters
    ----------
    asked : ``planning``, ``null`` or both.
    """
    n = scenario.plan.n_subjects
    assert n is not None
    return [
        [
            *(
                [Truth(variant, n, PLANNING, variant.plan.hypothesis_names)]
                if PLANNING in asked
                else []
            ),
            *(
                Truth(null, n, NULL, names)
                for null, names in (null_scenarios(variant) if NULL in asked else [])
            ),
        ]
        for variant in (scenario, *scenario.variants())
    ]
