"""A report as GitHub's Markdown; its figures are files beside it."""

from planner.report.formats.document import body, head, para, strong, table
from planner.report.formats.drawing import svg
from planner.report.formats.pandoc import Node, equation, inlines, run
from planner.report.formats.prepared import prepared
from planner.report.model import Equation, Figure, ReportModel, Table

FOLDER = "figures"
"""Where the document looks for its figures."""


def markdown(model: ReportModel) -> bytes:
    """The report as Markdown, with tables and formulae as GitHub shows them.

    Figures are links to the files of `figure_files`; where these are missing, their alternative
    text stands in their place.
    """
    ready = prepared(model)
    title = {"t": "Header", "c": [1, ["", [], []], inlines(ready.title)]}
    blocks = [title, para(ready.subtitle), *head(ready), *body(ready, _linked, _named, _displayed)]
    return run(_bare(blocks), "gfm", "--wrap=none", "--shift-heading-level-by=0")


def figure_files(model: ReportModel) -> dict[str, bytes]:
    """The figures of a report as SVG, by path."""
    blocks = (block for section in model.sections for block in section.blocks)
    return {_path(block): svg(block).encode() for block in blocks if isinstance(block, Figure)}


def _path(figure: Figure) -> str:
    return f"{FOLDER}/{figure.name}.svg"


def _linked(figure: Figure) -> list[Node]:
    image = {"t": "Image", "c": [["", [], []], inlines(figure.alt), [_path(figure), ""]]}
    return [{"t": "Para", "c": [image]}, {"t": "Para", "c": [strong(figure.caption)]}]


def _displayed(formula: Equation) -> list[Node]:
    return [equation(formula.tex)]


def _named(block: Table) -> list[Node]:
    """A table below its caption."""
    caption = {"t": "Para", "c": [strong(block.caption)]}
    return [caption, table(block, caption="", fixed=False)]


def _bare(blocks: list[Node]) -> list[Node]:
    """Blocks without styles, which Markdown lacks; headings of chapters are one level down."""
    bare: list[Node] = []
    for i, node in enumerate(blocks):
        match node:
            case {"t": "Div", "c": [_, inner]}:
                bare += _bare(inner)
            case {"t": "Header", "c": [level, _, text]} if i:
                plain = [part for item in text for part in _unstyled(item)]
                bare.append({"t": "Header", "c": [level + 1, ["", [], []], plain]})
            case _:
                bare.append(node)
    return bare


def _unstyled(node: Node) -> list[Node]:
    return list(node["c"][1]) if node["t"] == "Span" else [node]
