"""The Assumptions page and its reviewer mode, run without a browser."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from planner.charts.flow import flow_chart, flow_shown, flow_table
from planner.evidence.library import load_library
from planner.operating.participant_flow import participant_flow
from planner.operating.power_difference import power_difference
from planner.scenario import Scenario, load_scenario
from planner.search.sample_size import SizeSearch
from planner.ui.draft import Draft
from planner.ui.evidence.assumption import plausible, sources
from planner.ui.fields.panel import Panel
from planner.ui.fields.truth import assumed, on_design
from planner.ui.sections.citations import words
from planner.words.prose import escaped
from tests.ui.pages import APP, DESIGN, PAGES, controls, figure, named, people, sound

ASSUMPTIONS = f"{PAGES}/assumptions.py"
FEW = 500


def page(starter: str = "confirmatory", **session: object) -> AppTest:
    """The page with few simulated trials and the session as given."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = starter
    app.session_state[f"{starter}:monte_carlo.n_trials"] = FEW
    for key, value in session.items():
        app.session_state[key] = value
    return sound(app.switch_page(ASSUMPTIONS).run())


def turned(app: AppTest, to: str) -> AppTest:
    """Another page of the session."""
    return sound(app.switch_page(to).run())


@pytest.fixture(scope="module")
def first() -> AppTest:
    """The page as a new session finds it."""
    return page()


def scenario_after(changes: dict[str, object]) -> Scenario:
    return load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": FEW, **changes})


def test_every_control_explains_itself(first: AppTest) -> None:
    for widget in controls(first):
        assert widget.help, widget.label
        if widget.label != "Scenario":
            assert re.search(r"Unit: .*Typical: .*Source: ", widget.help), widget.label


def test_every_assumption_has_basis_range_and_sources(first: AppTest) -> None:
    text = next(m.value for m in first.markdown if "Starts at 7.5" in m.value)
    assert "**derived**" in text
    assert "**5.5 to 11 MADRS points**" in text
    doi = load_library().study("lapidus-2014").doi
    assert f"[Lapidus 2014](https://doi.org/{doi})" in text


def test_every_figure_and_table_says_where_it_is_from(first: AppTest) -> None:
    for metric in first.metric:
        assert metric.label.endswith("· simulated"), metric.label
    assert any(c.value.startswith("Formula: of n people") for c in first.caption)


def test_a_value_moves_on_both_pages_and_in_the_draft() -> None:
    app = page()
    before = people(app)
    named(app.slider, "SD of within-person").set_value(9.0).run()
    moved = people(sound(app))
    assert moved > before
    app = turned(app, DESIGN)
    assert named(app.slider, "SD of within-person").value == 9.0
    assert people(app) == moved
    named(app.slider, "SD of within-person").set_value(8.0).run()
    app = turned(app, ASSUMPTIONS)
    assert named(app.slider, "SD of within-person").value == 8.0


def test_what_the_scenario_does_not_say_yet_can_be_added() -> None:
    app = page()
    named(app.slider, "Carry-over of B").set_value(-2.0)
    named(app.slider, "Period effect").set_value(1.5)
    named(app.toggle, "Dropout of women").set_value(True).run()
    named(app.slider, "Dropout before period 2, men").set_value(0.3).run()
    expected = scenario_after(
        {
            "truth.carryover": -2.0,
            "truth.period_effects": [0.0, 1.5],
            "truth.attrition.after_period_1": {"female": 0.12, "male": 0.3},
        }
    )
    answer = SizeSearch(expected).find("overall", 0.8)
    assert people(sound(app)) == answer.n_randomised
    assert any(expected.short_fingerprint in c.value for c in app.sidebar.caption)
    kept = turned(app, DESIGN)
    assert any(expected.short_fingerprint in c.value for c in kept.sidebar.caption)


def test_flow_is_that_of_python() -> None:
    app = page()
    n = people(app)
    table = flow_table(participant_flow(load_scenario("confirmatory"), n), {})
    shown = next(d.value for d in app.dataframe if "leave" in d.value.columns)
    assert shown.equals(flow_shown(table))
    assert shown["period 1"].iloc[-1] == n


def test_reviewer_sees_what_python_says_and_the_scenario_stays() -> None:
    app = page()
    n, fingerprint = people(app), scenario_after({}).short_fingerprint
    named(app.selectbox, "Assumption to change").set_value("truth.covariance.sd_difference").run()
    named(app.slider, "Reviewer's value").set_value(9.0).run()
    changed = scenario_after({"truth.covariance.sd_difference": 9.0})
    both = power_difference(scenario_after({}), changed, n, "overall")
    after = SizeSearch(changed).find("overall", 0.8)
    assert figure(sound(app), "People, sponsor") == str(n)
    assert figure(app, "People, reviewer") == str(after.n_randomised)
    assert figure(app, f"Power at {n}, sponsor") == f"{100 * both.planned.value:.1f} %"
    assert figure(app, f"Power at {n}, reviewer") == f"{100 * both.changed.value:.1f} %"
    gap = named(app.metric, "Power, difference")
    assert gap.value == f"{100 * both.difference.value:.1f} points".replace("-", "−")
    assert gap.delta == f"± {100 * both.difference.mcse:.1f} MCSE, paired"
    assert people(app) == n
    assert any(fingerprint in c.value for c in app.sidebar.caption)
    sponsor, reviewer = (code.value for code in app.code if code.value.startswith("planner power"))
    assert reviewer == f"{sponsor} --set truth.covariance.sd_difference=9.0"
    assert f"--n {n}" in sponsor


