"""The controls of the Compare page."""

from typing import TYPE_CHECKING

from planner.design.catalogue import CATALOGUE
from planner.ui.fields.field import Field

if TYPE_CHECKING:
    from planner.scenario import Scenario

PANEL = "compare"
DESIGNS, N, RANGES = "designs", "n", "ranges"
OTHERS = ("parallel", "AB/BA", "ABB/BAA", "ABBA/BAAB")
"""Designs that stand beside the planned one at first."""
_RANGES = {
    "prior 95": "Design prior, central 95 %",
    "prior 80": "Design prior, central 80 %",
    "prior 50": "Design prior, central 50 %",
    "plan 10": "± 10 % of the plan",
    "plan 25": "± 25 % of the plan",
    "plan 50": "± 50 % of the plan",
}


def designs(scenario: "Scenario", name: str) -> Field:
    """The designs that stand beside each other."""
    plan = scenario.plan
    names = [k for k, d in CATALOGUE.items() if len(d.treatments) == len(plan.design.treatments)]
    options = tuple(dict.fromkeys([plan.design.name, *names]))
    start = [plan.design.name, *(k for k in OTHERS if k in options and k != plan.design.name)]
    return Field(
        path=DESIGNS,
        label="Designs",
        start=start,
        slot=name,
        kind="many",
        options=options,
        help="Designs to compare, all else as planned; one group of letters per sequence, one "
        "letter per period. Unit: none. Typical: the planned design, a parallel one and one with "
        "more periods. Source: Jones & Kenward 2014.",
    )


def fixed_size(name: str, found: int) -> Field:
    """The number of people that stays while assumptions move; at first the one found."""
    return Field(
        path=N,
        label="People randomised, fixed",
        start=found,
        slot=name,
        kind="number",
        bounds=(2, 1_000_000, 2),
        help="All sequences together; stays where it is while the assumptions move. Unit: people. "
        "Typical: 20 to 300. Source: at first the size found by simulation.",
    )


def ranges(scenario: "Scenario", name: str) -> Field:
    """Over which range every assumption moves."""
    known = scenario.truth_prior is not None
    options = tuple(key for key in _RANGES if known or key.startswith("plan"))
    return Field(
        path=RANGES,
        label="Ranges",
        start=options[0] if known else "plan 25",
        slot=name,
        kind="choice",
        options=options,
        show=lambda key: _RANGES[key],
        help="How far every assumption moves. The design prior says what is plausible and stays "
        "where it is when the sliders move; what it does not vary moves by ± 25 % of the plan. "
        "Unit: none. Typical: central 95 %. Source: the scenario's design prior, or assumed.",
    )
