"""Ask/tell search for where a power curve crosses its target.

The curve is modelled as probit(power) = probit(closed form) + shift. The closed form gives the
shape; all simulated trials together estimate the shift, shrunken towards 0 by as much as the
closed form is known to be right. The answer is then as stable as the sum of the trials and not
as noisy as the last size tried. Pure: no simulation happens here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import special

Z95 = 1.959963984540054
_CLIP = 1e-12
NEARNESS = 0.5
"""Distance from the target, in probit units, at which an observation counts 0.6."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Successes among simulated trials at one point of the grid."""

    index: int
    successes: int
    trials: int


@dataclass(slots=True)
class Crossing:
    """Smallest grid index at which power reaches the target.

    Parameters
    ----------
    closed_form : grid index → closed-form power (need not be exact, must not fall).
    lowest, highest : range of the grid.
    target : power to be reached.
    error : grid index → SD of the error of probit(closed form); 0 trusts it, ∞ ignores its level.
    """

    closed_form: Callable[[int], float]
    lowest: int
    highest: int
    target: float
    error: Callable[[int], float]
    seen: list[Observation] = field(default_factory=list)

    def ask(self) -> int | None:
        """Next grid index to simulate, or None when the estimate rests on simulation there."""
        point = self.estimate() or self.highest
        return None if any(o.index == point for o in self.seen) else point

    def estimate(self) -> int | None:
        """Smallest index that reaches the target by all there is to know; None beyond the grid.

        Where the model contradicts simulations that are clear by themselves (4 standard errors
        from the target), the bracket they form wins and is halved.
        """
        goal = self.solve(self.shift()[0])
        low, high = self._bracket()
        place = self.highest + 1 if goal is None else goal
        if low < place <= high:
            return goal
        return None if low >= self.highest else (max(low, 0) + min(high, self.highest) + 1) // 2

    def _bracket(self) -> tuple[int, int]:
        low, high = self.lowest - 1, self.highest + 1
        for o in self.seen:
            p = o.successes / o.trials
            far = 4 * np.sqrt(self.target * (1 - self.target) / o.trials)
            if p < self.target - far:
                low = max(low, o.index)
            elif p > self.target + far:
                high = min(high, o.index)
        return low, max(high, low + 1)

    def tell(self, index: int, successes: int, trials: int) -> None:
        """Report simulated trials."""
        self.seen.append(Observation(index, successes, trials))

    def shift(self) -> tuple[float, float]:
        """Estimate and standard error of the shift (probit units).

        Observations far from the target count less, as the shape may be wrong there.
        """
        if not self.seen:
            return 0.0, self.error(self.highest)
        prior = min(self.error(o.index) for o in self.seen)
        if prior == 0:
            return 0.0, 0.0
        weight, total = prior**-2, 0.0
        goal = float(special.ndtri(self.target))
        for o in self.seen:
            p = (o.successes + 0.5) / (o.trials + 1)
            z = float(special.ndtri(p))
            information = o.trials * np.exp(-z * z) / (2 * np.pi) / (p * (1 - p))
            information *= max(np.exp(-((z - goal) ** 2) / (2 * NEARNESS**2)), 1e-6)
            weight += information
            total += information * (z - self._probit(o.index))
        return float(total / weight), float(1 / np.sqrt(weight))

    def solve(self, shift: float) -> int | None:
        """Smallest index whose modelled power reaches the target; None beyond the grid."""
        goal = float(special.ndtri(self.target)) - shift
        if self._probit(self.highest) < goal:
            return None
        low, high = self.lowest - 1, self.highest
        while high - low > 1:
            middle = (low + high) // 2
            if self._probit(middle) >= goal:
                high = middle
            else:
                low = middle
        return high

    def interval(self) -> tuple[int, int | None]:
        """95 % interval of the crossing, from the error of the shift."""
        value, se = self.shift()
        return self.solve(value + Z95 * se) or self.highest, self.solve(value - Z95 * se)

    def _probit(self, index: int) -> float:
        return float(special.ndtri(np.clip(self.closed_form(index), _CLIP, 1 - _CLIP)))
