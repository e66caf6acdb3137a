"""The Report page, run without a browser."""

import io
import json
import shlex
import tomllib
import zipfile
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.report.bundle import bundle
from planner.report.completeness import completeness, counts
from planner.scenario import load_scenario, scenario_from
from planner.ui import report_answers
from planner.ui.draft import Draft
from planner.ui.sections.completeness import table
from tests.cli.running import run
from tests.report.test_statement import as_read
from tests.ui.pages import APP, PAGES, controls, named, sound

REPORT = f"{PAGES}/report.py"


def report(starter: str = "kcl-2025", **values: Any) -> AppTest:
    """The Report page with few simulated trials and controls as set."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = starter
    app.session_state[f"{starter}:monte_carlo.n_trials"] = 500
    for key, value in values.items():
        app.session_state[key] = value
    return sound(app.switch_page(REPORT).run())


def code_that(app: AppTest, begins: str) -> str:
    """The text to copy that begins so."""
    return next(str(c.value) for c in app.code if str(c.value).startswith(begins))


def test_statement_is_that_of_the_command_line_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = report(**{"kcl-2025:truth.covariance.sd_difference": 9.0})
    words = shlex.split(code_that(app, "planner statement"))
    outcome = run(capsys, monkeypatch, *words[1:], "--quiet")
    shown = code_that(app, "We plan to randomise")
    assert outcome.out == shown + "\n"
    assert "of 9 MADRS points" in shown
    assert "[NOT STATED: source of the SD]" in shown
    named(app.button_group, "Form").set_value("Long").run()
    named(app.button_group, "Notation").set_value("Markdown").run()
    outcome = run(capsys, monkeypatch, *words[1:], "--quiet", "--long", "--markdown")
    assert outcome.out == code_that(app, "# King") + "\n"


def test_completeness_counts_and_rows() -> None:
    app = report()
    items = completeness(load_scenario("kcl-2025"))
    for status, n in counts(items).items():
        assert named(app.metric, status.capitalize()).value == f"{n} of {len(items)}"
    shown = app.table[0].value
    assert list(shown["Item"]) == [item.id for item in items if item.status == "not stated"]
    named(app.button_group, "Items shown").set_value("all").run()
    assert len(sound(app).table[0].value) == len(items)


def test_every_control_explains_itself() -> None:
    for widget in controls(report()):
        assert widget.help, widget.label


def test_no_effect_is_said_in_the_statement() -> None:
    app = report(**{"kcl-2025:truth.standardised_effect": 0.0})
    assert code_that(app, "No trial of up to 20 000 participants reaches 80 % power")


def test_text_of_the_scenario_stays_text_in_the_table() -> None:
    hostile = "<b>x</b> $y$ [z](http://a.b) :red[r] *i*"
    scenario = load_scenario("kcl-2025").with_changes(
        {"protocol.rationale": hostile, "truth.endpoint.name": hostile}
    )
    cells = table(list(completeness(scenario)))["Stated, or to add"]
    shown = [cell for cell in cells if "red\\[" in cell]
    assert len(shown) == 2
    for cell in shown:
        assert hostile in as_read(cell)[0]


def test_files_load_to_the_same_fingerprint_and_the_bundle_is_that_of_python() -> None:
    scenario = load_scenario("kcl-2025").with_changes({"monte_carlo.n_trials": 200})
    loaded = scenario_from(json.loads(report_answers.scenario_json(scenario)))
    assert loaded.fingerprint() == scenario.fingerprint()
    content = report_answers.bundle(scenario, "overall")
    assert content == bundle(scenario)
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        kept = scenario_from(tomllib.loads(zipped.read("scenario.toml").decode()))
    assert kept == scenario


def test_command_line_keeps_the_changes() -> None:
    draft = Draft("kcl-2025", load_scenario("kcl-2025"), {"truth.female_share": 0.5})
    assert draft.command("bundle", "--hypothesis", "overall", "--out", "a b.zip") == (
        "planner bundle kcl-2025 --hypothesis overall --out 'a b.zip' --set truth.female_share=0.5"
    )
