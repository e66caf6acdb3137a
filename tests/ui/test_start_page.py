"""The Start page, run without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from planner.scenario import built_in_names
from planner.ui import recent
from planner.ui.sections.starters import QUESTIONS
from tests.ui.pages import APP, DESIGN, PAGES, named, people, sound

START = f"{PAGES}/start.py"


@pytest.fixture(scope="module")
def first() -> AppTest:
    """The page as a new session finds it."""
    return start()


def start(starter: str = "confirmatory") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = starter
    return sound(app.switch_page(START).run())


def test_every_scenario_has_a_card_with_its_question(first: AppTest) -> None:
    assert set(QUESTIONS) == set(built_in_names())
    words = [m.value for m in first.markdown]
    labels = [b.label for b in first.button]
    for name, question in QUESTIONS.items():
        assert question in words
        assert f"Open {name}" in labels


def test_a_card_says_what_the_trial_is_sized_for(first: AppTest) -> None:
    """And no size: the sidebar's, simulated and with its dropout, is the only one."""
    cards = [c.value for c in first.caption if "Sized for" in c.value]
    assert len(cards) == len(built_in_names())
    assert all("overall at 80 % power" in card for card in cards)


def test_it_says_that_nothing_leaves_the_machine(first: AppTest) -> None:
    assert any("Nothing leaves this machine" in m.value for m in first.markdown)


def test_open_takes_the_scenario_in_hand_on_the_design_page() -> None:
    app = start()
    named(app.button, "Open parallel").click().run()
    assert named(app.sidebar.selectbox, "Scenario").value == "parallel"
    assert people(sound(app)) > 200
    assert "How many people, and with what design?" in [t.value for t in app.title]


def test_what_was_looked_at_is_listed_once_the_latest_first() -> None:
    app = sound(start("kcl-2025").switch_page(DESIGN).run())
    app = sound(app.switch_page(START).run())
    named(app.sidebar.selectbox, "Scenario").set_value("stanford-2018").run()
    listed = sound(app).table[-1].value
    assert list(listed.index)[:2] == ["stanford-2018", "kcl-2025"]
    assert not listed.reset_index().duplicated(["scenario", "fingerprint", "for"]).any()
    assert str(people(app)) == listed["people · simulated"].iloc[0]


def test_property_the_list_of_runs_is_bounded() -> None:
    app = AppTest.from_function(_many_runs, default_timeout=60).run()
    assert not app.exception
    assert app.text[0].value == f"{recent.MOST} 0.{recent.MOST + 4}"


def _many_runs() -> None:
    """More sizes than are kept, the last at the largest effect."""
    import streamlit as st

    import planner as pl
    from planner.search.sample_size import SizeSearch
    from planner.ui import recent

    base = pl.load_scenario("kcl-2025").with_changes({"monte_carlo.n_trials": 100})
    answer = SizeSearch(base).find("overall", 0.8)
    for k in range(recent.MOST + 5):
        scenario = base.with_changes({"truth.standardised_effect": 0.3, "monte_carlo.seed": k})
        recent.note(f"0.{k}", scenario, "overall", answer)
        recent.note(f"0.{k}", scenario, "overall", answer)
    st.text(f"{len(recent.runs())} {recent.runs()[0].name}")
