"""The library of studies: reading, searching, and recomputing what is derived.

A library is read whole or not at all: every reference must exist, no derivation may lead back to
itself, and every derived number must agree with its formula to the decimals written in the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from planner.errors import InvalidInput, UnknownName
from planner.evidence.formula import evaluate
from planner.evidence.quantity import check_quantity
from planner.evidence.study import FLAGS, Entry, Flag, Study, decimals
from planner.evidence.study_file import read_study_file


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Studies by id.

    Parameters
    ----------
    source : the folder they were read from.
    studies : by id, in alphabetical order.
    exact : unrounded value of every entry by reference (``study.entry``): the result of the
        formula where there is one, else the value as written.
    """

    source: str
    studies: Mapping[str, Study]
    exact: Mapping[str, float]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, study by study."""
        return tuple(entry for study in self.studies.values() for entry in study.entries)

    def study(self, name: str) -> Study:
        """A study by its id.

        Raises
        ------
        UnknownName : with the closest ids.
        """
        if name not in self.studies:
            raise _unknown(name, "study", self.studies, self.source)
        return self.studies[name]

    def entry(self, reference: str) -> Entry:
        """An entry by ``study.entry``, e.g. ``lapidus-2014.sd_difference``.

        Raises
        ------
        UnknownName : with the closest references.
        """
        study, _, name = reference.partition(".")
        for entry in self.studies[study].entries if study in self.studies else ():
            if entry.id == name:
                return entry
        raise _unknown(reference, "entry", self.exact, self.source)

    def search(
        self, quantity: str | None = None, flag: str | None = None, endpoint: str | None = None
    ) -> tuple[Entry, ...]:
        """Entries with a quantity, a flag and an endpoint that contains a text.

        Raises
        ------
        UnknownName : the quantity or flag does not exist.
        """
        if quantity is not None:
            check_quantity(quantity)
        if flag is not None and flag not in FLAGS:
            raise UnknownName(f"{flag!r} is not a flag; choose {', '.join(FLAGS)}")
        return tuple(
            entry
            for entry in self.entries
            if quantity in (None, entry.quantity)
            and flag in (None, entry.flag)
            and (endpoint or "").casefold() in entry.endpoint.casefold()
        )

    def inputs(self, entry: Entry) -> dict[str, float]:
        """Unrounded values of the inputs of a formula."""
        return {
            name: self.exact[absolute(source, entry)] if isinstance(source, str) else source
            for name, source in entry.inputs.items()
        }

    def recompute(self, entry: Entry) -> float | None:
        """Value of the formula, unrounded; None if the entry has none."""
        return evaluate(entry.formula, self.inputs(entry)) if entry.formula else None

    def recompute_uncertainty(self, entry: Entry) -> tuple[float, ...]:
        """Standard error, or both limits of the interval, by their formulas; else empty."""
        values = self.inputs(entry) | {"value": self.exact[entry.reference]}
        return tuple(evaluate(text, values) for text in entry.uncertainty_formula)

    def basis(self, entry: Entry) -> frozenset[Flag]:
        """Flags of everything that a derived entry rests on, as deep as it goes."""
        found: set[Flag] = set()
        seen: set[str] = set()
        waiting = [entry]
        while waiting:
            current = waiting.pop()
            sources = {absolute(s, current) for s in current.inputs.values() if isinstance(s, str)}
            for reference in sources - seen:
                waiting.append(self.entry(reference))
                found.add(waiting[-1].flag)
            seen |= sources
        return frozenset(found)


def absolute(reference: str, entry: Entry) -> str:
    """An input of an entry as ``study.entry``."""
    return reference if "." in reference else f"{entry.study}.{reference}"


def _unknown(name: str, kind: str, known: Iterable[str], source: str) -> UnknownName:
    names = list(known)
    close = get_close_matches(name, names, n=3, cutoff=0.4)
    if not close:
        close = [n for n in names if name.split(".")[0] in n][:3] or names[:3]
    hint = f"; the closest are {', '.join(close)}" if close else ""
    return UnknownName(f"{name!r} names no {kind} of the library{hint}", source=source)


def load_library(folder: str | Path | None = None) -> Library:
    """The library in a folder, or the one that ships with the program.

    Raises
    ------
    InvalidInput : a file cannot be read or breaks a rule; names file, key and value.
    """
    return _shipped() if folder is None else _read(Path(folder))


@cache
def _shipped() -> Library:
    """Beside the modules in an installed package, beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside, beside = package / "priors", package.parent / "priors"
    return _read(inside if inside.is_dir() else beside)


def _read(folder: Path) -> Library:
    if not folder.is_dir():
        raise InvalidInput(
            "there is no such folder of evidence; give one that holds .toml files",
            source=str(folder),
        )
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise InvalidInput("the folder holds no .toml file; add one", source=str(folder))
    studies = {path.stem: read_study_file(path) for path in paths}
    files = {path.stem: str(path) for path in paths}
    return Library(str(folder), studies, _resolve(str(folder), studies, files))


def _resolve(
    folder: str, studies: Mapping[str, Study], files: Mapping[str, str]
) -> dict[str, float]:
    """Unrounded values of all entries, in an order in which inputs come first; checks them."""
    entries = {e.reference: e for study in studies.values() for e in study.entries}
    exact = {reference: entry.value for reference, entry in entries.items()}
    library = Library(folder, studies, exact)
    for reference in _order(entries, files):
        entry = entries[reference]
        try:
            result = library.recompute(entry)
            exact[reference] = entry.value if result is None else result
            _check_agreement(entry, exact[reference], library.recompute_uncertainty(entry))
        except InvalidInput as error:
            key = f"entry.{entry.id}.{error.key or 'formula'}"
            raise type(error)(error.message, key=key, source=files[entry.study]) from None
    return exact


def _order(entries: Mapping[str, Entry], files: Mapping[str, str]) -> tuple[str, ...]:
    graph: dict[str, list[str]] = {}
    for reference, entry in entries.items():
        graph[reference] = []
        for name, source in entry.inputs.items():
            if not isinstance(source, str):
                continue
            if absolute(source, entry) not in entries:
                error = _unknown(absolute(source, entry), "entry", entries, files[entry.study])
                raise error.at(key=f"entry.{entry.id}.inputs.{name}")
            graph[reference].append(absolute(source, entry))
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        entry = entries[circle[0]]
        raise InvalidInput(
            f"{' needs '.join(circle)}: an entry cannot be derived from itself; break the circle",
            key=f"entry.{entry.id}.inputs",
            source=files[entry.study],
        ) from None


def _check_agreement(entry: Entry, exact: float, uncertainty: tuple[float, ...]) -> None:
    """Written and computed numbers may differ by half a unit of the last decimal written."""
    written = (entry.value, *(entry.spread if uncertainty else ()))
    spread = "se" if entry.se is not None else "interval"
    for i, (number, result) in enumerate(zip(written, (exact, *uncertainty), strict=True)):
        places = decimals(entry)[i]
        if abs(number - result) > 0.5000001 * 10.0**-places:
            raise InvalidInput(
                f"{number:g} is not what its formula gives, {result:.6g}, to {places} decimals; "
                "correct one of them",
                key=spread if i else "value",
            )
