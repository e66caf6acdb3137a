"""Expected power by quadrature against slow averages, and its limits."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate, special, stats

from planner.operating.expected_power import (
    ExpectedPowerForm,
    expected_completing_share,
    expected_power,
)
from planner.scenario import Scenario
from tests.crossovers import by_sex, crossover, leaving
from tests.engines.test_closed_form_expected_power import BOTH, average, known_from
from tests.planning import (
    Table,
    equivalent,
    non_inferior,
    of_difference,
    one_sided,
    plan,
    power_at,
    two_sided,
)
from tests.twins.power import power_one_sided, power_tost, power_two_sided

Vector = NDArray[np.float64]

EFFECTS: dict[str, tuple[Table, Any]] = {
    "normal": ({"kind": "normal", "mean": 2.5, "sd": 1.2}, stats.norm(2.5, 1.2)),
    "wide normal": ({"kind": "normal", "mean": -1.0, "sd": 9.0}, stats.norm(-1, 9)),
    "t": ({"kind": "student-t", "mean": 2.0, "scale": 1.5, "df": 3.0}, stats.t(3, 2, 1.5)),
    "Cauchy": ({"kind": "student-t", "mean": 2.0, "scale": 1.0, "df": 1.0}, stats.cauchy(2, 1)),
}
SDS: dict[str, tuple[Table, Any]] = {
    "17 df": (known_from(17, 7.5), stats.invgamma(8.5, scale=8.5 * 7.5**2)),
    "2 df": (known_from(2, 7.5), stats.invgamma(1, scale=7.5**2)),
    "log-normal": (
        {"kind": "log-normal", "median": 7.0, "sd_log": 0.3},
        stats.lognorm(0.6, scale=49.0),
    ),
    "vague": ({"kind": "log-normal", "median": 7.0, "sd_log": 1.0}, stats.lognorm(2.0, scale=49.0)),
}
"""Priors of the SD, with the distribution of the variance."""
TESTS: dict[str, tuple[Table, Callable[[float, float, int], float]]] = {
    "greater": (one_sided(), lambda e, se, df: power_one_sided(e, se, df, 0.025)),
    "less": (
        non_inferior(1.0),
        lambda e, se, df: power_one_sided(e, se, df, 0.025, bound=1.0, direction=-1),
    ),
    "two-sided": (two_sided(), lambda e, se, df: power_two_sided(e, se, df, 0.05)),
    "between": (equivalent(-4.0, 4.0), lambda e, se, df: power_tost(e, se, df, 0.05, -4.0, 4.0)),
}


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("effect", EFFECTS)
def test_twin_average_over_effects(effect: str, test: str) -> None:
    """The integral of power times density, with power as an integral over the sample SD."""
    (prior, density), (objective, power) = EFFECTS[effect], TESTS[test]
    n = 24
    se, df = 7.5 / np.sqrt(n), n - 2
    scenario = plan("2x2", objective, 2.5, of_difference(7.5), truth_prior={"effect": prior})
    # Substitute the quantile: the integrand is bounded by 1 on (0, 1).
    x, weights = special.roots_legendre(400)
    u = (1 + x) / 2
    expected = sum(
        w / 2 * power(float(e), se, df) for e, w in zip(density.ppf(u), weights, strict=True)
    )
    assert average(scenario, n) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("sd", SDS)
def test_twin_average_over_standard_deviations(sd: str, test: str) -> None:
    """The same over the variance, to better than 1e-6."""
    (prior, variance), (objective, power) = SDS[sd], TESTS[test]
    n = 24
    scenario = plan("2x2", objective, 2.5, of_difference(7.5), truth_prior={"sd_difference": prior})

    def integrand(log_v: float) -> float:
        v = np.exp(log_v)
        return float(variance.pdf(v) * v * power(2.5, np.sqrt(v / n), n - 2))

    knots = np.log(variance.ppf([1e-9, 1e-4, 0.02, 0.3, 0.7, 0.98, 1 - 1e-4, 1 - 1e-9]))
    expected = sum(
        integrate.fixed_quad(np.vectorize(integrand), a, b, n=30)[0] for a, b in pairwise(knots)
    )
    assert average(scenario, n) == pytest.approx(expected, abs=5e-7)


def test_property_nodes_are_enough_for_large_trials_between_limits() -> None:
    """Where the power of equivalence bends sharply, finer steps change nothing."""
    from planner.operating import prior_nodes

    prior = {"sd_difference": SDS["vague"][0]}
    scenario = plan("2x2", equivalent(-3.0, 3.0), 0.5, of_difference(7.5), truth_prior=prior)
    usual = average(scenario, 2_000)
    form = ExpectedPowerForm(scenario)
    assert scenario.truth_prior is not None
    form.sds = prior_nodes.sd_nodes(scenario.truth_prior.sd_difference, 7.5, 0.001)
    finer = form.at(2_000)
    assert finer is not None
    assert len(form.sds) > 5_000
    assert usual == pytest.approx(float(finer.power[0]), abs=1e-7)


def test_property_without_a_prior_it_is_power() -> None:
    """Also for mixed models with dropout, and for a prior that is a single point."""
    scenario = by_sex(truth={"effect": {"female": 2.0, "male": 4.0}, "attrition": leaving(0.2)})
    fixed = scenario.with_changes(
        {
            "truth_prior": {
                "sd_difference": {"kind": "fixed", "value": 7.5},
                "effect": {"kind": "normal", "mean": 2.8, "sd": 1e-9},
            }
        }
    )
    for n in (12, 40, 200):
        plain, point = expected_power(scenario, n), expected_power(fixed, n)
        assert plain is not None
        assert point is not None
        form = [power_at(scenario, n)]
        assert plain.power[:1] == pytest.approx(form, abs=1e-12)
        np.testing.assert_allclose(point.power, plain.power, rtol=0, atol=1e-8)
        assert plain.error == point.error > 0
        assert not plain.exact


def test_property_endless_trials_reach_the_probability_of_the_right_side() -> None:
    """The limit is P(effect beyond the null), for every objective and contrast of the sexes."""
    normal = stats.norm(2.5, 1.2)
    prior = {"effect": EFFECTS["normal"][0], "sd_difference": SDS["17 df"][0]}
    expected = {
        "greater": normal.sf(0.0),
        "less": normal.cdf(1.0),
        "two-sided": 1.0,
        "between": normal.cdf(4.0) - normal.cdf(-4.0),
    }
    for name, (objective, _) in TESTS.items():
        scenario = plan("2x2", objective, 2.5, of_difference(7.5), truth_prior=prior)
        limit = float(ExpectedPowerForm(scenario).limit()[0])
        assert limit == pytest.approx(expected[name], abs=1e-6)
        assert average(scenario, 10**8) == pytest.approx(limit, abs=1e-3)
    prior["sex_difference"] = {"kind": "normal", "mean": 1.0, "sd": 1.5}
    sexes = by_sex(objective=one_sided()).with_changes({"truth_prior": prior})
    limits = ExpectedPowerForm(sexes).limit()
    sides = [
        normal.sf(0.0),
        stats.norm(2.5 - 0.4, np.hypot(1.2, 0.4 * 1.5)).sf(0.0),
        stats.norm(2.5 + 0.6, np.hypot(1.2, 0.6 * 1.5)).sf(0.0),
        stats.norm(1.0, 1.5).sf(0.0),
    ]
    np.testing.assert_allclose(limits, sides, rtol=0, atol=1e-6)


def test_property_carryover_moves_the_limit() -> None:
    """In AB/BA half the carry-over is lost: the estimate tends to θ − λ/2, not to θ."""
    prior = {
        "effect": {"kind": "normal", "mean": 1.0, "sd": 1.0},
        "carryover": {"kind": "normal", "mean": 1.0, "sd": 2.0},
    }
    scenario = plan("AB/BA", one_sided(), 1.0, of_difference(7.5), truth_prior=prior)
    expected = stats.norm(0.5, np.sqrt(2)).sf(0.0)
    assert float(ExpectedPowerForm(scenario).limit()[0]) == pytest.approx(expected, abs=1e-6)


def test_property_more_people_help_and_more_doubt_hurts() -> None:
    """Expected power rises with N; above one half it falls as the prior widens."""
    doubt = [0.01, 0.5, 1.0, 2.0, 4.0]

    def scenario(sd: float) -> Scenario:
        prior = {"effect": {"kind": "normal", "mean": 2.5, "sd": sd}}
        return plan("2x2", one_sided(), 2.5, of_difference(7.5), truth_prior=prior)

    over_n = [average(scenario(1.2), n) for n in (8, 20, 40, 80, 400, 4_000)]
    over_doubt = [average(scenario(sd), 90) for sd in doubt]
    assert over_n == sorted(over_n)
    assert over_doubt == sorted(over_doubt, reverse=True)


def test_twin_dropout_and_correlation_are_averaged() -> None:
    """Gauss' rule for beta and uniform densities against many scenarios with equal weights."""
    prior = {
        "dropout": {"kind": "beta", "a": 3.0, "b": 12.0},
        "correlation": {"kind": "uniform", "lower": 0.2, "upper": 0.7},
    }
    scenario = crossover(truth={"effect": 3.0}).with_changes({"truth_prior": prior})
    found = expected_power(scenario, 60)
    assert found is not None
    assert found.error > 0
    u = (np.arange(40) + 0.5) / 40
    powers = [
        power_at(
            scenario.with_changes(
                {
                    "truth.attrition": leaving(float(hazard)),
                    "truth.covariance.correlation": 0.2 + 0.5 * float(share),
                }
            ),
            60,
        )
        for hazard in stats.beta(3, 12).ppf(u)
        for share in (np.arange(8) + 0.5) / 8
    ]
    assert float(found.power[0]) == pytest.approx(np.mean(powers), abs=3e-4)
    assert expected_completing_share(scenario) == pytest.approx(0.8, abs=1e-12)
    four = crossover("ABBA/BAAB").with_changes({"truth_prior": {"dropout": prior["dropout"]}})
    stays = stats.beta(3, 12).expect(lambda h: (1 - h) ** 3)
    assert expected_completing_share(four) == pytest.approx(stays, abs=1e-9)


def test_reference_too_few_people() -> None:
    """Two people cannot estimate anything, whatever the prior."""
    scenario = plan("2x2", one_sided(), 2.5, of_difference(7.5), truth_prior=BOTH)
    assert expected_power(scenario, 2) is None
