"""The Compare page, run without a browser."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import planner as pl
from planner.charts import pareto
from planner.charts.style import SHAPES, percent
from planner.search.compare import compare, vary_design
from planner.ui import compare_answers, link
from tests.ui.pages import APP, PAGES, controls, named, people, sound

COMPARE = f"{PAGES}/compare.py"
TRIALS = "confirmatory:monte_carlo.n_trials"


def page(**kept: object) -> AppTest:
    """The Compare page of a new session with few trials and values that the session keeps."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = "confirmatory"
    app.session_state[TRIALS] = 200
    for key, value in kept.items():
        app.session_state[key] = value
    return sound(app.switch_page(COMPARE).run())


def compared(**kept: object) -> AppTest:
    """The page after a comparison of two designs."""
    app = page(**{"compare:confirmatory:designs": ["AB/BA", "ABB/BAA"]}, **kept)
    return sound(named(app.button, "Compare designs").click().run())


def cell(app: AppTest, row: str, column: str) -> str:
    """A cell of the table of plans."""
    table = app.table[0].value
    found = str(table.loc[next(name for name in table.index if name.startswith(row)), column])
    return found.replace("\u00a0", " ")


def test_the_table_says_what_the_comparison_says() -> None:
    scenario = pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 200})
    expected = compare(vary_design(scenario, ["AB/BA", "ABB/BAA"]), hypothesis="overall")
    app = compared()
    for plan in expected.plans:
        assert cell(app, "People randomised", plan.name) == str(plan.n_randomised)
        assert cell(app, "Power · simulated", plan.name).startswith(percent(plan.power.value))
        assert cell(app, "Worst case", plan.name).startswith(percent(plan.worst[1].value))
        assert cell(app, "Worst case", plan.name).endswith(plan.worst[0])
    assert cell(app, "People randomised", "AB/BA") == str(people(app))
    assert cell(app, "Variance if adjusted", "AB/BA") == "not estimable"


def test_cost_is_not_stated_until_it_is_and_needs_no_new_comparison() -> None:
    app = compared()
    assert cell(app, "Cost", "AB/BA") == "not stated"
    named(app.number_input, "Cost per visit").set_value(100.0)
    named(app.text_input, "Currency").set_value("GBP").run()
    n = int(cell(sound(app), "People randomised", "AB/BA"))
    assert cell(app, "Cost (GBP)", "AB/BA").replace("\u2009", "") == str(n * 2 * 100)
    assert not app.warning
    assert any("--per-visit 100 --currency GBP" in code.value for code in app.code)


def test_without_any_design_that_can_be_compared_the_page_says_why() -> None:
    changes = {
        "plan.analysis.carryover": True,
        "monte_carlo.n_trials": 200,
        "plan.design": "ABB/BAA",
    }
    adjusted = pl.load_scenario("confirmatory").with_changes(changes)
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params[link.PARAMETER] = link.encode(link.Linked("mine", {}, adjusted.plain()))
    app.session_state["compare:mine:designs"] = ["AB/BA"]
    app = sound(app.switch_page(COMPARE).run())
    named(app.button, "Compare designs").click().run()
    (said,) = app.error
    assert said.value.startswith("none of the designs can be compared; AB/BA: 'overall' adjusted")
    assert said.value.endswith("choose a design that separates them")
    assert not app.exception


def test_a_pinned_plan_stays_while_the_scenario_changes() -> None:
    app = compared()
    pins = named(app.button_group, "Pinned plans")
    label = next(option for option in pins.options if "AB/BA" in str(option))
    before = cell(app, "People randomised", "AB/BA")
    pins.set_value([label]).run()
    named(app.slider, "SD of within-person").set_value(9.0).run()
    assert "not of what is chosen now" in sound(app).warning[0].value
    named(app.button, "Compare designs").click().run()
    assert not sound(app).warning
    assert cell(app, "People randomised", f"{label} (pinned)") == before
    assert int(cell(app, "People randomised", "AB/BA")) > int(before)


