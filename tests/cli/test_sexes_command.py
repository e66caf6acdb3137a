"""``planner sexes`` as a user meets it."""

import json
from typing import Any

import numpy as np
import pytest

from planner.operating.power import power
from planner.operating.sex_estimates import sex_estimates, usual_tau_scale
from planner.operating.sex_questions import power_by_share, sex_conclusions, sex_questions
from planner.scenario import Scenario, built_in_names, load_scenario
from planner.search.sex_map import CONCLUSIONS as FOLDED
from planner.search.sex_map import conclusion, effects_around, sex_map
from planner.ui.fields import sexes as fields
from planner.words.conclusions import CONCLUSIONS, QUESTIONS
from tests.cli.running import Outcome, run

Run = Any
FEW = ("--n-trials", "300", "--quiet")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``planner sexes WORDS``."""

    def words(*given: str) -> Outcome:
        return run(capsys, monkeypatch, "sexes", *given, *FEW)

    return words


def _json(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    data: dict[str, Any] = json.loads(outcome.out)
    return data


def _few(name: str = "confirmatory") -> Scenario:
    return load_scenario(name).with_changes({"monte_carlo.n_trials": 300})


def test_example_questions_are_those_of_python_and_of_planner_power(call: Run) -> None:
    data, found = _json(call("--n", "86", "--json")), power(_few(), 86)
    names = ("overall", "female", "male", "interaction")
    assert [row["hypothesis"] for row in data["questions"]] == list(names)
    assert [row["question"] for row in data["questions"]] == list(QUESTIONS)
    for row in data["questions"]:
        success = found[row["hypothesis"]].success
        assert (row["power"]["value"], row["power"]["mcse"]) == (success.value, success.mcse)
    assert found.same_sign is not None
    assert data["same_direction"]["value"] == found.same_sign.value
    table = sex_conclusions(sex_questions(_few(), "overall"), 86)
    assert data["exactly_one_sex"]["value"] == table.only_one_sex.value
    shares = [data["conclusions"][name]["value"] for name in CONCLUSIONS]
    assert shares == [conclusion(table, name).value for name in FOLDED]
    assert sum(shares) == pytest.approx(1)
    assert (data["map"], data["by_share"], data["added"]) == (None, None, [])


def test_example_one_trial_is_that_of_python(call: Run) -> None:
    """Separate and shrunken, with the scale of τ of the page where none is given."""
    asked = sex_questions(_few(), "overall")
    for words, tau in (((), usual_tau_scale(_few())), (("--tau", "3.5"), 3.5)):
        data = _json(call("--n", "86", "--trial", "5", *words, "--json"))
        found = sex_estimates(asked, 86, 5, tau)
        assert data["tau_scale"] == tau
        trial = data["trial"]
        assert (trial["number"], trial["women"], trial["men"]) == (5, found.women, found.men)
        for series in ("separate", "shrunken"):
            keys = ("estimate", "lower", "upper")
            rows = [[row[series][key] for key in keys] for row in trial["results"]]
            assert np.array_equal(rows, getattr(found, series))
        assert [row["shown"] for row in trial["results"]] == list(found.shown)


@pytest.mark.parametrize("name", built_in_names())
def test_property_the_scale_of_tau_is_that_of_the_page(name: str) -> None:
    scenario = load_scenario(name)
    assert usual_tau_scale(scenario) == fields.tau_scale(scenario).start


def test_example_map_and_shares_are_those_of_python(call: Run) -> None:
    data = _json(call("--n", "86", "--map", "--by-share", "--json"))
    asked = sex_questions(_few(), "overall")
    found = sex_map(asked, 86, effects_around(asked, 17))
    assert data["map"]["probability"] == found.probability.tolist()
    assert data["map"]["effects"] == list(found.effects)
    assert data["map"]["conclusions"] == list(FOLDED)
    assert data["map"]["most_probable"][8][3] == FOLDED[found.most_probable[8, 3]]
    one = data["map"]["exactly_one_sex_at_equal"]["value"]
    assert one == found.at_equal.only_one_sex.value
    shares = [row["female_share"] for row in data["by_share"]]
    expected = power_by_share(asked, 86, shares)
    rows = [[row["power"][q] for q in QUESTIONS] for row in data["by_share"]]
    assert np.array_equal(rows, expected)


@pytest.mark.parametrize("width", [120, 60])
def test_property_text_has_the_numbers_of_json_and_fits(
    call: Run, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    words = ("--n", "86", "--map", "--by-share")
    data, outcome = _json(call(*words, "--json")), call(*words)
    assert max(map(len, outcome.out.splitlines())) <= width
    text = " ".join(outcome.out.split())
    for row in data["questions"]:
        value, mcse = row["power"]["value"], row["power"]["mcse"]
        assert f"{row['effect']:.2f} {value:.3f} ± {mcse:.3f}" in text
    for row in data["trial"]["results"]:
        separate = row["separate"]
        assert (
            f"{separate['estimate']:.2f} ({separate['lower']:.2f} to {separate['upper']:.2f})"
        ) in text
    women = data["map"]["effects"].index(2.5)
    header = next(x for x in outcome.out.splitlines() if x.startswith(" men \\ women")).split()
    column = header.index("2.50") - 2
    for men, value in enumerate(data["map"]["effects"]):
        lines = [x.split() for x in outcome.out.splitlines() if x.split()[:1] == [f"{value:.2f}"]]
        letters = CONCLUSIONS[data["map"]["most_probable"][women][men]][0]
        assert lines[0][column] == letters, value
    assert "not a difference between them" in text


def test_example_a_plan_that_does_not_ask_is_copied_and_said(call: Run) -> None:
    one = (
        "--set",
        'plan.hypotheses=[{name="main",objective={kind="superiority",one_sided_alpha=0.025}}]',
    )
    data = _json(call("--n", "86", *one, "--json"))
    assert data["added"] == ["female", "male", "interaction"]
    assert data["questions"][0]["hypothesis"] == "main"
    text = " ".join(call("--n", "86", *one).out.split())
    assert "The plan does not test women, men, men − women; a copy of it asks" in text


def test_example_one_period_has_no_shrunken_estimates(call: Run) -> None:
    data = _json(call("parallel", "--n", "60", "--json"))
    assert data["trial"] is None
    assert "has one period" in data["no_estimates"]
    assert data["questions"][0]["power"]["value"] > 0
    assert "has one period" in call("parallel", "--n", "60").out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--hypothesis", "both"), 3, "'both' is not a hypothesis of the scenario; choose"),
        (("--trial", "300"), 3, "trial is 300 but the simulation has trials 0 to 299; choose"),
        (("--tau", "0"), 2, "0.0 is not in the range"),
        (("--n", "2"), 3, "n_subjects is 2, too few to estimate every hypothesis"),
        (("--set", "truth.female_share=1.5"), 3, "truth.female_share"),
    ],
)
def test_property_errors_are_one_sentence(
    call: Run, words: tuple[str, ...], code: int, sentence: str
) -> None:
    outcome = call("--n", "60", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err
