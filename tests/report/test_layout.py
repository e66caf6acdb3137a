"""How documents are set: tables with their notes, captions, formulae."""

import io
import re
import zipfile
from html import unescape

import pytest
from pypdf import PdfReader

from planner.report import equations, equations_simulation
from planner.report.build import report_model
from planner.report.formats import render
from planner.report.formats.docx import tex_lines
from planner.report.formats.html import html
from planner.report.formats.pandoc import typst_math
from planner.report.formats.prepared import SHORT, prepared
from planner.report.model import Chapter, Equation, Figure, Paragraph, ReportModel, Table
from planner.report.results import Results
from tests.report.sample import sample, section

NOTE = "Every number is simulated."


def with_tables(*sizes: int) -> ReportModel:
    """A report of one section with a table for each number of rows, text between them."""
    blocks: list[Paragraph | Table] = []
    for k, size in enumerate(sizes):
        rows = tuple((f"row {k}.{i} of the table", "1.5") for i in range(size))
        blocks += [
            Table(caption=f"Caption {k}", columns=("Row", "Value"), rows=rows, note=NOTE),
            Paragraph(text="Words between tables. " * 40),
        ]
    chapter = Chapter(title="Tables", sections=(section("R40", "Model", *blocks),))
    return sample().model_copy(update={"chapters": (chapter,)})


def pages(model: ReportModel) -> list[str]:
    content = render(model, ["pdf"])["pdf"]
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_every_page_with_rows_of_a_table_has_its_note_and_its_head() -> None:
    found = [page for page in pages(with_tables(70)) if "row 0." in page]
    assert len(found) >= 2
    for page in found:
        assert NOTE in page
        assert re.search(r"Row\s+Value", page)


def test_property_no_page_parts_a_short_table() -> None:
    sizes = [SHORT] * 9
    found = pages(with_tables(*sizes))
    for k, size in enumerate(sizes):
        (page,) = [page for page in found if f"row {k}." in page]
        assert len(re.findall(rf"row {k}\.\d+ of", page)) == size
        assert f"Caption {k}." in page


def test_word_keeps_short_tables_whole_and_the_last_row_with_the_note() -> None:
    with zipfile.ZipFile(io.BytesIO(render(with_tables(3, 30), ["docx"])["docx"])) as zipped:
        body = zipped.read("word/document.xml").decode()
    short, long = re.findall(r"<w:tbl>.*?</w:tbl>", body, re.DOTALL)
    rows = [["<w:keepNext/>" in row for row in re.findall(r"<w:tr>.*?</w:tr>", table, re.DOTALL)]
            for table in (short, long)]  # fmt: skip
    assert rows[0] == [True] * 4
    assert rows[1] == [True, *[False] * 28, True, True]
    assert "<w:cantSplit/>" in short


def test_columns_of_word_tables_fill_the_page() -> None:
    rows = (("a " * 80, "b " * 80),)
    wide = Table(caption="Wide", columns=("A", "B"), rows=rows, widths=(1, 2))
    chapter = Chapter(title="T", sections=(section("R40", "Model", wide),))
    content = render(sample().model_copy(update={"chapters": (chapter,)}), ["docx"])["docx"]
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        body = zipped.read("word/document.xml").decode()
    widths = [int(w) for w in re.findall(r'<w:gridCol w:w="(\d+)"', body)]
    page, margins = 11906, 2 * 1191
    assert sum(widths) == pytest.approx(page - margins, abs=2)
    assert widths[1] == pytest.approx(2 * widths[0], abs=2)


def test_empty_cells_are_as_low_as_others_in_word() -> None:
    table = Table(caption="Gaps", columns=("A", "B"), rows=(("a", ""),))
    chapter = Chapter(title="T", sections=(section("R40", "Model", table),))
    content = render(sample().model_copy(update={"chapters": (chapter,)}), ["docx"])["docx"]
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        cells = re.findall(r"<w:tc>.*?</w:tc>", zipped.read("word/document.xml").decode())
    assert len(cells) == 4
    assert all('w:val="Compact"' in cell for cell in cells)


def test_property_captions_are_numbered_and_end_with_a_full_stop() -> None:
    blocks = [block for part in prepared(sample("words")).sections for block in part.blocks]
    captions = [block.caption for block in blocks if isinstance(block, Table | Figure)]
    assert captions == ["Table 1. words.", "Table 2. Long.", "Figure 1. Power."]


def test_formulae_of_several_lines_are_so_many_in_word() -> None:
    rule = equations.test_rule()
    first, second = tex_lines(rule.tex)
    assert first.startswith(r"\text{one-sided:}")
    assert second.startswith(r"\text{two-sided:}")
    assert "&" not in first + second
    assert tex_lines(r"y = \mu") == [r"y = \mu"]


@pytest.mark.parametrize(
    "formula",
    [equations.reml(), equations.small_sample("kenward-roger"), equations.test_rule(),
     equations.posterior_rule(), equations_simulation.bias(), equations_simulation.empirical_se()],
)  # fmt: skip
def test_property_brackets_of_formulae_are_in_pairs_in_word(formula: Equation) -> None:
    """LibreOffice shows ¿ for a bracket, or a mark of alignment, that stands alone in a run."""
    chapter = Chapter(title="T", sections=(section("R40", "Model", formula),))
    content = render(sample().model_copy(update={"chapters": (chapter,)}), ["docx"])["docx"]
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        body = zipped.read("word/document.xml").decode()
    assert "<m:oMath>" in body
    runs = [unescape(run) for run in re.findall(r"<m:t>([^<]*)</m:t>", body)]
    assert not [run for run in runs if set(run) & set("()&")]


def test_no_formula_moves_back_over_itself_in_the_pdf(results: Results) -> None:
    """Pandoc writes TeX's negative thin space as a whole em."""
    assert "h(-1em)" in typst_math(r"t\!\left(x\right)")
    blocks = [block for part in report_model(results).sections for block in part.blocks]
    formulae = [block for block in blocks if isinstance(block, Equation)]
    assert len(formulae) > 10
    assert not [formula.tex for formula in formulae if "h(-1em)" in typst_math(formula.tex)]


def test_html_keeps_short_tables_whole() -> None:
    page = html(with_tables(SHORT, SHORT + 1)).decode()
    assert page.count('<div class="whole"><table') == 1
    assert page.count("<div><table") == 1


def test_a_paragraph_that_announces_something_stays_with_it() -> None:
    blocks = (Paragraph(text="These follow:"), Paragraph(text="One."))
    chapter = Chapter(title="T", sections=(section("R40", "Model", *blocks),))
    model = sample().model_copy(update={"chapters": (chapter,)})
    assert html(model).decode().count('<p class="lead" dir="auto">These follow:</p>') == 1
    with zipfile.ZipFile(io.BytesIO(render(model, ["docx"])["docx"])) as zipped:
        body, styles = (zipped.read(f"word/{name}.xml").decode() for name in ("document", "styles"))
    assert body.count('w:val="Lead"') == 1
    assert re.search(r'w:styleId="Lead">.*?<w:keepNext/>', styles, re.DOTALL)
