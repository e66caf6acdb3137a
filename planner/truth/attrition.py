"""Who leaves when. A person who leaves after period p has no outcome from period p + 1 on."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from planner.spec import Spec

Hazard = Annotated[float, Field(ge=0, lt=1)]


class HazardBySex(Spec):
    """Probability of leaving, for women and for men."""

    female: Hazard
    male: Hazard


class NoAttrition(Spec):
    """Everybody completes every period."""

    kind: Literal["none"] = "none"


class Mcar(Spec):
    """Leaving completely at random.

    ``after_period_p`` is the probability that a person who has completed period p leaves before
    period p + 1; one number, or one for women and one for men.
    """

    kind: Literal["mcar"] = "mcar"
    after_period_1: Hazard | HazardBySex = 0.0
    after_period_2: Hazard | HazardBySex = 0.0
    after_period_3: Hazard | HazardBySex = 0.0
    after_period_4: Hazard | HazardBySex = 0.0
    after_period_5: Hazard | HazardBySex = 0.0
    after_period_6: Hazard | HazardBySex = 0.0
    after_period_7: Hazard | HazardBySex = 0.0

    def last_used_period(self) -> int:
        """Last p for which ``after_period_p`` is not zero; 0 if none."""
        return max((p for p in range(1, 8) if self._hazards(p) != (0.0, 0.0)), default=0)

    def _hazards(self, period: int) -> tuple[float, float]:
        value = getattr(self, f"after_period_{period}")
        if isinstance(value, HazardBySex):
            return value.female, value.male
        return value, value


Attrition = Annotated[NoAttrition | Mcar, Field(discriminator="kind")]


def pattern_probabilities(
    attrition: Attrition, n_periods: int, stratum: int
) -> NDArray[np.float64]:
    """Probability of being observed in exactly the first m periods, m = 1 … P; shape [P]."""
    hazards = np.zeros(n_periods)
    if isinstance(attrition, Mcar):
        hazards[:-1] = [attrition._hazards(p)[stratum] for p in range(1, n_periods)]
    hazards[-1] = 1.0
    staying = np.concatenate([[1.0], np.cumprod(1 - hazards[:-1])])
    return staying * hazards
