"""The pages show what the command line that they name prints, digit for digit."""

import json
import shlex
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.charts.style import percent, thousands
from planner.ui.link import PARAMETER, Linked, encode
from planner.words.conclusions import CONCLUSIONS, QUESTIONS
from tests.cli.running import run
from tests.ui.pages import APP, PAGES, named, sound

VALUES = {"monte_carlo.n_trials": 500, "truth.effect.female": 2.4, "monte_carlo.seed": 11}
Capture, Patch = pytest.CaptureFixture[str], pytest.MonkeyPatch


def page(name: str) -> AppTest:
    """A page with a scenario that was changed."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params[PARAMETER] = encode(Linked("confirmatory", VALUES))
    return sound(app.switch_page(f"{PAGES}/{name}.py").run())


def printed(line: str, capsys: Capture, monkeypatch: Patch) -> dict[str, Any]:
    """What a command shown on a page prints as JSON."""
    outcome = run(capsys, monkeypatch, *shlex.split(line)[1:], "--json")
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def share(value: dict[str, float]) -> str:
    """A simulated share as the pages write it."""
    return f"{percent(value['value'])} ± {100 * value['mcse']:.1f}"


def lines(app: AppTest) -> list[str]:
    """The commands at the foot of a page."""
    return [line for code in app.code for line in code.value.split("\n") if "planner " in line]


def test_operating_characteristics(capsys: Capture, monkeypatch: Patch) -> None:
    app = page("operating")
    rows = printed(lines(app)[0], capsys, monkeypatch)["results"]
    table = app.table[0].value
    for analysis in ("mixed model (Kenward-Roger)", "Bayesian mixed model (quadrature)"):
        column = next(c for c in table.columns if c.lower() == analysis.lower())
        for label, truth, key in (
            ("Power", "planning", "success"),
            ("Type I error", "null", "success"),
            ("Coverage", "planning", "coverage"),
        ):
            row = next(
                r
                for r in rows
                if (r["hypothesis"], r["truth"], r["analysis"]) == ("overall", truth, analysis)
            )
            assert table.loc[label, column] == share(row[key]), (analysis, label)


def test_women_and_men(capsys: Capture, monkeypatch: Patch) -> None:
    app = page("women_and_men")
    power = next(line for line in lines(app) if line.startswith("planner power"))
    rows = printed(power, capsys, monkeypatch)["results"]
    for label, name in (("Women", "female"), ("Men ·", "male"), ("Men −", "interaction")):
        row = next(r for r in rows if (r["hypothesis"], r["truth"]) == (name, "planning"))
        metric = named(app.metric, label)
        assert metric.value == percent(row["success"]["value"])
        assert metric.delta == f"± {100 * row['success']['mcse']:.1f} MCSE"


def test_compare(capsys: Capture, monkeypatch: Patch) -> None:
    app = page("compare")
    named(app.button, "Compare designs").click().run()
    table = sound(app).table[0].value
    line = next(line for line in lines(app) if line.startswith("planner compare"))
    for plan in printed(line, capsys, monkeypatch)["results"]:
        column = table[next(c for c in table.columns if c.startswith(plan["name"]))]
        column = column.str.replace("\u00a0", " ")
        assert column["People randomised · simulated"] == thousands(plan["n_randomised"])
        assert column["Power · simulated"].startswith(share(plan["power"]))
        assert column["Type I error · simulated"].startswith(share(plan["type_i_error"]))


def table(app: AppTest, column: str) -> Any:
    """The data behind a chart, found by one of its columns."""
    return next(d.value for d in app.dataframe if column in d.value.columns)


def only(app: AppTest, *words: str) -> str:
    """The one command with these words."""
    (line,) = (x for x in lines(app) if all(word in x.split() for word in words))
    return line


def swings(app: AppTest, source: str, found: dict[str, Any]) -> None:
    """Every end of every range, and the power there."""
    shown = table(app, "range from")
    assert list(shown["assumption"]) == [row["label"] for row in found["results"]]
    for end in ("low", "high"):
        power = [round(100 * row[f"power_at_{end}"], 1) for row in found["results"]]
        assert list(shown[f"power at {end}, % ({source})"]) == power
    for end in ("low", "planned", "high"):
        written = [f"{r['natural'][end]} {r['unit']}".strip() for r in found["results"]]
        assert [value.replace("−", "-") for value in shown[end]] == written


def test_one_assumption_at_a_time(capsys: Capture, monkeypatch: Patch) -> None:
    app = page("compare")
    found = printed(only(app, "sensitivity", "--central"), capsys, monkeypatch)
    swings(app, "formula", found)
    named(app.selectbox, "Ranges").set_value("plan 10").run()
    swings(app, "formula", printed(only(sound(app), "--around"), capsys, monkeypatch))


def test_people_and_effect(capsys: Capture, monkeypatch: Patch) -> None:
    app = page("compare")
    found = printed(only(app, "sensitivity", "--grid"), capsys, monkeypatch)
    shown = table(app, "power, % (formula)")
    power = [round(100 * value, 2) for row in found["power"] for value in row]
    assert list(shown["power, % (formula)"]) == power
    assert list(shown["N randomised"]) == found["sizes"] * len(found["effects"])


def test_assumptions(capsys: Capture, monkeypatch: Patch) -> None:
    app = page("assumptions")
    found = printed(only(app, "flow"), capsys, monkeypatch)
    shown = table(app, "leave")
    sexes = {"female": "women", "male": "men"}
    for row in found["results"]:
        place = (shown["sequence"] == row["sequence"]) & (shown["sex"] == sexes[row["sex"]])
        assert shown[place][f"period {row['period']}"].item() == row["expected"]
    for total in found["totals"]:
        whole = shown.iloc[-1][f"period {total['period']}"]
        assert whole == pytest.approx(total["expected"], rel=1e-15)


def test_everything_about_women_and_men(capsys: Capture, monkeypatch: Patch) -> None:
    app = page("women_and_men")
    named(app.number_input, "Trial number").set_value(3).run()
    found = printed(only(sound(app), "sexes"), capsys, monkeypatch)
    for label, row in zip(("Women", "Men ·", "Men −"), found["questions"][1:], strict=True):
        assert named(app.metric, label).value == percent(row["power"]["value"])
    for label, key in (("Both sexes", "both_sexes"), ("Same direction", "same_direction"),
                       ("Consistent", "consistent")):  # fmt: skip
        assert named(app.metric, label).value == percent(found[key]["value"])
    _trial_is(table(app, "analysis"), found["trial"])
    _map_is(table(app, "most probable"), found["map"])
    by_share = table(app, "share of women, %")
    for question, column in zip(QUESTIONS, by_share.columns[1:], strict=True):
        assert column.startswith(question)
        values = [100 * row["power"][question] for row in found["by_share"]]
        assert list(by_share[column]) == [pytest.approx(v, abs=5e-3) for v in values]


def _trial_is(shown: Any, trial: dict[str, Any]) -> None:
    """Separate and shrunken estimates of trial 3."""
    assert trial["number"] == 3
    for series in ("separate", "shrunken"):
        rows = shown[shown["analysis"] == series]
        for key, column in (("estimate", "estimate (simulated)"), ("lower", "lower"),
                            ("upper", "upper")):  # fmt: skip
            values = [round(row[series][key], 3) for row in trial["results"]]
            assert list(rows[column]) == values


def _map_is(shown: Any, found: dict[str, Any]) -> None:
    """Every probability at every pair of effects, and the most probable conclusion."""
    words = {name: f"{letters} · {what}" for name, (letters, what) in CONCLUSIONS.items()}
    cells = [cell for row in found["probability"] for cell in row]
    for k, name in enumerate(found["conclusions"]):
        values = [round(100 * cell[k], 3) for cell in cells]
        assert list(shown[f"{words[name]}, % (simulated)"]) == values
    most = [words[name] for row in found["most_probable"] for name in row]
    assert list(shown["most probable"]) == most


def test_headline_of_the_other_pages(capsys: Capture, monkeypatch: Patch) -> None:
    line = "planner size confirmatory --n-trials 500 --seed 11 --set truth.effect.female=2.4"
    size = printed(line, capsys, monkeypatch)["results"][0]
    for name in ("start", "design", "assumptions", "evidence", "report"):
        headline = named(page(name).metric, "People to randomise")
        assert headline.value == thousands(size["n_randomised"]), name
        assert headline.delta == f"power {share(size['power'])} MCSE", name
