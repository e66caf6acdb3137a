"""A bundle that lets somebody else recompute the numbers: the same bytes whenever it is built."""

import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata, resources
from typing import Any

from planner.operating.power import power_curve
from planner.report import payload
from planner.report.statement import find_size, findings, statement
from planner.scenario import Scenario, scenario_toml
from planner.search.result import SampleSize
from planner.search.sample_size import sample_size
from planner.search.sensitivity import alternative_sizes

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Time stamp of every file in the archive, the earliest that the format has."""
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def bundle(
    scenario: Scenario, hypothesis: str | None = None, *, workers: int | None = None
) -> bytes:
    """A zip archive with scenario, numbers, statement, versions, hashes and a script.

    Parameters
    ----------
    hypothesis : whose size the statement is about; default the first.

    Raises
    ------
    InvalidInput : no such hypothesis.
    """
    answer = find_size(scenario, hypothesis, workers=workers)
    found = findings(scenario, answer, workers=workers)
    results = sample_size(scenario, workers=workers)
    numbers = summary(scenario, answer.hypothesis, results, workers=workers)
    return archive(
        {
            "reproduce.py": resources.files("planner.report").joinpath("reproduce.py").read_text(),
            "scenario.toml": scenario_toml(scenario),
            "statement.md": statement(found, long=True).markdown(),
            "summary.json": payload.dump(numbers) + "\n",
            "versions.txt": "\n".join(versions()) + "\n",
        }
    )


def summarise(scenario: Scenario, hypothesis: str, *, workers: int | None = None) -> dict[str, Any]:
    """`summary` of sizes that are searched for here."""
    return summary(scenario, hypothesis, sample_size(scenario, workers=workers), workers=workers)


def summary(
    scenario: Scenario, hypothesis: str, results: list[SampleSize], *, workers: int | None = None
) -> dict[str, Any]:
    """The numbers of ``planner size``, and of ``planner power`` at the size of one hypothesis.

    Parameters
    ----------
    results : of `sample_size`; the first of the hypothesis gives the size.
    """
    n = next(r.n_randomised for r in results if r.hypothesis == hypothesis)
    curve = power_curve(scenario, [n], workers=workers)
    head = payload.heading(scenario)
    alternatives = alternative_sizes(scenario, workers=workers)
    return {
        "hypothesis": hypothesis,
        "size": head | payload.sizes(results, alternatives),
        "power": head | payload.powers(curve, scenario),
    }


def differences(kept: Any, found: Any, path: str = "") -> Iterator[str]:
    """One line per value that differs between two summaries, with its place and both values."""
    if isinstance(kept, dict) and isinstance(found, dict):
        for key in sorted(kept.keys() | found.keys()):
            place = f"{path}.{key}" if path else key
            yield from differences(kept.get(key), found.get(key), place)
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        for i, (before, now) in enumerate(zip(kept, found, strict=True)):
            yield from differences(before, now, f"{path}.{i}")
    elif type(kept) is not type(found) or kept != found:
        yield f"{path}: {json.dumps(kept)} in the bundle, {json.dumps(found)} now"


def versions() -> list[str]:
    """Python and every installed package that the program depends on, sorted by name."""
    waiting, seen = ["planner"], dict[str, str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        seen[name] = found.version
        needed = [r for r in found.requires or () if "extra ==" not in r]
        waiting += [_normal(match[0]) for r in needed if (match := _REQUIREMENT.match(r))]
    python = ".".join(map(str, sys.version_info[:3]))
    return [f"python=={python}", *(f"{name}=={seen[name]}" for name in sorted(seen))]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def archive(files: Mapping[str, str]) -> bytes:
    """A zip archive of texts with a manifest of their SHA-256; fixed order, times and rights."""
    content = {name: text.encode() for name, text in files.items()}
    hashes = {name: hashlib.sha256(content[name]).hexdigest() for name in sorted(content)}
    content["manifest.json"] = (json.dumps({"files": hashes}, indent=2) + "\n").encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in sorted(content):
            info = zipfile.ZipInfo(name, FIRST_DAY)
            info.compress_type, info.create_system, info.external_attr = 8, 3, 0o644 << 16
            zipped.writestr(info, content[name])
    return written.getvalue()


def manifest(content: bytes) -> dict[str, Any]:
    """The manifest of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        found: dict[str, Any] = json.loads(zipped.read("manifest.json"))
    return found
