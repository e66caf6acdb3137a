"""``planner compare`` as a user meets it."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.plan.costs import Costs
from planner.scenario import load_scenario, scenario_toml
from planner.search.compare import DESIGNS, compare, vary_design
from tests.cli.running import Outcome, run

Run = Any
FEW = ("--n-trials", "1000", "--quiet")
TWO = ("parallel", "AB/BA")
WORDS = ("--design", "parallel", "--design", "AB/BA")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``planner WORDS``."""

    def words(*given: str) -> Outcome:
        return run(capsys, monkeypatch, *given)

    return words


def _json(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    data: dict[str, Any] = json.loads(outcome.out)
    return data


def test_example_json_has_the_figures_of_python_and_of_planner_size(call: Run) -> None:
    """Digit for digit, each simulated number with its error."""
    data = _json(call("compare", *WORDS, "--per-subject", "10", "--per-visit", "2", "--json", *FEW))
    scenario = load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 1_000})
    found = compare(vary_design(scenario, TWO), Costs(per_subject=10.0, per_visit=2.0))
    assert [row["name"] for row in data["results"]] == list(TWO)
    for row, plan in zip(data["results"], found.plans, strict=True):
        assert row["fingerprint"] == plan.fingerprint
        assert (row["visits"], row["cost"], row["weeks"]) == (plan.visits, plan.cost, None)
        assert row["costs"] == plan.costs.plain(full=True)
        assert row["stressed"]["adverse"]["value"] == plan.stressed["adverse"].value
        assert row["weighted_power"]["mcse"] == plan.weighted_power.mcse > 0
        assert [c["bias"]["value"] for c in row["carryover"]] == [
            price.bias.value for price in plan.carryover
        ]
    assert "Assumed" in data["stress"][0]["changes"]
    assert sum(data["weights"].values()) == 1
    size = _json(call("size", "--json", *FEW))["results"][0]
    beside = data["results"][TWO.index("AB/BA")]
    assert {key: beside[key] for key in size} == size


@pytest.mark.parametrize("width", [120, 90, 60])
def test_property_text_fits_the_terminal(
    call: Run, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Narrow terminals get fewer columns; size, power and cost stay."""
    monkeypatch.setenv("COLUMNS", str(width))
    words = ("compare", "--design", "AB/BA", "--design", "ABB/BAA", "--per-visit", "450.5",
             "--currency", "EUR", "--period-weeks", "1", *FEW)  # fmt: skip
    outcome = call(*words)
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= width
    header = next(line for line in lines if line.startswith(" plan"))
    assert {"randomised", "visits", "cost,", "simulated"} <= set(header.split())
    assert ("weeks" in header) == (width > 60)
    text = " ".join(outcome.out.split())
    assert "450.50 per visit" in text
    assert "Adverse: assumed: effect" in text
    assert "weights assumed" in text
    assert "Carry-over: assumed shares" in text
    assert "±" in outcome.out


def test_example_several_scenarios_and_a_file(call: Run, tmp_path: Path) -> None:
    """Rows keep the names given; a design multiplies them; `--out` writes the text."""
    outcome = call("scenario", "init", str(tmp_path / "mine.toml"))
    assert outcome.code == 0, outcome.err
    mine = str(tmp_path / "mine.toml")
    data = _json(call("compare", "kcl-2025", mine, "--json", *FEW))
    assert [row["name"] for row in data["results"]] == ["kcl-2025", mine]
    assert data["results"][1]["unit"] == "MADRS points"
    both = _json(
        call("compare", "kcl-2025", "stanford-2018", "--design", "ABB/BAA", "--json", *FEW)
    )
    assert [row["name"] for row in both["results"]] == ["kcl-2025 ABB/BAA", "stanford-2018 ABB/BAA"]
    target = tmp_path / "compared.txt"
    outcome = call("compare", "kcl-2025", "stanford-2018", "--out", str(target), *FEW)
    assert outcome.out == ""
    assert "2 scenarios side by side" in target.read_text("utf-8")
    assert "Costs are not stated" in " ".join(target.read_text("utf-8").split())


def _file(folder: Path, name: str, **costs: float | str) -> str:
    """A scenario file that states prices and lengths."""
    scenario = load_scenario("confirmatory").with_changes({"protocol.costs": costs})
    (folder / name).write_text(scenario_toml(scenario), "utf-8")
    return str(folder / name)


def test_options_win_over_the_file_and_the_file_over_nothing(call: Run, tmp_path: Path) -> None:
    """Each price and length by itself; every design of the file has the file's."""
    mine = _file(tmp_path, "a.toml", per_subject=10.0, per_visit=2.0, currency="EUR",
                 period_weeks=2.0)  # fmt: skip
    for options, stated in (
        ((), Costs(per_subject=10.0, per_visit=2.0, currency="EUR", period_weeks=2.0)),
        (
            ("--set", "protocol.costs.per_visit=5.0", "--per-visit", "3", "--washout-weeks", "4"),
            Costs(per_subject=10.0, per_visit=3.0, currency="EUR", period_weeks=2.0,
                  washout_weeks=4.0),
        ),
        (("--per-subject", "0", "--currency", ""), Costs(per_visit=2.0, period_weeks=2.0)),
    ):  # fmt: skip
        for row in _json(call("compare", mine, *WORDS, *options, "--json", *FEW))["results"]:
            n, periods = row["n_randomised"], row["visits_per_person"]
            assert row["costs"] == stated.plain(full=True)
            assert row["cost"] == n * stated.per_subject + n * periods * stated.per_visit
            assert row["weeks"] == periods * 2.0 + (periods - 1) * stated.washout_weeks
            assert row["fingerprint"] == _fingerprint(row["design"])
    text = " ".join(call("compare", mine, *WORDS, *FEW).out.split())
    assert "cost, EUR" in text
    assert "Cost: 10 per person randomised and 2 per visit." in text


def _fingerprint(design: str) -> str:
    few = load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 1_000})
    return vary_design(few, [design])[design].fingerprint()


