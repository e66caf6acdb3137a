"""`planner evidence list` and `show`."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.cli.evidence import evidence
from planner.errors import PlannerError
from tests.evidence.malformed import VALID


@dataclass(frozen=True)
class Outcome:
    """Exit code and output; the message of an error that the user can mend."""

    code: int
    out: str
    error: str


def run(*words: str, columns: int = 120) -> Outcome:
    """``planner evidence WORDS``; errors end as they do in `planner.cli.main`."""
    result = CliRunner(env={"COLUMNS": str(columns)}).invoke(evidence, list(words))
    if isinstance(result.exception, PlannerError):
        return Outcome(result.exception.exit_code, result.stdout, str(result.exception))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my-study.toml").write_text(VALID, "utf-8")
    return tmp_path


def test_list_shows_every_column_within_120() -> None:
    outcome = run("list")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert lines[0].split() == ["id", "quantity", "value", "unit", "n", "flag", "source"]
    assert max(map(len, lines)) <= 120
    assert len(lines) > 300


@pytest.mark.parametrize("columns", [100, 80])
def test_narrow_terminals_get_fewer_columns(columns: int) -> None:
    lines = run("list", columns=columns).out.splitlines()
    assert max(map(len, lines)) <= columns
    assert {"id", "value", "flag"} <= set(lines[0].split())


def test_list_by_quantity() -> None:
    lines = run("list", "--quantity", "sd_difference").out.splitlines()
    row = next(line for line in lines if "lapidus-2014.sd_difference " in line)
    assert row.split() == [
        *("lapidus-2014.sd_difference", "sd_difference", "7.3", "[5.5,", "11.0]"),
        *("points", "18", "derived", "Lapidus", "2014"),
    ]
    assert not any("female_share" in line for line in lines)


def test_uncertainties_are_shown_as_written() -> None:
    text = run("list").out
    for words in (
        "0.455 [0.05, 0.86]",
        "-4.5 ± 1.41",
        "0.58 (7/12)",
        "0.30 (0.15 to 0.455)",
        "0.12 (0.08 to 0.20)",
        "0.0230",
    ):
        assert words in text


def test_what_rests_on_assumptions_is_marked() -> None:
    text = run("list", "--flag", "derived").out
    flags = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert "derived *" in flags["jelen-2025.sd_case_10"]
    assert "derived *" not in flags["jelen-2025.d_z"]
    assert "rests on an assumed number" in " ".join(text.split())


def test_list_as_json() -> None:
    data = json.loads(run("list", "--flag", "derived", "--json").out)["entries"]
    found = {row["reference"]: row for row in data}
    row = found["lapidus-2014.sd_difference"]
    assert row["value"] == 7.3
    assert row["recomputed"] == pytest.approx(7.34489, abs=1e-5)
    assert row["recomputed_uncertainty"] == pytest.approx([5.5115, 11.0110], abs=1e-4)
    assert row["doi"] == "10.1016/j.biopsych.2014.03.026"
    assert all(r["flag"] == "derived" and "places" not in r for r in data)


def test_nothing_found_says_so(folder: Path) -> None:
    outcome = run("list", "--quantity", "mcid", "--priors", str(folder))
    assert outcome.code == 0
    assert "no entry of the library fits" in outcome.out


def test_show_entry_has_formula_and_citation() -> None:
    text = run("show", "jelen-2025.d_z").out
    assert "sqrt(F / n) = 0.455311" in text
    assert "F = 5.39, jelen-2025.f_madrs (reported)" in text
    assert "nct_lower(sqrt(F), n - 1, n) = 0.0468381" in text
    assert "https://doi.org/10.1038/s41591-025-03800-w" in text
    assert "Nature Medicine 2025" in text
    assert max(map(len, text.splitlines())) <= 120


def test_show_reported_share_has_its_wilson_interval() -> None:
    """7/12 responders: Wilson 95 % interval 32 to 81 %."""
    text = run("show", "williams-2018.response").out
    assert "95 % interval 0.32 to 0.81 (Wilson)" in text
    assert "abstract" in text


def test_show_assumed_has_its_reason() -> None:
    assert "yoon-2025" in run("show", "planning.d_z").out


def test_show_study_lists_entries_and_what_is_missing() -> None:
    text = run("show", "williams-2018").out
    assert "Am J Psychiatry" in text
    assert "not found" in text
    assert "williams-2018.dropout" in text


def test_show_study_without_entries() -> None:
    text = run("show", "klein-2020").out
    assert "PNAS" in text
    assert "finding" in text


def test_show_as_json() -> None:
    study = json.loads(run("show", "lapidus-2014", "--json").out)
    assert study["id"] == "lapidus-2014"
    assert len(study["entries"]) > 10
    entry = json.loads(run("show", "jones-2022.sex_interaction", "--json").out)
    assert entry["recomputed_uncertainty"] == pytest.approx([2.47986], abs=1e-5)
    assert entry["study"] == "jones-2022"


@pytest.mark.parametrize("name", ["lapidus-2014", "jelen-2025", "planning", "nimh-2023"])
def test_every_entry_can_be_shown(name: str) -> None:
    data = json.loads(run("show", name, "--json").out)
    for entry in data["entries"]:
        text = run("show", entry["reference"], columns=80).out
        assert text.startswith(entry["reference"])
        assert max(map(len, text.splitlines())) <= 80


def test_a_folder_of_ones_own(folder: Path) -> None:
    text = run("list", "--priors", str(folder)).out
    assert "my-study.sd" in text
    assert "lapidus" not in text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["show", "lapidus-2014.sd_diff"], "lapidus-2014.sd_difference"),
        (["show", "lapidus-2015"], "lapidus-2014"),
        (["list", "--quantity", "sds"], "the closest are"),
        (["list", "--flag", "certain"], "choose reported"),
        (["list", "--priors", "/no/such/folder"], "no such folder"),
    ],
)
def test_unknown_names_are_one_sentence(words: list[str], expected: str) -> None:
    outcome = run(*words)
    assert outcome.code == 3
    assert outcome.out == ""
    assert expected in outcome.error
    assert "\n" not in outcome.error


def test_a_malformed_file_is_one_sentence(folder: Path) -> None:
    (folder / "my-study.toml").write_text(VALID.replace("7.3", "-7.3"), "utf-8")
    outcome = run("list", "--priors", str(folder))
    assert outcome.code == 3
    assert outcome.out == ""
    assert "my-study.toml: entry.sd.value: -7.3 is not possible" in outcome.error


def test_usage_errors_are_usage_errors() -> None:
    assert run("show").code == 2
    assert run("list", "--colour").code == 2
