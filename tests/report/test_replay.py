"""Stored runs beside the same runs here: what is identical, and what moved beyond its error."""

import io
import json
import shutil
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import planner.operating.evaluate as evaluate
import planner.rng as rng
from planner.batch import identity
from planner.errors import InvalidInput
from planner.report.batch_report import batch_report
from planner.report.bundle import archive, bundle
from planner.report.formats import render
from planner.report.model import Chapter, ReportModel, Table
from planner.report.moved_numbers import MovedNumber, compared
from planner.report.replayed import Replay, replay
from planner.report.report_numbers import numbers_of_report
from planner.report.stored_numbers import StoredNumbers, numbers_of_summary
from planner.scenario import load_scenario
from tests.report.batch_runs import doctored, small_batch, stored
from tests.report.sample import sample, section


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(small_batch(), tmp_path_factory.mktemp("kept") / "small.run")


@pytest.fixture
def run(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "small.run"))


@cache
def bundled() -> dict[str, bytes]:
    """Files of a bundle with few trials."""
    content = bundle(load_scenario("kcl-2025").with_changes({"monte_carlo.n_trials": 200}))
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist() if name != "manifest.json"}


def zipped(tmp_path: Path, **changes: bytes) -> Path:
    """An archive with some files changed and its manifest right."""
    named = {name.replace("_", "."): content for name, content in changes.items()}
    path = tmp_path / "bundle.zip"
    path.write_bytes(archive({**bundled(), **named}))
    return path


def again(path: Path) -> Replay:
    return replay(path, workers=1)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_an_unchanged_run_is_identical_and_only_read(run: Path) -> None:
    before = bytes_of(run)
    steps: list[tuple[int, int]] = []
    found = replay(run, workers=1, progress=lambda done, of: steps.append((done, of)))
    assert found.same
    assert found.there == found.here
    assert (found.numbers.within, found.numbers.moved) == (0, ())
    rows, trials = 4 * 2 * 4, 4 * 2
    planning_only = 2 * rows // 2  # wrong signs and exaggeration, where the true effect is not 0
    assert found.numbers.identical == rows * (7 + 2) + planning_only + trials * (6 + 4 + 2)
    assert steps[-1] == (8, 8)
    assert bytes_of(run) == before


def test_numbers_moved_by_half_and_by_three_errors_are_told_apart(run: Path) -> None:
    moved: dict[str, float] = {}

    def change(rows: list[dict[str, Any]]) -> None:
        rows[0]["success"] -= 0.5 * rows[0]["success_mcse"]
        rows[1]["bias"] -= 3 * rows[1]["bias_mcse"]
        rows[2]["closed_form"] *= 1 + 1e-7
        rows[3]["effect"] *= 1 + 1e-12
        moved.update(bias=rows[1]["bias"], mcse=rows[1]["bias_mcse"])

    doctored(run, change)
    found = again(run)
    assert not found.same
    assert found.numbers.within == 1
    first, second = sorted(found.numbers.moved, key=lambda m: m.place.split(": ")[1])
    place = "point 0 (plan.n_subjects = 24, truth.covariance.sd_difference = 6.5)"
    assert first.place == f"{place}, female, planning: bias"
    assert (first.before, first.mcse) == (moved["bias"], moved["mcse"])
    assert first.mcse_now == moved["mcse"]
    assert first.in_mcses == pytest.approx(3)
    assert second.place == f"{place}, male, planning: closed_form"
    assert (second.mcse, second.in_mcses) == (None, None)


def test_an_error_that_changed_beside_the_same_number_is_told(run: Path) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[0]["width_mcse"] *= 2

    doctored(run, change)
    (moved,) = again(run).numbers.moved
    assert moved.place.endswith("overall, planning: width, its MCSE")


def test_rows_and_numbers_that_came_or_went_are_told(run: Path) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[0]["hypothesis"] = "nobody"
        rows[1]["rmse"] = rows[1]["rmse_mcse"] = None

    doctored(run, change)
    found = again(run)
    assert [row.split("), ")[1] for row in found.numbers.vanished] == ["nobody, planning"]
    assert [row.split("), ")[1] for row in found.numbers.appeared] == ["overall, planning"]
    (moved,) = found.numbers.moved
    assert (moved.before, moved.mcse) == (None, None)
    assert moved.now is not None
    assert moved.now > 0


