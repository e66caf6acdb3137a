"""Scenario files in and out of the browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from planner.scenario import load_scenario, scenario_toml
from tests.browser.visitor import DRAWN_WITHIN, Visitor

TOML = "application/toml"


def upload(visitor: Visitor, name: str, content: str) -> None:
    """Give a file to "Open a scenario", which is folded away at first."""
    chooser = visitor.sidebar.locator('[data-testid="stFileUploader"]').filter(
        has_text="Open a scenario"
    )
    chooser.locator("input[type=file]").set_input_files(
        files=[{"name": name, "mimeType": TOML, "buffer": content.encode()}]
    )


def save(visitor: Visitor, folder: Path) -> Path:
    """The file that "Save (TOML)" gives, under the name it suggests."""
    with visitor.page.expect_download(timeout=DRAWN_WITHIN) as download:
        visitor.sidebar.get_by_role("button", name="Save (TOML)").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def test_a_file_is_opened(visitor: Visitor) -> None:
    scenario = load_scenario("confirmatory").with_changes({"truth.effect.female": 1.9})
    visitor.start()
    upload(visitor, "ours.toml", scenario_toml(scenario))
    chosen = visitor.sidebar.get_by_role("combobox", name="Scenario")
    expect(chosen, "the file is not in hand").to_have_value("ours", timeout=DRAWN_WITHIN)
    visitor.drawn()
    assert visitor.wrong() == []
    visitor.open("design")
    expect(visitor.slider("Effect in women")).to_have_attribute("value", "1.9")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("plan = [[", "not valid TOML"),
        ("[plan]\nno_such_key = 1\n", "plan"),
        ('{"plan": ', "not valid TOML"),
    ],
)
def test_a_malformed_file_is_refused_in_one_sentence(
    visitor: Visitor, content: str, words: str
) -> None:
    visitor.start()
    before = visitor.fingerprint().inner_text()
    upload(visitor, "broken.toml", content)
    problem = visitor.sidebar.locator('[data-testid="stAlertContentError"]')
    expect(problem, "nothing says what is wrong").to_contain_text(words, timeout=DRAWN_WITHIN)
    visitor.drawn()
    text = problem.inner_text()
    assert text.startswith("broken.toml")
    assert "Traceback" not in text
    assert len(text.splitlines()) == 1, text
    assert visitor.fingerprint().inner_text() == before, "the old scenario is gone"


def test_the_saved_file_is_the_scenario_shown(visitor: Visitor, tmp_path: Path) -> None:
    visitor.start("design")
    visitor.move("Dropout before period 2", "ArrowRight")
    shown, file = visitor.fingerprint().inner_text(), save(visitor, tmp_path)
    saved = load_scenario(file)
    assert saved.short_fingerprint == shown
    assert shown in file.name
    assert saved.fingerprint() != load_scenario("confirmatory").fingerprint()


def test_a_saved_file_opens_to_the_same_scenario(visitor: Visitor, tmp_path: Path) -> None:
    visitor.start("design")
    visitor.move("Power target", "ArrowRight", "plan.power_targets")
    shown, file = visitor.fingerprint().inner_text(), save(visitor, tmp_path)
    visitor.sidebar.get_by_role("button", name="Reset").click()
    expect(visitor.fingerprint()).not_to_have_text(shown, timeout=DRAWN_WITHIN)
    upload(visitor, file.name, file.read_text("utf-8"))
    expect(visitor.fingerprint(), "another scenario came back").to_have_text(
        shown, timeout=DRAWN_WITHIN
    )
