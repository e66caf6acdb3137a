"""Tables of a report: columns of words put side by side, and how numbers stand in them.

Simulated proportions are in % with their Monte-Carlo standard error, other simulated numbers in
their unit, both in the digits of the command line.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.report.model import Table
from planner.words.prose import one_line, people

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate, Oracle
    from planner.scenario import Scenario

NONE = "–"
ROUNDING = 1e-9
"""An MCSE that is smaller than this part of its number is rounding error."""
NOT_KNOWN = "not known"
NOT_STATED = "not stated"
NOT_REACHED = "more than "
SEX_WORDS: Mapping[str, str] = {"female": "women", "male": "men", "": "all"}


def table(
    caption: str,
    columns: Mapping[str, Sequence[str]],
    *,
    note: str,
    left: Sequence[str] = (),
) -> Table:
    """A table from its columns; the first one and those in `left` are words, the others numbers.

    Parameters
    ----------
    columns : heading → cells, equally many each.
    """
    headings = tuple(columns)
    return Table(
        caption=caption,
        columns=headings,
        rows=tuple(zip(*columns.values(), strict=True)),
        right=tuple(i for i, name in enumerate(headings) if i and name not in left),
        note=note,
    )


def share(estimate: "MonteCarloEstimate | None") -> str:
    """A simulated proportion in % ± MCSE; where all trials agree, their number."""
    from planner.charts.style import share as in_percent

    return in_percent(estimate).replace("\u2009", " ")


def measure(estimate: "MonteCarloEstimate | None", *, sign: bool = False) -> str:
    """A simulated number that is no proportion, ± MCSE; what is only rounding error is none."""
    if estimate is None or estimate.n == 0 or math.isnan(estimate.value):
        return NONE
    if estimate.mcse <= ROUNDING * abs(estimate.value):
        estimate = replace(estimate, mcse=0.0)
    plus = "+" if sign and estimate.value >= 0 else ""
    return f"{plus}{estimate}".replace("-", "−")


def exact(value: float, digits: int = 2) -> str:
    """A number that is not simulated, with a true minus sign and none before 0."""
    return NOT_KNOWN if math.isnan(value) else f"{value:z.{digits}f}".replace("-", "−")


def formula(oracle: "Oracle | None") -> str:
    """A closed form in %, ≈ where it approximates."""
    if oracle is None:
        return NONE
    return f"{'' if oracle.exact else '≈ '}{formula_share(oracle.value)}"


def formula_share(value: float | None) -> str:
    """A proportion by a formula in %, halves rounded as by the command line."""
    from planner.charts.style import percent

    return NONE if value is None else NOT_KNOWN if math.isnan(value) else percent(value)


def size(n: int, status: str) -> str:
    """People; more than the largest number considered where even that is too few."""
    return people(n) if status == "found" else f"{NOT_REACHED}{people(n)}"


def scale(scenario: "Scenario") -> str:
    """Unit of estimates and errors on the scale of the analysis, for a note."""
    endpoint = scenario.truth.endpoint
    if endpoint.scale == "log":
        return "on the logarithmic scale, on which the analysis works"
    unit = one_line(endpoint.unit)
    return f"in {unit}" if unit else "in the unit of the outcome"


def natural_unit(scenario: "Scenario") -> str:
    """Unit of effects in a heading: ``MADRS points``, ``ratio`` or nothing."""
    endpoint = scenario.truth.endpoint
    return "ratio" if endpoint.scale == "log" else one_line(endpoint.unit)


def headed(name: str, scenario: "Scenario") -> str:
    """A heading with the unit of effects."""
    unit = natural_unit(scenario)
    return f"{name}, {unit}" if unit else name


def simulated(scenario: "Scenario", of: str = "per row") -> str:
    """How a table came about: simulation, its trials and what ± is."""
    settings = scenario.monte_carlo
    return (
        f"Simulated: {people(settings.n_trials)} trials {of}, seed {settings.seed}; "
        "± is the Monte-Carlo standard error (MCSE)."
    )
