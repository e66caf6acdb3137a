"""Values that a batch varies: typed, prefilled, and written into its file."""

import tomllib
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from planner.batch.batch import load_batch
from planner.batch.points import PLANNING, lean, points, scenario_at
from planner.batch.run_folder import batch_content
from planner.errors import InvalidInput
from planner.scenario import built_in_names, load_scenario
from planner.ui.batch.asked import asked
from planner.ui.batch.controls import chosen, values
from planner.ui.batch.settings import ANALYSIS, DESIGN, PEOPLE, settings
from planner.ui.batch.typed import listed, typed
from planner.ui.fields.truth import CARRYOVER, PERIOD
from tests.ui.batch_pages import DROPOUT, SD, batch_of, page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24, 48", [24, 48]),
        ("24;48 86", [24, 48, 86]),
        ("6:9:1.5", [6, 7.5, 9]),
        ("0.1:0.3:0.1", [0.1, 0.2, 0.3]),
        ("−0.5, 0.5", [-0.5, 0.5]),
        ("5, 5, 5.0", [5]),
    ],
)
def test_numbers_are_read_as_they_are_typed(text: str, expected: list[float]) -> None:
    setting = settings(load_scenario("confirmatory"), 86)[SD]
    assert typed(text, setting) == expected


@pytest.mark.parametrize(
    "text", ["", " , ", "abc", "1:2", "9:6:1", "1:2:0", "nan", "inf", "1:100:1", "1e400"]
)
def test_what_is_no_list_of_numbers_is_said_at_its_control(text: str) -> None:
    setting = settings(load_scenario("confirmatory"), 86)[SD]
    with pytest.raises(InvalidInput) as refused:
        typed(text, setting)
    assert refused.value.key == SD
    app = page(**{SD: text})
    assert not app.exception
    assert [e.value for e in app.error] == [refused.value.message]


@pytest.mark.parametrize("name", built_in_names())
def test_the_plan_is_among_the_values_at_first(name: str) -> None:
    scenario = load_scenario(name)
    base = lean(scenario.with_changes({PEOPLE: 86}))
    for path, setting in settings(scenario, 86).items():
        start = values(setting, name).start
        batch = asked(scenario, name, 86, [(setting, chosen(setting, start))], [PLANNING], 500)
        around = lean(batch.batch.scenario)
        every = []
        for point in points(batch.batch):
            with nullcontext() if not setting.options else suppress(InvalidInput):
                every.append(scenario_at(around, point))  # not every design has every period
        assert 1 <= len(every) <= len(setting.start)
        assert len(setting.start) > 1
        few = [s.with_changes({"monte_carlo.n_trials": base.monte_carlo.n_trials}) for s in every]
        if path not in (PERIOD, CARRYOVER) and not setting.before:
            assert base.fingerprint() in {s.fingerprint() for s in few}, path
        if not setting.options:
            assert setting.planned.split()[0] in listed(setting.start).split(", "), path


def test_percentages_are_typed_and_shares_are_written() -> None:
    batch = batch_of(**{"truth.female_share": "45, 62.5", DROPOUT: "0, 12"})
    assert batch.batch.grid == {"truth.female_share": (0.45, 0.625), DROPOUT: (0.0, 0.12)}


def test_choices_are_written_as_the_scenario_has_them() -> None:
    names = ["within-subject t (period-adjusted)", "mixed model (Satterthwaite)"]
    batch = batch_of(**{DESIGN: ["AB/BA", "ABB/BAA"], ANALYSIS: names})
    assert batch.batch.grid[DESIGN] == ("AB/BA", "ABB/BAA")
    found = [scenario_at(batch.batch.scenario, p).plan.analysis for p in points(batch.batch)]
    assert [(a.kind, getattr(a, "df", "")) for a in found] == [
        ("mixed-model", "satterthwaite"),
        ("within-subject-t", ""),
    ] * 2


def test_the_file_holds_the_batch_and_needs_no_other(tmp_path: Path) -> None:
    batch = batch_of(**{PEOPLE: "24, 40", SD: "6, 7.5"})
    file = tmp_path / batch.file
    file.write_text(batch.text)
    assert batch_content(load_batch(file)) == batch_content(batch.batch)
    assert "base" not in tomllib.loads(batch.text)
