"""The built-in scenarios cite the library, and say what it says."""

from pathlib import Path

import pytest

import planner as pl
from planner.evidence.library import load_library
from planner.scenario import built_in_names, load_scenario, unknown_references
from tests.cli.running import run


@pytest.mark.parametrize("name", built_in_names())
def test_example_every_citation_is_in_the_library(name: str) -> None:
    scenario = load_scenario(name)
    assert unknown_references(scenario) == []
    for path, cited in scenario.citations.items():
        assert cited.flag in {"reported", "derived", "assumed"}, path
        assert cited.evidence or cited.note or cited.flag == "assumed", path


def test_example_planning_values_are_the_library_values() -> None:
    """Effect, SD, correlation, dropout, share of women and sex difference."""
    scenario, library = load_scenario("confirmatory"), load_library()
    truth = scenario.truth
    effects = truth.treatment_effects(("A", "B"), "B")[:, 1]
    share = library.entry("planning.female_share").value
    assert truth.female_share == share
    overall = share * effects[0] + (1 - share) * effects[1]
    assert overall == pytest.approx(library.entry("planning.effect").value)
    interaction = library.entry("planning.sex_interaction").value
    assert effects[1] - effects[0] == pytest.approx(interaction)
    assert truth.sd_difference == library.entry("planning.sd_difference").value
    assert getattr(truth.covariance, "correlation", None) == (
        library.entry("planning.correlation").value
    )
    assert getattr(truth.attrition, "after_period_1", None) == (
        library.entry("planning.dropout").value
    )
    low, high = library.entry("planning.effect").range or (0.0, 0.0)
    assert low <= overall <= high


def test_example_the_planned_effect_is_the_shrunken_one() -> None:
    """Between the readings of Jelen 2025 that correct for selection and its face value."""
    from planner.evidence.pilots import planning_effect

    derivation = planning_effect(load_library())
    readings = [r.effect for r in derivation.readings]
    assert derivation.planned == pytest.approx(2.5 / 7.5)
    assert min(readings) < derivation.planned < max(readings) == pytest.approx(0.455, abs=5e-4)


def test_unknown_reference_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = pl.scenario.scenario_text("confirmatory").replace("planning.dropout", "planning.drop")
    path = tmp_path / "mine.toml"
    path.write_text(text)
    outcome = run(capsys, monkeypatch, "scenario", "check", str(path))
    assert outcome.code == 3
    assert "'planning.drop' is not in the library" in outcome.err
    assert "truth.attrition.after_period_1" in outcome.err
