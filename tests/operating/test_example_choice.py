"""Three example trials, chosen by a rule."""

import pytest

import planner as pl
from planner.operating.example_choice import Examples, choose_examples
from planner.operating.replay import ReplayedTrial, replay
from planner.scenario import Scenario
from tests.planning import of_difference, one_sided, plan

N, LEVEL = 40, 0.025


def scenario(effect: float = 2.5, n_trials: int = 100) -> Scenario:
    return plan("AB/BA", one_sided(), effect, of_difference(7.5), monte_carlo__n_trials=n_trials)


def p_and_shown(trial: ReplayedTrial) -> tuple[float, bool]:
    reading = trial.readings[0]
    return reading.p_value, reading.shown


@pytest.fixture(scope="module")
def chosen() -> Examples:
    return choose_examples(scenario(), "overall", N)


def test_twin_the_rule_applied_to_every_replayed_trial(chosen: Examples) -> None:
    seen = [p_and_shown(replay(scenario(), N, trial)) for trial in range(100)]
    clear_success = next(i for i, (p, shown) in enumerate(seen) if shown and p <= LEVEL / 10)
    clear_failure = next(i for i, (p, shown) in enumerate(seen) if not shown and p >= 10 * LEVEL)
    others = [i for i in range(100) if i not in (clear_success, clear_failure)]
    borderline = min(others, key=lambda i: abs(seen[i][0] - LEVEL))
    assert [e.kind for e in chosen.trials] == ["clear success", "clear failure", "borderline"]
    assert [e.trial.trial for e in chosen.trials] == [clear_success, clear_failure, borderline]
    assert chosen.looked_at == 100
    assert not chosen.missing


def test_p_and_people_are_those_of_the_trial(chosen: Examples) -> None:
    for example in chosen.trials:
        p, shown = p_and_shown(example.trial)
        assert example.p_value == pytest.approx(p, rel=1e-9)
        assert shown == (example.p_value <= example.level)
        assert example.level == LEVEL
        assert len(set(example.trial.table["subject"])) == N
        assert "first 100 trials" in example.why


def test_without_a_failure_it_says_so() -> None:
    found = choose_examples(scenario(effect=40.0), "overall", N)
    assert [e.kind for e in found.trials] == ["clear success"]
    assert found.missing["clear failure"] == "None of the first 100 trials fails."
    assert "borderline" in found.missing


def test_without_a_success_it_says_so() -> None:
    found = choose_examples(scenario(effect=-40.0), "overall", N)
    assert [e.kind for e in found.trials] == ["clear failure"]
    assert found.missing["clear success"] == "None of the first 100 trials succeeds."


def test_other_hypotheses_and_analyses_have_examples_too() -> None:
    changes = {"monte_carlo.n_trials": 100, "plan.analysis": {"kind": "posterior"}}
    bayesian = pl.load_scenario("confirmatory").with_changes(changes)
    found = choose_examples(bayesian, "male", 84)
    for example in found.trials:
        reading = next(r for r in example.trial.readings if r.hypothesis == "male")
        assert reading.p_value == pytest.approx(example.p_value, abs=1e-9)
        assert reading.shown == (example.kind == "clear success" or example.p_value <= 0.025)
