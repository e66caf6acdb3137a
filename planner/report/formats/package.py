"""What pandoc leaves out of a Word file: styles, page, header and footer, fixed dates.

The same report gives the same bytes: files have fixed times, and the document a fixed date.
"""

import io
import re
import zipfile
from html import escape
from importlib import resources

from planner.report.formats.prepared import SHORT, running_title
from planner.report.model import ReportModel

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_STYLE = re.compile(r'<w:style [^>]*w:styleId="([^"]+)".*?</w:style>', re.DOTALL)
_DATE = re.compile(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_SECTION = re.compile(r"<w:sectPr\b[^>]*/>|<w:sectPr\b.*?</w:sectPr>", re.DOTALL)
_TABLE = re.compile(
    r'(?P<table><w:tbl>.*?</w:tbl>)(?P<note>\s*<w:p><w:pPr><w:pStyle w:val="Note" ?/>)?', re.DOTALL
)
_ROW = re.compile(r"<w:tr>.*?</w:tr>", re.DOTALL)
_COLUMN = re.compile(r'(<w:gridCol w:w=")(\d+)"')
_CELL_STYLE = re.compile(r'<w:pStyle w:val="Compact" ?/>')
_DATA = re.compile(r'descr="data:[^"]*"')
"""Where pandoc repeats an image as its own description."""
_ROOT = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
TEXT_WIDTH, PANDOC_WIDTH = 9524, 7920
"""Between the margins of the page, and of the page that pandoc has; twentieths of a point."""
PAGE = (
    "<w:sectPr>"
    '<w:headerReference w:type="default" r:id="rIdHeader"/>'
    '<w:footerReference w:type="default" r:id="rIdFooter"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1361" w:right="1191" w:bottom="1247" w:left="1191" w:header="624"'
    ' w:footer="567" w:gutter="0"/>'
    "</w:sectPr>"
)
"""A4; twentieths of a point."""


def finished(document: bytes, model: ReportModel) -> bytes:
    """Pandoc's Word file with the report's styles, page, header and footer."""
    with zipfile.ZipFile(io.BytesIO(document)) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    for name, change in (
        ("word/styles.xml", _restyled),
        ("word/document.xml", _paged),
        ("word/_rels/document.xml.rels", _related),
        ("[Content_Types].xml", _typed),
        ("docProps/core.xml", lambda xml: _DATE.sub(r"\g<1>1980-01-01T00:00:00Z", xml)),
    ):
        parts[name] = change(parts[name].decode()).encode()
    parts["word/header9.xml"] = _header(model).encode()
    parts["word/footer9.xml"] = _footer(model).encode()
    return _zipped(parts)


def _restyled(xml: str) -> str:
    """Pandoc's styles, with those of the report in their place or added."""
    own = (resources.files("planner.report") / "assets" / "styles.xml").read_text("utf-8")
    names = {found[1] for found in _STYLE.finditer(own)}
    kept = _STYLE.sub(lambda found: "" if found[1] in names else found[0], xml)
    styles = "".join(found[0] for found in _STYLE.finditer(own))
    return kept.replace("</w:styles>", f"{styles}</w:styles>")


def _paged(xml: str) -> str:
    """The page; tables that fit it; figures described by their words alone."""
    xml = _SECTION.sub("", xml).replace("</w:body>", f"{PAGE}</w:body>")
    xml = _TABLE.sub(_fitted, xml)
    xml = xml.replace('<m:jc m:val="center" />', '<m:jc m:val="left"/>')
    return _DATA.sub('descr=""', xml)


def _fitted(found: re.Match[str]) -> str:
    """A table with columns in the page's measure, whole rows, and a last row that keeps its note.

    A short table stays on a page.
    """
    xml = _COLUMN.sub(lambda col: f'{col[1]}{round(int(col[2]) * TEXT_WIDTH / PANDOC_WIDTH)}"',
                      found["table"])  # fmt: skip
    xml = re.sub(r"<w:p ?/>", '<w:p><w:pPr><w:pStyle w:val="Compact"/></w:pPr></w:p>', xml)
    xml = xml.replace("<w:tr><w:trPr>", "<w:tr><w:trPr><w:cantSplit/>")
    xml = xml.replace("<w:tr><w:tc>", "<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>")
    rows = _ROW.findall(xml)
    kept = set(range(len(rows) - 1)) if len(rows) <= SHORT + 1 else {0, len(rows) - 2}
    if found["note"]:
        kept.add(len(rows) - 1)
    numbered = iter(range(len(rows)))
    return _ROW.sub(
        lambda row: _CELL_STYLE.sub(r"\g<0><w:keepNext/>", row[0])
        if next(numbered) in kept
        else row[0],
        xml,
    ) + (found["note"] or "")  # fmt: skip


def _related(xml: str) -> str:
    added = "".join(
        f'<Relationship Id="rId{kind.title()}" Type="{_RELATION}/{kind}" Target="{kind}9.xml"/>'
        for kind in ("header", "footer")
    )
    return xml.replace("</Relationships>", f"{added}</Relationships>")


def _typed(xml: str) -> str:
    added = "".join(
        f'<Override PartName="/word/{kind}9.xml" ContentType="{_TYPE}.{kind}+xml"/>'
        for kind in ("header", "footer")
    )
    return xml.replace("</Types>", f"{added}</Types>")


def _header(model: ReportModel) -> str:
    """Title, beginning of the fingerprint, and status, on every page."""
    status = f"{model.fingerprint[:12]} · {model.status.upper()}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:hdr {_ROOT}><w:p>'
        f'<w:pPr><w:pStyle w:val="Running"/></w:pPr>{_run(running_title(model))}<w:r><w:tab/></w:r>'
        f"{_run(status, bold=True)}</w:p></w:hdr>"
    )


def _footer(model: ReportModel) -> str:
    number, count = (f'<w:fldSimple w:instr=" {field} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
                     for field in ("PAGE", "NUMPAGES"))  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:ftr {_ROOT}><w:p>'
        f'<w:pPr><w:pStyle w:val="Running"/></w:pPr>{_run(f"planner {model.version}")}'
        f"<w:r><w:tab/></w:r>{_run('Page ')}{number}{_run(' of ')}{count}</w:p></w:ftr>"
    )


def _run(text: str, *, bold: bool = False) -> str:
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _zipped(parts: dict[str, bytes]) -> bytes:
    """A zip archive with the list of types first, as Word wants it, and fixed times."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            info = zipfile.ZipInfo(name, FIRST_DAY)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            zipped.writestr(info, parts[name])
    return written.getvalue()
