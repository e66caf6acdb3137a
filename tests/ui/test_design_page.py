"""The Design page, run without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

import planner as pl
from planner.scenario import built_in_names
from planner.search.sample_size import SizeSearch
from tests.ui.pages import command, controls, figure, named, opened, people, sound


def test_headline_is_the_answer_of_the_search() -> None:
    scenario = pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 2_000})
    expected = SizeSearch(scenario).find("overall", 0.8)
    app = opened()
    assert people(app) == expected.n_randomised
    assert figure(app, "Power · simulated") == f"{100 * expected.power.value:.1f} %"


@pytest.mark.parametrize("name", built_in_names())
def test_every_starter_scenario_shows_a_size(name: str) -> None:
    assert people(opened(name)) > 0


def test_a_larger_sd_asks_for_more_people() -> None:
    app = opened()
    before = people(app)
    named(app.slider, "SD of within-person").set_value(9.0).run()
    assert people(sound(app)) > before
    assert "truth.covariance.sd_difference=9.0" in command(app)


def test_no_effect_is_said_in_a_sentence_not_a_traceback() -> None:
    app = opened()
    named(app.slider, "Effect in women").set_value(0.0)
    named(app.slider, "Effect in men").set_value(0.0).run()
    assert not app.exception


def test_a_parallel_design_keeps_what_its_one_period_allows() -> None:
    app = opened()
    named(app.selectbox, "Design").set_value("parallel").run()
    assert people(sound(app)) > 86
    scenario = pl.load_scenario("confirmatory")
    assert scenario.truth_prior is not None
    assert "truth_prior={effect = {" in command(app)
    assert "correlation" not in command(app)


def test_every_control_explains_itself() -> None:
    for widget in controls(opened()):
        assert widget.help, widget.label


def test_caption_stops_the_wrong_reading() -> None:
    assert any("not a difference" in c.value for c in opened().caption)


def test_reset_brings_the_starter_scenario_back() -> None:
    app: AppTest = opened()
    before = command(app)
    named(app.slider, "Share of women").set_value(0.5).run()
    assert command(app) != before
    named(app.button, "Reset").click().run()
    assert command(sound(app)) == before
