"""The pilots of the naltrexone–ketamine question, in SDs of the difference between periods.

With t = d_z √n the standard error of d_z is 1/√n, whatever the unit of the outcome.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.errors import InvalidInput, UnknownName
from planner.evidence.distribution import Normal, ProperEffect
from planner.evidence.library import Library
from planner.evidence.shrinkage import Pilot, ShrunkenEffect, shrunken_effect

_ENTRIES: Mapping[str, tuple[str | None, str]] = {
    "jelen-2025": ("t_madrs", "n_analysed"),
    "williams-2018": (None, "n_completed"),
}
"""Entries of each pilot that hold its t statistic, if published, and its number of people."""

PLANNING_PRIORS: Mapping[str, ProperEffect] = {
    "95 % within ±0.59: hardly more than ketamine's own effect against midazolam, SMD 0.49 "
    "(dean-2021)": Normal(mean=0, sd=0.3),
    "95 % within ±0.98: hardly more than ketamine's own effect against placebo, d_z 1.03 "
    "(lapidus-2014)": Normal(mean=0, sd=0.5),
}
"""Priors of d_z by their reason. Naltrexone cannot block more than ketamine does; centred at no
effect because the other controlled trial found none (yoon-2025). Neither uses the pilots."""

PLANNED, SD_DIFFERENCE = "planning.d_z_implied", "planning.sd_difference"


@dataclass(frozen=True, slots=True)
class NamedPilot:
    """A pilot of the library.

    Parameters
    ----------
    n : people analysed.
    statistic : its t, if published.
    se, df : standard error of d_z and its degrees of freedom.
    """

    study: str
    short: str
    n: int
    statistic: float | None
    se: float
    df: float

    @property
    def pilot(self) -> Pilot | None:
        """The pilot with its estimate; None if no statistic was published."""
        if self.statistic is None:
            return None
        return Pilot(self.statistic * self.se, self.se, self.df)


def named_pilot(name: str, library: Library) -> NamedPilot:
    """A pilot by the id of its study.

    Raises
    ------
    UnknownName : no pilot has this name.
    InvalidInput : its statistic is not a t with its degrees of freedom.
    """
    if name not in _ENTRIES:
        raise UnknownName(f"{name!r} is not a pilot; choose {' or '.join(_ENTRIES)}")
    statistic, people = _ENTRIES[name]
    n = round(library.exact[library.entry(f"{name}.{people}").reference])
    value, df = None, n - 1.0
    if statistic is not None:
        entry = library.entry(f"{name}.{statistic}")
        unit = re.fullmatch(r"t\((\d+)\)", entry.unit)
        if unit is None:
            raise InvalidInput(
                f"unit {entry.unit!r} is not t(df); write the degrees of freedom", key="unit"
            )
        value, df = library.exact[entry.reference], float(unit[1])
    return NamedPilot(name, library.study(name).short, n, value, float(1 / np.sqrt(n)), df)


def planning_effect(library: Library, alpha: float = 0.05) -> ShrunkenEffect:
    """How d_z of the planned trial, 2.5 MADRS points at an SD of 7.5, follows from Jelen 2025.

    Several readings of the pilot's d_z, each with the assumption that it rests on, and the planned
    value among them.
    """
    found = named_pilot("jelen-2025", library).pilot
    assert found is not None
    return shrunken_effect(found, PLANNING_PRIORS, library.exact[PLANNED], alpha)
