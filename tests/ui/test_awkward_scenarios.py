"""Scenarios and links that a page must bear: none ends in a traceback or in a wrong unit."""

import pytest
from streamlit.testing.v1 import AppTest

import planner as pl
from planner.charts.style import percent, signed
from planner.scenario import Scenario, load_scenario, scenario_from
from planner.ui.evidence import trial
from planner.ui.evidence.evidence_figures import of_update
from planner.ui.fields.panel import _fits
from planner.ui.fields.simulation import simulated, sizes_shown
from planner.ui.fields.truth import assumed
from planner.ui.sections.citations import unit_of
from planner.ui.sections.figures import widths
from tests.ui.pages import APP, DESIGN, EVIDENCE, PAGES, figure, named, sound

CONFOUNDED = {"name": "AB", "sequences": ["AB"]}


def changed(**tables: object) -> Scenario:
    """The main starter scenario with whole tables replaced, and few trials."""
    plain = dict(load_scenario("confirmatory").plain())
    for path, value in tables.items():
        part, _, name = path.partition("__")
        plain[part] = {**plain.get(part, {}), name: value}
    return scenario_from({**plain, "monte_carlo": {"n_trials": 200}})


def page(scenario: Scenario, where: str, **controls: object) -> AppTest:
    """A page with a scenario that was opened from a file."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["opened"] = {"mine": scenario.plain()}
    app.session_state["starter"] = "mine"
    for name, value in controls.items():
        app.session_state[f"mine:{name}"] = value
    return app.switch_page(where).run()


@pytest.mark.parametrize("where", [DESIGN, EVIDENCE])
def test_a_design_that_cannot_estimate_is_said_in_a_sentence(where: str) -> None:
    app = page(changed(plan__design=CONFOUNDED), where)
    assert not app.exception
    assert any("cannot be estimated" in e.value for e in app.error)


def test_a_detectable_ratio_is_not_called_a_log_ratio() -> None:
    endpoint = {"name": "level", "scale": "log", "unit": "ng/ml"}
    scenario = load_scenario("confirmatory").plain()
    truth = {
        "endpoint": endpoint,
        "female_share": 0.6,
        "effect": {"female": 1.1, "male": 1.15},
        "covariance": {"kind": "paired-difference", "sd_difference": 0.3},
    }
    ratio = scenario_from(
        {"plan": scenario["plan"], "truth": truth, "monte_carlo": {"n_trials": 500}}
    )
    app = sound(page(ratio, DESIGN, solve="effect", given_n=60))
    expected = next(d for d in pl.detectable_effect(ratio, 60) if d.hypothesis == "overall")
    assert figure(app, "Detectable difference") == signed(expected.effect, 3)
    assert expected.effect > 1
    for label in ("Detectable difference", "Effect in the scenario"):
        assert named(app.metric, label).delta.startswith("ratio, ")


@pytest.mark.parametrize(
    ("objective", "effect", "words"),
    [
        ({"kind": "superiority"}, 2.5, "effect > 0"),
        ({"kind": "superiority", "direction": "less"}, -2.5, "effect < 0"),
        ({"kind": "non-inferiority", "margin": -3.0}, 0.0, "effect > −3"),
        ({"kind": "equivalence", "lower": -3.0, "upper": 3.0}, 0.0, "−3 < effect < 3"),
    ],
)
def test_posterior_of_the_trial_is_that_of_what_is_to_be_shown(
    objective: dict[str, object], effect: float, words: str
) -> None:
    scenario = changed(
        plan__hypotheses=[{"name": "overall", "objective": objective}],
        truth__effect={"female": effect, "male": effect},
    )
    wide = trial.NormalMixture.parse({"weights": [1.0], "means": [0.0], "sds": [50.0]})
    after = trial.update(wide, scenario, 200, effect)
    assert of_update(after, "points")[1]["label"].startswith(f"P({words} | data)")
    assert after.success > 0.99, "what the trial finds is what it is to show"


def test_values_of_a_link_that_no_control_can_show_are_left_out() -> None:
    range_, base = sizes_shown((20, 240)), load_scenario("confirmatory")
    assert _fits(range_, (20, 240))
    for value in (([1], [2]), ({}, {}), (240, 20), (20,), "20"):
        assert not _fits(range_, value)
    _, seed = simulated(base, {"plan.analysis.kind": "test"})
    assert _fits(seed, 3)
    assert not _fits(seed, 2.5)
    assert not _fits(seed, float("nan"))


def test_property_percent_rounds_as_the_command_line() -> None:
    """Of 2 000 trials every other share lies halfway between two numbers of one decimal."""
    for k in range(2_001):
        share = k / 2_000
        whole, decimals = f"{share:.3f}".split(".")
        assert percent(share) == f"{int(whole + decimals[:2])}.{decimals[2]} %"


def test_a_number_that_rounds_to_0_has_no_sign() -> None:
    assert signed(-0.001) == "0.00"
    assert signed(-0.5, 1) == "−0.5"


def test_the_longest_words_have_the_most_room() -> None:
    short = {"label": "Power", "value": "81.5 %", "delta": "± 0.9 MCSE"}
    long = short | {"label": "Posterior · type I error"}
    assert widths([short, long])[1] > widths([short, long])[0]


def test_a_percent_sign_in_a_unit_is_no_placeholder() -> None:
    """The browser fills in the formats of sliders; a lone % there ends in an error."""
    scenario = changed(truth__endpoint={"name": "FEV1", "unit": "% of predicted"})
    for item in assumed(scenario, "AB/BA"):
        if item.kind == "slider" and item.format != "percent":
            filled = item.format % 2.0
            assert ("% of predicted" in filled) == ("% of predicted" in unit_of(item))
    effect = next(item for item in assumed(scenario, "AB/BA") if item.path == "truth.effect.female")
    assert effect.format % 2.1 == "2.1 % of predicted"
    assert unit_of(effect) == "% of predicted"


def test_what_is_measured_and_the_sign_of_an_effect_stand_above_the_assumptions() -> None:
    app = sound(page(changed(), f"{PAGES}/assumptions.py"))
    (words,) = (c.value for c in app.caption if c.value.startswith("Outcome: "))
    assert "B: naltrexone" in words
    assert "attenuation" in words


def test_typical_values_of_the_madrs_are_not_given_for_another_outcome() -> None:
    scenario = changed(truth__endpoint={"name": "FEV1", "unit": "ml"})
    assert not [item.path for item in assumed(scenario, "AB/BA") if "MADRS points" in item.help]
