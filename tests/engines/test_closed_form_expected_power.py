"""Expected power against PowerTOST, bayesassurance, the integral itself, and its limits."""

import heapq
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
from tests.planning import (
    Table,
    equivalent,
    non_inferior,
    of_difference,
    one_sided,
    plan,
    power_at,
    smallest,
    two_sided,
    within,
)
from tests.reference import published, reference_case
from tests.twins.power import power_one_sided, power_tost, power_two_sided

Vector = NDArray[np.float64]
IDS = ("EP-01", "EP-05", "EP-06", "EP-07", "EP-08", "EP-16", "EP-17", "EP-18")
"""Published cases that are tested here."""


def known_from(df: float, value: float) -> Table:
    """An SD known from `df` degrees of freedom."""
    return {"kind": "scaled-inverse-chi", "value": float(value), "df": float(df)}


def sd_of(cv: float) -> float:
    """SD of the within-person difference of logarithms."""
    return float(np.sqrt(2 * np.log1p(cv**2)))


def ratio(objective: Table, theta0: float, cv: float, prior: Table | None = None) -> Scenario:
    """A 2 × 2 crossover with a log-scale endpoint."""
    more: dict[str, Any] = {"truth_prior": prior} if prior else {}
    covariance = {"kind": "compound-symmetry", "cv_within": cv}
    return plan("2x2", objective, theta0, covariance, scale="log", **more)


def average(scenario: Scenario, n: int) -> float:
    """Expected power of the first hypothesis."""
    result = expected_power(scenario, n)
    assert result is not None
    assert result.exact
    assert result.error == 0.0
    return float(result.power[0])


def test_reference_expected_power_with_uncertain_cv() -> None:
    """EP-01: PowerTOST, exppower.noninf, CV 0.3 known from 10 df."""
    inputs, expected, tolerance = published("EP-01")
    objective = non_inferior(inputs["margin"], inputs["alpha"])
    prior = {"sd_difference": known_from(inputs["df_pilot"], sd_of(inputs["CV"]))}
    uncertain = ratio(objective, inputs["theta0"], inputs["CV"], prior)
    certain = ratio(objective, inputs["theta0"], inputs["CV"])
    found = average(uncertain, inputs["n"]), average(certain, inputs["n"])
    assert found == pytest.approx(
        (expected["exp_power"], expected["cond_power"]), abs=tolerance["power"]
    )
    assert found[1] == pytest.approx(power_at(certain, inputs["n"]), abs=1e-12)


PILOT = {"kind": "pilot", "mean": float(np.log(0.92)), "n_subjects": 16}
UNCERTAIN: dict[str, Table | None] = {
    "carved_in_stone": None,
    "CV": {"sd_difference": known_from(14, sd_of(0.2))},
    "theta0": {"effect": PILOT},
    "both": {"effect": PILOT, "sd_difference": known_from(14, sd_of(0.2))},
}


@pytest.mark.parametrize("what", UNCERTAIN)
def test_reference_equivalence_with_uncertain_cv_effect_or_both(what: str) -> None:
    """EP-05: PowerTOST's vignette; sizes 28, 30, 46 and 54."""
    inputs, expected, tolerance = published("EP-05")
    scenario = ratio(equivalent(0.8, 1.25), inputs["theta0"], inputs["CV"], UNCERTAIN[what])
    form = ExpectedPowerForm(scenario)

    def at(n: int) -> float:
        result = form.at(n)
        return 0.0 if result is None else float(result.power[0])

    n = expected["n"][what]
    assert at(n) == pytest.approx(expected["power"][what], abs=tolerance["power"])
    assert smallest(at, inputs["target_power"], 2, start=2) == n


def pooled(inputs: Table) -> tuple[float, float]:
    """CV and df of several pilots, variances of logarithms weighted by their df."""
    total = float(np.sum(inputs["dfs"]))
    variance = np.average(np.log1p(np.square(inputs["CVs"])), weights=inputs["dfs"])
    return float(np.sqrt(np.expm1(variance))), total


def test_reference_expected_power_of_non_inferiority_by_one_or_two_pilots() -> None:
    """EP-06 and EP-07: PowerTOST, expsampleN.noninf."""
    for case in ("EP-06", "EP-07"):
        inputs, expected, tolerance = published(case)
        cv, df = pooled(inputs) if "CVs" in inputs else (inputs["CV"], inputs["m_pilot"] - 2)
        if "pooled_CV" in expected:
            assert cv == pytest.approx(expected["pooled_CV"], abs=1e-6)
            assert df == expected["df"]
        prior = {"sd_difference": known_from(df, sd_of(cv))}
        scenario = ratio(non_inferior(inputs["margin"]), inputs["theta0"], cv, prior)
        n = expected["n_total"]
        assert average(scenario, n) == pytest.approx(expected["exp_power"], abs=tolerance["power"])
        assert average(scenario, n - 2) < inputs["target_power"] <= average(scenario, n)


