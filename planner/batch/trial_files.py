"""Every simulated trial of a run as tables: a Parquet file for each point and analysis.

They can be large, so they are written on request only. A file is named by its content; one that is
whole is not written again, so that this too goes on where it was killed.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from planner.batch.locks import remove_if_free
from planner.batch.run_folder import RunFolder
from planner.batch.schedule import PlannedPoint, schedule
from planner.errors import InvalidInput
from planner.operating.trial_table import trial_table, written
from planner.scenario import Scenario

FOLDER = "trials"


@dataclass(frozen=True, slots=True)
class TrialFile:
    """A file of trials.

    Parameters
    ----------
    done, of : files there so far, and in all.
    """

    path: Path
    done: int
    of: int


def write_trials(
    folder: str | Path, indices: Sequence[int] | None = None, *, workers: int | None = None
) -> Iterator[TrialFile]:
    """Simulate the trials of a run's points again and write them, one file after the other.

    Under every truth, the planning truth and the nulls; columns are described in the file.

    Parameters
    ----------
    indices : places of the points in the batch; default all.

    Raises
    ------
    InvalidInput : the folder holds no run, a point is not of it, or its blocks are of another
        engine.
    """
    place = RunFolder(Path(folder))
    batch = place.batch()
    place.check(batch)
    plan = schedule(batch, str(folder))
    known = {planned.point.index: planned for planned in plan.points}
    wanted = list(known) if indices is None else list(dict.fromkeys(indices))
    for index in wanted:
        if index not in known:
            raise InvalidInput(
                f"the run has no point {index}; give one of its {len(known)} points, as in the "
                "column point of results.parquet",
                source=str(folder),
            )
    files = [(known[i], k, s) for i in wanted for k, s in _analyses(plan.scenario(known[i]))]
    for done, (planned, number, scenario) in enumerate(files, start=1):
        stem = _stem(planned, number, scenario.monte_carlo.n_trials)
        path = _whole(place, stem) or _write(place, stem, scenario, workers)
        yield TrialFile(path, done, len(files))


def _analyses(scenario: Scenario) -> list[tuple[int, Scenario]]:
    return list(enumerate((scenario, *scenario.variants()), start=1))


def _stem(planned: PlannedPoint, number: int, n_trials: int) -> str:
    """Beginning of a file's name: point, analysis, and what its trials depend on."""
    cases = hashlib.sha256("".join((*planned.cases[number - 1], str(n_trials))).encode())
    return f"point-{planned.point.index}-analysis-{number}-{cases.hexdigest()[:8]}"


def _whole(place: RunFolder, stem: str) -> Path | None:
    """The file, if it is there and its content is that of its name."""
    for path in (place.path / FOLDER).glob(f"{stem}-*.parquet"):
        if path.stem.rpartition("-")[2] == hashlib.sha256(path.read_bytes()).hexdigest()[:16]:
            return path
        with suppress(OSError):  # a medium that can be read only
            path.unlink()
    return None


def _write(place: RunFolder, stem: str, scenario: Scenario, workers: int | None) -> Path:
    n_subjects = scenario.plan.n_subjects
    assert n_subjects is not None
    content = written(trial_table(scenario, n_subjects, workers=workers))
    digest = hashlib.sha256(content).hexdigest()[:16]
    files = RunFolder(place.path / FOLDER)
    name = f"{stem}-{digest}.parquet"
    files.write(name, content)
    for path in files.path.glob("*.part"):
        remove_if_free(path)
    return files.path / name