def test_the_size_of_the_tornado_stays_while_the_sliders_move() -> None:
    app = page()
    fixed = named(app.number_input, "People randomised, fixed")
    before = fixed.value
    assert before == people(app)
    named(app.slider, "SD of within-person").set_value(9.0).run()
    assert people(sound(app)) > before
    assert named(app.number_input, "People randomised, fixed").value == before
    named(app.button, "Fix N at the size found").click().run()
    assert named(sound(app).number_input, "People randomised, fixed").value == people(app)


def test_a_map_that_must_be_simulated_waits_to_be_asked() -> None:
    app = page(
        **{
            "confirmatory:plan.analysis.kind": "posterior",
            "confirmatory:posterior:monte_carlo.n_trials": 200,
        }
    )
    assert any("no closed form" in caption.value for caption in app.caption)
    named(app.button, "Simulate the map").click().run()
    assert any("trials per cell" in caption.value for caption in sound(app).caption)


def test_every_control_explains_itself() -> None:
    for widget in [*controls(page()), *page().text_input]:
        assert widget.help, widget.label


@pytest.mark.parametrize("words", ["do not add up", "smallest effect worth finding"])
def test_captions_stop_wrong_readings(words: str) -> None:
    assert any(words in caption.value for caption in page().caption)


def test_pins_say_their_target_and_that_they_answer_their_own_question() -> None:
    app = compared()
    assert not any("answer the same question" in c.value for c in app.caption)
    pins = named(app.button_group, "Pinned plans")
    label = next(option for option in pins.options if "AB/BA" in str(option))
    assert str(label).endswith("overall 80\u00a0%")
    pins.set_value([label]).run()
    named(app.slider, "SD of within-person").set_value(9.0).run()
    named(app.button, "Compare designs").click().run()
    assert any("answer the same question" in c.value for c in app.caption)


def test_a_currency_is_text_and_not_mathematics() -> None:
    app = compared(
        **{
            "confirmatory:protocol.costs.currency": "$x$",
            "confirmatory:protocol.costs.per_visit": 1.0,
        }
    )
    assert any(name.startswith(r"Cost (\$x\$)") for name in app.table[0].value.index)


def drawn(names: list[str]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Points and chart of two designs compared, beside pinned plans of one of them."""
    scenario = pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 200})
    found = compare_answers.compared(scenario, ("AB/BA", "ABB/BAA"), "overall")
    first = found.comparison["AB/BA"]
    pins = {f"{name} (pinned)": replace(first, fingerprint=name * 64) for name in names}
    shown = {plan.name: plan for plan in found.comparison.plans} | pins
    table = pareto.cost_table(found.curves, shown, pl.Costs())
    return table, pareto.pareto_chart(table, "Visits", 80.0, "light").to_dict()


def test_pins_look_like_their_design_and_add_nothing_to_the_legend() -> None:
    table, chart = drawn(["a"])
    pinned = table[table["kind"] == pareto.PINNED]
    assert list(pinned["plan"]) == ["a (pinned)"]
    assert list(pinned["design"]) == ["AB/BA"]
    channels = ("color", "shape", "strokeDash")
    series = [
        e[c] for layer in chart["layer"] for e in [layer["encoding"]] for c in channels if c in e
    ]
    assert {s["field"] for s in series} == {"design"}
    assert all(s["scale"]["domain"] == ["AB/BA", "ABB/BAA"] for s in series)
    hollow = [layer for layer in chart["layer"] if layer["mark"].get("filled") is False]
    assert len(hollow) == 1


@pytest.mark.parametrize(
    ("names", "labels"), [([], []), (["a"], []), (["a", "b"], ["aaaaaa", "bbbbbb"])]
)
def test_pins_of_one_design_bear_their_fingerprints(names: list[str], labels: list[str]) -> None:
    _, chart = drawn(names)
    texts = [
        row["scenario"]
        for layer in chart["layer"]
        if layer["encoding"].get("text", {}).get("field") == "scenario"
        for row in chart["datasets"][layer["data"]["name"]]
    ]
    assert texts == labels


def test_every_shape_of_a_point_can_be_seen() -> None:
    """Vega draws a stroke, and a wedge nearly, as nothing where points are filled."""
    assert not {"stroke", "wedge", "arrow"} & set(SHAPES)
    assert len(set(SHAPES)) == len(SHAPES)
