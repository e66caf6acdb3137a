"""Studies and their numbers as text and as plain data."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from planner.cli.tables import Column, render, terminal_width, wrap
from planner.evidence.formula import evaluate
from planner.evidence.library import Library, absolute
from planner.evidence.quantity import QUANTITIES
from planner.evidence.study import Entry, Study, with_uncertainty

SOURCE_WIDTH = 13


def entries_text(library: Library, entries: Sequence[Entry]) -> str:
    """One row per entry."""
    if not entries:
        return "no entry of the library fits; see `planner evidence list` for all"
    table = render(
        [
            Column("id", [e.reference for e in entries], left=True),
            Column("quantity", [e.quantity for e in entries], rank=2, left=True),
            Column("value", [with_uncertainty(e) for e in entries], left=True),
            Column("unit", [e.unit for e in entries], rank=3, left=True),
            Column("n", [str(e.n or "") for e in entries], rank=4),
            Column("flag", [_flag(library, e) for e in entries], rank=1, left=True),
            Column("source", [_short(library, e) for e in entries], rank=5, left=True),
        ]
    )
    notes = wrap(
        f"{len(entries)} of {len(library.entries)} entries. ± standard error · [ ] 95 % interval "
        "· ( ) range, or events/total · secondary: read in a report about the study · * rests on "
        "an assumed number. `planner evidence show ID` gives citation, place and formula."
    )
    return f"{table}\n\n{notes}"


def _flag(library: Library, entry: Entry) -> str:
    if entry.flag == "derived" and "assumed" in library.basis(entry):
        return "derived *"
    return entry.flag.removeprefix("reported-")


def _short(library: Library, entry: Entry) -> str:
    text = library.study(entry.study).short
    return text if len(text) <= SOURCE_WIDTH else f"{text[: SOURCE_WIDTH - 1]}…"


def entry_text(library: Library, entry: Entry) -> str:
    """Everything about one entry."""
    study = library.study(entry.study)
    heading = f"{entry.reference}   {with_uncertainty(entry)} {entry.unit}   {entry.flag}"
    rows = [
        ("quantity", f"{entry.quantity}: {QUANTITIES[entry.quantity][0]}"),
        ("endpoint", entry.endpoint),
        ("time", entry.time),
        ("population", entry.population),
        ("people", str(entry.n or "")),
        ("uncertainty", _uncertainty_words(entry)),
        *_derivation_rows(library, entry),
        ("reason", entry.reason),
        ("place", entry.locator),
        ("note", entry.note),
        ("source", study.citation),
        *_identifier_rows(study),
    ]
    return "\n".join([heading, *_lines(rows)])


def _uncertainty_words(entry: Entry) -> str:
    if entry.se is not None:
        return "standard error"
    if entry.interval is not None:
        return f"{entry.level * 100:g} % interval"
    if entry.range is not None:
        return "range of plausible or observed values"
    return "" if entry.events is None else f"95 % interval {_wilson_words(entry)} (Wilson)"


def _wilson_words(entry: Entry) -> str:
    values = {"k": float(entry.events or 0), "n": float(entry.total or 0)}
    limits = (evaluate(f"wilson_{side}(k, n)", values) for side in ("lower", "upper"))
    return " to ".join(f"{limit:.2f}" for limit in limits)


def _derivation_rows(library: Library, entry: Entry) -> list[tuple[str, str]]:
    rows = []
    result = library.recompute(entry)
    if result is not None:
        rows.append(("formula", f"{entry.formula} = {result:.6g}"))
    values = library.inputs(entry)
    for name, source in entry.inputs.items():
        cited = ""
        if isinstance(source, str):
            origin = library.entry(absolute(source, entry))
            cited = f", {origin.reference} ({origin.flag})"
        rows.append(("", f"{name} = {values[name]:.6g}{cited}"))
    uncertainty = library.recompute_uncertainty(entry)
    for text, limit in zip(entry.uncertainty_formula, uncertainty, strict=True):
        rows.append(("limits" if entry.interval else "se", f"{text} = {limit:.6g}"))
    basis = library.basis(entry)
    if basis:
        rows.append(("rests on", f"{' and '.join(sorted(basis))} numbers"))
    return rows


def _identifier_rows(study: Study) -> list[tuple[str, str]]:
    return [
        ("doi", f"https://doi.org/{study.doi}" if study.doi else ""),
        ("pubmed", ", ".join(filter(None, (study.pmid, study.pmcid)))),
        ("registry", ", ".join(study.registry)),
    ]


def study_text(library: Library, study: Study) -> str:
    """Everything about one study, then its entries."""
    rows = [
        ("source", study.citation),
        *_identifier_rows(study),
        ("design", study.design),
        ("population", study.population),
        ("people", str(study.n or "")),
        *(("finding", text) for text in study.findings),
        *(("not found", text) for text in study.not_found),
        ("note", study.note),
    ]
    parts = ["\n".join([f"{study.id}   {study.short}", *_lines(rows)])]
    if study.entries:
        parts.append(entries_text(library, study.entries))
    return "\n\n".join(parts)


def _lines(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Label and wrapped text; rows without text are left out."""
    lines = []
    for label, text in rows:
        if text:
            width = max(40, terminal_width() - 14)
            first, *more = textwrap.wrap(text, width)
            lines += [f" {label:<12} {first}", *(f"{'':14}{line}" for line in more)]
    return lines


def entry_data(library: Library, entry: Entry) -> dict[str, Any]:
    """An entry as plain data, with its citation and what its formulas give."""
    study = library.study(entry.study)
    data: dict[str, Any] = {"reference": entry.reference}
    data |= {k: v for k, v in entry.plain().items() if k not in ("places", "id", "study")}
    if entry.interval is not None:
        data["level"] = entry.level
    if entry.formula:
        data["recomputed"] = library.recompute(entry)
        data["recomputed_uncertainty"] = list(library.recompute_uncertainty(entry))
        data["basis"] = sorted(library.basis(entry))
    return data | {"study": study.id, "citation": study.citation, "doi": study.doi or None}


def study_data(library: Library, study: Study) -> dict[str, Any]:
    """A study as plain data, with its entries."""
    data = {k: v for k, v in study.plain().items() if k != "entries"}
    return data | {"entries": [entry_data(library, entry) for entry in study.entries]}
