"""Distributions against SciPy, and Student's t as a mixture of normals."""

import numpy as np
import pytest
from scipy import special, stats

from planner.errors import InvalidInput
from planner.evidence.distribution import (
    Normal,
    NormalMixture,
    ProperEffect,
    StudentT,
    Uniform,
    cdf,
    density,
    mean_and_sd,
    normal_components,
    quantile,
    sample,
)
from tests.monte_carlo import assert_uniform

MIXTURE = NormalMixture(weights=(0.7, 0.3), means=(2.0, -1.0), sds=(0.5, 3.0))
ALL: list[ProperEffect] = [Normal(mean=1.0, sd=2.0), StudentT(mean=1.0, scale=2.0, df=3.5), MIXTURE]
X = np.array([-30.0, -4.0, -1.0, 0.0, 1.3, 2.5, 9.0, 60.0])


@pytest.mark.parametrize("df", [1.0, 2.5, 4.0, 30.0, 200.0])
def test_twin_student_t_is_a_mixture_of_normals(df: float) -> None:
    """The quadrature over its scale has every tail probability to 1e-5."""
    t = StudentT(mean=0.5, scale=1.5, df=df)
    parts = normal_components(t)
    found = special.ndtr((X[:, None] - parts.means) / parts.sds) @ parts.weights
    np.testing.assert_allclose(found, stats.t.cdf(X, df, 0.5, 1.5), atol=1e-5)


def test_twin_scipy_has_the_same_functions() -> None:
    normal, t, _ = ALL
    np.testing.assert_allclose(cdf(normal, X), stats.norm.cdf(X, 1, 2), rtol=1e-12)
    np.testing.assert_allclose(density(normal, X), stats.norm.pdf(X, 1, 2), rtol=1e-12)
    np.testing.assert_allclose(cdf(t, X), stats.t.cdf(X, 3.5, 1, 2), rtol=1e-10)
    np.testing.assert_allclose(density(t, X), stats.t.pdf(X, 3.5, 1, 2), rtol=1e-10)
    assert mean_and_sd(t)[1] == pytest.approx(stats.t.std(3.5, 1, 2))
    mixed = 0.7 * stats.norm.cdf(X, 2, 0.5) + 0.3 * stats.norm.cdf(X, -1, 3)
    np.testing.assert_allclose(cdf(MIXTURE, X), mixed, rtol=1e-12)


@pytest.mark.parametrize("distribution", ALL, ids=lambda d: d.kind)
def test_property_quantiles_invert_and_draws_follow(distribution: ProperEffect) -> None:
    for p in (1e-4, 0.025, 0.3, 0.5, 0.9, 0.9999):
        assert float(cdf(distribution, quantile(distribution, p))) == pytest.approx(p, rel=1e-9)
    draws = sample(distribution, np.random.default_rng(4), 20_000)
    assert_uniform(cdf(distribution, draws), what=distribution.kind)


def test_malformed_distributions_are_refused_in_a_sentence() -> None:
    cases = [
        (NormalMixture, {"weights": [0.5, 0.6], "means": [0, 1], "sds": [1, 1]}, "sum to 1"),
        (NormalMixture, {"weights": [0.5, 0.5], "means": [0], "sds": [1, 1]}, "one of each"),
        (Normal, {"mean": 0.0, "sd": -1.0}, "greater than 0"),
        (StudentT, {"scale": 1.0, "df": 0.5}, "greater than or equal to 1"),
        (Uniform, {"lower": 2.0, "upper": 1.0}, "not below"),
    ]
    for spec, raw, words in cases:
        with pytest.raises(InvalidInput, match=words):
            spec.parse(raw)
