"""Every simulated trial of a run as Parquet files."""

from pathlib import Path

import pytest

from planner.batch.backends import Threads
from planner.batch.batch import batch_from
from planner.batch.run_folder import RESULTS
from planner.batch.runner import run_batch
from planner.batch.table import read_table
from planner.batch.trial_files import write_trials
from planner.errors import InvalidInput
from planner.operating.trial_table import read

BATCH = {
    "base": "confirmatory",
    "monte_carlo": {"n_trials": 1_200},
    "changes": {"plan.other_analyses": [{"kind": "within-subject-t"}]},
    "grid": {"plan.n_subjects": [24, 41]},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with two points and two analyses."""
    place = tmp_path_factory.mktemp("trials") / "run"
    run_batch(batch_from(BATCH), place, backend=Threads(1))
    return place


def test_twin_powers_counted_from_the_trials_are_those_of_the_table(folder: Path) -> None:
    """One row per trial and truth; the share shown is the power of the point, bit for bit."""
    files = [file.path for file in write_trials(folder, workers=2)]
    assert len(files) == 4
    rows = read_table(folder / RESULTS).to_pylist()
    for path in files:
        trials = read(path.read_bytes())
        assert trials.num_rows == 2 * 1_200
        frame, origin = trials.to_pandas(), trials.schema.metadata
        planning = frame[frame["truth"] == "planning"]
        for row in rows:
            same_analysis = row["analysis"] == origin[b"analysis"].decode()
            same_size = row["n_subjects"] == int(origin[b"n_subjects"])
            if same_analysis and same_size and row["truth"] == "planning":
                assert planning[f"{row['hypothesis']}_shown"].mean() == row["success"]


def test_whole_files_are_kept_and_damaged_ones_written_again(folder: Path) -> None:
    """A flipped byte is found by the hash in the name."""
    first, *_, last = [file.path for file in write_trials(folder)]
    content, kept = first.read_bytes(), last.stat().st_mtime_ns
    first.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    assert first in [file.path for file in write_trials(folder)]
    assert first.read_bytes() == content
    assert last.stat().st_mtime_ns == kept


def test_single_points_can_be_asked_for(folder: Path) -> None:
    """By their places; others are refused."""
    assert all("point-1-" in file.path.name for file in write_trials(folder, [1]))
    with pytest.raises(InvalidInput, match="has no point 2"):
        list(write_trials(folder, [2]))
