"""Plain text tables: right-aligned, never wrapped; a narrow terminal gets fewer columns."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of texts.

    Parameters
    ----------
    rank : columns with the highest rank are dropped first when the terminal is narrow.
    left : align left instead of right.
    """

    title: str
    cells: Sequence[str]
    rank: int = 0
    left: bool = False

    @property
    def width(self) -> int:
        return max(len(text) for text in (self.title, *self.cells))


def render(columns: Sequence[Column], width: int | None = None) -> str:
    """The table as text, at most `width` characters wide (default: the terminal's, up to 120)."""
    width = width or terminal_width()
    kept = list(columns)
    while _total(kept) > width and any(c.rank for c in kept):
        worst = max(c.rank for c in kept)
        kept.remove(next(c for c in reversed(kept) if c.rank == worst))
    rows = [
        [c.title for c in kept],
        *([c.cells[i] for c in kept] for i in range(len(kept[0].cells))),
    ]
    return "\n".join(
        (" " + GAP.join(_pad(c, text) for c, text in zip(kept, row, strict=True))).rstrip()
        for row in rows
    )


def terminal_width() -> int:
    """Columns of the terminal, at most 120; 120 when there is none."""
    return min(120, shutil.get_terminal_size((120, 24)).columns)


def grouped(n: int) -> str:
    """A whole number with spaces between thousands."""
    return f"{n:,}".replace(",", " ")


def size(n: int, status: str) -> str:
    """A number of people; after > where even the largest one considered is too few."""
    return grouped(n) if status == "found" else f"> {grouped(n)}"


def number(value: float) -> str:
    """A measurement with three significant digits, without exponents or trailing zeros."""
    text = f"{value:.3g}"
    return f"{value:.0f}" if "e" in text and abs(value) >= 1 else text


def wrap(text: str, indent: str = " ") -> str:
    """A sentence wrapped at the terminal's width."""
    import textwrap

    return textwrap.fill(
        text, terminal_width(), initial_indent=indent, subsequent_indent=indent + " "
    )


def _total(columns: Sequence[Column]) -> int:
    return 1 + sum(c.width for c in columns) + len(GAP) * (len(columns) - 1)


def _pad(column: Column, text: str) -> str:
    return text.ljust(column.width) if column.left else text.rjust(column.width)
