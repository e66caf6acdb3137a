"""A report as a pandoc document, from which Word and Markdown files are made."""

from collections.abc import Callable, Iterator

from planner.report.formats.pandoc import Node, inlines
from planner.report.formats.prepared import (
    gap_words,
    leads,
    notice,
    paragraphs,
    relative_widths,
    share_of_page,
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

Draw = Callable[[Figure], list[Node]]
Formulate = Callable[[Equation], list[Node]]
Lay = Callable[[Table], list[Node]]
NO_ATTRIBUTES: list[object] = ["", [], []]


def para(text: str) -> Node:
    """A paragraph of plain text."""
    return {"t": "Para", "c": inlines(text)}


def styled(style: str, *blocks: Node) -> Node:
    """Blocks in a style of the Word document; elsewhere as they are."""
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], list(blocks)]}


def strong(text: str) -> Node:
    """Plain text in bold."""
    return {"t": "Strong", "c": inlines(text)}


def link(text: str, place: str) -> Node:
    """Plain text that leads to a heading of the document."""
    return {"t": "Link", "c": [NO_ATTRIBUTES, inlines(text), [f"#{place}", ""]]}


def head(model: ReportModel) -> list[Node]:
    """What stands before the chapters: status, scenario and version."""
    said = [strong(model.status.upper() + "."), {"t": "Space"}, *inlines(notice(model))]
    return [
        styled("Status", {"t": "Para", "c": said}),
        para(f"{model.about} {model.fingerprint}"),
        para(f"Made with planner {model.version}"),
    ]


def contents(chapters: tuple[Chapter, ...]) -> list[Node]:
    """Links to chapters and sections."""
    entries = [
        [
            {"t": "Plain", "c": [link(chapter.title, f"chapter-{i}")]},
            {"t": "BulletList", "c": [[_entry(section)] for section in chapter.sections]},
        ]
        for i, chapter in enumerate(chapters, 1)
    ]
    return [styled("Contents Heading", para("Contents")), {"t": "BulletList", "c": entries}]


def _entry(section: Section) -> Node:
    return {"t": "Plain", "c": [link(section.title, section.id), *inlines(f" ({section.id})")]}


def body(model: ReportModel, draw: Draw, lay: Lay, formulate: Formulate) -> Iterator[Node]:
    """Chapters with their sections; figures, tables and formulae as the format has them."""
    for i, chapter in enumerate(model.chapters, 1):
        yield _heading(1, f"chapter-{i}", inlines(chapter.title))
        for section in chapter.sections:
            identity = {"t": "Span", "c": [["", [], [["custom-style", "Item"]]],
                                           inlines(f"({section.id})")]}  # fmt: skip
            yield _heading(2, section.id, [*inlines(section.title), {"t": "Space"}, identity])
            yield styled("Asked", para(f"Asked for by {section.asked_by}"))
            for block in section.blocks:
                yield from _nodes(block, draw, lay, formulate)


def _heading(level: int, identity: str, text: list[Node]) -> Node:
    return {"t": "Header", "c": [level, [identity, [], []], text]}


def _nodes(block: Block, draw: Draw, lay: Lay, formulate: Formulate) -> list[Node]:
    match block:
        case Paragraph():
            return [
                styled("Lead", para(text)) if leads(text) else para(text)
                for text in paragraphs(block.text)
            ]
        case Points():
            items = [[para(item)] for item in block.items]
            if block.numbered:
                return [{"t": "OrderedList", "c": [[1, {"t": "Decimal"}, {"t": "Period"}], items]}]
            return [{"t": "BulletList", "c": items}]
        case Table():
            note = [styled("Note", para(block.note))] if block.note else []
            return [*lay(block), *note]
        case Figure():
            return draw(block)
        case Equation():
            return formulate(block)
        case Code():
            return [{"t": "CodeBlock", "c": [NO_ATTRIBUTES, block.text]}]
        case Gap():
            mark, said = gap_words(block)
            text = [strong(mark), {"t": "Space"}, *inlines(said)]
            return [styled("Gap", {"t": "Para", "c": text})]


def table(block: Table, *, caption: str, fixed: bool) -> Node:
    """A table with a header row and a header column.

    Parameters
    ----------
    fixed : whether columns have widths.
    """
    share = share_of_page(block)
    widths = [{"t": "ColWidth", "c": share * w} if fixed else {"t": "ColWidthDefault"}
              for w in relative_widths(block)]  # fmt: skip
    aligned = ["AlignRight" if i in block.right else "AlignLeft" for i, _ in enumerate(widths)]
    columns = [[{"t": side}, width] for side, width in zip(aligned, widths, strict=True)]
    named = [{"t": "Plain", "c": inlines(caption)}] if caption else []
    rows = [_row(row) for row in block.rows]
    content = [
        NO_ATTRIBUTES,
        [None, named],
        columns,
        [NO_ATTRIBUTES, [_row(block.columns)]],
        [[NO_ATTRIBUTES, 1, [], rows]],
        [NO_ATTRIBUTES, []],
    ]
    return {"t": "Table", "c": content}


def _row(cells: tuple[str, ...]) -> list[object]:
    return [
        NO_ATTRIBUTES,
        [
            [NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": inlines(cell)}]]
            for cell in cells
        ],
    ]
