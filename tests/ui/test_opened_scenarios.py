"""Scenarios opened from files and links, and what the address keeps."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from planner.errors import InvalidInput
from planner.scenario import built_in_names, load_scenario, parse_scenario, scenario_toml
from planner.ui import link
from planner.ui.link import Linked, decode, encode
from tests.ui.pages import APP, DESIGN, command, evidence, named, opened, people, sound


def test_property_a_link_says_what_was_put_into_it() -> None:
    values = {"truth.effect": 2.5, "n_subjects": [20, 300]}
    linked = Linked("mine", values, {"label": "ä \n$x$"}, None, "my files/mine.json")
    assert decode(encode(linked)) == linked


@pytest.mark.parametrize("text", ["x", "!!!", "a" * 40_000, encode(Linked("a", {}))[:-6], "AAAA"])
def test_a_damaged_link_is_one_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match="the link is damaged"):
        decode(text)


def linked_app(text: str, page: str = DESIGN) -> AppTest:
    """A new session with an address."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params[link.PARAMETER] = text
    return app.switch_page(page).run()


def test_a_reload_brings_the_controls_back() -> None:
    app = opened("kcl-2025")
    named(app.slider, "SD of within-person").set_value(9.0).run()
    again = sound(linked_app(address(app)))
    assert command(again) == command(app)
    assert people(again) == people(app)


def test_a_reload_keeps_a_prior_from_the_evidence_page() -> None:
    app = evidence(opened("kcl-2025"))
    named(app.button, "Use as analysis prior").click().run()
    app = sound(app.switch_page(DESIGN).run())
    assert "mixture" in command(app)
    again = sound(linked_app(address(app)))
    assert command(again) == command(app)


@pytest.mark.parametrize("pooled", [{}, {"kind": "mixture"}, {"kind": "normal", "sd": -1.0}])
def test_a_bad_prior_in_a_link_is_a_sentence(pooled: dict[str, object]) -> None:
    values = {"plan.analysis.kind": "posterior", "plan.analysis.priors.effect": "pooled"}
    app = linked_app(encode(Linked("kcl-2025", values, None, pooled)))
    assert not app.exception
    assert "plan.analysis.priors.effect" in app.sidebar.error[0].value
    assert people(app) > 0


def test_a_prior_among_the_values_of_a_link_is_left_out() -> None:
    values = {"pooled": 7, "plan.analysis.priors.effect": "pooled"}
    assert command(sound(linked_app(encode(Linked("confirmatory", values))))) == command(opened())


def test_a_link_with_values_that_no_control_can_show() -> None:
    values = {
        "truth.female_share": "many",
        "n_subjects": ["a", "b"],
        "plan.design": 7,
        "monte_carlo.n_trials": {"a": 1},
        "monte_carlo.seed": True,
    }
    app = sound(linked_app(encode(Linked("confirmatory", values))))
    assert command(app) == command(opened())


@pytest.mark.parametrize("name", ["nothing-of-this-name", "../../etc/passwd", ""])
def test_a_link_to_an_unknown_scenario_is_a_sentence(name: str) -> None:
    app = linked_app(encode(Linked(name, {})))
    assert not app.exception
    assert people(app) > 0
    assert len(app.sidebar.error) == 1


def test_a_bad_scenario_in_a_link_is_a_sentence() -> None:
    app = linked_app(encode(Linked("mine", {}, {"plan": {"design": "AB/CA"}})))
    assert not app.exception
    assert "this key is missing" in app.sidebar.error[0].value


@pytest.mark.parametrize("name", built_in_names())
def test_an_uploaded_scenario_is_the_one_that_was_saved(name: str) -> None:
    scenario = load_scenario(name).with_changes({"monte_carlo.n_trials": 500})
    app = opened()
    upload(app, "mine.toml", scenario_toml(scenario).encode())
    sound(app)
    assert named(app.sidebar.selectbox, "Scenario").value == "mine"
    assert any(scenario.short_fingerprint in c.value for c in app.sidebar.caption)
    assert "mine.toml" in command(app)
    again = sound(linked_app(address(app)))
    assert any(scenario.short_fingerprint in c.value for c in again.sidebar.caption)


@pytest.mark.parametrize(
    ("file", "name"), [("mine.json", "mine"), ("kcl-2025.toml", "kcl-2025 (file)")]
)
def test_the_command_line_calls_a_file_by_its_own_name(file: str, name: str) -> None:
    scenario = load_scenario("kcl-2025").with_changes({"monte_carlo.n_trials": 500})
    content = scenario_toml(scenario) if file.endswith("toml") else json.dumps(scenario.plain())
    app = opened()
    upload(app, file, content.encode())
    assert named(sound(app).sidebar.selectbox, "Scenario").value == name
    assert command(app).split()[2] == file
    assert command(sound(linked_app(address(app)))) == command(app)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[plan\n", b"[plan]\ndesign = 3\n", b""])
def test_a_malformed_upload_is_a_sentence_and_changes_nothing(content: bytes) -> None:
    app = opened()
    before = command(app)
    upload(app, "bad.toml", content)
    assert not app.exception
    assert "bad.toml" in app.sidebar.error[0].value
    assert command(app) == before


def upload(app: AppTest, name: str, content: bytes) -> None:
    """Put a file into the sidebar's control."""
    app.sidebar.get("file_uploader")[0].upload(name, content).run()


def test_property_what_is_parsed_is_what_is_loaded() -> None:
    scenario = load_scenario("stanford-2018")
    assert parse_scenario(scenario_toml(scenario).encode(), "s.toml") == scenario


def address(app: AppTest) -> str:
    """The text in the address of a page."""
    found = app.query_params[link.PARAMETER]
    return found if isinstance(found, str) else found[0]
