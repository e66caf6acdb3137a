"""A report as a Word document."""

import base64
import re

from planner.report.formats.document import body, contents, head, table
from planner.report.formats.drawing import png, svg
from planner.report.formats.package import finished
from planner.report.formats.pandoc import Node, equation, inlines, run
from planner.report.formats.pdf import FIGURE_WIDTH, drawn_width
from planner.report.formats.prepared import prepared
from planner.report.model import Equation, Figure, ReportModel, Table

_PLAIN = re.compile(
    r"(?P<other>\\(?:left|right)\\?[()\[\]{}|]|\\text\{[^}]*\})|(?P<bracket>(?P<open>\(|\\\{)|\)|\\\})"
)
"""Brackets of TeX that are not in pairs already, and not in words."""
TEXT_WIDTH = 168.0
"""Between the margins of the page, in mm."""


def docx(model: ReportModel) -> bytes:
    """The report with headings, native formulae, header rows that repeat, and described figures."""
    ready = prepared(model)
    meta = {
        "title": {"t": "MetaInlines", "c": inlines(ready.title)},
        "subtitle": {"t": "MetaInlines", "c": inlines(ready.subtitle)},
        "lang": {"t": "MetaString", "c": ready.language},
    }
    blocks = [*head(ready), *contents(ready.chapters), *body(ready, _placed, _laid, _lines)]
    return finished(run(blocks, "docx", meta=meta), ready)


def _laid(block: Table) -> list[Node]:
    return [table(block, caption=block.caption, fixed=True)]


def _lines(formula: Equation) -> list[Node]:
    """A formula, line by line, with its brackets in pairs, which LibreOffice asks for."""
    return [equation(_PLAIN.sub(_paired, line)) for line in tex_lines(formula.tex)]


def tex_lines(tex: str) -> list[str]:
    """The lines of an aligned formula, without their marks of alignment."""
    inner = tex.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    return [line.replace("&", "").strip() for line in inner.split(r"\\")]


def _paired(bracket: re.Match[str]) -> str:
    if bracket["other"]:
        return bracket["other"]
    return (r"\left" if bracket["open"] else r"\right") + bracket["bracket"]


def _placed(figure: Figure) -> list[Node]:
    """A figure as PNG above its caption."""
    data = "data:image/png;base64," + base64.b64encode(png(figure)).decode()
    width = TEXT_WIDTH * min(1.0, drawn_width(svg(figure)) / FIGURE_WIDTH)
    attributes = ["", [], [["width", f"{width:.0f}mm"]]]
    image = {"t": "Image", "c": [attributes, inlines(figure.alt), [data, ""]]}
    caption = [None, [{"t": "Plain", "c": inlines(figure.caption)}]]
    return [{"t": "Figure", "c": [["", [], []], caption, [{"t": "Plain", "c": [image]}]]}]
