"""What a plan asks for besides people: visits, money and time."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from planner.errors import InvalidInput
from planner.spec import NonNegative, Spec

LONGEST_LABEL = 12


def _short(label: str) -> str:
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise InvalidInput(
            f"{label!r} is not a label of at most {LONGEST_LABEL} printable characters; write a "
            "short one, such as EUR"
        )
    return label


class Costs(Spec):
    """Prices and durations as planned; 0 means not stated.

    Parameters
    ----------
    per_subject : of one person randomised, whatever the number of visits.
    per_visit : of one person's treatment period.
    currency : label of the prices.
    period_weeks, washout_weeks : length of a treatment period, and of the gap between two, weeks.
    """

    per_subject: NonNegative = 0.0
    per_visit: NonNegative = 0.0
    currency: Annotated[str, AfterValidator(_short)] = ""
    period_weeks: NonNegative = 0.0
    washout_weeks: NonNegative = 0.0

    @property
    def priced(self) -> bool:
        """Whether a price is stated."""
        return bool(self.per_subject or self.per_visit)

    def visits(self, n_subjects: int, n_periods: int) -> int:
        """Visits to be planned for, N × P: those of people who leave early are not taken off."""
        return n_subjects * n_periods

    def total(self, n_subjects: int, n_periods: int) -> float | None:
        """N × per_subject + N × P × per_visit; None where neither price is stated."""
        if not self.priced:
            return None
        return n_subjects * self.per_subject + self.visits(n_subjects, n_periods) * self.per_visit

    def weeks(self, n_periods: int) -> float | None:
        """One person's time in the trial, P × period + (P − 1) × washout; None if not stated."""
        if not self.period_weeks:
            return None
        return n_periods * self.period_weeks + (n_periods - 1) * self.washout_weeks


def one_currency(costs: Mapping[str, Costs]) -> None:
    """Refuse prices in several currencies, whose sums cannot be compared.

    Parameters
    ----------
    costs : of every plan, by its name.

    Raises
    ------
    InvalidInput : names the first plan that differs, and what from.
    """
    priced = {name: stated for name, stated in costs.items() if stated.priced}
    for name, stated in priced.items():
        first, other = next(iter(priced.items()))
        if stated.currency != other.currency:
            raise InvalidInput(
                f"its prices are {_labelled(stated)} and those of {first} {_labelled(other)}; "
                "state all prices in one currency",
                key="protocol.costs.currency",
                source=name,
            )


def _labelled(stated: Costs) -> str:
    return f"in {stated.currency}" if stated.currency else "of no stated currency"
