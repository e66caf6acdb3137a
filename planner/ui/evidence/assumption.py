"""What the library knows of an assumed number: its plausible range and its sources."""

import re
from dataclasses import dataclass

from planner.evidence.library import Library, load_library
from planner.evidence.study import Entry, Study
from planner.scenario import Citation
from planner.ui.evidence.library import limits

_PLANNING = {
    "truth.effect": "effect",
    "truth.effect.female": "effect",
    "truth.effect.male": "effect",
    "truth.standardised_effect": "d_z",
    "truth.covariance.sd_difference": "sd_difference",
    "truth.covariance.correlation": "correlation",
    "truth.female_share": "female_share",
    "truth.attrition": "dropout",
    "truth.period_effects": "period_effect",
}
"""Paths of a scenario, or the beginnings of paths, and their planning values."""
_CARRYOVER = "planning.carryover_points_low", "planning.carryover_points_high"
_LASTING = "what lasts of the benefit; about 28 % of it differs by treatment"


@dataclass(frozen=True, slots=True)
class Range:
    """What is plausible.

    Parameters
    ----------
    low, high : in `unit`; shares between 0 and 1.
    kind : range, or an interval of which level.
    reference : entry of the library, ``study.entry``.
    """

    low: float
    high: float
    unit: str
    kind: str
    reference: str


def plausible(path: str, unit: str) -> Range | None:
    """The range of the planning values; None where the library has none in this unit.

    Parameters
    ----------
    path : of the scenario, e.g. ``truth.effect.female``.
    unit : of the scenario's endpoint; values in points are of the MADRS alone.
    """
    library = load_library()
    if path == "truth.carryover":
        low, high = (library.entry(reference) for reference in _CARRYOVER)
        found = Range(low.value, high.value, low.unit, _LASTING, high.reference)
    else:
        name = next((v for k, v in _PLANNING.items() if path in (k,) or _within(path, k)), None)
        if name is None:
            return None
        entry = library.entry(f"planning.{name}")
        lower, upper, kind = limits(entry)
        if lower is None or upper is None:
            return None
        found = Range(lower, upper, entry.unit, kind, entry.reference)
    return None if found.unit == "points" and unit != "MADRS points" else found


def _within(path: str, stem: str) -> bool:
    return stem == "truth.attrition" and path.startswith(f"{stem}.")


def sources(cited: Citation | None, found: Range | None) -> list[Study]:
    """Studies with a DOI behind a number: the one cited, and those that its words name.

    Words name a study by its id or as author and year; an entry that words name, by an id with
    an underscore, brings its own words and inputs.
    """
    library = load_library()
    references = [cited.evidence if cited else "", found.reference if found else ""]
    entries = [library.entry(r) for r in references if r in library.exact]
    named = [
        library.entry(f"{entry.study}.{word}")
        for entry in entries
        for word in re.findall(r"[a-z]+_[a-z_]+", entry.reason)
        if f"{entry.study}.{word}" in library.exact
    ]
    texts = [entry.study for entry in entries] + ([cited.note] if cited else [])
    texts += [text for e in (*entries, *named) for text in (e.reason, e.note, *_inputs(e))]
    names = [name for text in texts for name in _named(library, text)]
    return [library.study(name) for name in dict.fromkeys(names) if library.study(name).doi]


def _inputs(entry: Entry) -> list[str]:
    return [source for source in entry.inputs.values() if isinstance(source, str)]


def _named(library: Library, text: str) -> list[str]:
    words = set(re.findall(r"[a-z][a-z0-9-]*", text))
    return [name for name, study in library.studies.items() if name in words or study.short in text]