def test_reference_expected_power_of_equivalence_by_two_pilots() -> None:
    """EP-08: PowerTOST, expsampleN.TOST."""
    inputs, expected, tolerance = published("EP-08")
    cv, df = pooled(inputs)
    prior = {"sd_difference": known_from(df, sd_of(cv))}
    scenario = ratio(equivalent(0.8, 1.25), inputs["theta0"], cv, prior)
    n = expected["n_total"]
    assert average(scenario, n) == pytest.approx(expected["exp_power"], abs=tolerance["power"])
    assert average(scenario, n - 2) < inputs["target_power"] <= average(scenario, n)


def cubature(
    f: Callable[[Vector], float], low: Vector, high: Vector, tolerance: float
) -> tuple[float, int]:
    """Two-dimensional integral by adaptive bisection, and the number of bisections.

    Rule of degree 7 of Genz & Malik 1980 (J Comput Appl Math 6:295) with its embedded rule of
    degree 5, as in the C library and R package `cubature`.
    """
    corners = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)], dtype=float)
    near, far, outer = np.sqrt([9 / 70, 9 / 10, 9 / 19])

    def rule(centre: Vector, half: Vector) -> tuple[float, float, int]:
        middle, axes = f(centre), half * np.eye(2)
        inner = [f(centre + near * e) + f(centre - near * e) for e in axes]
        edge = [f(centre + far * e) + f(centre - far * e) for e in axes]
        cross, rim = (sum(f(centre + r * half * c) for c in corners) for r in (far, outer))
        seventh = (12824 - 18240 + 1600) / 19683 * middle + 980 / 6561 * sum(inner)
        seventh += (1820 - 800) / 19683 * sum(edge) + 200 / 19683 * cross + 6859 / 78732 * rim
        fifth = (729 - 1900 + 200) / 729 * middle + 245 / 486 * sum(inner)
        fifth += (265 - 200) / 1458 * sum(edge) + 25 / 729 * cross
        curvature = [
            abs(a - 2 * middle - near**2 / far**2 * (b - 2 * middle))
            for a, b in zip(inner, edge, strict=True)
        ]
        volume = 4 * half.prod()
        return volume * seventh, volume * abs(seventh - fifth), int(np.argmax(curvature))

    centre, half = (low + high) / 2, (high - low) / 2
    value, error, axis = rule(centre, half)
    regions: list[Any] = [(-error, 0, value, centre, half, axis)]
    total, uncertainty, count = value, error, 1
    while uncertainty > tolerance * abs(total):
        minus_error, _, value, centre, half, axis = heapq.heappop(regions)
        total, uncertainty = total - value, uncertainty + minus_error
        half = np.where(np.arange(2) == axis, half / 2, half)
        for sign in (-1.0, 1.0):
            place = centre + sign * np.where(np.arange(2) == axis, half, 0.0)
            value, error, split = rule(place, half)
            heapq.heappush(regions, (-error, count, value, place, half, split))
            total, uncertainty, count = total + value, uncertainty + error, count + 1
    return total, count // 2


BOTH: Table = {
    "effect": {"kind": "pilot", "mean": 2.5, "n_subjects": 26},
    "sd_difference": known_from(24, np.sqrt(2) * 5.2),
}


def powertost_integrand(inputs: Table) -> Callable[[Vector], float]:
    """Density of (σ², θ) times power, on the unit square of PowerTOST's change of variables."""
    m, n, sd = inputs["pilot_n"], inputs["n"], inputs["sd_within"]
    shape, scale = (m - 2) / 2, (m - 2) / 2 * sd**2
    critical = stats.t.ppf(1 - inputs["alpha"], n - 2)

    def integrand(x: Vector) -> float:
        variance, effect = x[0] / (1 - x[0]), x[1] / (1 - x[1] ** 2)
        density = np.exp(
            shape * np.log(scale)
            - special.gammaln(shape)
            - (shape + 1) * np.log(variance)
            - scale / variance
        ) * stats.norm.pdf(effect, inputs["effect"], np.sqrt(2 * variance / m))
        power = 1 - special.nctdtr(n - 2, effect / np.sqrt(2 * variance / n), critical)
        stretch = (1 + x[1] ** 2) / (1 - x[1] ** 2) ** 2 / (1 - x[0]) ** 2
        return float(density * power * stretch)

    return integrand