def test_other_random_numbers_move_what_is_simulated_and_nothing_else(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(seed: int, stream: rng.Stream, block: int) -> np.random.Generator:
        return rng.generator(seed + 1, stream, block)

    monkeypatch.setattr("planner.trials.draw.generator", other)
    found = again(run)
    assert found.numbers.moved
    assert all(m.mcse is not None for m in found.numbers.moved)
    share = len(found.numbers.moved) / (len(found.numbers.moved) + found.numbers.within)
    # two estimates differ by more than one MCSE of either with P(|N(0, 2)| > 1) = 0.48
    assert 0.2 < share < 0.75
    assert sum(abs(m.in_mcses or 0) > 5 for m in found.numbers.moved) == 0


def test_another_engine_is_no_hindrance(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = {**identity.engine_identity(), "planner": "9.9.9", "sources": "0" * 16}
    monkeypatch.setattr(identity, "engine_identity", lambda: newer)
    found = again(run)
    assert found.here["planner"] == "9.9.9"
    assert found.there["planner"] != "9.9.9"
    assert found.same


def test_points_that_fail_here_are_told_with_the_reason(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = evaluate.Simulation.run

    def poisoned(self: evaluate.Simulation, block: int, size: int) -> Any:
        if self.case.n_subjects == 40:
            raise ZeroDivisionError("poison")
        return real(self, block, size)

    monkeypatch.setattr(evaluate.Simulation, "run", poisoned)
    found = again(run)
    assert not found.same
    assert len(found.problems) == 2
    assert "poison" in found.problems[0]
    assert len(found.numbers.vanished) == 2 * (8 + 2)
    assert found.numbers.moved == ()


def test_a_bundle_as_folder_and_archive_is_identical(tmp_path: Path) -> None:
    path = zipped(tmp_path)
    with zipfile.ZipFile(path) as content:
        content.extractall(tmp_path / "folder")
    for place in (path, tmp_path / "folder"):
        found = again(place)
        assert found.kind == "bundle"
        assert found.same
        assert found.numbers.within == 0
        assert found.numbers.identical > 50
        assert found.there == found.here
        assert found.here["numpy"] == np.__version__


def test_numbers_of_a_bundle_that_moved_are_named_by_their_place(tmp_path: Path) -> None:
    summary = json.loads(bundled()["summary.json"])
    size, power = summary["size"]["results"][0], summary["power"]["results"][0]
    size["n_randomised"] += 2
    size["power"]["value"] += 0.5 * size["power"]["mcse"]
    power["success"]["value"] -= 3 * power["success"]["mcse"]
    found = again(zipped(tmp_path, summary_json=json.dumps(summary).encode()))
    assert found.numbers.within == 1
    told = {m.place: m for m in found.numbers.moved}
    name, target = size["hypothesis"], size["power_target"]
    assert set(told) == {
        f"size.results[{name}, {target}].n_randomised",
        f"power.results[{name}, planning].success",
    }
    assert told[f"power.results[{name}, planning].success"].in_mcses == pytest.approx(3)
    assert told[f"size.results[{name}, {target}].n_randomised"].in_mcses is None


def test_every_number_of_a_summary_has_a_place_of_its_own() -> None:
    numbers = numbers_of_summary(json.loads(bundled()["summary.json"]))
    assert len(set(numbers.rows)) == len(numbers.rows) > 50
    values, mcses = numbers.measures[""]
    simulated = [row for row, mcse in zip(numbers.rows, mcses, strict=True) if not np.isnan(mcse)]
    assert any("ledger" in row for row in simulated)
    assert any("completers" in row for row in simulated)
    assert not any("n_randomised" in row for row in simulated)
    assert np.isfinite(values).all()


def test_reference_counts_by_hand() -> None:
    """Four numbers: identical, within, beyond, and one that is not simulated."""
    nan = np.nan

    def numbers(*pairs: tuple[float, float]) -> StoredNumbers:
        values, mcses = np.array(pairs).T
        return StoredNumbers(("a", "b", "c", "d"), {"": (values, mcses)})

    before = numbers((0.5, 0.1), (0.5, 0.1), (0.5, 0.1), (2.0, nan))
    now = numbers((0.5, 0.1), (0.6 - 1e-9, 0.2), (0.6 + 1e-9, 0.2), (2.0 + 1e-8, nan))
    found = compared(before, now)
    assert (found.identical, found.within) == (1, 1)
    assert found.moved == (
        MovedNumber("c", 0.5, 0.6 + 1e-9, 0.1, 0.2),
        MovedNumber("d", 2.0, 2.0 + 1e-8),
    )
    certain = compared(numbers(*[(1.0, 0.0)] * 4), numbers(*[(1.0 - 1e-6, 1e-3)] * 4))
    assert len(certain.moved) == 4
    assert certain.moved[0].in_mcses is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("results.parquet", "results.parquet is not the one that manifest.json tells of"),
        ("batch.json", "batch.json"),
        ("manifest.json", "manifest.json"),
    ],
)
def test_a_damaged_run_is_one_sentence(run: Path, name: str, said: str) -> None:
    path = run / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        again(run)


def test_an_unfinished_run_is_one_sentence(run: Path) -> None:
    (run / "manifest.json").unlink()
    with pytest.raises(InvalidInput, match="the run is not finished"):
        again(run)


def test_a_bundle_that_was_changed_is_one_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(zipped(tmp_path)) as content:
        content.extractall(tmp_path / "folder")
    path = tmp_path / "folder" / "scenario.toml"
    path.write_text(path.read_text("utf-8") + "# later\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"scenario\.toml is not the one that manifest\.json"):
        again(tmp_path / "folder")
    with pytest.raises(InvalidInput, match="holds no summary of a bundle"):
        again(zipped(tmp_path, summary_json=b"[]"))


def test_a_report_is_computed_again_and_compared_as_it_is_printed(tmp_path: Path) -> None:
    path, data = tmp_path / "report.json", json.loads(bundled()["report.json"])
    path.write_bytes(bundled()["report.json"])
    steps: list[tuple[int, int]] = []
    found = replay(path, workers=1, progress=lambda done, of: steps.append((done, of)))
    assert found.kind == "report"
    assert found.same
    assert found.there == found.here
    assert found.here["numpy"] == np.__version__
    assert found.numbers.identical > 200
    assert steps[-1][0] == steps[-1][1] > 0
    model = ReportModel.parse(data)
    power_section = next(s for s in model.sections if s.id == "R61")
    table = next(block for block in power_section.blocks if isinstance(block, Table))
    power = table.columns.index("Power")
    shown = table.rows[0][power]
    value, error = (float(part) for part in shown.replace(" %", "").split(" ± "))
    text = path.read_text("utf-8").replace(f'"{shown}"', f'"{value - 3 * error:.1f} % ± {error}"')
    before = numbers_of_report(ReportModel.parse(json.loads(text)))
    moved = compared(before, numbers_of_report(model)).moved
    told = [m for m in moved if m.place == f"R61, table 1, {table.rows[0][0]}, Power ({power + 1})"]
    assert [round(m.in_mcses or 0, 6) for m in told] == [3]


def test_numbers_are_read_back_as_they_are_printed() -> None:
    cells = {
        "81.2 % ± 0.4": (81.2, 0.4),
        "−0.761 ± 0.030": (-0.761, 0.03),
        "+1.50 ± 0.25": (1.5, 0.25),
        "100 % (10\u2009000 of 10\u2009000)": (100.0, 0.0),
        "1 008": (1008.0, np.nan),
        "≈ 80.5 %": (80.5, np.nan),
    }
    rows = tuple((f"row {i}", cell) for i, cell in enumerate(cells))
    words = (("words", "24 to 40"), ("none", "–"), ("name", "2 arms"))
    table = Table(caption="", columns=("Row", "Cell"), rows=(*rows, *words))
    chapters = (Chapter(title="", sections=(section("R61", "", table),)),)
    found = numbers_of_report(sample().model_copy(update={"chapters": chapters}))
    assert found.rows == tuple(f"R61, table 1, row {i}, Cell (2)" for i in range(6))
    values, mcses = found.measures[""]
    np.testing.assert_array_equal(np.stack([values, mcses], axis=1), list(cells.values()))


def test_a_report_on_a_run_asks_for_the_run(kept: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(render(batch_report(kept), ["json"])["json"])
    with pytest.raises(InvalidInput, match="give the folder of the run that it is about"):
        again(path)


def test_what_cannot_be_run_again_is_one_sentence(tmp_path: Path) -> None:
    report, empty, text = tmp_path / "report.json", tmp_path / "e", tmp_path / "x.zip"
    report.write_bytes(b'{"label": "a scenario"}')
    empty.mkdir()
    text.write_text("no archive")
    for path, said in (
        (report, "holds no report; give one made by"),
        (empty, "the folder has no readable summary.json"),
        (text, "cannot be read as an archive"),
        (tmp_path / "none", "no such file or folder"),
    ):
        with pytest.raises(InvalidInput, match=said):
            again(path)
