"""The front end of an installed package, started by ``planner app`` with a scenario."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from planner.scenario import load_scenario
from tests.browser.server import ADDRESS, HOME, free_port, serving
from tests.browser.visitor import HIGH, PAGES, WIDE, Visitor

DARK_BACKGROUND = "rgb(17, 22, 28)"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the front end out of a wheel, run in an empty folder."""
    uv = shutil.which("uv")
    assert uv, "uv is missing; install it as the README says"
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [uv, "build", "--wheel", "--quiet", "--out-dir", str(folder), str(HOME)],
        check=True,
        timeout=300,
    )
    site, empty = folder / "site", folder / "empty"
    empty.mkdir()
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as packed:
        packed.extractall(site)
    port = free_port()
    command = [sys.executable, "-P", "-m", "planner", "app", "kcl-2025", "--no-browser"]
    environment = {"PYTHONPATH": os.fspath(site)}
    log = folder / "log"
    with serving([*command, "--port", str(port)], port, log, empty, environment):
        yield f"http://{ADDRESS}:{port}/"


def test_the_package_has_all_pages_the_scenario_and_the_theme(
    browser: Browser, installed: str
) -> None:
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH}, color_scheme="dark")
    visitor = Visitor(context.new_page(), installed)
    visitor.start()
    chosen = visitor.sidebar.get_by_role("combobox", name="Scenario")
    expect(chosen, "the scenario named at the start is not in hand").to_have_value("kcl-2025")
    expect(visitor.sidebar).to_contain_text(load_scenario("kcl-2025").label)
    app = visitor.page.locator('[data-testid="stApp"]')
    expect(app, "the theme is not that of the settings").to_have_css(
        "background-color", DARK_BACKGROUND
    )
    for name in PAGES:
        visitor.open(name)
        assert visitor.wrong() == []
    context.close()
    assert not visitor.foreign, f"requests left this machine: {visitor.foreign}"
    assert not visitor.complaints, f"errors on the console: {visitor.complaints}"
