"""A stored run beside the same run on the installed version: which numbers moved.

A simulated number moved if it differs by more than its Monte-Carlo standard error; a number that
is not simulated, such as a closed form or a sample size, if it differs at all.
"""

import json
import platform
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from planner.errors import InvalidInput
from planner.operating.evaluate import Progress
from planner.report.bundle_files import bundle_files
from planner.report.moved_numbers import Compared, compared
from planner.report.stored_numbers import numbers_of_summary, numbers_of_table

if TYPE_CHECKING:
    from planner.batch.run_folder import RunFolder

BUNDLE = ("summary.json", "scenario.toml", "versions.txt")


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored run and the same run here.

    Parameters
    ----------
    there, here : versions that computed the stored numbers, and those installed.
    numbers : what became of them.
    problems : points that could not be simulated here and could there, with the reason.
    """

    kind: Literal["batch run", "bundle", "report"]
    there: dict[str, str]
    here: dict[str, str]
    numbers: Compared
    problems: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether every number is on both sides and none moved beyond its error."""
        found = self.numbers
        return not (found.moved or found.vanished or found.appeared or self.problems)


def replay(
    path: str | Path, *, workers: int | None = None, progress: Progress | None = None
) -> Replay:
    """Run a stored run again on the installed version and compare every number.

    Parameters
    ----------
    path : folder of a batch run, folder or .zip of ``planner bundle``, or a design report as JSON,
        whose numbers are compared as they are printed; it is only read.
    workers : default all processors; numbers do not depend on it.
    progress : called with the blocks done and in all of a batch run, or stages of a report.

    Raises
    ------
    InvalidInput : there is no finished run, or it is damaged.
    """
    from planner.batch.run_folder import RunFolder

    place = Path(path)
    if place.is_dir() and RunFolder(place).begun:
        return _of_run(RunFolder(place), workers, progress)
    if place.suffix.lower() == ".json" and place.is_file():
        return _of_report(place, workers, progress)
    return _of_bundle(place, workers)


def _of_run(place: "RunFolder", workers: int | None, progress: Progress | None) -> Replay:
    """The batch run simulated again in a folder that is removed."""
    from planner.batch.backends import backend_for
    from planner.batch.identity import engine_identity
    from planner.batch.manifest import finished
    from planner.batch.run_folder import RESULTS
    from planner.batch.runner import batch_steps
    from planner.batch.table import read_table

    kept, source = finished(place), str(place.path)
    batch, before = place.batch(), numbers_of_table(read_table(place.path / RESULTS))
    there = {"python": str(kept["platform"]["python"]), **kept["engine"]}
    here = {"python": platform.python_version(), **engine_identity()}
    problems: tuple[str, ...] = ()
    with tempfile.TemporaryDirectory(prefix="planner-replay-") as folder:
        fresh = Path(folder) / "run"
        backend = backend_for("local", workers)
        with closing(batch_steps(batch, fresh, backend, source=source)) as steps:
            for step in steps:
                if progress:
                    progress(step.done + step.failed, max(1, step.of))
                problems = step.outcome.failed if step.outcome else ()
        now = numbers_of_table(read_table(fresh / RESULTS))
    failed_before = {point["point"] for point in kept["points"] if point["failed"]}
    return Replay("batch run", there, here, compared(before, now), _new(problems, failed_before))


def _new(problems: tuple[str, ...], before: set[int]) -> tuple[str, ...]:
    """Points that fail now and did not before."""
    return tuple(p for p in problems if not any(p.startswith(f"point {i} ") for i in before))


def _of_bundle(path: Path, workers: int | None) -> Replay:
    """Sizes and powers of a bundle computed again."""
    from planner.report.bundle import summarise, versions
    from planner.report.payload import dump
    from planner.scenario import parse_scenario

    files = bundle_files(path, BUNDLE)
    scenario = parse_scenario(files["scenario.toml"], f"{path}/scenario.toml")
    try:
        kept = json.loads(files["summary.json"])
        name, before = kept["hypothesis"], numbers_of_summary(kept)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidInput(
            "holds no summary of a bundle; make the bundle again", source=f"{path}/summary.json"
        ) from None
    found = json.loads(dump(summarise(scenario, name, workers=workers)))
    there = _versions(files["versions.txt"].decode("utf-8", "replace").splitlines())
    return Replay(
        "bundle", there, _versions(versions()), compared(before, numbers_of_summary(found))
    )


def _of_report(path: Path, workers: int | None, progress: Progress | None) -> Replay:
    """A design report computed again; numbers as they are printed in its tables."""
    from planner.report.build import report_model
    from planner.report.bundle import versions
    from planner.report.finished import finished_report
    from planner.report.report_numbers import hypothesis_of, numbers_of_report, versions_of
    from planner.report.results import stages
    from planner.scenario import parse_scenario

    kept = finished_report(path)
    if kept is None:
        raise InvalidInput(
            "holds no report; give one made by `planner report --format json`", source=str(path)
        )
    hypothesis = hypothesis_of(kept, str(path))
    scenario = parse_scenario(kept.scenario.encode(), f"{path}: its scenario")
    results = None
    for step in stages(scenario, hypothesis, workers=workers):
        results = step.results
        if progress:
            progress(step.done, step.of)
    assert results is not None
    now = numbers_of_report(report_model(results))
    there, here = versions_of(kept), _versions(versions())
    numbers = compared(numbers_of_report(kept), now)
    return Replay("report", there, {k: v for k, v in here.items() if k in there}, numbers)


def _versions(lines: list[str]) -> dict[str, str]:
    return {name: version for name, _, version in (line.partition("==") for line in lines)}
