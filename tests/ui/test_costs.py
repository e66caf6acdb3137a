"""Prices and lengths: stated on the Report or the Compare page, and kept with the scenario."""

import math
import shlex
from itertools import pairwise
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.cli.options import _assignment
from planner.plan.costs import Costs
from planner.scenario import Scenario, load_scenario, parse_scenario, scenario_toml
from planner.ui import compare_answers, link
from planner.ui.draft import Draft
from planner.ui.fields.costs import PATH, costs
from planner.ui.fields.panel import _fits
from tests.ui.pages import APP, PAGES, named, sound
from tests.ui.test_report_page import report

STATED = Costs(per_subject=250.5, per_visit=100.0, currency="GBP", washout_weeks=3.0)


def stated() -> AppTest:
    """The Report page after prices and lengths have been written into it."""
    app = report()
    named(app.number_input, "Cost per person").set_value(250.5)
    named(app.number_input, "Cost per visit").set_value(100.0)
    named(app.number_input, "Weeks of washout").set_value(3.0)
    named(app.text_input, "Currency").set_value("GBP").run()
    return sound(app)


def shown(app: AppTest) -> Costs:
    """What the controls of a page say."""
    numbers = {
        item.path.removeprefix(f"{PATH}."): named(app.number_input, item.label).value or 0.0
        for item in costs(load_scenario("kcl-2025"))
        if item.kind == "optional"
    }
    return Costs(currency=named(app.text_input, "Currency").value, **numbers)


def test_what_the_report_page_is_told_the_compare_page_and_a_link_know() -> None:
    app = stated()
    assert shown(app) == STATED
    assert shown(sound(app.switch_page(f"{PAGES}/compare.py").run())) == STATED
    line = next(c.value for c in app.code if str(c.value).startswith("planner compare"))
    assert "--per-visit 100" in line
    assert PATH not in line
    found = app.query_params[link.PARAMETER]
    again = AppTest.from_file(APP, default_timeout=120)
    again.query_params[link.PARAMETER] = found if isinstance(found, str) else found[0]
    assert shown(sound(again.switch_page(f"{PAGES}/report.py").run())) == STATED


def changed(base: Scenario, said: Costs) -> Scenario:
    """A scenario with prices and lengths as the controls write them."""
    changes: dict[str, Any] = {}
    for item in costs(base):
        value = getattr(said, item.path.removeprefix(f"{PATH}."))
        changes |= item.write(value or None if item.kind == "optional" else value)
    return Draft("kcl-2025", base, changes).build()


def test_prices_are_saved_change_no_number_and_can_be_taken_back() -> None:
    base = load_scenario("kcl-2025")
    scenario = changed(base, STATED)
    assert scenario.fingerprint() == base.fingerprint()
    saved = parse_scenario(scenario_toml(scenario).encode(), "s.toml")
    assert saved.protocol.costs == STATED
    assert {item.path: item.start for item in costs(saved)} == {
        f"{PATH}.per_subject": 250.5,
        f"{PATH}.per_visit": 100.0,
        f"{PATH}.period_weeks": None,
        f"{PATH}.washout_weeks": 3.0,
        f"{PATH}.currency": "GBP",
    }
    assert changed(saved, Costs()).protocol.costs == Costs()


@pytest.mark.parametrize("currency", ["GBP", "2", "true", "US$", "1e3", "# 1", "€"])
def test_the_command_line_gives_the_same_prices(currency: str) -> None:
    changes = {f"{PATH}.per_visit": 99.5, f"{PATH}.currency": currency}
    words = shlex.split(Draft("kcl-2025", load_scenario("kcl-2025"), changes).command("report"))
    told = [text for option, text in pairwise(words) if option == "--set"]
    assert dict(map(_assignment, told)) == changes


def test_commands_whose_numbers_no_price_changes_leave_prices_and_texts_out() -> None:
    base = load_scenario("kcl-2025")
    told = {f"{PATH}.per_visit": 99.5, "protocol.title": "A title", "monte_carlo.seed": 3}
    draft = Draft("kcl-2025", base, told)
    for name in ("power", "size", "detect", "flow", "sensitivity", "sexes"):
        assert draft.command(name, "--n", "60") == (f"planner {name} kcl-2025 --n 60 --seed 3")
    assert draft.command("report") == f"planner report {draft.saved}"


def test_a_comparison_is_told_the_prices_that_its_file_does_not_have() -> None:
    """One taken back is 0 there; those of the file need no option."""
    base = changed(load_scenario("kcl-2025"), STATED)
    told = {f"{PATH}.per_visit": 0.0, f"{PATH}.period_weeks": 1.5, "protocol.title": "A title"}
    line = compare_answers.command(Draft("kcl-2025", base, told), ["AB/BA"], "overall")
    assert line == (
        "planner compare kcl-2025 --hypothesis overall --design AB/BA --per-visit 0 "
        "--period-weeks 1.5"
    )


def test_a_pasted_currency_loses_what_cannot_be_seen() -> None:
    (item,) = (item for item in costs(load_scenario("kcl-2025")) if item.kind == "line")
    written = item.write("\u200bUS\u00a0$\t\n")
    assert written == {f"{PATH}.currency": "US $"}
    assert Costs(currency=written[f"{PATH}.currency"]).currency == "US $"


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, "3", True, [1.0]])
def test_a_link_cannot_bring_a_price_that_is_none(value: object) -> None:
    items = [item for item in costs(load_scenario("kcl-2025")) if item.kind == "optional"]
    assert not any(_fits(item, value) for item in items)
    assert all(_fits(item, None) and _fits(item, 0.0) for item in items)


def test_a_price_taken_back_is_not_stated_after_a_reload_either() -> None:
    base = changed(load_scenario("kcl-2025").with_changes({"monte_carlo.n_trials": 200}), STATED)
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params[link.PARAMETER] = link.encode(link.Linked("mine", {}, base.plain()))
    assert shown(sound(app.switch_page(f"{PAGES}/report.py").run())) == STATED
    named(app.number_input, "Cost per visit").set_value(None).run()
    found = sound(app).query_params[link.PARAMETER]
    again = AppTest.from_file(APP, default_timeout=120)
    again.query_params[link.PARAMETER] = found if isinstance(found, str) else found[0]
    left = shown(sound(again.switch_page(f"{PAGES}/compare.py").run()))
    assert left == STATED.model_copy(update={"per_visit": 0.0})
