"""Prices and lengths as the sponsor states them: the scenario's table of costs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.plan.costs import LONGEST_LABEL
from planner.ui.fields.field import Changes, Field

if TYPE_CHECKING:
    from planner.scenario import Scenario

PATH = "protocol.costs"
NOT_STATED = "not stated"
LARGEST = 1e9
_NUMBERS = {
    "per_subject": (
        "Cost per person",
        "Price of a person randomised, whatever their visits, such as recruitment and screening. "
        "Unit: the currency given. Typical: the sponsor's own.",
    ),
    "per_visit": (
        "Cost per visit",
        "Price of one treatment period of one person: drug, staff and assessments. Unit: the "
        "currency given. Typical: the sponsor's own.",
    ),
    "period_weeks": (
        "Weeks per period",
        "Length of one treatment period. Unit: weeks. Typical: 1 to 8.",
    ),
    "washout_weeks": (
        "Weeks of washout",
        "Gap between two treatment periods. Unit: weeks. Typical: five half-lives or more.",
    ),
}


def costs(base: "Scenario") -> list[Field]:
    """Two prices, two lengths and the currency; nothing is assumed of them."""
    stated = base.protocol.costs
    numbers = [
        Field(
            path=f"{PATH}.{key}",
            label=label,
            start=getattr(stated, key) or None,
            kind="optional",
            bounds=(0.0, LARGEST, 1.0),
            format="%.10g",
            show=lambda _: NOT_STATED,
            write=_number(key),
            help=f"{meaning} {_source(key)}",
        )
        for key, (label, meaning) in _NUMBERS.items()
    ]
    return [*numbers, _currency(stated.currency)]


def _currency(start: str) -> Field:
    return Field(
        path=f"{PATH}.currency",
        label="Currency",
        start=start,
        kind="line",
        bounds=(0, LONGEST_LABEL, 1),
        show=lambda _: NOT_STATED,
        write=lambda text: {f"{PATH}.currency": _printable(text)},
        help="Name of the unit of the two prices, as it is to be printed. Unit: none. Typical: "
        f"GBP, EUR or USD. {_source('currency')}",
    )


def _source(key: str) -> str:
    return (
        "Source: stated here; none is assumed, and none changes a number of people. In a file: "
        f"{PATH}.{key}."
    )


def _number(key: str) -> Callable[[float | None], Changes]:
    return lambda value: {f"{PATH}.{key}": 0.0 if value is None else value}


def _printable(text: str) -> str:
    """A label without what cannot be seen, as comes along when it is pasted."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
