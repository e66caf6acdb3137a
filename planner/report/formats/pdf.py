"""A report as a tagged PDF, set by Typst, which comes with the package ``typst``.

PDF/UA-1 and PDF/A-3a as enforced by Typst; the scenario file is attached. Fonts are those within
Typst and the time stamp is fixed, so that a report has the same bytes on every machine.
"""

import json
import re
from collections.abc import Iterable
from importlib import resources
from typing import Any

from planner.errors import PlannerError
from planner.report.formats.drawing import svg
from planner.report.formats.pandoc import typst_math
from planner.report.formats.prepared import (
    gap_words,
    notice,
    paragraphs,
    prepared,
    relative_widths,
    running_title,
    share_of_page,
    stays_whole,
)
from planner.report.model import (
    Block,
    Code,
    Equation,
    Figure,
    Gap,
    Paragraph,
    Points,
    ReportModel,
    Table,
)

FIRST_DAY = 315_532_800
"""Time stamp of every document: 1 January 1980, as in the archive of a bundle."""
FONT = "Libertinus Serif"
FIGURE_WIDTH = 640
"""Width of a chart, in its own pixels, that fills the page."""
_UNSET = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ROUNDS = 20


def pdf(model: ReportModel) -> bytes:
    """The report as PDF.

    A character that no font within Typst has is printed as its code, ``[U+6F22]``, and the first
    page says so.
    """
    data = _data(prepared(model))
    unset: set[str] = set()
    for _ in range(_ROUNDS):
        try:
            return _typeset(_coded(data, unset))
        except _Unset as found:
            unset |= found.characters
    raise PlannerError(f"the PDF cannot show {len(unset)} characters; choose another format")


class _Unset(Exception):
    """Characters that no font has."""

    def __init__(self, characters: Iterable[str]) -> None:
        super().__init__()
        self.characters = set(characters)


def _typeset(data: dict[str, Any]) -> bytes:
    import typst

    template = (resources.files("planner.report") / "assets" / "report.typ").read_bytes()
    try:
        return typst.compile(
            input=template,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"report": json.dumps(data)},
            pdf_standards=["ua-1", "a-3a"],
            timestamp=FIRST_DAY,
        )
    except typst.TypstError as error:
        characters = {c for text in _UNSET.findall(error.diagnostic) for c in text if ord(c) > 127}
        if characters:
            raise _Unset(characters) from None
        raise PlannerError(f"the PDF could not be set: {error.message}") from None


def _coded(data: dict[str, Any], unset: set[str]) -> dict[str, Any]:
    """The data with codes in the place of characters without a glyph, and a note that says so."""
    if not unset:
        return data
    codes = str.maketrans({c: f"[U+{ord(c):04X}]" for c in unset})

    def coded(value: Any, key: str = "") -> Any:
        match value:
            case str():
                return value if key in {"scenario", "svg", "math"} else value.translate(codes)
            case dict():
                return {k: coded(v, k) for k, v in value.items()}
            case list():
                return [coded(v) for v in value]
            case _:
                return value

    return dict(coded(data)) | {
        "unset": "Characters that this document's fonts lack are printed as their code, such as "
        f"[U+{min(map(ord, unset)):04X}]; the HTML and Word files and the attached scenario have "
        "them as written."
    }


def _data(model: ReportModel) -> dict[str, Any]:
    """What the template reads."""
    language, _, region = model.language.partition("-")
    chapters = [
        {
            "title": chapter.title,
            "sections": [
                {
                    "id": section.id,
                    "title": section.title,
                    "asked_by": section.asked_by,
                    "blocks": [_block(block) for block in section.blocks],
                }
                for section in chapter.sections
            ],
        }
        for chapter in model.chapters
    ]
    return {
        "title": model.title,
        "running": running_title(model),
        "subtitle": model.subtitle,
        "status": model.status,
        "notice": notice(model),
        "mark": model.status.upper(),
        "about": model.about,
        "fingerprint": model.fingerprint,
        "version": model.version,
        "lang": language,
        "region": region or None,
        "scenario": model.scenario,
        "unset": "",
        "chapters": chapters,
    }


def _block(block: Block) -> dict[str, Any]:
    plain = block.model_dump(mode="json", exclude={"chart"})
    match block:
        case Paragraph():
            return plain | {"paragraphs": paragraphs(block.text)}
        case Table():
            return plain | {"widths": _widths(block), "whole": stays_whole(block)}
        case Figure():
            drawn = svg(block, FONT)
            return plain | {"svg": drawn, "width": min(1.0, drawn_width(drawn) / FIGURE_WIDTH)}
        case Equation():
            return plain | {"math": typst_math(block.tex)}
        case Gap():
            mark, said = gap_words(block)
            return plain | {"mark": mark, "said": said}
        case Points() | Code():
            return plain


def _widths(table: Table) -> list[float | None]:
    """Fractions of the page, or None for as wide as the content."""
    if share_of_page(table) < 1:
        return [None] * len(table.columns)
    return list(relative_widths(table))


def drawn_width(drawn: str) -> float:
    """Width of an SVG in its own pixels."""
    found = re.search(r'<svg[^>]*?\bwidth="([\d.]+)', drawn)
    return float(found[1]) if found else FIGURE_WIDTH
