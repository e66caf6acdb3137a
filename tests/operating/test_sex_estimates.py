"""Separate and shrunken estimates of one simulated trial."""

import numpy as np
import pytest
from scipy import stats

from planner.errors import InvalidInput
from planner.operating.evaluate import Case, Simulation
from planner.operating.sex_estimates import exchangeable, sex_estimates
from planner.operating.sex_questions import SexQuestions, sex_questions
from planner.plan.priors import ExchangeableSexes
from planner.scenario import Scenario, load_scenario

N, TAU = 86, 1.1


def scenario(n_trials: int = 2000) -> Scenario:
    return load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": n_trials})


@pytest.fixture(scope="module")
def asked() -> SexQuestions:
    """The built-in questions."""
    return sex_questions(scenario(), "overall")


@pytest.mark.parametrize("trial", [0, 7, 1003])
def test_separate_estimates_are_those_of_the_simulation(asked: SexQuestions, trial: int) -> None:
    found = sex_estimates(asked, N, trial, TAU)
    simulation = Simulation(Case(asked.scenario, N))
    block, place = divmod(trial, 1000)
    _, batch = simulation.simulate(block, 1000)
    decided = simulation.rule.decide(batch)
    half = decided.half_width[place]
    np.testing.assert_allclose(found.separate[:, 0], batch.estimate[place], rtol=1e-12)
    np.testing.assert_allclose(found.separate[:, 2], batch.estimate[place] + half, rtol=1e-9)
    assert found.shown == tuple(decided.rejected[place].tolist())
    assert (found.women, found.men) == (52, 34)
    np.testing.assert_allclose(found.truth, [2.5, 2.1, 3.1, 1.0])


def test_property_shrinkage_weakens_as_tau_grows(asked: SexQuestions) -> None:
    """A small τ makes the sexes alike; a larger one draws them less together.

    With two sexes the data say so little of τ that the pull never quite ends: its likelihood
    falls as 1/τ, and so the share of a half-normal prior near 0 only as 1/log(scale).
    """
    differences = [sex_estimates(asked, N, 0, tau).shrunken[3] for tau in (0.01, TAU, 200.0)]
    separate = sex_estimates(asked, N, 0, TAU).separate[3]
    alike, between, apart = (row[0] for row in differences)
    assert abs(alike) < 0.01
    assert 0 < between < apart < separate[0]
    widths = [row[2] - row[1] for row in differences]
    assert widths == sorted(widths)


@pytest.mark.parametrize("trial", range(4))
def test_twin_shrunken_difference_by_one_integral(asked: SexQuestions, trial: int) -> None:
    """d ~ N(Δ, s²), Δ ~ N(0, 2 τ²): E(Δ | d) = d E(2 τ² / (2 τ² + s²) | d), flat in the mean.

    The standard error is taken as known and the sexes as independent; at 68 degrees of freedom
    and more both hardly matter.
    """
    found = sex_estimates(asked, N, trial, TAU)
    d, lower, upper = found.separate[3]
    s = (upper - lower) / 2 / stats.t.ppf(0.975, 74)
    tau = np.linspace(0, 8 * TAU, 20_001)
    total = 2 * tau**2 + s**2
    weight = np.exp(-((tau / TAU) ** 2) / 2) * stats.norm.pdf(d, 0, np.sqrt(total))
    expected = d * np.sum(weight * 2 * tau**2 / total) / np.sum(weight)
    assert found.shrunken[3, 0] == pytest.approx(expected, rel=0.03)


def test_a_bayesian_plan_keeps_its_other_priors(asked: SexQuestions) -> None:
    effect = {"kind": "normal", "mean": 1.0, "sd": 2.0}
    changes = {"plan.analysis": {"kind": "posterior", "priors": {"effect": effect}}}
    bayesian = asked.scenario.with_changes(changes)
    analysis = exchangeable(bayesian, 0.7)
    assert isinstance(analysis.priors.sexes, ExchangeableSexes)
    assert analysis.priors.effect.plain() == effect
    found = sex_estimates(sex_questions(bayesian, "overall"), N, 0, TAU)
    plain = sex_estimates(asked, N, 0, TAU)
    np.testing.assert_array_equal(found.separate, plain.separate)
    assert np.all(found.shrunken[:3, 0] != plain.shrunken[:3, 0])


def test_what_cannot_be_is_said(asked: SexQuestions) -> None:
    with pytest.raises(InvalidInput, match="trial is 2000 but the simulation has trials 0 to 1999"):
        sex_estimates(asked, N, 2000, TAU)
    parallel = {
        "plan.design": "parallel",
        "truth.attrition": {"kind": "none"},
        "truth_prior": None,
    }
    of_one_period = sex_questions(scenario().with_changes(parallel), "overall")
    with pytest.raises(InvalidInput, match=r"one period.*choose a crossover design"):
        sex_estimates(of_one_period, N, 0, TAU)
