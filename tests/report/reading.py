"""What a reader finds in a document, whatever its format: words and numbers."""

import io
import re
import zipfile
from collections import Counter
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from pypdf import PdfReader

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class _Text(HTMLParser):
    """Text of the page that is neither style nor drawing nor formula."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.said, self.tags = 0, [""], Counter[str]()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags[tag] += 1
        self.hidden += tag in {"style", "svg", "math"}
        self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"style", "svg", "math"}
        self.said.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)


def html_text(content: bytes) -> str:
    parser = _Text()
    parser.feed(content.decode())
    return "".join(parser.said)


def html_tags(content: bytes) -> Counter[str]:
    parser = _Text()
    parser.feed(content.decode())
    return parser.tags


def docx_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        root = ET.fromstring(zipped.read("word/document.xml"))
    return "\n".join(
        "".join(node.text or "" for node in paragraph.iter(f"{W}t"))
        for paragraph in root.iter(f"{W}p")
    )


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def numbers(text: str) -> Counter[str]:
    """Every number as it is written, thin spaces closed."""
    return Counter(_NUMBER.findall(text.replace("\u2009", "")))


def letters(text: str) -> str:
    """Text without any space, so that line breaks do not matter."""
    return re.sub(r"\s+", "", text)
