"""The bundle: the same bytes each time, and a script that notices every changed number."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from functools import cache
from importlib import metadata
from pathlib import Path

import pyarrow as pa
import pytest

import planner as pl
from planner.errors import UnknownName
from planner.operating.both_schools import with_both_schools
from planner.operating.power import power as power_of
from planner.operating.trial_table import read, written
from planner.report.bundle import (
    FIRST_DAY,
    archive,
    bundle,
    bundle_of,
    differences,
    manifest,
    versions,
)
from planner.report.model import ReportModel
from planner.report.results import compute
from planner.scenario import Scenario

HOSTILE = "\"Label\" <b>&amp;\n''' [x] = \\ µ"


def scenario() -> Scenario:
    changes = {"monte_carlo.n_trials": 200, "label": HOSTILE}
    return pl.load_scenario("kcl-2025").with_changes(changes)


@cache
def built() -> bytes:
    return bundle(scenario())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(built())) as zipped:
        zipped.extractall(tmp_path)
    return tmp_path


def reproduce(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "reproduce.py", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_same_scenario_gives_the_same_bytes() -> None:
    assert bundle(scenario()) == built()
    assert bundle(scenario(), workers=1) == built()


def test_names_are_sorted_and_times_fixed() -> None:
    with zipfile.ZipFile(io.BytesIO(built())) as zipped:
        infos = zipped.infolist()
    names = [info.filename for info in infos]
    assert names == sorted(names)
    assert set(names) == {"README.md", "manifest.json", "random-numbers.json", "report.json",
                          "reproduce.py", "scenario.toml", "statement.md", "summary.json",
                          "trials.parquet", "versions.txt"}  # fmt: skip
    assert {info.date_time for info in infos} == {FIRST_DAY}
    assert archive({"b": "2", "a": b"1"}) == archive({"a": "1", "b": "2"})


def test_manifest_has_the_hash_of_every_other_file(folder: Path) -> None:
    listed = json.loads((folder / "manifest.json").read_text())["files"]
    assert listed == manifest(built())["files"]
    by_hand = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }
    assert listed == by_hand


def test_scenario_loads_to_the_same_fingerprint_and_label(folder: Path) -> None:
    loaded = pl.load_scenario(folder / "scenario.toml")
    assert loaded.fingerprint() == scenario().fingerprint()
    assert loaded == scenario()


def test_numbers_are_those_of_the_searches(folder: Path) -> None:
    kept = json.loads((folder / "summary.json").read_text())
    size = pl.sample_size(scenario())[0]
    power = pl.power(scenario(), size.n_randomised)
    assert kept["size"]["results"][0]["n_randomised"] == size.n_randomised
    assert kept["size"]["results"][0]["power"]["value"] == size.power.value
    assert kept["power"]["results"][0]["success"]["value"] == power["overall"].success.value
    assert kept["power"]["fingerprint"] == scenario().fingerprint()
    beside = kept["counterpart"]["results"][0]
    other = power_of(with_both_schools(scenario()), size.n_randomised).others[0]
    assert beside["success"]["value"] == other["overall"].success.value
    assert beside["analysis"] == "Bayesian mixed model (quadrature)"


def test_script_finds_every_number_identical(folder: Path) -> None:
    done = reproduce(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Every number is identical.\n"


def test_script_computes_the_report_again_when_asked(folder: Path) -> None:
    path = folder / "report.json"
    path.write_text(path.read_text().replace('"status": "draft"', '"status": "final"'))
    done = reproduce(folder, "--report")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "report.json: changed since the bundle was made",
        'report.json.status: "final" in the bundle, "draft" now',
    ]


def test_report_is_the_model_and_names_no_run_time(folder: Path) -> None:
    model = ReportModel.model_validate_json((folder / "report.json").read_text())
    assert model.fingerprint == scenario().fingerprint()
    assert model.status == "draft"


def test_a_bundle_of_results_is_the_bundle_of_their_scenario() -> None:
    assert bundle_of(compute(scenario())) == built()


def test_script_counts_the_trials_in_the_file_again(folder: Path) -> None:
    path = folder / "trials.parquet"
    table = read(path.read_bytes())
    column = table.column_names.index("overall_shown")
    turned = pa.array([False] * table.num_rows)
    path.write_bytes(written(table.set_column(column, table.schema.field(column), turned)))
    done = reproduce(folder)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "trials.parquet: changed since the bundle was made" in lines
    assert any(line.startswith("trials.parquet.success.overall.planning.value:") for line in lines)
    assert "trials.parquet: overall_shown differs when simulated again" in lines


def test_readme_explains_every_file_and_every_column(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    for file in folder.iterdir():
        assert file.name == "README.md" or f"| {file.name} |" in text
    for name in read((folder / "trials.parquet").read_bytes()).column_names:
        assert f"| {name} |" in text


def test_script_notices_one_changed_digit(folder: Path) -> None:
    path = folder / "summary.json"
    text = path.read_text()
    found = re.search(r'"mcse": 0\.\d*(\d)', text)
    assert found is not None
    digit = str((int(found[1]) + 5) % 10)
    path.write_text(text[: found.start(1)] + digit + text[found.end(1) :])
    done = reproduce(folder)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "summary.json: changed since the bundle was made"
    assert len(lines) == 2
    assert re.match(r"size\.results\.0\.power\.mcse: \S+ in the bundle, \S+ now", lines[1])


def test_script_notices_another_scenario(folder: Path) -> None:
    path = folder / "scenario.toml"
    path.write_text(path.read_text().replace("n_trials = 200", "n_trials = 201"))
    done = reproduce(folder)
    assert done.returncode == 1
    assert "scenario.toml: changed" in done.stdout
    assert "size.fingerprint: " in done.stdout


def test_differences_name_place_and_both_values() -> None:
    kept = {"a": [1, {"b": 0.25}], "c": 1, "d": None}
    found = {"a": [1, {"b": 0.5}], "c": 1.0, "d": None}
    assert list(differences(kept, found)) == [
        "a.1.b: 0.25 in the bundle, 0.5 now",
        "c: 1 in the bundle, 1.0 now",
    ]
    assert list(differences([1], [1, 2], "x")) == ["x: [1] in the bundle, [1, 2] now"]
    assert not list(differences(kept, kept))


def test_versions_name_python_and_what_the_program_needs() -> None:
    listed = dict(line.split("==") for line in versions())
    assert listed["python"] == ".".join(map(str, sys.version_info[:3]))
    assert listed["planner"] == pl.__version__
    for name in ("numpy", "scipy", "numba", "pydantic", "llvmlite"):
        assert listed[name] == metadata.version(name)
    assert "pytest" not in listed


def test_unknown_hypothesis_is_refused() -> None:
    with pytest.raises(UnknownName, match="choose overall"):
        bundle(scenario(), "nobody")
