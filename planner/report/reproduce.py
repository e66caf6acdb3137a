"""Recompute the numbers of this bundle: ``python reproduce.py``, with planner installed.

Every number must be identical to that in summary.json, and every trial to that in trials.parquet,
to the last digit, with the versions in versions.txt on the same kind of processor; other versions
may differ and are compared all the same. The powers in summary.json are also counted again from
the trials in the file. With ``--report`` the whole report is computed again and compared with
report.json. One line is printed per number that differs and per file that was changed since the
bundle was made; the exit code is then 1.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def main(folder: Path, *, report: bool = False) -> int:
    """Compare; returns the exit code."""
    from planner import __version__
    from planner.report import payload
    from planner.report.bundle import differences, summarise
    from planner.scenario import load_scenario

    kept = json.loads((folder / "summary.json").read_text("utf-8"))
    if kept["size"]["version"] != __version__:
        print(f"The bundle is of planner {kept['size']['version']}; this is {__version__}.")
    scenario = load_scenario(folder / "scenario.toml")
    found = json.loads(payload.dump(summarise(scenario, kept["hypothesis"])))
    lines = [*altered(folder), *differences(kept, found), *trials(folder, scenario, kept)]
    if report:
        lines += differences(*reports(folder, scenario, kept["hypothesis"]), "report.json")
    print("\n".join(lines) or "Every number is identical.")
    return 1 if lines else 0


def altered(folder: Path) -> list[str]:
    """One line per file that is not as the manifest has it."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    return [
        f"{name}: changed since the bundle was made"
        for name, digest in manifest.items()
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest
    ]


def trials(folder: Path, scenario: Any, kept: dict[str, Any]) -> Iterator[str]:
    """Powers counted from the trials in the file, and columns that differ when simulated again."""
    from planner.operating.trial_table import read, trial_table
    from planner.report.bundle import differences
    from planner.report.trials import recounted, reported

    table = read((folder / "trials.parquet").read_bytes())
    yield from differences(reported(kept), recounted(table), "trials.parquet")
    n = kept["power"]["results"][0]["n"]
    again = trial_table(scenario, n)
    if table.column_names != again.column_names or table.num_rows != again.num_rows:
        yield "trials.parquet: other columns or another number of trials now"
        return
    for name in table.column_names:
        if not table.column(name).equals(again.column(name)):
            yield f"trials.parquet: {name} differs when simulated again"


def reports(folder: Path, scenario: Any, hypothesis: str) -> tuple[Any, Any]:
    """The report in the file, and as it is computed now."""
    from planner.report import payload
    from planner.report.build import report_model
    from planner.report.results import compute

    model = report_model(compute(scenario, hypothesis).untimed())
    found = json.loads(payload.dump(model.model_dump(mode="json")))
    return json.loads((folder / "report.json").read_text("utf-8")), found


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent, report="--report" in sys.argv[1:]))
