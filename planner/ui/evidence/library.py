"""The library of studies as rows: a number, how sure it is, and where it comes from."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from planner.evidence.formula import evaluate
from planner.evidence.library import Library, load_library
from planner.evidence.quantity import QUANTITIES
from planner.evidence.study import FLAGS, Entry, with_uncertainty

FIRST = ("standardised_effect", "effect", "sd_difference", "dropout", "response", "female_share")
_WORDS = {
    "standardised_effect": "Standardised effect",
    "sd_difference": "SD of the difference",
    "sd_within": "Within-person SD",
    "sd": "SD of one score",
    "sd_change": "SD of a change",
    "sd_prior": "SD of a prior",
    "cv_within": "Within-person CV",
    "cv_between": "Between-person CV",
    "mcid": "Smallest difference that matters",
}
LONGEST_NOTE = 40
"""Characters of a note that tells an entry from others."""
NORMAL_95 = 1.96
"""Standard errors on either side of an estimate that its 95 % interval reaches out to."""


def quantities() -> tuple[str, ...]:
    """Quantities that the library has numbers of, the most used first."""
    there = {entry.quantity for entry in load_library().entries}
    return (*FIRST, *sorted(there - set(FIRST), key=quantity_label))


def quantity_label(name: str) -> str:
    """A quantity in plain words."""
    return _WORDS.get(name) or name.replace("_", " ").capitalize()


def quantity_meaning(name: str) -> str:
    """What a quantity is, as a sentence."""
    words = QUANTITIES[name][0]
    return f"{words[0].upper()}{words[1:]}."


def entry_table(quantity: str) -> pd.DataFrame:
    """One row per entry of a quantity, the planning values last."""
    library = load_library()
    found = sorted(library.search(quantity=quantity), key=lambda entry: entry.study == "planning")
    table = pd.DataFrame([_row(library, entry) for entry in found])
    return table.astype({"lower": float, "upper": float, "recomputed": float})


def _row(library: Library, entry: Entry) -> dict[str, Any]:
    study = library.study(entry.study)
    lower, upper, kind = limits(entry)
    assumed = entry.flag == "derived" and "assumed" in library.basis(entry)
    return {
        "id": entry.reference,
        "label": entry_label(library, entry),
        "unit": entry.unit,
        "value": entry.value,
        "lower": lower,
        "upper": upper,
        "shown": written(entry),
        "uncertainty": kind,
        "flag": entry.flag,
        "text": "derived, from assumed" if assumed else entry.flag.replace("-", ", "),
        "place": entry.locator or entry.formula or entry.reason,
        "note": entry.note,
        "citation": study.citation,
        "doi": f"https://doi.org/{study.doi}" if study.doi else None,
        "formula": entry.formula or None,
        "recomputed": library.recompute(entry),
    }


def entry_label(library: Library, entry: Entry) -> str:
    """Study, and endpoint, time and people of an entry, or its quantity where it names none.

    Where entries of a study have all this in common, a short note says more. Two labels may still
    be the same: the id alone is unique.
    """
    about = [part for part in (entry.endpoint, entry.time, entry.population) if part]
    alike = [
        other
        for other in library.study(entry.study).entries
        if (other.quantity, other.endpoint, other.time, other.population)
        == (entry.quantity, entry.endpoint, entry.time, entry.population)
    ]
    note = entry.note.removesuffix(".")
    more = [note] if len(alike) > 1 and note and len(note) <= LONGEST_NOTE else []
    parts = [library.study(entry.study).short, *(about or [quantity_label(entry.quantity)]), *more]
    return " · ".join(parts)


def limits(entry: Entry) -> tuple[float | None, float | None, str]:
    """Lower and upper end of what is known of a number, and what these ends are."""
    if entry.interval is not None:
        return *entry.interval, f"{100 * entry.level:g} % interval"
    if entry.se is not None:
        reach = NORMAL_95 * entry.se
        return entry.value - reach, entry.value + reach, "± 1.96 standard errors"
    if entry.range is not None:
        return *entry.range, "range"
    if entry.events is not None and entry.total is not None:
        counts = {"k": float(entry.events), "n": float(entry.total)}
        ends = [evaluate(f"wilson_{side}(k, n)", counts) for side in ("lower", "upper")]
        return ends[0], ends[1], "95 % interval (Wilson)"
    return None, None, "none given"


def written(entry: Entry) -> str:
    """The value with its uncertainty, with the decimals of its file."""
    return with_uncertainty(entry).replace("-", "−")


def units(table: pd.DataFrame) -> Sequence[str]:
    """The units of a table, in the order of their first entries."""
    return list(dict.fromkeys(table["unit"]))


def flags(table: pd.DataFrame) -> Sequence[str]:
    """The flags of a table, from reported to assumed."""
    return [flag for flag in FLAGS if flag in set(table["flag"])]


def table_shown(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the words of the page as its column names."""
    names = {
        "label": "number",
        "id": "id",
        "shown": "value",
        "unit": "unit",
        "uncertainty": "uncertainty",
        "flag": "flag",
        "place": "place, formula or reason",
        "formula": "formula",
        "recomputed": "recomputed",
        "note": "note",
        "citation": "citation",
        "doi": "DOI",
    }
    return table[list(names)].rename(columns=names)
