"""Bad input: one clear sentence, exit code 3, no traceback, no half-written file."""

from pathlib import Path

import pytest

from tests.cli.malformed_data import DATA, GOOD
from tests.cli.malformed_scenarios import SCENARIOS, VALID
from tests.cli.running import Outcome, run


def _check_sentence(outcome: Outcome, name: str) -> None:
    assert outcome.code == 3, outcome
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    lines = outcome.err.strip().splitlines()
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith("planner: ")
    assert name in lines[0] or "--" in lines[0] or "built-in" in lines[0]
    assert "pydantic" not in lines[0]
    assert 20 < len(lines[0]) < 400


def test_enough_cases() -> None:
    assert len(SCENARIOS) + len(DATA) >= 100


@pytest.mark.parametrize("case", SCENARIOS)
def test_malformed_scenario_is_one_sentence(
    case: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = SCENARIOS[case]
    path = tmp_path / f"{case.replace(' ', '_')}.toml"
    path.write_bytes(b"\xff\xfe\x00bad" if text is None else text.encode())
    command = "power" if case == "n tiny" else "size"
    out = tmp_path / "result.json"
    outcome = run(capsys, monkeypatch, command, str(path), "--quiet", "--out", str(out))
    _check_sentence(outcome, "alternative" if case == "alternative" else path.name)
    assert not out.exists()


@pytest.mark.parametrize("case", DATA)
def test_malformed_data_are_one_sentence(
    case: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content, options = DATA[case]
    path = tmp_path / f"{case.replace(' ', '_')}.csv"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.write_text(content)
    outcome = run(capsys, monkeypatch, "analyse", str(path), *options)
    _check_sentence(outcome, path.name)


def test_the_valid_files_are_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, data = tmp_path / "scenario.toml", tmp_path / "data.csv"
    scenario.write_text(VALID)
    data.write_text(GOOD)
    assert run(capsys, monkeypatch, "scenario", "check", str(scenario)).code == 0
    assert run(capsys, monkeypatch, "analyse", str(data), "--by-sex").code == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["size", "--set", "truth.effect"], 2),
        (["power", "--n", "many"], 2),
        (["power", "--n", "0"], 2),
        (["power", "confirmatory"], 3),
        (["power", "--n", "2"], 3),
        (["size", "no-such-scenario"], 3),
        (["size", "--set", "truth.effct=1"], 3),
        (["size", "--set", "plan.hypotheses.nobody.contrast=male"], 3),
        (["detect", "kcl-2025", "--n", "1"], 3),
        (["nothing"], 2),
    ],
)
def test_bad_options(
    words: list[str],
    expected: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcome = run(capsys, monkeypatch, *words)
    assert outcome.code == expected, outcome
    assert outcome.err
    assert "Traceback" not in outcome.err
