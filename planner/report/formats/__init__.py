"""A report as HTML, PDF, Word, Markdown and JSON; all say the same."""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from planner.errors import UnknownName

if TYPE_CHECKING:
    from planner.report.model import ReportModel

FORMATS = ("html", "pdf", "docx", "md", "json")
"""Names of formats, which are also the suffixes of their files."""


def render(model: "ReportModel", formats: Iterable[str]) -> dict[str, bytes]:
    """A report in some formats, by name; the same report has the same bytes.

    Markdown refers to the files of `planner.report.formats.markdown.figure_files`; the others need
    no other file. ``ReportModel.parse`` reads the JSON.

    Raises
    ------
    UnknownName : there is no such format.
    """
    asked = list(dict.fromkeys(formats))
    for name in asked:
        if name not in FORMATS:
            raise UnknownName(f"{name!r} is not a format; choose {', '.join(FORMATS)}")
    return {name: _writer(name)(model) for name in asked}


def _writer(name: str) -> "Callable[[ReportModel], bytes]":
    match name:
        case "html":
            from planner.report.formats.html import html as write
        case "pdf":
            from planner.report.formats.pdf import pdf as write
        case "docx":
            from planner.report.formats.docx import docx as write
        case "md":
            from planner.report.formats.markdown import markdown as write
        case _:
            write = as_json
    return write


def as_json(model: "ReportModel") -> bytes:
    """The model as JSON."""
    return (json.dumps(model.plain(full=True), ensure_ascii=False, indent=1) + "\n").encode()
