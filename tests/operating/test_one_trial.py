"""One simulated trial looked at closely: which it is, its posterior, and priors of many parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from planner.engines.prepare import planned_posterior
from planner.errors import InvalidInput
from planner.operating.effect_update import effect_update
from planner.operating.evaluate import Case, Simulation
from planner.operating.example_trial import drawn_trial, example_trial
from planner.operating.replay import replay
from planner.operating.sex_estimates import sex_estimates
from planner.operating.sex_questions import sex_questions
from planner.rng import BLOCK_SIZE
from planner.scenario import Scenario, load_scenario

NORMAL = {"kind": "normal", "mean": 1.0, "sd": 2.0}
STUDENT = {"kind": "student-t", "mean": 0.5, "scale": 2.0, "df": 3.0}
EXCHANGEABLE = {"kind": "exchangeable", "tau": {"kind": "half-normal", "scale": 2.0}}
Shown = Callable[[Scenario, int], object]


def bayesian(effect: dict[str, Any], **priors: Any) -> Scenario:
    """The confirmatory scenario with a Bayesian analysis of the effect in women."""
    analysis = {"kind": "posterior", "by_sex": True, "priors": {"effect": effect, **priors}}
    hypotheses = [{"name": "female", "contrast": "female"}]
    return load_scenario("confirmatory").with_changes(
        {"plan.analysis": analysis, "plan.hypotheses": hypotheses}
    )


def updated(scenario: Scenario, trial: int) -> object:
    """Prior, likelihood and posterior of the first hypothesis."""
    return effect_update(scenario, 86, scenario.plan.hypothesis_names[0], trial)


def by_both_engines(scenario: Scenario, trial: int) -> object:
    """The posterior by quadrature and by sampling."""
    return example_trial(scenario, 86, trial)


def person_by_person(scenario: Scenario, trial: int) -> object:
    """Its people and what all analyses say."""
    return replay(scenario, 86, trial)


def of_women_and_men(scenario: Scenario, trial: int) -> object:
    """Separate and shrunken estimates."""
    return sex_estimates(sex_questions(scenario, scenario.plan.hypothesis_names[0]), 86, trial, 1.5)


@pytest.mark.parametrize("shown", [updated, by_both_engines])
def test_a_test_has_no_posterior_to_show(shown: Shown) -> None:
    """Both ways to look at a trial ask for a Bayesian analysis."""
    with pytest.raises(InvalidInput, match=r"set plan\.analysis\.kind to posterior"):
        shown(load_scenario("confirmatory"), 0)


@pytest.mark.parametrize("shown", [updated, by_both_engines, person_by_person, of_women_and_men])
@pytest.mark.parametrize("past", [False, True])
def test_only_trials_of_the_simulation_are_shown(shown: Shown, past: bool) -> None:
    """Trial −1 and the one after the last are refused."""
    scenario = bayesian(NORMAL)
    n_trials = scenario.monte_carlo.n_trials
    with pytest.raises(InvalidInput, match=f"trials 0 to {n_trials - 1}; choose one") as caught:
        shown(scenario, n_trials if past else -1)
    assert caught.value.key == "trial"


@pytest.mark.parametrize("trial", [0, 3, BLOCK_SIZE + 5])
def test_property_the_trial_shown_is_the_one_that_the_simulation_saw(trial: int) -> None:
    """Alone it has the posterior that it has among the trials of its block."""
    scenario = bayesian(NORMAL)
    drawn = drawn_trial(scenario, 86, trial)
    found = drawn.fit(planned_posterior(scenario, drawn.analysis, drawn.simulation.layout))
    block, place = divmod(trial, BLOCK_SIZE)
    _, seen = Simulation(Case(scenario, 86)).simulate(block, BLOCK_SIZE)
    assert found.posterior is not None
    assert seen.posterior is not None
    np.testing.assert_array_equal(found.estimate[0], seen.estimate[place])
    np.testing.assert_array_equal(found.posterior.probability[0], seen.posterior.probability[place])


def student_density(x: float) -> float:
    """Of the effect in women, whose prior is a Student t by itself."""
    return float(stats.t.pdf(x, 3.0, 0.5, 2.0))


def exchangeable_density(x: float) -> float:
    """Of δ + τz with δ ~ N(1, 2²) and τ half-normal of scale 2, integrated over τ."""

    def given(tau: float) -> float:
        density = stats.norm.pdf(x, 1.0, np.hypot(2.0, tau))
        return float(density * stats.halfnorm.pdf(tau, scale=2.0))

    return float(integrate.quad(given, 0.0, 20.0)[0])


@pytest.mark.parametrize(
    ("scenario", "density"),
    [
        (bayesian(STUDENT), student_density),
        (bayesian(NORMAL, sexes=EXCHANGEABLE), exchangeable_density),
    ],
    ids=["student", "exchangeable"],
)
def test_twin_prior_that_is_a_mixture_of_many_normals(
    scenario: Scenario, density: Callable[[float], float]
) -> None:
    """Its density is drawn as that of any other, and 99 % of it are in view."""
    found = effect_update(scenario, 86, "female", 3)
    assert found.prior is not None
    middle, width = (found.edges[1:] + found.edges[:-1]) / 2, np.diff(found.edges)
    expected = np.array([density(float(x)) for x in middle])
    assert found.prior == pytest.approx(expected, abs=2e-4)
    assert found.posterior @ width == pytest.approx(1.0, abs=1e-3)
    assert (found.posterior * width) @ middle == pytest.approx(found.mean, abs=2e-3)
    below, upto = (
        integrate.quad(density, -60.0, end, limit=200)[0]
        for end in (found.edges[0], found.edges[-1])
    )
    assert below <= 0.005 + 1e-4
    assert upto >= 0.995 - 1e-4
