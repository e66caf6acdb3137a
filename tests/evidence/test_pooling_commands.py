"""``pool`` and ``retrodesign`` as a user meets them."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from planner.cli.pooling import pool, retrodesign
from planner.cli.show_pooling import inline_table
from planner.errors import PlannerError
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import HalfNormal, NormalMixture
from planner.evidence.effective_size import effective_size
from planner.evidence.pooling_shares import StudyCount, pool_counts
from planner.evidence.tabulated import share_summary
from planner.plan.priors import Priors
from tests.evidence.pooled_examples import CROHN, SIGMA

DROPOUT = "jelen-2025.dropout,williams-2018.dropout,lapidus-2014.dropout"


def _run(command: Any, *words: str) -> Result:
    result = CliRunner().invoke(command, words)
    if result.exception is not None and not isinstance(result.exception, PlannerError):
        raise result.exception
    return result


def _json(command: Any, *words: str) -> dict[str, Any]:
    result = _run(command, *words, "--json")
    assert result.exit_code == 0, result.exception
    data: dict[str, Any] = json.loads(result.stdout)
    return data


@pytest.fixture
def crohn(tmp_path: Path) -> Path:
    path = tmp_path / "crohn.csv"
    rows = [f"{s.study},{s.estimate},{s.se}" for s in CROHN]
    path.write_text("\n".join(["study,estimate,se", *rows]) + "\n", "utf-8")
    return path


def test_pool_reads_estimates_and_says_what_they_are_worth(crohn: Path) -> None:
    """The Crohn data, with the robust component of the vignette."""
    data = _json(
        pool, str(crohn), "--sigma", str(SIGMA), "--mean-sd", str(SIGMA), "--robust-weight", "0.2",
        "--robust-mean", "-50",
    )  # fmt: skip
    assert data["predictive"]["mean"] == pytest.approx(-49.82, abs=0.005)
    assert data["tau"]["quantiles"]["0.5"] == pytest.approx(12.47, abs=0.005)
    assert data["priors"]["tau"] == {"kind": "half-normal", "scale": SIGMA / 2}
    assert data["prior"]["weights"][-1] == pytest.approx(0.2)
    assert data["robust_effective_size"]["elir"] < data["effective_size"]["elir"]
    mixture = NormalMixture.parse(data["mixture"])
    assert data["effective_size"]["elir"] == pytest.approx(effective_size(mixture, SIGMA).elir)
    assert len(data["studies"]) == 6


def test_pool_prints_a_prior_that_a_plan_accepts(crohn: Path) -> None:
    """The TOML piece parses and is the mixture."""
    result = _run(pool, str(crohn), "--tau-scale", "44")
    assert result.exit_code == 0, result.exception
    lines = [line.strip() for line in result.stdout.splitlines()]
    piece = "\n".join(lines[lines.index("[plan.analysis.priors]") :])
    priors = Priors.parse(tomllib.loads(piece)["plan"]["analysis"]["priors"])
    assert isinstance(priors.effect, NormalMixture)
    assert len(priors.effect.weights) == 4
    assert "With --sigma" in result.stdout


def test_pool_takes_entries_of_the_library() -> None:
    """Dropout of three crossovers, against the same pooled directly."""
    data = _json(pool, "--entries", DROPOUT)
    studies = [StudyCount(study="a", events=r, total=n) for r, n in ((1, 27), (2, 14), (2, 20))]
    expected = share_summary(pool_counts(studies, tau=HalfNormal(scale=1)).predictive)
    assert data["predictive"]["mean"] == pytest.approx(expected.mean)
    assert [s["study"] for s in data["studies"]] == ["jelen-2025", "williams-2018", "lapidus-2014"]
    table = tomllib.loads(f"share = {data['toml']}")["share"]
    assert BetaMixture.parse(table).a == pytest.approx(data["prior"]["a"], rel=1e-5)


def test_pool_takes_intervals_of_the_library_as_standard_errors() -> None:
    """An effect with an interval: half its width over the normal quantile."""
    data = _json(pool, "--entries", "jelen-2025.d_z", "--tau-scale", "0.2")
    (study,) = data["studies"]
    assert study["estimate"] == pytest.approx(0.4553, abs=5e-5)
    assert study["se"] == pytest.approx((0.8589 - 0.0463) / 3.92, abs=0.002)


def test_pool_discounts_and_fixes_heterogeneity(tmp_path: Path) -> None:
    """A power prior of 1/4 doubles standard errors; τ = 0 is inverse-variance pooling."""
    path = tmp_path / "two.csv"
    path.write_text("study,estimate,se\na,1,1\nb,3,1\n", "utf-8")
    data = _json(pool, str(path), "--tau", "0", "--power-prior", "0.25")
    assert [s["se"] for s in data["studies"]] == [2, 2]
    assert data["predictive"]["mean"] == pytest.approx(2)
    assert data["predictive"]["sd"] == pytest.approx(2**0.5)
    assert data["tau"]["sd"] == 0


def test_pool_reads_counts_under_other_names(tmp_path: Path) -> None:
    """Columns renamed; output written to a file."""
    path, out = tmp_path / "counts.csv", tmp_path / "out.txt"
    path.write_text("trial,r,n\na,3,20\nb,5,31\n", "utf-8")
    columns = "study=trial,events=r,total=n"
    result = _run(pool, str(path), "--columns", columns, "--out", str(out))
    assert result.exit_code == 0, result.exception
    text = out.read_text("utf-8")
    assert "share in a new study" in text
    assert "expected local-information ratio" in text


def test_inline_table_sums_to_one() -> None:
    """Rounded weights still sum to 1, and whole numbers stay floats."""
    third = NormalMixture(weights=(1 / 3, 1 / 3, 1 / 3), means=(1.0, -2.0, 1e-9), sds=(1, 2, 1e7))
    table = tomllib.loads(f"effect = {inline_table(third)}")["effect"]
    assert abs(sum(table["weights"]) - 1) < 1e-12
    assert all(isinstance(v, float) for v in table["means"] + table["sds"])
    assert NormalMixture.parse(table).means == (1.0, -2.0, 1e-9)


def test_retrodesign_reads_the_default_pilot() -> None:
    """Design and readings of Jelen 2025, with the planned effect among them."""
    data = _json(retrodesign)
    assert data["estimate"] == pytest.approx(0.4553, abs=5e-5)
    assert data["df"] == 74
    planned = next(r for r in data["results"] if r["true"] == pytest.approx(1 / 3))
    assert planned["power"] == pytest.approx(0.389, abs=5e-4)
    assert len(data["readings"]) == 6
    text = _run(retrodesign).stdout
    assert "The trial is planned with 0.333 (2.5 points at an SD of 7.5), 73 %" in text


def test_retrodesign_of_a_pilot_without_a_statistic() -> None:
    """Williams 2018: only the design can be judged."""
    data = _json(retrodesign, "--pilot", "williams-2018", "--true", "0.3,0.6", "--alpha", "0.1")
    assert data["estimate"] is None
    assert data["readings"] == []
    assert [r["true"] for r in data["results"]] == [0.3, 0.6]
    assert data["threshold"] == pytest.approx(1.7959 / 12**0.5, abs=1e-4)


def test_retrodesign_of_a_study_of_ones_own() -> None:
    """Infinite df become null; priors and planned effect as given."""
    data = _json(
        retrodesign, "--estimate", "8", "--se", "3.3", "--true", "0.1,0.3,1", "--prior-sd", "1",
        "--planned", "0.5",
    )  # fmt: skip
    assert data["df"] is None
    assert [r["type_s"] for r in data["results"]] == pytest.approx(
        [0.46464, 0.39530, 0.19507], 1e-4
    )
    names = {r["name"]: r["effect"] for r in data["readings"]}
    assert names["posterior, N(0, 1)"] == pytest.approx(8 / (1 + 3.3**2), abs=1e-9)
    assert data["planned"] == 0.5


MALFORMED = [
    (pool, ["no-such-file.csv"], "no-such-file.csv: no such file; check the path"),
    (pool, [], "give either a CSV file or --entries STUDY.ENTRY,…, one of the two"),
    (
        pool,
        ["--entries", "jelen-2025.dropout,williams-2018.response"],
        "entries: williams-2018.response is a response in share but jelen-2025.dropout a dropout "
        "in share; pool numbers of one kind and unit",
    ),
    (
        pool,
        ["--entries", "jelen-2025.d_z,jelen-2025.d_z_glx", "--tau", "0"],
        "entries: jelen-2025 is named more than once; its entries are not independent, so give one",
    ),
    (
        pool,
        ["--entries", "lapidus-2014.sd_difference", "--tau", "0"],
        "entries: lapidus-2014.sd_difference is a sd_difference, which is not normal on its own "
        "scale; pool its logarithm or Fisher z from a CSV file",
    ),
    (
        pool,
        ["--entries", "planning.d_z", "--tau", "0"],
        "entries: planning.d_z has neither a standard error nor an interval; it cannot be pooled",
    ),
    (
        pool,
        ["--entries", "jelen-2025.d_z"],
        "tau_scale: the scale of the between-study SD has no default without a unit; give it in "
        "the unit of the effect, or give sigma to take sigma / 2",
    ),
    (
        pool,
        ["--entries", DROPOUT, "--robust-weight", "-0.1"],
        "robust_weight: robust weight -0.1 is not between 0 and 1; 0.1 to 0.5 are usual",
    ),
    (
        pool,
        ["--entries", "jelen-2025.d_z", "--tau", "0", "--robust-weight", "0.2"],
        "sigma: the robust component is as wide as one person's contribution; give sigma, its SD",
    ),
    (
        pool,
        ["--entries", DROPOUT, "--sigma", "1"],
        "--sigma does not apply to shares; leave it out",
    ),
    (
        pool,
        ["--entries", DROPOUT, "--tau", "0", "--tau-scale", "1"],
        "--tau-scale and --tau are given; give one of them",
    ),
    (
        retrodesign,
        ["--estimate", "1"],
        "--se is missing; give the standard error of the estimate",
    ),
    (retrodesign, ["--se", "-1"], "se: standard error -1 is not above 0; correct it"),
    (retrodesign, ["--pilot", "x"], "'x' is not a pilot; choose jelen-2025 or williams-2018"),
    (
        retrodesign,
        ["--pilot", "jelen-2025", "--se", "1"],
        "--pilot and --estimate, --se or --df are given; give one or the other",
    ),
    (
        retrodesign,
        ["--true", "0.1;0.2"],
        "--true '0.1;0.2' is not a list of numbers such as 0.1,0.3; correct it",
    ),
]


@pytest.mark.parametrize(("command", "words", "message"), MALFORMED)
def test_malformed_options_give_one_sentence(command: Any, words: list[str], message: str) -> None:
    """What is wrong, the rule, and what to do; exit code 3."""
    result = _run(command, *words)
    assert isinstance(result.exception, PlannerError)
    assert str(result.exception) == message
    assert result.exception.exit_code == 3


FILES = {
    "study,estimate,se\na,1,-0.2\n": "row 2: se: -0.2 is out of range: it must be greater than 0; "
    "change it",
    "study,estimate,se\na,1,0.2\nb,x,0.2\n": "row 3: estimate: 'x' is not a number; correct it",
    "study,estimate,se\n,1,0.2\n": "row 2: study: the study has no name; give it one",
    "study,events,total\na,5,4\n": "row 2: events: 5 events are more than the 4 people; "
    "correct one",
    "study,events,total\na,0,0\n": "row 2: total: 0.0 is out of range: it must be greater than 0; "
    "change it",
    "study,events,total\na,1.5,4\n": "row 2: events: 1.5 is not a whole number of people; "
    "correct it",
    "study,estimate,se\n": "the file has no rows; pooling needs at least one study",
    "study,estimate\na,1\n": "column 'se' is not among study, estimate; a file to be pooled has "
    "study, estimate, se or study, events, total",
}


@pytest.mark.parametrize("text", FILES)
def test_malformed_files_name_the_row(tmp_path: Path, text: str) -> None:
    """File, row, column, and one sentence."""
    path = tmp_path / "studies.csv"
    path.write_text(text, "utf-8")
    result = _run(pool, str(path), "--tau", "0")
    assert isinstance(result.exception, PlannerError)
    shown = str(result.exception)
    assert shown.startswith(str(path))
    assert shown.removeprefix(str(path)).lstrip(",: ") == FILES[text]
