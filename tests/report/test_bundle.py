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

import pytest

import planner as pl
from planner.errors import UnknownName
from planner.report.bundle import FIRST_DAY, archive, bundle, differences, manifest, versions
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


def reproduce(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "reproduce.py"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_same_scenario_gives_the_same_bytes() -> None:
    assert bundle(scenario()) == built()
    assert bundle(scenario(), workers=1) == built()


def test_names_are_sorted_and_times_fixed() -> None:
    with zipfile.ZipFile(io.BytesIO(built())) as zipped:
        infos = zipped.infolist()
    names = [info.filename for info in infos]
    assert names == sorted(names)
    assert set(names) == {"manifest.json", "reproduce.py", "scenario.toml", "statement.md",
                          "summary.json", "versions.txt"}  # fmt: skip
    assert {info.date_time for info in infos} == {FIRST_DAY}
    assert archive({"b": "2", "a": "1"}) == archive({"a": "1", "b": "2"})


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


def test_script_finds_every_number_identical(folder: Path) -> None:
    done = reproduce(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Every number is identical.\n"


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
