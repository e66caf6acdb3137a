"""Pinned plans on the Compare page, as a browser shows them while the scenario changes."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.test_accessibility import objections
from tests.browser.visitor import DRAWN_WITHIN, Visitor

DESIGNS = ["AB/BA", "parallel", "ABB/BAA", "ABBA/BAAB"]


def compare(visitor: Visitor) -> None:
    """Press the button and wait until the figures are those of the scenario in hand."""
    visitor.main.get_by_role("button", name="Compare designs").click()
    expect(visitor.main.get_by_text("Sized for overall")).to_be_visible(timeout=DRAWN_WITHIN)
    expect(visitor.main.get_by_text("not of what is chosen now")).to_have_count(
        0, timeout=DRAWN_WITHIN
    )
    visitor.drawn()


def pin(visitor: Visitor, design: str) -> None:
    """Pin a plan that is compared."""
    pins = visitor.main.locator('[data-testid="stButtonGroup"]').filter(has_text="Pinned plans")
    pins.get_by_role("button", name=f"{design} ·").first.click()
    visitor.drawn()


def chart(visitor: Visitor) -> Locator:
    """The chart of power against cost."""
    return visitor.main.locator('[data-testid="stVegaLiteChart"][aria-label*="and power:"]')


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
def test_every_pin_is_drawn_in_the_look_of_its_design(visitor: Visitor) -> None:
    visitor.start("compare")
    compare(visitor)
    for design in DESIGNS:
        pin(visitor, design)
    visitor.open("design")
    visitor.move("SD of within-person", "ArrowRight", "sd_difference", times=4)
    visitor.open("compare")
    compare(visitor)
    drawn = chart(visitor)
    hollow = drawn.locator(".mark-symbol path[fill='transparent'], .mark-symbol path[fill='none']")
    legend = drawn.locator(".role-legend-label text")
    expect(legend).to_have_text(DESIGNS)
    expect(hollow).to_have_count(len(DESIGNS))
    visitor.page.mouse.move(0, 0)  # or the button's help lies over the page
    expect(visitor.page.locator('[data-testid="stTooltipContent"]')).to_have_count(0)
    assert objections(visitor) == []
