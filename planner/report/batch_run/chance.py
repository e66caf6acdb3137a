"""What chance alone does to the largest of many simulated numbers."""

import numpy as np
from scipy import special

from planner.trials.moments import FloatArray

BEYOND = 2.576
"""Standard errors beyond which 1 % of estimates lie by chance."""
_GRID = np.linspace(0.0, 12.0, 24_001)
"""Standard errors over which probabilities are integrated."""


def expected_largest(n: int) -> float:
    """Expected largest of n independent standard normal values.

    E max = ∫ₓ₌₀^∞ (1 − Φ(x)ⁿ) dx − ∫ₓ₌₀^∞ Φ(−x)ⁿ dx.
    """
    above = 1 - special.ndtr(_GRID) ** n
    below = special.ndtr(-_GRID) ** n
    return float(np.trapezoid(above - below, _GRID))


def expected_farthest(n: int) -> float:
    """Expected largest absolute value of n independent standard normal values."""
    return float(np.trapezoid(1 - (2 * special.ndtr(_GRID) - 1) ** n, _GRID))


def from_level(share: FloatArray, level: FloatArray, n_trials: FloatArray) -> FloatArray:
    """(simulated − level) / Monte-Carlo standard error under the level."""
    found: FloatArray = (share - level) / np.sqrt(level * (1 - level) / n_trials)
    return found
