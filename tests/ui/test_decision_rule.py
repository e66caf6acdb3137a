"""The switch between a test and a posterior probability on the Design page."""

import json
import re
import shlex
import tomllib
from dataclasses import fields

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import planner as pl
from planner.cli.options import RunOptions
from planner.operating.power import power, power_curve
from planner.scenario import Scenario, built_in_names, load_scenario, scenario_from, scenario_toml
from planner.search.sample_size import SizeSearch
from planner.ui.draft import inline_toml
from tests.cli.running import run
from tests.ui.pages import (
    bayesian,
    command,
    controls,
    evidence,
    figure,
    named,
    opened,
    people,
    sound,
)

SKEPTICAL = {"effect": {"kind": "normal", "sd": 1.5}}


def scenario_of(app: AppTest) -> Scenario:
    """The scenario that the command line at the foot of the page describes."""
    words = shlex.split(command(app))
    name, after = words[2], words[3:]
    given: dict[str, list[str]] = {}
    for option, value in zip(after[::2], after[1::2], strict=True):
        given.setdefault(option, []).append(value)
    options = dict.fromkeys(field.name for field in fields(RunOptions)) | {
        "scenario": name,
        "changes": tuple(given.get("--set", ())),
        "n_trials": int(given["--n-trials"][0]),
        "seed": int(given["--seed"][0]),
    }
    return RunOptions(**options).load()


def fingerprint(app: AppTest) -> str:
    """The six letters in the sidebar."""
    return next(
        found[1] for c in app.sidebar.caption if (found := re.search(r"`(\w{6})`", c.value))
    )


def skeptical(app: AppTest) -> AppTest:
    """The same with an analysis prior that believes in small effects only."""
    named(app.selectbox, "Analysis prior").set_value("normal").run()
    named(app.number_input, "Prior SD").set_value(1.5).run()
    return sound(app)


def with_zones(app: AppTest) -> AppTest:
    """The same with a second go criterion and a stop rule."""
    named(app.toggle, "Second go criterion").set_value(True)
    named(app.toggle, "Stop rule").set_value(True).run()
    return sound(app)


def shown_power(app: AppTest) -> pd.DataFrame:
    """The table under *Show data*."""
    return next(d.value for d in app.dataframe if "N randomised" in d.value.columns)


@pytest.mark.parametrize("starter", built_in_names())
def test_every_starter_scenario_has_a_posterior_rule_on_both_pages(starter: str) -> None:
    app = bayesian(starter)
    assert people(app) > 0
    evidence(app)


def test_both_rules_are_shown_and_are_those_of_the_library() -> None:
    app = skeptical(bayesian())
    scenario = scenario_of(app)
    assert scenario.plan.analysis.plain()["priors"] == SKEPTICAL
    answer = SizeSearch(scenario).find("overall", 0.8)
    assert people(app) == answer.n_randomised
    trial = power(scenario, answer.n_randomised)
    assert trial["overall"].success == answer.power
    (test,) = trial.others
    for label, estimate in (
        ("Posterior · power", trial["overall"].success),
        ("Test · power", test["overall"].success),
        ("Posterior · type I error", trial.null["overall"].success),
        ("Test · type I error", test.null["overall"].success),
    ):
        assert figure(app, label) == f"{100 * estimate.value:.1f} %"
        assert named(app.metric, label).delta == f"± {100 * estimate.mcse:.1f} MCSE"


def test_curve_is_that_of_python_digit_for_digit() -> None:
    app = bayesian()
    scenario, table = scenario_of(app), shown_power(app)
    sizes = sorted(set(table["N randomised"]))
    assert 5 <= len(sizes) <= 9
    expected = [
        (result.n_subjects, result.analysis, round(100 * h.success.value, 2))
        for point in power_curve(scenario, sizes, nulls=False)
        for result in (point, *point.others)
        for h in result.hypotheses
    ]
    columns = ["N randomised", "analysis", "power, % (simulated)"]
    assert list(table[columns].itertuples(index=False, name=None)) == expected


