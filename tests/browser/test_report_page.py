"""axe-core finds nothing to object to in the report as a page, on a screen wide or narrow."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from planner.report.formats import render
from tests.report.sample import sample


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_violation_in_the_report(browser: Browser, tmp_path: Path, width: int) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(render(sample(), ["html"])["html"])
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert [(rule["id"], node["html"][:160]) for rule in found for node in rule["nodes"]] == []
    assert wide <= width