@pytest.mark.parametrize("case", ["exppower_exact_both", "exppower_approx_both"])
def test_reference_powertost_superiority_with_both_uncertain(case: str) -> None:
    """PowerTOST integrates over effect and variance with relative tolerance 1e-4.

    Its quadrature, run again, gives its printed value to the last digit, and with a tolerance
    of 1e-7 the value that is found here; the printed one is 1.4e-5 above the integral.
    """
    inputs = reference_case("power_powertost", case)["inputs"]
    printed = reference_case("power_powertost", case)["expected"]
    integrand, low, high = powertost_integrand(inputs), np.array([0.0, -1.0]), np.ones(2)
    assert cubature(integrand, low, high, 1e-4)[0] == pytest.approx(printed, abs=1e-11)
    integral, _ = cubature(integrand, low, high, 1e-7)
    scenario = plan("2x2", one_sided(), 2.5, within(5.2), truth_prior=BOTH)
    assert average(scenario, inputs["n"]) == pytest.approx(integral, abs=1e-8)
    assert average(scenario, inputs["n"]) == pytest.approx(printed, abs=1e-4 * printed)


MANY = 10**7
"""Trials this many times larger, with as much more variance: the variance is all but known."""


def known_variance(effect: float, variance: float, prior: Table | None, alpha: float) -> Scenario:
    """A paired comparison whose mean of n differences has variance `variance`/n, n in units."""
    more: dict[str, Any] = {"truth_prior": prior} if prior else {}
    covariance = of_difference(float(np.sqrt(MANY * variance)))
    paired = {"adjust_period": False}
    return plan("paired", one_sided(alpha), effect, covariance, analysis=paired, **more)


def test_reference_known_variance() -> None:
    """EP-16: bayesassurance, power of the one-sample z test, as df → ∞."""
    inputs, expected, tolerance = published("EP-16")
    effect = inputs["theta1"] - inputs["theta0"]
    scenario = known_variance(effect, inputs["sigsq"], None, inputs["alpha"])
    found = [average(scenario, n * MANY) for n in inputs["n"]]
    np.testing.assert_allclose(found, expected["power"], rtol=0, atol=tolerance["power"])


def test_reference_design_prior_without_analysis_prior() -> None:
    """EP-17: bayesassurance with a design prior worth 1e8 people and an analysis prior of none."""
    inputs, expected, tolerance = published("EP-17")
    effect, variance = inputs["theta1"] - inputs["theta0"], inputs["sigsq"]
    prior = {"kind": "normal", "mean": effect, "sd": float(np.sqrt(variance / inputs["n_d"]))}
    scenario = known_variance(effect, variance, {"effect": prior}, inputs["alpha"])
    found = [average(scenario, n * MANY) for n in inputs["n"]]
    np.testing.assert_allclose(found, expected["assurance"], rtol=0, atol=tolerance["power"])


@pytest.mark.parametrize(
    ("alpha", "name"), [(0.05, "closed_form_alpha05"), (0.025, "closed_form_alpha025")]
)
def test_reference_cost_effectiveness(alpha: float, name: str) -> None:
    """EP-18: O'Hagan & Stevens 2001, net benefit in two parallel groups of 285."""
    inputs, expected, tolerance = published("EP-18")
    k, (effect_0, cost_0, effect_1, cost_1) = inputs["K"], inputs["mu_d"]
    mean = float(k * (effect_1 - effect_0) - (cost_1 - cost_0))
    variance = k**2 * inputs["var_E"] + inputs["var_C"]
    prior_variance = k**2 * 2 * (inputs["prior_var_eff"] - inputs["prior_cov_eff"])
    prior_variance += 2 * inputs["prior_var_cost"]
    prior = {"kind": "normal", "mean": mean, "sd": float(np.sqrt(prior_variance))}

    def scenario(scale: float) -> Scenario:
        total = within(float(np.sqrt(scale * variance)), between=0.0)
        return plan("parallel", one_sided(alpha), mean, total, truth_prior={"effect": prior})

    n = 2 * inputs["n_per_arm"]
    assert average(scenario(1), n) == pytest.approx(expected[name], abs=tolerance["power"])
    assert average(scenario(1e6), n * 10**6) == pytest.approx(expected[name], abs=1e-6)


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
    form.sds = prior_nodes.sd_nodes(scenario.truth_prior.sd_difference, 7.5, 0.001)  # type: ignore[union-attr]
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
