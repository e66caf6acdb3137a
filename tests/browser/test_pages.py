"""Every page as a browser shows it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PAGES, Visitor

FIVE_WORDS = re.compile(r"(\S+\s+){4}\S+")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_drawn_without_errors(visitor: Visitor, name: str) -> None:
    visitor.start()
    visitor.open(name)
    assert visitor.wrong() == []
    heading = visitor.main.get_by_role("heading", level=1).inner_text()
    assert heading.endswith("?"), f"{heading!r} is not a question"


@pytest.mark.parametrize("name", list(PAGES)[1:])
def test_the_page_has_an_address_of_its_own(visitor: Visitor, name: str) -> None:
    visitor.start(name)
    link = visitor.page.get_by_role("navigation").get_by_role("link", name=PAGES[name])
    expect(link).to_have_attribute("aria-current", "page")
    assert visitor.wrong() == []


def test_all_pages_of_a_session_show_the_same_scenario(visitor: Visitor) -> None:
    visitor.start()
    seen = set()
    for name in PAGES:
        visitor.open(name)
        assert visitor.wrong() == []
        seen.add(visitor.fingerprint().inner_text())
    assert len(seen) == 1, f"pages disagree about the scenario: {seen}"


def test_every_chart_tells_its_message_in_words(visitor: Visitor) -> None:
    visitor.start()
    for name in PAGES:
        visitor.open(name)
        for chart in visitor.main.locator('[data-testid="stVegaLiteChart"]:visible').all():
            expect(chart, f"a chart on {name} has no takeaway").to_have_attribute(
                "aria-label", FIVE_WORDS
            )
