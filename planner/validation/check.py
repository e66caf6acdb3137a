"""A number that the program computes, beside the one that somebody else published or computed."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison with a reference value.

    Parameters
    ----------
    group : what kind of check it belongs to, a name in `planner.validation.groups`.
    case : id of the case in its reference file, or a short name.
    quantity : what is compared, e.g. ``power``, ``n_randomised`` or ``overall.se``.
    computed, reference : in the same unit.
    tolerance : largest absolute difference that passes; of a simulated number it follows from
        the Monte-Carlo standard error.
    source : who published or computed the reference.
    mcse : Monte-Carlo standard error of `computed`; None if nothing is simulated.
    trap : what another program gets wrong here, for a known public error; `reference` is then
        the right answer and `wrong` the one that must not be reproduced.
    """

    group: str
    case: str
    quantity: str
    computed: float
    reference: float
    tolerance: float
    source: str
    mcse: float | None = None
    trap: str = ""
    wrong: float | None = None

    @property
    def difference(self) -> float:
        """Computed minus reference."""
        return self.computed - self.reference

    @property
    def passed(self) -> bool:
        """Whether the difference is within the tolerance; a number that is missing is not."""
        if math.isinf(self.reference):
            return self.computed == self.reference
        return abs(self.difference) <= self.tolerance
