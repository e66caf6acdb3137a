"""The Design page where people are given, and the schedule with its formula."""

import pytest
from streamlit.testing.v1 import AppTest

import planner as pl
from planner.charts.style import percent, signed
from planner.operating.power import power
from planner.scenario import Scenario
from planner.ui import state
from tests.ui.pages import figure, named, opened, people, sound


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The starter scenario with the number of trials of the page."""
    return pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 2_000})


def solved(what: str, n: int) -> AppTest:
    """The page solved for something with `n` people."""
    app = opened()
    named(app.button_group, "Solve for").set_value(what).run()
    named(app.number_input, "People randomised").set_value(n).run()
    return sound(app)


def test_power_of_given_people_is_that_of_the_engine(scenario: Scenario) -> None:
    app, trial = solved("power", 60), power(scenario, 60)
    assert figure(app, "Power · simulated") == percent(trial["overall"].success.value)
    assert figure(app, "Type I error") == percent(trial.null["overall"].success.value)
    assert people(app) == people(opened()), "the size found does not depend on what is shown"


def test_detectable_difference_is_that_of_the_search(scenario: Scenario) -> None:
    expected = next(d for d in pl.detectable_effect(scenario, 60) if d.hypothesis == "overall")
    app = solved("effect", 60)
    assert figure(app, "Detectable difference") == signed(expected.effect)
    assert figure(app, "Effect in the scenario") == "2.50"
    assert named(app.metric, "Detectable difference").delta.startswith("MADRS points, 95 %")
    assert "planner detect confirmatory --n 60" in app.code[1].value


def test_an_odd_number_of_people_is_taken_as_it_is(scenario: Scenario) -> None:
    app, trial = solved("power", 61), power(scenario, 61)
    assert figure(app, "Power · simulated") == percent(trial["overall"].success.value)


def test_the_formula_is_that_of_the_closed_form(scenario: Scenario) -> None:
    app = opened()
    app.session_state["grounds"] = True
    sound(app.run())
    answer = state.closed_form(scenario, "overall", 86)
    assert answer is not None
    assert any(f"power {percent(answer.power)} (formula)" in c.value for c in app.caption)
    assert figure(app, "Power · formula") == percent(answer.power)
