"""What a design report says, before it has a format: chapters, sections and blocks of plain text.

All text is plain: nothing in it is markup, whatever it looks like. Numbers in tables and sentences
are already words; they come from results alone.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from planner.spec import Spec


class Paragraph(Spec):
    """A paragraph of plain text."""

    kind: Literal["paragraph"] = "paragraph"
    text: str


class Points(Spec):
    """A list of short paragraphs, numbered or not."""

    kind: Literal["points"] = "points"
    items: tuple[str, ...]
    numbered: bool = False


class Table(Spec):
    """A table with a header row; the first column names the rows.

    Parameters
    ----------
    columns : headings, with the unit.
    rows : cells, as many in each row as there are columns.
    right : columns of numbers, by index, which are aligned to the right.
    widths : relative widths of the columns; empty for as wide as the content asks.
    note : what must be known to read it: what ± is, what was assumed.
    """

    kind: Literal["table"] = "table"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()
    note: str = ""


class Figure(Spec):
    """A chart as a Vega-Lite specification that holds its data.

    Parameters
    ----------
    name : of its file, letters, digits and hyphens.
    alt : what the figure shows, in a sentence, for those who cannot see it.
    """

    kind: Literal["figure"] = "figure"
    name: str
    caption: str
    alt: str
    chart: dict[str, Any]


class Equation(Spec):
    """A displayed formula in TeX, with the same in words."""

    kind: Literal["equation"] = "equation"
    tex: str
    alt: str


class Code(Spec):
    """Text in a fixed-width font, line by line."""

    kind: Literal["code"] = "code"
    text: str


class Gap(Spec):
    """Something that the report must say and the scenario does not.

    Parameters
    ----------
    what : that is not stated.
    add : what to add, and where.
    """

    kind: Literal["gap"] = "gap"
    what: str
    add: str


Block = Annotated[
    Paragraph | Points | Table | Figure | Equation | Code | Gap, Field(discriminator="kind")
]


class Section(Spec):
    """One item of the report, R01 to R116 or A1.

    Parameters
    ----------
    asked_by : guidance that asks for it.
    """

    id: str
    title: str
    asked_by: str
    blocks: tuple[Block, ...]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing."""
        return tuple(block for block in self.blocks if isinstance(block, Gap))


class Chapter(Spec):
    """Sections under a heading."""

    title: str
    sections: tuple[Section, ...]


class ReportModel(Spec):
    """A whole report, whatever its format.

    Parameters
    ----------
    title, subtitle : of the document.
    status : a final report has no gaps; a qualification has passed or failed.
    about : what the fingerprint is of.
    fingerprint, version : of the scenario or of what the document is about, and of the program.
    notice : what the status means; empty where it means that something is not stated, or nothing.
    language : BCP 47 tag.
    scenario : the scenario file in full, attached to the document; empty where there is none.
    """

    title: str
    subtitle: str
    status: Literal["draft", "final", "passed", "failed"]
    fingerprint: str
    version: str
    chapters: tuple[Chapter, ...]
    scenario: str
    about: str = "Scenario"
    notice: str = ""
    language: str = "en-GB"

    @property
    def sections(self) -> tuple[Section, ...]:
        """All sections in order."""
        return tuple(section for chapter in self.chapters for section in chapter.sections)

    @property
    def gaps(self) -> tuple[tuple[str, Gap], ...]:
        """Everything that is missing, with the section it is missing from."""
        return tuple((section.id, gap) for section in self.sections for gap in section.gaps)
