"""Nodes over τ against SciPy's quadrature."""

import numpy as np
import pytest
from scipy import integrate, stats

from planner.engines.kernels.tau import TAU_HALF_NORMAL, TAU_REACH, tau_nodes


@pytest.mark.parametrize("unit", [0.05, 0.3, 1.0, 3.0, 30.0])
@pytest.mark.parametrize("gap", [0.0, 1.0, 4.0])
def test_twin_probability_of_a_difference_given_normal_data(unit: float, gap: float) -> None:
    """P(difference > 0) and the marginal likelihood when the difference is known to 2·unit²."""
    scale, variance, seen = 2.0, 2 * unit**2, gap * unit
    tau, log_weight, nested = np.zeros(21), np.zeros(21), np.zeros(21)
    n = tau_nodes(TAU_HALF_NORMAL, scale, unit, 0, 1.0, tau, log_weight, nested)

    def likelihood(t: float) -> float:
        return float(stats.norm.pdf(seen, 0, np.sqrt(variance + 2 * t**2)))

    def positive(t: float) -> float:
        shrink = 2 * t**2 / (variance + 2 * t**2)
        sd = np.sqrt(shrink * variance)
        return float(stats.norm.cdf(shrink * seen / sd)) if sd > 0 else 0.5

    def prior(t: float) -> float:
        return float(stats.halfnorm.pdf(t, scale=scale))

    places = [0.3 * unit, unit, 3 * unit]
    kinks = [p for p in places if p < TAU_REACH * scale]
    options = {"limit": 400, "points": kinks, "epsabs": 1e-13}
    total = integrate.quad(lambda t: prior(t) * likelihood(t), 0, TAU_REACH * scale, **options)[0]
    above = integrate.quad(
        lambda t: prior(t) * likelihood(t) * positive(t), 0, TAU_REACH * scale, **options
    )[0]
    weight = np.exp(log_weight[:n]) * [likelihood(t) for t in tau[:n]]
    found = weight @ [positive(t) for t in tau[:n]] / weight.sum()
    coarse = (weight * nested[:n]) @ [positive(t) for t in tau[:n]] / (weight @ nested[:n])
    assert found == pytest.approx(above / total, abs=2e-5)
    assert abs(found - above / total) <= 2 * abs(coarse - found) + 1e-6
