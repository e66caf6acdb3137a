"""Every page with every starter scenario, with extreme ones, and with a problem in hand."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner import ui
from planner.scenario import built_in_names
from planner.ui.link import PARAMETER, Linked, encode
from tests.ui.pages import APP, PAGES, figure, named, people, sound

NAMES = sorted(path.stem for path in (Path(ui.__file__).parent / "pages").glob("*.py"))
FEW = {"monte_carlo.n_trials": 200}
EXTREMES = {
    "hardly any people": {"truth.effect.female": 7.5, "truth.effect.male": 7.5},
    "very many people": {"truth.effect.female": 0.2, "truth.effect.male": 0.2},
    "large spread": {"truth.covariance.sd_difference": 15.0},
    "nearly all women": {"truth.female_share": 0.8},
    "many leave": {"truth.attrition.after_period_1": 0.4},
    "a single period": {"plan.design": "parallel"},
    "more periods": {"plan.design": "ABBA/BAAB"},
    "the posterior of few trials": {"plan.analysis.kind": "posterior"},
}


def page(name: str, scenario: str, values: dict[str, object]) -> AppTest:
    """A page of a new session with controls as set."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params[PARAMETER] = encode(Linked(scenario, {**FEW, **values}))
    return app.switch_page(f"{PAGES}/{name}.py").run()


@pytest.mark.parametrize("starter", built_in_names())
@pytest.mark.parametrize("name", NAMES)
def test_every_page_shows_every_starter_scenario(name: str, starter: str) -> None:
    app = sound(page(name, starter, {}))
    assert app.title
    assert people(app) > 0


@pytest.mark.slow
@pytest.mark.parametrize("case", EXTREMES)
@pytest.mark.parametrize("name", NAMES)
def test_every_page_bears_extreme_scenarios(name: str, case: str) -> None:
    app = page(name, "confirmatory", EXTREMES[case])
    assert not app.exception, [e.message for e in app.exception]
    assert app.title
    assert "nan" not in " ".join(str(m.value) for m in app.metric)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_without_an_effect_is_said_in_a_sentence(name: str) -> None:
    values = {"truth.effect.female": 0.0, "truth.effect.male": 0.0}
    app = page(name, "confirmatory", values)
    assert not app.exception, [e.message for e in app.exception]


@pytest.mark.parametrize("name", NAMES)
def test_the_headline_is_the_same_on_every_page(name: str) -> None:
    assert figure(sound(page(name, "kcl-2025", {})), "People to randomise") == figure(
        sound(page("design", "kcl-2025", {})), "People to randomise"
    )


@pytest.mark.parametrize("name", ["assumptions", "compare", "women_and_men"])
def test_controls_that_two_pages_share_keep_their_values(name: str) -> None:
    app = sound(page(name, "confirmatory", {"truth.effect.male": 3.6}))
    before = people(app)
    app = sound(app.switch_page(f"{PAGES}/design.py").run())
    assert people(app) == before
    assert named(app.slider, "Effect in men").value == 3.6
    named(app.slider, "Effect in men").set_value(4.0).run()
    app = sound(app.switch_page(f"{PAGES}/{name}.py").run())
    assert people(app) < before