def test_command_line_runs_and_gives_the_same_digits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = with_zones(skeptical(bayesian()))
    _, *words = shlex.split(command(app))
    outcome = run(capsys, monkeypatch, *words, "--json")
    assert outcome.code == 0, outcome.err
    data = json.loads(outcome.out)
    assert data["fingerprint"].startswith(fingerprint(app))
    rows = [r for r in data["results"] if r["truth"] == "planning"]
    printed = [(r["n"], r["analysis"], round(100 * r["success"]["value"], 2)) for r in rows]
    columns = ["N randomised", "analysis", "power, % (simulated)"]
    assert list(shown_power(app)[columns].itertuples(index=False, name=None)) == printed


def test_file_and_command_line_hold_everything_that_was_set() -> None:
    app = bayesian(
        **{
            "plan.analysis.priors.effect": "robust",
            "plan.analysis.priors.sexes": "exchangeable",
            "plan.analysis.priors.sd_within": "half-normal",
            "posterior:plan.hypotheses": 0.95,
            "dual criterion": True,
            "dual criterion.probability": 0.6,
            "stop rule": True,
        }
    )
    assert named(app.slider, "P(effect > relevant)").value == 0.6
    scenario = scenario_of(app)
    plan = scenario.plan.plain()
    half = {"kind": "half-normal", "scale": 7.5}
    assert plan["analysis"]["priors"] == {
        "effect": {
            "kind": "mixture",
            "weights": [0.8, 0.2],
            "means": [0.0, 0.0],
            "sds": [3.8, 7.5],
        },
        "sexes": {"kind": "exchangeable", "tau": {"kind": "half-normal", "scale": 1.1}},
        "sd_within": half,
        "sd_between": half,
    }
    assert plan["other_analyses"] == [{"kind": "mixed-model"}]
    assert plan["hypotheses"][0]["objective"] == {
        "kind": "posterior",
        "go": [{"above": 0.0, "probability": 0.95}, {"above": 2.0, "probability": 0.6}],
        "stop": [{"below": 2.0, "probability": 0.9}],
    }
    assert plan["hypotheses"][1]["objective"]["one_sided_alpha"] == 0.05
    assert scenario.short_fingerprint == fingerprint(app)
    saved = scenario_from(tomllib.loads(scenario_toml(scenario)))
    assert saved.fingerprint() == scenario.fingerprint()


def test_a_stricter_threshold_needs_more_people() -> None:
    app = bayesian()
    before = people(app)
    named(app.slider, "Required posterior").set_value(0.99).run()
    assert people(sound(app)) > before
    assert "one_sided_alpha=0.01" in command(app)


def test_a_sceptical_prior_lowers_power() -> None:
    app = bayesian()
    flat = shown_power(app)
    table = shown_power(skeptical(app))
    posterior = table["analysis"].str.startswith("Bayesian")
    power_column = "power, % (simulated)"
    assert (table.loc[posterior, power_column] <= flat.loc[posterior, power_column]).all()
    assert table.loc[posterior, power_column].sum() < flat.loc[posterior, power_column].sum()
    assert (table.loc[~posterior] == flat.loc[~posterior]).all(axis=None)


def test_one_common_effect_leaves_the_difference_between_the_sexes_out() -> None:
    app = bayesian(**{"plan.analysis.priors.sexes": "common", "posterior:plan.hypotheses": 0.95})
    names = [h.name for h in scenario_of(app).plan.hypotheses]
    assert names == ["overall", "female", "male"]
    named(app.selectbox, "Hypothesis").set_value("interaction").run()
    assert not app.exception
    assert all("is 0 by assumption" in e.value for e in app.error)
    assert app.error


