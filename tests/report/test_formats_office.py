"""LibreOffice opens the Word file. It needs soffice (Debian: libreoffice-writer-nogui)."""

import shutil
import subprocess
from pathlib import Path

import pytest

from planner.report.formats import render
from tests.report.reading import letters, pdf_text
from tests.report.sample import sample

SOFFICE = shutil.which("soffice")


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="soffice is not installed")
def test_libreoffice_opens_the_word_file(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(render(sample(), ["docx"])["docx"])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [SOFFICE or "", profile, "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*command, str(tmp_path), str(path)], check=True, timeout=180)
    text = letters(pdf_text((tmp_path / "report.pdf").read_bytes()))
    assert "NOTSTATED:" in text
    assert "<script>alert(1)</script>$x^2$|a**b**`c`" in text
    assert "0123456789ab·DRAFT" in text
