"""The Women and men page, run without a browser."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.charts.sex_map import shown
from planner.charts.style import error, percent
from planner.operating.power import power
from planner.operating.sex_estimates import sex_estimates
from planner.operating.sex_questions import sex_conclusions, sex_questions
from planner.scenario import Scenario, load_scenario
from planner.search.sample_size import SizeSearch
from planner.search.sex_map import N_EFFECTS, effects_around, sex_map
from planner.words.conclusions import CONCLUSIONS
from tests.ui.pages import APP, PAGES, command, controls, figure, named, people, sound

PAGE = f"{PAGES}/women_and_men.py"
TRIALS = 500


def visit(starter: str = "confirmatory", slot: str = "", **values: object) -> AppTest:
    """The page with a starter scenario, few simulated trials and controls as set."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = starter
    app.session_state[f"{starter}:{slot}monte_carlo.n_trials"] = TRIALS
    for path, value in values.items():
        app.session_state[f"{starter}:{path.replace('__', '.')}"] = value
    return sound(app.switch_page(PAGE).run())


def scenario(**changes: Any) -> Scenario:
    """What the page has in hand."""
    return load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": TRIALS, **changes})


def words(app: AppTest) -> str:
    """All that is written on the page."""
    return " ".join([m.value for m in app.markdown] + [c.value for c in app.caption]).replace(
        "\u00a0", " "
    )


@pytest.fixture(scope="module")
def first() -> AppTest:
    """The page as it opens, to be looked at only."""
    return visit()


def test_figures_are_those_of_the_library(first: AppTest) -> None:
    n = people(first)
    trial = power(scenario(), n)
    for label, name in (("Women", "female"), ("Men ·", "male"), ("Men −", "interaction")):
        assert figure(first, label) == percent(trial[name].success.value)
        assert named(first.metric, label).delta == error(trial[name].success)
    assert trial.same_sign is not None
    assert trial.consistent is not None
    assert figure(first, "Same direction") == percent(trial.same_sign.value)
    assert figure(first, "Consistent") == percent(trial.consistent.value)
    table = sex_conclusions(sex_questions(scenario(), "overall"), n)
    assert figure(first, "Both sexes") == percent(table.shown("both").value)
    assert f"Exactly one sex: {percent(table.only_one_sex.value)}" in words(first)


def test_sizes_are_those_of_the_search(first: AppTest) -> None:
    search, text = SizeSearch(scenario()), words(first).replace("\u2009", "")
    for name in ("female", "male", "interaction"):
        found = search.find(name, 0.8)
        women, men = found.per_sex["female"], found.per_sex["male"]
        assert f"80 % power needs **N = {found.n_randomised}** ({women} women, {men} men)" in text
    assert "People needed: not searched yet." in text


def test_both_sexes_are_searched_on_request() -> None:
    app = visit()
    named(app.button, "Search how many people success in both").click().run()
    found = SizeSearch(scenario(**{"plan.success": "female and male"})).find("success", 0.8)
    assert f"80 % power needs **N = {found.n_randomised}**" in words(sound(app))
    assert "not searched yet" not in words(app)


def test_map_and_table_are_those_of_the_library(first: AppTest) -> None:
    asked, n = sex_questions(scenario(), "overall"), people(first)
    found = sex_map(asked, n, effects_around(asked, N_EFFECTS))
    cells = next(d.value for d in first.dataframe if "most probable" in d.value.columns)
    assert len(cells) == N_EFFECTS**2
    names = [shown(name) for name in CONCLUSIONS]
    most = [names[k] for k in found.most_probable.ravel()]
    assert list(cells["most probable"]) == most
    share = cells[[f"{name}, % (simulated)" for name in names]].to_numpy()
    assert share == pytest.approx(100 * found.probability.reshape(-1, 6), abs=1e-3)
    one = found.at_equal.only_one_sex
    assert f"2.50 in women and in men, **{percent(one.value)}** ({error(one)})" in words(first)
    here = sex_conclusions(asked, n)
    neither = here.cell("neither", "not shown")
    assert f"| neither sex | {percent(neither.value)} ± " in words(first)


def test_forest_is_the_trial_of_the_library() -> None:
    app = visit()
    named(app.number_input, "Trial number").set_value(5).run()
    tau = named(sound(app).number_input, "Scale of τ").value
    asked = sex_questions(scenario(), "overall")
    found = sex_estimates(asked, people(app), 5, tau)
    rows = next(d.value for d in app.dataframe if "analysis" in d.value.columns)
    estimates = rows["estimate (simulated)"].to_numpy().reshape(2, 4)
    assert estimates[0] == pytest.approx(found.separate[:, 0], abs=1e-3)
    assert estimates[1] == pytest.approx(found.shrunken[:, 0], abs=1e-3)
    assert f"With {found.women} women and {found.men} men, trial 5 shows" in words(app)


