"""Every format says the same, keeps text as text, and has the same bytes whenever it is made."""

import io
import json
import re
import zipfile
from collections import Counter

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from planner.errors import UnknownName
from planner.report.build import report_model
from planner.report.formats import FORMATS, render
from planner.report.formats.markdown import figure_files
from planner.report.formats.prepared import relative_widths
from planner.report.model import Paragraph, ReportModel, Table
from planner.report.results import Results
from tests.report.reading import docx_text, html_tags, html_text, letters, numbers, pdf_text
from tests.report.sample import HOSTILE, WORD, sample, section

_WORD = re.compile(r"[A-Za-z0-9_.]*\d[A-Za-z0-9_.]*[A-Za-z0-9]")
"""Hashes, versions, paths and other words with digits."""


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return render(sample(), FORMATS)


@pytest.fixture(scope="module")
def real(results: Results) -> tuple[ReportModel, dict[str, bytes]]:
    model = report_model(results)
    return model, render(model, ("html", "pdf", "docx"))


def test_property_all_formats_hold_every_number_of_every_table(
    real: tuple[ReportModel, dict[str, bytes]],
) -> None:
    model, files = real
    texts = {
        "html": html_text(files["html"]),
        "docx": docx_text(files["docx"]),
        "pdf": pdf_text(files["pdf"]),
    }
    found = {name: numbers(text) for name, text in texts.items()}
    cells = [
        cell
        for part in model.sections
        for block in part.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
    ]
    said = "\n".join(cells)
    expected = numbers(said)
    assert sum(expected.values()) > 300
    whole = Counter(word for word in _WORD.findall(said) if len(word) > 12)
    assert model.fingerprint in whole
    parts = {n for n in expected if len(n) > 12}  # may be set on two lines: whole words below
    for name, counted in found.items():
        missing = {n: k for n, k in expected.items() if counted[n] < k and n not in parts}
        assert not missing, f"{name} lacks {missing}"
        lost = {word for word, k in whole.items() if letters(texts[name]).count(word) < k}
        assert not lost, f"{name} lacks {lost}"
    assert not {n for n in found["html"] if found["docx"][n] == 0}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_has_the_same_bytes(made: dict[str, bytes], name: str) -> None:
    assert render(sample(), [name])[name] == made[name]


def test_json_reads_to_the_same_report(made: dict[str, bytes]) -> None:
    assert ReportModel.parse(json.loads(made["json"])) == sample()


def test_text_that_looks_like_markup_stays_text(made: dict[str, bytes]) -> None:
    wanted = letters(HOSTILE)
    for text in (html_text(made["html"]), docx_text(made["docx"])):
        assert letters(text).count(wanted) >= 11
    assert html_tags(made["html"])["script"] == 0
    plain = letters(pdf_text(made["pdf"]))
    assert plain.count(letters(HOSTILE.split(" ${title}")[0])) >= 9
    cells = [line for line in made["md"].decode().splitlines() if line.startswith("|")]
    assert sum("script" in line for line in cells) == 2
    assert "<script" not in re.sub(r"(?m)^    .*$", "", made["md"].decode()).replace("\\<", "")


def test_a_word_longer_than_the_page_is_kept_whole() -> None:
    model = sample("x").model_copy(update={"chapters": ()})
    chapter = (
        sample()
        .chapters[1]
        .model_copy(update={"sections": (section("R01", "Long", Paragraph(text=WORD)),)})
    )
    files = render(model.model_copy(update={"chapters": (chapter,)}), FORMATS)
    for text in (html_text(files["html"]), docx_text(files["docx"]), files["md"].decode()):
        assert WORD in letters(text)
    assert letters(pdf_text(files["pdf"])).count("x") >= len(WORD)
    page = PdfReader(io.BytesIO(files["pdf"])).pages[1]
    assert max(len(line) for line in page.extract_text().splitlines()) < 200


def test_characters_without_a_glyph_are_coded_and_controls_replaced() -> None:
    files = render(sample("漢字 \x07 😀"), FORMATS)
    text = pdf_text(files["pdf"])
    assert "[U+6F22][U+5B57]" in letters(text)
    assert "[U+1F600]" in letters(text)
    assert "lack are printed as their code" in " ".join(text.split())
    for said in (html_text(files["html"]), docx_text(files["docx"]), files["md"].decode()):
        assert "漢字 \ufffd 😀" in said


def test_pdf_is_tagged_named_and_holds_its_scenario(made: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(made["pdf"]))
    root = reader.trailer["/Root"]
    assert isinstance(root, DictionaryObject)
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("A randomised crossover trial")
    described = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part>1<|pdfuaid:part=.1.", described)
    assert re.search(r"pdfaid:part>3<|pdfaid:part=.3.", described)
    assert reader.attachments["scenario.toml"] == [b"label = 'x'\n"]


def test_every_page_of_a_draft_says_so(made: dict[str, bytes]) -> None:
    pages = PdfReader(io.BytesIO(made["pdf"])).pages
    assert all("0123456789ab · DRAFT" in page.extract_text() for page in pages)
    with zipfile.ZipFile(io.BytesIO(made["docx"])) as zipped:
        assert "DRAFT" in zipped.read("word/header9.xml").decode()
    assert '<body class="draft">' in made["html"].decode()


def test_docx_has_headings_repeated_header_rows_described_figures(made: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(made["docx"])) as zipped:
        body = zipped.read("word/document.xml").decode()
        core = zipped.read("docProps/core.xml").decode()
    assert body.count('w:pStyle w:val="Heading1"') == 2
    assert body.count("<w:tblHeader") == 2
    assert 'descr="It rises."' in body
    assert "base64" not in body
    assert "<m:oMath>" in body
    assert "<dc:language>en-GB</dc:language>" in core


def test_html_needs_no_other_file(made: dict[str, bytes]) -> None:
    page = made["html"].decode()
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\((?!#)|@import""", page)
    assert '<html lang="en-GB">' in page
    tags = html_tags(made["html"])
    assert tags["main"] == tags["nav"] == tags["header"] == tags["footer"] == 1
    anchors, places = re.findall(r'href="#([^"]+)"', page), re.findall(r' id="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert set(anchors) <= set(places)


def test_markdown_refers_to_its_figures(made: dict[str, bytes]) -> None:
    files = figure_files(sample())
    assert list(files) == ["figures/power.svg"]
    assert "![It rises.](figures/power.svg)" in made["md"].decode()
    assert b"<svg" in files["figures/power.svg"]


def test_widths_add_up_and_leave_short_columns_whole() -> None:
    table = Table(caption="", columns=("A", "B"), rows=(("men − women", "word " * 60),))
    first, second = relative_widths(table)
    assert first + second == pytest.approx(1)
    assert first * 100 >= len("men − women")


def test_an_unknown_format_is_one_sentence() -> None:
    with pytest.raises(UnknownName, match="'odt' is not a format; choose html, pdf"):
        render(sample(), ["odt"])
