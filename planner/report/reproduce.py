"""Recompute the numbers of this bundle: ``python reproduce.py``, with planner installed.

Every number must be identical to that in summary.json, to the last digit, with the versions in
versions.txt on the same kind of processor; other versions may differ and are compared all the
same. One line is printed per number that differs and per file that was changed since the bundle
was made; the exit code is then 1.
"""

import hashlib
import json
import sys
from pathlib import Path


def main(folder: Path) -> int:
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
    lines = [*altered(folder), *differences(kept, found)]
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


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
