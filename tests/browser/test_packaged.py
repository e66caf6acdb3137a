"""The front end of an installed package, started by ``planner app`` with a scenario."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from planner.scenario import load_scenario
from tests.browser.visitor import HIGH, PAGES, WIDE, Visitor
from tests.wheel import serving_site, unpacked

DARK_BACKGROUND = "rgb(17, 22, 28)"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the front end out of a wheel, run in an empty folder."""
    site = unpacked(tmp_path_factory.mktemp("wheel"))
    with serving_site(site, tmp_path_factory.mktemp("empty"), "kcl-2025") as address:
        yield address


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
