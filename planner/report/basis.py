"""Where the numbers of a scenario come from: its citations and the library's entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import UnknownName
from planner.evidence.library import Library, load_library
from planner.scenario import Citation
from planner.words.prose import one_line

if TYPE_CHECKING:
    from planner.evidence.study import Entry, Study
    from planner.scenario import Scenario

EFFECT = ("truth.effect", "truth.standardised_effect")
SD = (
    "truth.covariance.sd_difference",
    "truth.covariance.sd_within",
    "truth.covariance.cv_within",
)
CORRELATION = (
    "truth.covariance.correlation",
    "truth.covariance.sd_between",
    "truth.covariance.cv_between",
)
LOSS = ("truth.attrition",)
SHARE = ("truth.female_share",)
NO_REASON = "set in the app"
"""Note of a number that was moved by hand: it says how, and not why."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a scenario says of where one number comes from.

    Parameters
    ----------
    path : dotted path of the number.
    flag : ``reported``, ``derived``, ``assumed`` or empty.
    evidence, note : as in the scenario, on one line.
    entry, study : of the library, where `evidence` names one.
    """

    path: str
    flag: str
    evidence: str
    note: str
    entry: "Entry | None" = None
    study: "Study | None" = None

    @property
    def has_source(self) -> bool:
        """Whether there is a reference, or at least a reason."""
        return bool(self.evidence or self.note)

    def source(self) -> str:
        """The study with its DOI or PubMed number, or the words of the scenario."""
        if self.study is None:
            return self.evidence or f"{self.path}: {self.note}"
        study = self.study
        places = [
            f"doi:{study.doi}" if study.doi else "",
            f"PMID {study.pmid}" if study.pmid else "",
        ]
        return "; ".join([one_line(study.citation).rstrip("."), *filter(None, places)])

    def detail(self) -> str:
        """The library's number with its range and its reason, and the scenario's note."""
        parts = []
        if self.entry is not None:
            entry = self.entry
            span = f", {spread_in_words(entry)}" if spread_in_words(entry) else ""
            parts.append(f"{entry.reference} is {entry.value:g} {entry.unit}{span}")
            parts.append(entry.reason or entry.note)
        parts.append(self.note)
        return "; ".join(one_line(part).rstrip(".") for part in parts if part)


def spread_in_words(entry: "Entry") -> str:
    """Interval, range or standard error of an entry; empty if it has none."""
    if entry.interval is not None:
        low, high = entry.interval
        return f"{100 * entry.level:g} % interval {low:g} to {high:g}"
    if entry.range is not None:
        return f"range {entry.range[0]:g} to {entry.range[1]:g}"
    return f"standard error {entry.se:g}" if entry.se is not None else ""


def recited(scenario: "Scenario", changed: Iterable[str]) -> "Scenario":
    """The scenario without the sources of numbers whose paths were changed: those are assumed."""
    paths = tuple(changed)
    citations = {
        path: Citation(flag="assumed") if _touched(path, paths) else cited
        for path, cited in scenario.citations.items()
    }
    return scenario.model_copy(update={"citations": citations})


def _touched(path: str, changed: tuple[str, ...]) -> bool:
    """Whether a path, or a table above or below it, is among those changed."""
    return any(
        path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")
        for other in changed
    )


def value_at(plain: object, path: str) -> object:
    """The value at a dotted path of nested tables; None if there is none."""
    for step in path.split("."):
        plain = plain.get(step) if isinstance(plain, dict) else None
    return plain


def bases(scenario: "Scenario", paths: tuple[str, ...]) -> list[Basis]:
    """Citations of the numbers at or below dotted paths, in the order of the scenario."""
    library = load_library()
    return [
        _basis(library, path, cited.flag, one_line(cited.evidence), one_line(cited.note))
        for path, cited in scenario.citations.items()
        if any(path == p or path.startswith(f"{p}.") for p in paths)
    ]


def used_bases(scenario: "Scenario", paths: tuple[str, ...]) -> list[Basis]:
    """`bases` of the numbers that the scenario has, without citations of absent ones."""
    plain = scenario.plain(full=True)
    return [b for b in bases(scenario, paths) if value_at(plain, b.path) is not None]


def sourced(scenario: "Scenario", paths: tuple[str, ...]) -> bool:
    """Whether the numbers at these paths have a citation, and each a source or reason."""
    found = used_bases(scenario, paths)
    return bool(found) and all(basis.has_source for basis in found)


def _basis(library: Library, path: str, flag: str, evidence: str, note: str) -> Basis:
    reason = "" if note == NO_REASON else note
    try:
        entry = library.entry(evidence)
    except UnknownName:
        return Basis(path, flag, evidence, reason)
    return Basis(path, flag, evidence, reason, entry, library.study(entry.study))