def test_files_have_their_own_prices_in_one_currency(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices of one currency differ by file; of several they are refused, and not relabelled."""
    monkeypatch.chdir(tmp_path)
    dear = _file(Path(), "dear.toml", per_visit=20.0, currency="EUR")
    cheap = _file(Path(), "cheap.toml", per_visit=2.0, currency="EUR")
    first, second = _json(call("compare", dear, cheap, "--json", *FEW))["results"]
    assert first["cost"] == 10 * second["cost"] == 20.0 * first["visits"]
    text = " ".join(call("compare", dear, cheap, *FEW).out.split())
    assert f"20 per visit ({dear}); 0 per person randomised and 2 per visit ({cheap})" in text
    pounds = _file(Path(), "pounds.toml", per_visit=2.0, currency="GBP")
    for label in ((), ("--currency", "USD")):
        refused = call("compare", dear, pounds, *label, *FEW)
        assert (refused.code, refused.out) == (3, "")
        assert refused.err == (
            f"planner: {pounds}: protocol.costs.currency: its prices are in GBP and those of "
            f"{dear} in EUR; state all prices in one currency\n"
        )
    given = ("--per-visit", "4", "--currency", "USD")
    rows = _json(call("compare", dear, pounds, *given, "--json", *FEW))["results"]
    assert [row["cost"] for row in rows] == [4.0 * row["visits"] for row in rows]
    assert {row["costs"]["currency"] for row in rows} == {"USD"}


def test_a_label_is_given_to_prices_without_one(call: Run, tmp_path: Path) -> None:
    """And a file without prices has any currency."""
    plain = _file(tmp_path, "plain.toml", per_visit=2.0)
    euros = _file(tmp_path, "euros.toml", per_visit=2.0, currency="EUR")
    none = _file(tmp_path, "none.toml", currency="GBP")
    refused = call("compare", euros, plain, *FEW)
    assert "its prices are of no stated currency and those of" in refused.err
    words = ("compare", euros, plain, none, "--currency", "EUR", "--json", *FEW)
    assert [row["cost"] is None for row in _json(call(*words))["results"]] == [False, False, True]


def test_example_options_change_every_scenario(call: Run) -> None:
    """`--set`, `--seed`, `--hypothesis` and `--target`."""
    words = ("--set", "truth.covariance.sd_difference=6.0", "--seed", "5", "--hypothesis", "male",
             "--target", "0.7", "--design", "AB/BA", "--json", *FEW)  # fmt: skip
    (row,) = _json(call("compare", *words))["results"]
    expected = load_scenario("confirmatory").with_changes(
        {
            "truth.covariance.sd_difference": 6.0,
            "monte_carlo.seed": 5,
            "monte_carlo.n_trials": 1_000,
        }
    )
    assert row["fingerprint"] == expected.fingerprint()
    assert (row["seed"], row["hypothesis"], row["power_target"]) == (5, "male", 0.7)


def test_example_a_design_that_cannot_is_left_out_and_said(call: Run) -> None:
    """Of the designs that nobody named; a named one is refused."""
    adjusted = ("--set", "plan.design=ABB/BAA", "--set", "plan.analysis.carryover=true", *FEW)
    outcome = call("compare", *adjusted)
    assert outcome.code == 0, outcome.err
    rows = [line.split()[0] for line in outcome.out.splitlines() if line.count("±") > 1]
    assert list(dict.fromkeys(rows)) == [name for name in DESIGNS if name != "AB/BA"]
    text = " ".join(outcome.out.split())
    assert "AB/BA is left out: 'overall' adjusted for carry-over" in text
    refused = call("compare", "--design", "AB/BA", *adjusted)
    assert (refused.code, refused.out) == (3, "")
    assert "choose a design that separates them" in refused.err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("nowhere",), 3, "nowhere: 'nowhere' is neither a file nor a built-in scenario"),
        (("--design", "XX"), 3, "'XX' is not a known design"),
        (("--design", "Williams 3"), 3, "design Williams 3 has treatments A, B, C"),
        (("--hypothesis", "both"), 3, "'both' is not a hypothesis of the scenario; choose"),
        (("--set", "truth.no=1"), 3, "--set: truth.no: unknown key"),
        (("--per-subject", "nan"), 3, "per_subject: nan is not a finite number"),
        (("--per-visit", "-3"), 2, "-3.0 is not in the range"),
        (("--currency", "pounds sterling"), 3, "'pounds sterling' is not a label"),
        (("--target", "1.5"), 2, "1.5 is not in the range"),
        (("kcl-2025", "kcl-2025"), 2, "kcl-2025 is given more than once; give it once"),
        (("confirmatory", "kcl-2025", "--hypothesis", "male"), 3, "kcl-2025: hypothesis: 'male'"),
        (
            ("--set", "plan.design=Williams 3", "--set", "truth.effect={B=2.0, C=3.0}"),
            3,
            "the design has 3 treatments",
        ),
    ],
)
def test_property_errors_are_one_sentence(
    call: Run, words: tuple[str, ...], code: int, sentence: str
) -> None:
    """What is in hand, the rule, what to do; nothing on stdout and no traceback."""
    outcome = call("compare", *words, "--n-trials", "200", "--quiet")
    assert outcome.code == code
    assert outcome.out == ""
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err
