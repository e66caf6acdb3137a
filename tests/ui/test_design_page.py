"""The Design page, run without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import planner as pl
from planner.scenario import built_in_names
from planner.search.sample_size import SizeSearch

APP = str(Path(__file__).parents[2] / "app.py")


def opened() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    assert not app.error
    return app


def headline(app: AppTest) -> str:
    return str(next(m.value for m in app.sidebar.metric if "randomise" in m.label))


def slider(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(s for s in app.slider if s.label.startswith(label))


def test_headline_is_the_answer_of_the_search() -> None:
    scenario = pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 2_000})
    expected = SizeSearch(scenario).find("overall", 0.8)
    app = opened()
    assert headline(app) == str(expected.n_randomised)
    figure = next(m.value for m in app.metric if m.label.startswith("Power · simulated"))
    assert figure == f"{100 * expected.power.value:.1f} %"


@pytest.mark.parametrize("name", built_in_names())
def test_every_starter_scenario_shows_a_size(name: str) -> None:
    app = opened()
    next(s for s in app.selectbox if s.label.startswith("Starter")).set_value(name).run()
    assert not app.exception
    assert not app.error
    assert headline(app)[0].isdigit()


def test_a_larger_sd_asks_for_more_people() -> None:
    app = opened()
    before = int(headline(app))
    slider(app, "SD of within-person").set_value(9.0).run()
    assert not app.exception
    assert int(headline(app)) > before
    assert "truth.covariance.sd_difference=9.0" in app.code[0].value


def test_no_effect_is_said_in_a_sentence_not_a_traceback() -> None:
    app = opened()
    slider(app, "Effect in women").set_value(0.0)
    slider(app, "Effect in men").set_value(0.0).run()
    assert not app.exception


def test_every_control_explains_itself() -> None:
    app = opened()
    for widget in [*app.slider, *app.selectbox, *app.number_input]:
        assert widget.help, widget.label


def test_caption_stops_the_wrong_reading() -> None:
    assert any("not a difference" in c.value for c in opened().caption)
