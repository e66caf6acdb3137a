"""What may vary between the points of a batch, and over which values at first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.design.allocation import balanced_at_least
from planner.design.catalogue import CATALOGUE
from planner.plan.analysis import (
    MixedModel,
    Posterior,
    WithinSubjectT,
    describe,
    frequentist_counterpart,
)
from planner.ui.fields.truth import CARRYOVER, PERIOD, assumed

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.ui.fields.field import Field

PEOPLE, DESIGN, ANALYSIS = "plan.n_subjects", "plan.design", "plan.analysis"
AROUND = (0.5, 0.75, 1.0, 1.25, 1.5)
"""Sizes at first, as parts of the planned one."""


def as_typed(value: float) -> float:
    """A value of a control, as it is in the scenario."""
    return value


@dataclass(frozen=True, slots=True)
class Setting:
    """A number or a choice of the scenario that may take several values.

    Parameters
    ----------
    path : dotted path in the scenario.
    unit : of the numbers as they are typed; empty for none.
    planned : the value in hand, in words.
    start : numbers as typed, or labels of options, at first.
    write : a number as typed → value in the scenario.
    options : label → value in the scenario, of a choice.
    before : what the base scenario must say for the path to be there.
    """

    path: str
    label: str
    help: str
    planned: str
    start: tuple[Any, ...]
    unit: str = ""
    write: Callable[[float], Any] = as_typed
    options: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)


def settings(scenario: "Scenario", n: int) -> dict[str, Setting]:
    """Everything of a scenario that may vary, by path, in the order of the pages.

    Parameters
    ----------
    n : people of the plan.
    """
    found = [
        _people(scenario, n),
        *(_number(item, scenario) for item in _sliders(scenario)),
        _design(scenario),
        _analysis(scenario),
    ]
    return {setting.path: setting for setting in found}


def _people(scenario: "Scenario", n: int) -> Setting:
    weights = scenario.plan.weights
    return Setting(
        path=PEOPLE,
        label="People randomised",
        planned=f"{n} people",
        start=tuple(dict.fromkeys(balanced_at_least(n * part, weights) for part in AROUND)),
        write=lambda value: int(value) if value == int(value) else value,
        help="All sequences together. Typical: 20 to 300. Source: around the size found by "
        "simulation for the scenario in hand.",
    )


def _sliders(scenario: "Scenario") -> "Iterator[Field]":
    """The numbers of the Assumptions page."""
    items = assumed(scenario, scenario.plan.design.name)
    return (item for item in items if item.kind == "slider")


def _number(item: "Field", scenario: "Scenario") -> Setting:
    hundredfold = 100.0 if item.format == "percent" else 1.0
    unit = "%" if hundredfold > 1 else item.format.partition(" ")[2].replace("%%", "%")
    changes = item.write(item.start)

    def write(value: float) -> Any:
        found = item.write(round(value / hundredfold, 8))[item.path]
        return [part + 0.0 for part in found] if isinstance(found, list) else found  # no -0

    return Setting(
        path=item.path,
        label=item.label,
        unit=unit,
        planned=f"{hundredfold * item.start:.10g}",
        start=tuple(dict.fromkeys(_around(item, scenario, hundredfold))),
        write=write,
        help=item.help,
        before={path: value for path, value in changes.items() if path != item.path},
    )


def _around(item: "Field", scenario: "Scenario", hundredfold: float) -> Iterator[float]:
    """The planned value between others, in steps of its control and within its bounds."""
    low, high, step = item.bounds
    for value in sorted({item.start, *_others(item, scenario)}):
        if low - 1e-9 <= value <= high + 1e-9:
            on_grid = value if value == item.start else round(round(value / step) * step, 8)
            yield float(f"{hundredfold * on_grid:.10g}")


def _others(item: "Field", scenario: "Scenario") -> tuple[float, ...]:
    start, path = item.start, item.path
    log = scenario.truth.endpoint.scale == "log"
    spread = scenario.truth.sd_difference
    match path:
        case _ if path == CARRYOVER:
            reach = (1.05, 1.1) if log else (0.05 * spread, 0.1 * spread)
            return tuple(start * r if log else start + r for r in reach)
        case _ if path == PERIOD:
            up = 0.1 * spread
            return (start / 1.05, start * 1.05) if log else (start - up, start + up)
        case "truth.female_share":
            return start - 0.1, start + 0.1
        case "truth.covariance.correlation":
            return start - 0.2, start + 0.2
        case _ if path.startswith("truth.attrition."):
            return (0.0, start + 0.1) if start else (0.1, 0.2)
        case _ if path.startswith("truth.effect") and log:
            return start**0.75, start**1.25
        case _ if path.startswith(("truth.effect", "truth.standardised_effect")):
            return (0.75 * start, 1.25 * start) if start else (0.2 * spread, 0.4 * spread)
        case _:
            return 0.8 * start, 1.2 * start


def _design(scenario: "Scenario") -> Setting:
    planned, n_treatments = scenario.plan.design, len(scenario.plan.design.treatments)
    own = planned.name if planned.name in CATALOGUE else planned.plain()
    others = {k: k for k, d in CATALOGUE.items() if len(d.treatments) == n_treatments}
    options = {planned.name: own} | others
    more = [
        name
        for name in ("AB/BA", "ABB/BAA", "ABBA/BAAB")
        if name in options and CATALOGUE[name].n_periods >= planned.n_periods
    ]
    return Setting(
        path=DESIGN,
        label="Design",
        planned=planned.name,
        start=tuple(dict.fromkeys([planned.name, *more])),
        options=options,
        help="One group of letters per sequence, one letter per period. People leave after the "
        "periods for which the scenario says so, and after no other. Unit: none. Typical: the "
        "planned design and one with more periods. Source: Jones & Kenward 2014.",
    )


def _analysis(scenario: "Scenario") -> Setting:
    planned = scenario.plan.analysis
    posterior = () if isinstance(planned, Posterior) else (Posterior(by_sex=planned.by_sex),)
    choices = (
        planned,
        *(MixedModel(df=df, by_sex=planned.by_sex) for df in ("kenward-roger", "satterthwaite")),
        WithinSubjectT(by_sex=planned.by_sex),
        *posterior,
    )
    options = {describe(a): a.plain() for a in reversed(choices)}
    options = {describe(planned): planned.plain()} | dict(reversed(options.items()))
    test = describe(frequentist_counterpart(planned))
    other = test if test in options else describe(WithinSubjectT())
    start = (describe(planned), other, describe(WithinSubjectT()))
    return Setting(
        path=ANALYSIS,
        label="Analysis",
        planned=describe(planned),
        start=tuple(dict.fromkeys(start)),
        options=options,
        before={"plan.other_analyses": []} if scenario.plan.other_analyses else {},
        help="How every trial is analysed. Within-subject t leaves out people who miss a period. "
        "A Bayesian analysis takes a hundred times as long. Unit: none. Typical: the planned "
        "analysis and a simpler one. Source: chosen by the sponsor.",
    )
