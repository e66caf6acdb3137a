"""The pages show what the command line that they name prints, digit for digit."""

import json
import shlex
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.ui.charts.style import percent, thousands
from planner.ui.link import PARAMETER, Linked, encode
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
        assert column["People randomised · simulated"] == thousands(plan["n_randomised"])
        assert column["Power · simulated"].startswith(share(plan["power"]))
        assert column["Type I error · simulated"].startswith(share(plan["type_i_error"]))


def test_headline_of_the_other_pages(capsys: Capture, monkeypatch: Patch) -> None:
    line = "planner size confirmatory --n-trials 500 --seed 11 --set truth.effect.female=2.4"
    size = printed(line, capsys, monkeypatch)["results"][0]
    for name in ("start", "design", "assumptions", "evidence", "report"):
        headline = named(page(name).metric, "People to randomise")
        assert headline.value == thousands(size["n_randomised"]), name
        assert headline.delta == f"power {share(size['power'])} MCSE", name
