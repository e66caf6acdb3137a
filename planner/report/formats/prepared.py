"""A report ready to be set: characters that no format can hold replaced, captions numbered."""

import re
from collections.abc import Sequence
from typing import Any

from planner.report.model import Block, Figure, Gap, ReportModel, Section, Table

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile("[ \t\n]+")
_BLANK_LINE = re.compile(r"\n\s*\n")
LINE = 100
"""Characters in a line of a table as wide as the page."""
SHORT = 10
"""Rows of a table that no page parts."""


def prepared(model: ReportModel) -> ReportModel:
    """The report with `printable` text and numbered captions, which every format starts from.

    Captions end with a full stop.
    """
    clean = ReportModel.parse(_clean(model.plain(full=True)))
    tables, figures = 0, 0
    chapters = []
    for chapter in clean.chapters:
        sections: list[Section] = []
        for section in chapter.sections:
            blocks: list[Block] = []
            for block in section.blocks:
                if isinstance(block, Table):
                    tables += 1
                    block = _captioned(block, f"Table {tables}. {block.caption}")
                elif isinstance(block, Figure):
                    figures += 1
                    block = _captioned(block, f"Figure {figures}. {block.caption}")
                blocks.append(block)
            sections.append(section.model_copy(update={"blocks": tuple(blocks)}))
        chapters.append(chapter.model_copy(update={"sections": tuple(sections)}))
    return clean.model_copy(update={"chapters": tuple(chapters)})


def _captioned[T: (Table, Figure)](block: T, caption: str) -> T:
    ended = caption if caption.endswith((".", "!", "?")) else f"{caption}."
    return block.model_copy(update={"caption": ended})


def _clean(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
        case _:
            return value


def printable(text: str) -> str:
    """Text with U+FFFD in the place of control characters, which XML and PDF cannot hold."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def paragraphs(text: str) -> list[str]:
    """Paragraphs of a text, which blank lines separate; other line ends are spaces."""
    return [" ".join(words(part)) for part in _BLANK_LINE.split(text) if part.strip()]


def leads(text: str) -> bool:
    """Whether a paragraph announces what follows, and stays on its page."""
    return text.endswith(":")


def words(text: str) -> list[str]:
    """Words between spaces and line ends; thin and hard spaces stay in them."""
    return [word for word in _SPACE.split(text) if word]


def gap_words(gap: Gap) -> tuple[str, str]:
    """The mark of something missing, and what it is with what to add."""
    return "NOT STATED:", f"{gap.what} — {gap.add}"


def notice(model: ReportModel) -> str:
    """What the status means, for the head of the document."""
    if model.notice:
        return model.notice
    if model.status == "final":
        return "Every item is stated."
    places = list(dict.fromkeys(identity for identity, _ in model.gaps))
    if not places:
        return "Not yet final, although every item is stated."
    count = len(model.gaps)
    verb = "thing is" if count == 1 else "things are"
    return f"{count} {verb} not stated, in {', '.join(places)}."


def running_title(model: ReportModel) -> str:
    """The title, or its beginning, for the head of every page."""
    return model.title if len(model.title) <= 80 else model.title[:79].rstrip() + "…"


def relative_widths(table: Table) -> tuple[float, ...]:
    """Widths of columns that add up to 1: given, or by their content.

    Short columns are as wide as their content; long ones share what is left of a line, but hold
    their longest word of up to 22 characters.
    """
    widths = table.widths
    for longest in (70, 50, 40, 34, 28, 23, 19, 16, 13):
        if not table.widths:
            widths = tuple(_wanted(column, longest) for column in _columns(table))
        if sum(widths) <= LINE:
            break
    return tuple(width / sum(widths) for width in widths)


def _columns(table: Table) -> list[list[str]]:
    return [[heading, *(row[i] for row in table.rows)] for i, heading in enumerate(table.columns)]


def share_of_page(table: Table) -> float:
    """Width that a table needs: 1 where widths are given or its rows need several lines."""
    lines = [table.columns, *table.rows]
    needed = sum(max(len(line[i]) for line in lines) + 4 for i in range(len(table.columns)))
    return 1.0 if table.widths else min(1.0, needed / LINE)


def stays_whole(table: Table) -> bool:
    """Whether a table is short enough that no page may part it."""
    return len(table.rows) <= SHORT


def _wanted(cells: Sequence[str], longest: int) -> float:
    word = max((len(word) for cell in cells for word in words(cell)), default=1)
    return max(min(max(map(len, cells)), longest), min(word, 22), 4) + 2.5
