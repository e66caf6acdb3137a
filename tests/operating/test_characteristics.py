"""Monte-Carlo standard errors of operating characteristics."""

import numpy as np
import pytest

from planner.operating.characteristics import _rmse_mcse


@pytest.mark.parametrize("bias", [0.0, 0.4, 3.0])
def test_twin_mcse_of_the_rmse(bias: float) -> None:
    """Morris 2019, table 6, MCSE of the MSE from every trial; by the delta method of its root."""
    n, spread = 200_000, 1.7
    errors = np.random.default_rng(4).normal(bias, spread, n)
    mse = float(np.mean(errors**2))
    of_mse = float(np.sqrt(np.sum((errors**2 - mse) ** 2) / (n * (n - 1))))
    rmse = float(np.sqrt(mse))
    found = _rmse_mcse(rmse, float(errors.mean()), float(errors.std(ddof=1)), n)
    assert found == pytest.approx(of_mse / (2 * rmse), rel=0.02)


def test_twin_mcse_of_the_rmse_without_bias() -> None:
    """Then it is that of the empirical standard error, s / sqrt(2 (n - 1))."""
    assert _rmse_mcse(1.7, 0.0, 1.7, 501) == pytest.approx(1.7 / np.sqrt(1000))
