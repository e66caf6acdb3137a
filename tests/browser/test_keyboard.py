"""From the first page to the last without a mouse."""

from playwright.sync_api import expect

from tests.browser.visitor import DRAWN_WITHIN, PAGES, Visitor

MOST_STEPS = 150
"""Presses of Tab that may lie between two places of a page."""
_FOCUSED = """() => {
  const e = document.activeElement;
  return (e.getAttribute('aria-label') || e.innerText || '').trim();
}"""


def tab_to(visitor: Visitor, label: str, tag: str) -> None:
    """Press Tab until something of that label has the focus, which must be seen."""
    keyboard, page = visitor.page.keyboard, visitor.page
    for _ in range(MOST_STEPS):
        keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused.startswith(label) and page.evaluate(f"document.activeElement.matches({tag!r})"):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{MOST_STEPS} presses of Tab do not reach {label}")


def test_every_page_is_reached_with_tab_and_enter(visitor: Visitor) -> None:
    visitor.start()
    for title in PAGES.values():
        tab_to(visitor, title, "nav a")
        visitor.page.keyboard.press("Enter")
        link = visitor.page.get_by_role("navigation").get_by_role("link", name=title, exact=True)
        expect(link, f"Enter does not open {title}").to_have_attribute(
            "aria-current", "page", timeout=DRAWN_WITHIN
        )
        visitor.drawn()
        assert visitor.wrong() == []


def test_the_question_is_answered_with_the_keyboard_alone(visitor: Visitor) -> None:
    visitor.start()
    tab_to(visitor, PAGES["design"], "nav a")
    visitor.page.keyboard.press("Enter")
    expect(visitor.command()).to_be_visible(timeout=DRAWN_WITHIN)
    visitor.drawn()
    before = int(visitor.figure("People to randomise").inner_text())
    tab_to(visitor, "Effect in women", "input[type=range]")
    for _ in range(2):
        visitor.page.keyboard.press("ArrowRight")
    expect(visitor.command()).to_contain_text("truth.effect.female=2.3", timeout=DRAWN_WITHIN)
    visitor.drawn()
    assert int(visitor.figure("People to randomise").inner_text()) < before
    tab_to(visitor, PAGES[list(PAGES)[-1]], "nav a")
    visitor.page.keyboard.press("Enter")
    visitor.drawn()
    assert visitor.wrong() == []


def test_a_link_skips_to_the_main_content(visitor: Visitor) -> None:
    visitor.start()
    visitor.page.keyboard.press("Tab")
    skip = visitor.page.get_by_role("link", name="Skip to main content")
    expect(skip, "the first stop is not the link to the main content").to_be_focused()
