"""One server and one browser for all tests in here; a new tab with no memory for each.

They need Chromium at /usr/bin/chromium (Debian: ``apt-get install chromium``).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.server import ADDRESS, free_port, serving, streamlit
from tests.browser.visitor import HIGH, WIDE, Visitor

CHROMIUM = Path("/usr/bin/chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a front end that runs."""
    port, log = free_port(), tmp_path_factory.mktemp("server") / "log"
    with serving(streamlit(port), port, log):
        yield f"http://{ADDRESS}:{port}/"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    assert CHROMIUM.exists(), f"{CHROMIUM} is missing; install the package chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=["light"])
def scheme(request: pytest.FixtureRequest) -> str:
    """``light`` or ``dark``."""
    return str(request.param)


@pytest.fixture
def visitor(browser: Browser, home: str, scheme: str) -> Iterator[Visitor]:
    """A visitor who, at the end, must have reached no other host and heard no complaint."""
    context = browser.new_context(
        viewport={"width": WIDE, "height": HIGH},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    guest = Visitor(context.new_page(), home)
    yield guest
    context.close()
    assert not guest.foreign, f"requests left this machine: {guest.foreign}"
    assert not guest.complaints, f"errors on the console: {guest.complaints}"
