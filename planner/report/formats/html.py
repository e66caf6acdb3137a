"""A report as one HTML file that needs nothing else."""

from collections.abc import Iterable
from html import escape
from importlib import resources
from string import Template

from planner.report.formats.drawing import described_svg
from planner.report.formats.pandoc import mathml
from planner.report.formats.prepared import (
    gap_words,
    leads,
    notice,
    paragraphs,
    prepared,
    relative_widths,
    share_of_page,
    stays_whole,
)
from planner.report.model import (
    Block,
    Chapter,
    Code,
    Equation,
    Figure,
    Gap,
    Paragraph,
    Points,
    ReportModel,
    Section,
    Table,
)

FONTS = "Liberation Sans, Arial, Helvetica, sans-serif"


def html(model: ReportModel) -> bytes:
    """The report as a self-contained page, to read on a screen or to print."""
    ready = prepared(model)
    assets = resources.files("planner.report") / "assets"
    page = Template((assets / "report.html").read_text("utf-8")).substitute(
        language=escape(ready.language),
        title=escape(ready.title),
        subtitle=escape(ready.subtitle),
        status=ready.status,
        notice=escape(notice(ready)),
        about=escape(ready.about),
        fingerprint=escape(ready.fingerprint),
        version=escape(ready.version),
        style=(assets / "report.css").read_text("utf-8"),
        contents="\n".join(_entries(ready.chapters)),
        chapters="\n".join(_chapter(i, c) for i, c in enumerate(ready.chapters, 1)),
    )
    return page.encode()


def _entries(chapters: Iterable[Chapter]) -> Iterable[str]:
    for i, chapter in enumerate(chapters, 1):
        inner = "".join(
            f'<li><a href="#{escape(s.id)}">{escape(s.title)}</a>'
            f' <span class="id">{escape(s.id)}</span></li>'
            for s in chapter.sections
        )
        yield f'<li><a href="#chapter-{i}">{escape(chapter.title)}</a><ul>{inner}</ul></li>'


def _chapter(number: int, chapter: Chapter) -> str:
    sections = "\n".join(map(_section, chapter.sections))
    return (
        f'<section aria-labelledby="chapter-{number}">\n'
        f'<h2 id="chapter-{number}" dir="auto">{escape(chapter.title)}</h2>\n{sections}\n</section>'
    )


def _section(section: Section) -> str:
    asked = f'<p class="asked">Asked for by {escape(section.asked_by)}</p>'
    return "\n".join(
        (
            f'<h3 id="{escape(section.id)}">{escape(section.title)} '
            f'<span class="id">{escape(section.id)}</span></h3>',
            asked,
            *map(_block, section.blocks),
        )
    )


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return "\n".join(
                f'<p{' class="lead"' * leads(p)} dir="auto">{escape(p)}</p>'
                for p in paragraphs(block.text)
            )
        case Points():
            kind = "ol" if block.numbered else "ul"
            items = "".join(f'<li dir="auto">{escape(item)}</li>' for item in block.items)
            return f"<{kind}>{items}</{kind}>"
        case Table():
            return _table(block)
        case Figure():
            caption = f'<figcaption dir="auto">{escape(block.caption)}</figcaption>'
            return f"<figure>{described_svg(block, FONTS)}{caption}</figure>"
        case Equation():
            formula = mathml(block.tex).replace("<math", f'<math alttext="{escape(block.alt)}"', 1)
            return f'<div class="equation" tabindex="0">{formula}</div>'
        case Code():
            return f'<pre tabindex="0"><code>{escape(block.text)}</code></pre>'
        case Gap():
            mark, said = gap_words(block)
            return f'<p class="gap"><strong>{mark}</strong> {escape(said)}</p>'


def _table(table: Table) -> str:
    right = dict.fromkeys(table.right, ' class="right"')
    columns = "".join(f'<col style="width:{100 * w:.1f}%">' for w in relative_widths(table))
    head = "".join(
        f'<th scope="col"{right.get(i, "")}>{escape(heading)}</th>'
        for i, heading in enumerate(table.columns)
    )
    rows = "\n".join(f"<tr>{_cells(row, right)}</tr>" for row in table.rows)
    note = f'<p class="note" dir="auto">{escape(table.note)}</p>' if table.note else ""
    kept = ' class="whole"' * stays_whole(table)
    return (
        f"<div{kept}>"
        f'<table style="width:{100 * share_of_page(table):.0f}%">'
        f'<caption dir="auto">{escape(table.caption)}</caption>'
        f"<colgroup>{columns}</colgroup>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>{rows}</tbody></table>{note}</div>"
    )


def _cells(row: tuple[str, ...], right: dict[int, str]) -> str:
    first, *others = row
    cells = "".join(
        f'<td dir="auto"{right.get(i, "")}>{escape(cell)}</td>' for i, cell in enumerate(others, 1)
    )
    return f'<th scope="row" dir="auto"{right.get(0, "")}>{escape(first)}</th>{cells}'
