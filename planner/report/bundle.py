"""A bundle that lets somebody else recompute the numbers: the same bytes whenever it is built."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from typing import Any

from planner.operating.both_schools import with_both_schools
from planner.operating.characteristics import OperatingCharacteristics
from planner.operating.power import power
from planner.operating.trial_table import described, trial_table, written
from planner.report import payload
from planner.report.build import report_model
from planner.report.random_numbers import random_numbers
from planner.report.results import Results, compute
from planner.report.statement import find_size, statement
from planner.scenario import Scenario, scenario_toml
from planner.search.result import SampleSize
from planner.search.sample_size import sample_size
from planner.search.sensitivity import AlternativeSizes, alternative_sizes
from planner.validation.installation import installed_versions
from planner.words.prose import escaped

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Time stamp of every file in the archive, the earliest that the format has."""
README = """\
# What is in this archive

| File | Content |
|---|---|
| scenario.toml | every assumption, setting and citation, as read by planner |
| report.json | the design report as data; without run time, so that it is the same each time |
| statement.md | the long sample-size statement |
| summary.json | sizes and operating characteristics to the last digit |
| trials.parquet | every simulated trial of the planned analysis at the size found |
| random-numbers.json | how the generators of every block of trials are made, with their states |
| versions.txt | Python and the packages used |
| manifest.json | SHA-256 of every other file |
| reproduce.py | computes the numbers again, counts the powers from the trials, compares |

`python reproduce.py` needs planner installed and prints what differs; with `--report` it
computes the whole report again as well.

## trials.parquet

One row per trial and truth: the planning truth, and the edges of the nulls (type I error). Effects
are on the scale of the analysis; a trial that could not be analysed has no estimate. The share of
`<hypothesis>_shown` under `planning` is its power, under its null its type I error.

| Column | Unit | Meaning |
|---|---|---|"""
"""Head of README.md; the columns follow."""
LONGEST_SHOWN = 120
"""Characters of a value that differs."""


def bundle(
    scenario: Scenario, hypothesis: str | None = None, *, workers: int | None = None
) -> bytes:
    """A zip archive with scenario, numbers, trials, report, versions, hashes and a script.

    Parameters
    ----------
    hypothesis : whose size the report is about; default the first.

    Raises
    ------
    InvalidInput : no such hypothesis.
    """
    return bundle_of(compute(scenario, hypothesis, workers=workers), workers=workers)


def bundle_of(results: Results, *, workers: int | None = None) -> bytes:
    """`bundle` of results that are there; only the trials at the size found are simulated again."""
    scenario, same = results.scenario, results.untimed()
    numbers = random_numbers(scenario.monte_carlo)
    table = trial_table(scenario, results.n, workers=workers)
    report = report_model(same).model_dump(mode="json")
    return archive(
        {
            "README.md": _readme(scenario),
            "random-numbers.json": json.dumps(numbers, indent=2) + "\n",
            "report.json": payload.dump(report) + "\n",
            "reproduce.py": resources.files("planner.report").joinpath("reproduce.py").read_text(),
            "scenario.toml": scenario_toml(scenario),
            "statement.md": statement(results.found, long=True).markdown(),
            "summary.json": payload.dump(summary(same)) + "\n",
            "trials.parquet": written(table),
            "versions.txt": "\n".join(versions()) + "\n",
        }
    )


def summary(results: Results) -> dict[str, Any]:
    """The numbers of ``planner size``, and of ``planner power`` at the size found.

    Beside the power of the plan's analyses stands that of the Bayesian or frequentist counterpart
    on the same trials, where the plan itself has none.
    """
    scenario = results.scenario
    return _summary(
        scenario, results.hypothesis, results.sizes, results.alternatives, results.power
    )


def summarise(scenario: Scenario, hypothesis: str, *, workers: int | None = None) -> dict[str, Any]:
    """`summary` without the rest of a report: sizes are searched for and power simulated here."""
    sizes = sample_size(scenario, workers=workers)
    alternatives = alternative_sizes(scenario, workers=workers)
    n = find_size(scenario, hypothesis, workers=workers).n_randomised
    at_n = power(with_both_schools(scenario), n, workers=workers)
    return _summary(scenario, hypothesis, sizes, alternatives, at_n)


def _summary(
    scenario: Scenario,
    hypothesis: str,
    sizes: Sequence[SampleSize],
    alternatives: Sequence[AlternativeSizes],
    at_n: OperatingCharacteristics,
) -> dict[str, Any]:
    head = payload.heading(scenario)
    added = len(at_n.others) - len(scenario.plan.other_analyses)
    planned = replace(at_n, others=at_n.others[added:])
    return {
        "hypothesis": hypothesis,
        "size": head | payload.sizes(sizes, alternatives),
        "power": head | payload.powers([planned], scenario),
        "counterpart": head | payload.powers(at_n.others[:added], scenario),
    }


def _readme(scenario: Scenario) -> str:
    """What every file is, and every column of the trials."""
    columns = [
        f"| {name} | {escaped(unit)} | {meaning} |" for name, unit, meaning in described(scenario)
    ]
    return "\n".join([README, *columns, ""])


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
        before, now = (_shortened(json.dumps(value)) for value in (kept, found))
        yield f"{path}: {before} in the bundle, {now} now"


def _shortened(text: str) -> str:
    """A value, its end left out if it is long."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def versions() -> list[str]:
    """Python and every installed package that the program depends on, sorted by name."""
    return [f"{name}=={version}" for name, version in installed_versions().items()]


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """`zipped` with a manifest of the SHA-256 of every file."""
    content = {
        name: text.encode() if isinstance(text, str) else text for name, text in files.items()
    }
    hashes = {name: hashlib.sha256(content[name]).hexdigest() for name in sorted(content)}
    content["manifest.json"] = (json.dumps({"files": hashes}, indent=2) + "\n").encode()
    return zipped(content)


def zipped(content: Mapping[str, bytes]) -> bytes:
    """A zip archive of files by their paths: the same bytes whenever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archived:
        for name in sorted(content):
            info = zipfile.ZipInfo(name, FIRST_DAY)
            info.compress_type, info.create_system, info.external_attr = 8, 3, 0o644 << 16
            archived.writestr(info, content[name])
    return made.getvalue()


def manifest(content: bytes) -> dict[str, Any]:
    """The manifest of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archived:
        found: dict[str, Any] = json.loads(archived.read("manifest.json"))
    return found