def test_zones_add_up_and_stop_is_likelier_without_an_effect() -> None:
    app = with_zones(bayesian())
    shares = [float(figure(app, zone).removesuffix(" %")) for zone in ("Go", "Consider", "Stop")]
    assert sum(shares) == pytest.approx(100, abs=0.16)
    stop = named(app.metric, "Stop")
    assert float(stop.delta.split("no effect ")[1].removesuffix(" %")) > shares[2]


def test_level_and_threshold_follow_each_other() -> None:
    app = opened()
    app.session_state["confirmatory:posterior:monte_carlo.n_trials"] = 500
    named(app.selectbox, "Simulated trials").set_value(500)
    named(app.slider, "One-sided").set_value(0.05).run()
    named(app.button_group, "Decision rule").set_value("posterior").run()
    assert named(app.slider, "Required posterior").value == 0.95
    named(app.slider, "Required posterior").set_value(0.99).run()
    named(app.button_group, "Decision rule").set_value("test").run()
    assert named(app.slider, "One-sided").value == 0.01


def test_a_scale_or_threshold_out_of_range_cannot_be_entered() -> None:
    app = bayesian()
    named(app.selectbox, "Analysis prior").set_value("normal").run()
    named(app.number_input, "Prior SD").set_value(-1.0).run()
    assert named(sound(app).number_input, "Prior SD").value > 0
    named(app.slider, "Required posterior").set_value(1.2).run()
    assert named(sound(app).slider, "Required posterior").value < 1


@pytest.mark.parametrize(
    ("prior", "words"),
    [
        ({"kind": "normal", "mean": 0.0, "sd": -1.0}, "-1.0 is out of range: it must be greater"),
        ({"kind": "mixture", "weights": [0.5], "means": [0.0], "sds": [1.0]}, "must sum to 1"),
    ],
)
def test_a_malformed_prior_is_said_in_a_sentence(prior: dict[str, object], words: str) -> None:
    app = opened()
    app.session_state["confirmatory:pooled"] = prior
    app.session_state["confirmatory:plan.analysis.priors.effect"] = "pooled"
    named(app.button_group, "Decision rule").set_value("posterior").run()
    assert not app.exception
    sentences = [e.value for e in app.error]
    assert len(sentences) == 2, "at the control, and in view of who looks at another tab"
    assert all(words in sentence for sentence in sentences)


def test_every_control_of_the_rule_explains_itself_with_unit_and_source() -> None:
    app = with_zones(bayesian())
    named(app.selectbox, "Analysis prior").set_value("robust").run()
    for widget in controls(app):
        assert widget.help, widget.label
        if widget.label != "Scenario":
            assert re.search(r"Unit: .*Source: ", widget.help), widget.label


def test_a_student_t_prior_starts_with_fewer_trials() -> None:
    app = bayesian("kcl-2025", **{"plan.analysis.priors.effect": "student-t"})
    assert named(app.selectbox, "Simulated trials").value == 200
    prior = scenario_of(app).plan.plain()["analysis"]["priors"]["effect"]
    assert prior == {"kind": "student-t", "scale": 3.8}
    assert "200 trials at each of" in " ".join(c.value for c in app.caption)


def test_caption_says_what_was_simulated_and_which_line_is_which() -> None:
    captions = " ".join(c.value for c in bayesian(n_trials=1000).caption)
    assert "1\u2009000 trials at each of 7 sizes" in captions
    assert "Solid: posterior rule. Dashed: mixed model (Kenward-Roger)" in captions


def test_inline_toml_reads_back() -> None:
    value = {"kind": 'a "b"', "x": [1, 2.5, 1e-05], "deep": [{"on": True}, {"off": False}]}
    assert tomllib.loads(f"value = {inline_toml(value)}")["value"] == value


def test_without_the_switch_nothing_changes() -> None:
    scenario = scenario_of(opened())
    base = load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 2_000})
    assert scenario.fingerprint() == base.fingerprint()
    assert pl.Plan.model_validate(scenario.plan).other_analyses == ()