def test_a_posterior_rule_is_compared_on_request() -> None:
    rule = {"confirmatory:plan.analysis.kind": "posterior"}
    few = {"confirmatory:posterior:monte_carlo.n_trials": 200}
    app = page(**rule, **few)
    named(app.slider, "Reviewer's value").set_value(1.0).run()
    before = [m.label for m in app.metric]
    assert not any("reviewer" in label for label in before)
    named(app.button, "Compare").click().run()
    assert named(sound(app).metric, "Power, difference").value.startswith("−")


def test_equal_values_need_no_simulation(first: AppTest) -> None:
    assert any(c.value.startswith("Both values are the same") for c in first.caption)
    assert not any("reviewer" in m.label for m in first.metric)


def test_an_impossible_value_of_the_reviewer_is_a_sentence() -> None:
    app = page()
    named(app.selectbox, "Assumption to change").set_value("truth.effect.female").run()
    named(app.slider, "Reviewer's value").set_value(0.0).run()
    assert not app.exception


def test_a_parallel_design_has_no_assumptions_about_later_periods() -> None:
    app = page("parallel")
    labels = [s.label for s in app.slider]
    assert not any(label.startswith(("Dropout", "Carry", "Period")) for label in labels)
    assert people(app) > 200


def taken(base: Scenario, design: str, **moved: object) -> Draft:
    """The draft with controls moved by path, without a page."""
    panel = Panel("test")
    for item in assumed(base, design):
        panel._take(item, moved.get(item.path, item.start))
    return Draft("test", base, panel.changes)


def test_dropout_by_period_and_sex_in_three_periods() -> None:
    base = load_scenario("replicate")
    moved = {"dropout by sex": True, "truth.attrition.after_period_2.male": 0.2}
    attrition = taken(base, "ABB/BAA", **moved).build().truth.attrition
    assert attrition.plain() == {
        "kind": "mcar",
        "after_period_1": {"female": 0.12, "male": 0.12},
        "after_period_2": {"female": 0.12, "male": 0.2},
    }
    assert "after_period_3" not in attrition.plain()


def test_dropout_by_sex_where_nobody_left_before() -> None:
    base = load_scenario("confirmatory").with_changes({"truth.attrition": {"kind": "none"}})
    moved = {"dropout by sex": True, "truth.attrition.after_period_1.female": 0.1}
    attrition = taken(base, "AB/BA", **moved).build().truth.attrition
    assert attrition.plain()["after_period_1"] == {"female": 0.1, "male": 0.0}


def test_period_effects_go_on_from_period_to_period() -> None:
    base = load_scenario("replicate")
    truth = taken(base, "ABB/BAA", **{"truth.period_effects": -0.5}).build().truth
    assert truth.period_effects == (0.0, -0.5, -1.0)


@pytest.mark.parametrize("name", ["confirmatory", "replicate", "parallel", "kcl-2025"])
def test_property_controls_left_alone_change_nothing(name: str) -> None:
    base = load_scenario(name)
    draft = taken(base, base.plan.design.name)
    assert draft.changes == {}
    assert draft.build().fingerprint() == base.fingerprint()


def test_the_design_page_leaves_out_what_the_scenario_does_not_have() -> None:
    paths = [i.path for i in assumed(load_scenario("replicate"), "ABB/BAA") if not on_design(i)]
    assert paths == [
        "dropout by sex",
        "truth.attrition.after_period_2",
        "truth.period_effects",
        "truth.carryover",
    ]


def test_ranges_in_points_are_of_the_madrs_alone() -> None:
    found = plausible("truth.effect.female", "MADRS points")
    assert found is not None
    assert (found.low, found.high) == (1.5, 4.5)
    assert plausible("truth.effect", "HAM-D points") is None
    carried = plausible("truth.carryover", "MADRS points")
    assert carried is not None
    assert (carried.low, carried.high) == (0.0, 1.5)
    dropout = plausible("truth.attrition.after_period_1.male", "")
    assert dropout is not None
    assert (dropout.low, dropout.high) == (0.08, 0.2)


def test_ratios_have_no_range_in_points() -> None:
    changes = {"truth.endpoint.scale": "log", "truth.effect": 1.2, "truth_prior": None}
    log = {"kind": "compound-symmetry", "cv_within": 0.3}
    base = load_scenario("confirmatory").with_changes({**changes, "truth.covariance": log})
    text = {i.path: words(i, base) for i in assumed(base, "AB/BA") if i.kind == "slider"}
    assert "1.20 ratio" in text["truth.effect"]
    for path in ("truth.effect", "truth.period_effects", "truth.carryover"):
        assert "The library has no range" in text[path]
    assert "**8 to 20 %**" in text["truth.attrition.after_period_1"]


def test_sources_are_the_study_cited_and_those_named() -> None:
    base = load_scenario("confirmatory")
    path = "truth.attrition.after_period_1"
    shown = [s.id for s in sources(base.citations[path], plausible(path, ""))]
    assert {"jelen-2025", "williams-2018", "lapidus-2014", "yoon-2025"} <= set(shown)
    assert len(shown) == len(set(shown))


def test_words_of_a_scenario_are_shown_and_not_obeyed() -> None:
    note = "![x](http://example.org/a.png) :red[b] $c$ <i>"
    cited = {"truth.covariance.correlation": {"flag": "assumed", "note": note}}
    base = load_scenario("kcl-2025").with_changes({"citations": cited})
    item = next(i for i in assumed(base, "AB/BA") if i.path == "truth.covariance.correlation")
    assert escaped(note) in words(item, base)
    assert "![" not in words(item, base)


def test_chart_has_a_bar_per_sequence_sex_and_period() -> None:
    flow = participant_flow(load_scenario("replicate"), 60)
    spec = flow_chart(flow_table(flow, {"A": "placebo"}), "light").to_dict()
    (rows,) = spec["datasets"].values()
    assert len(rows) == len(flow) == 12
    assert {row["given"] for row in rows} == {"A: placebo", "B"}