def test_share_of_women_is_the_control_of_the_design_page() -> None:
    app = visit()
    before = people(app)
    named(app.slider, "Share of women").set_value(0.35).run()
    assert people(sound(app)) != before
    assert "--set truth.female_share=0.35" in command(app)
    lines = next(d.value for d in app.dataframe if "share of women, %" in d.value.columns)
    assert lines["men − women, % (formula)"].max() == lines.loc[15, "men − women, % (formula)"]


def test_captions_stop_the_wrong_reading(first: AppTest) -> None:
    sentence = "significant in one sex and not in the other is not a difference between them."
    assert words(first).count(sentence) >= 2


def test_the_command_line_is_shown(first: AppTest) -> None:
    n = people(first)
    assert command(first).split("\n") == [
        f"planner power confirmatory --n {n} --n-trials {TRIALS} --seed 1",
        f"planner size confirmatory --n-trials {TRIALS} --seed 1 "
        "--set 'plan.success=female and male'",
        f"planner sexes confirmatory --hypothesis overall --n {n} --trial 0 --tau 1.1 --map "
        f"--by-share --n-trials {TRIALS} --seed 1",
    ]


def test_every_number_says_where_it_comes_from(first: AppTest) -> None:
    for metric in first.metric:
        assert re.search(r"· (simulated|formula|derived)$", metric.label), metric.label
        assert metric.help, metric.label


def test_every_control_explains_itself(first: AppTest) -> None:
    for widget in controls(first):
        assert widget.help, widget.label


@pytest.mark.parametrize("starter", ["kcl-2025", "stanford-2018"])
def test_without_sexes_there_is_one_sentence(starter: str) -> None:
    app = visit(starter)
    assert len(app.info) == 1
    assert app.info[0].value.startswith(
        "truth.female_share is missing, so women and men are not told apart; give the planned "
        "share of women. It comes into the scenario with its file"
    )
    assert not any(m.label.startswith("Women") for m in app.metric)


def test_a_bayesian_plan_waits_to_be_asked() -> None:
    app = visit(slot="posterior:", **{"plan__analysis__kind": "posterior"})
    assert "People needed: not searched yet." in words(app)
    named(app.button, "Simulate the map").click().run()
    assert "would still succeed in exactly one sex" in words(sound(app))


def test_questions_that_the_plan_does_not_ask_are_added_to_a_copy() -> None:
    one = scenario().with_changes(
        {"plan.hypotheses": [scenario().plan.hypotheses[0].plain(full=True)]}
    )
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["opened"] = {"one": one.plain(full=True)}
    app.session_state["starter"] = "one"
    app = sound(app.switch_page(PAGE).run())
    assert "does not test women, men, men − women" in app.info[0].value
    trial = power(sex_questions(one, "overall").scenario, people(app))
    assert figure(app, "Women") == percent(trial["female"].success.value)


def test_a_parallel_trial_has_its_questions_and_one_sentence_for_the_forest() -> None:
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = "confirmatory"
    app.session_state["confirmatory:monte_carlo.n_trials"] = TRIALS
    app.session_state["confirmatory:plan.design"] = "parallel"
    app = sound(app.switch_page(PAGE).run())
    assert "would still succeed in exactly one sex" in words(app)
    assert [i.value for i in app.info] == [
        "design parallel has one period, which does not tell the SDs within and between persons "
        "apart, so there are no shrunken estimates with the plan's priors; choose a crossover "
        "design"
    ]


def opened_file(plain: Scenario) -> AppTest:
    """The page with a scenario from a file."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["opened"] = {"mine": plain.plain()}
    app.session_state["starter"] = "mine"
    return sound(app.switch_page(PAGE).run())


def test_where_effects_are_ratios_the_difference_is_called_a_ratio_of_them() -> None:
    both_sides = {"kind": "two-sided", "alpha": 0.05}
    app = opened_file(
        scenario(
            **{
                "truth.endpoint": {"name": "AUC", "scale": "log"},
                "truth.effect": {"female": 0.85, "male": 0.75},
                "truth.covariance.sd_difference": 0.5,
                "truth_prior": None,
                "plan.hypotheses": [
                    {"name": name, "contrast": name, "objective": both_sides}
                    for name in ("overall", "female", "male", "interaction")
                ],
            }
        )
    )
    said = words(app)
    assert "Assumed: ratio in men divided by that in women 0.88." in said
    assert "The difference, ratio in men divided by that in women, is" in said


def test_a_share_of_no_trials_stands_as_a_count() -> None:
    said = words(opened_file(scenario(**{"truth.attrition.after_period_1": 0.9})))
    assert "0 % (0 of 500)" in said


def test_the_unit_of_a_file_stays_text() -> None:
    hostile = "$x^2$ [a](http://b.c)"
    app = opened_file(scenario(**{"truth.endpoint.unit": hostile}))
    assert not any(hostile in c.value for c in app.caption)
