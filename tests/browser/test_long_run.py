"""A long simulation is watched, left, found again and cancelled, or ends."""

import re

from playwright.sync_api import expect

from tests.browser.visitor import DRAWN_WITHIN, Visitor

ENDS_WITHIN = 120_000.0
"""Milliseconds that 10 000 trials by both schools may take on a busy machine."""


def begin(visitor: Visitor, trials: str) -> None:
    """Choose a number of trials by its pattern and start the run."""
    visitor.start()
    visitor.open("operating")
    page = visitor.main
    page.get_by_role("combobox", name="Trials of a long run").click()
    visitor.page.get_by_role("option", name=re.compile(f"^{trials}$")).click()
    button = page.get_by_role("button", name=re.compile(f"^Run with {trials} trials$"))
    expect(button, "the button does not follow the choice").to_be_enabled(timeout=DRAWN_WITHIN)
    visitor.drawn()
    button.click()
    expect(page.get_by_role("progressbar"), "no progress is shown").to_be_visible(
        timeout=DRAWN_WITHIN
    )


def watch(visitor: Visitor) -> None:
    """Wait for the estimate so far of the run of a million trials."""
    so_far = re.compile(r"of 1\s000\s000 trials · .*power .*± ")
    expect(visitor.main, "no estimate so far is shown").to_contain_text(
        so_far, timeout=DRAWN_WITHIN
    )


def cancel(visitor: Visitor) -> None:
    """Cancel the run under way and wait until the page says so."""
    page = visitor.main
    page.get_by_role("button", name="Cancel").click()
    progress = page.get_by_role("progressbar")
    expect(progress, "the bar outlives the run").to_have_count(0, timeout=DRAWN_WITHIN)
    visitor.drawn()
    expect(page, "nothing says that it was cancelled").to_contain_text("Cancelled after")
    assert visitor.wrong() == []


def test_a_long_run_is_cancelled(visitor: Visitor) -> None:
    begin(visitor, r"1\s000\s000")
    watch(visitor)
    cancel(visitor)


def test_a_long_run_is_found_again_after_a_reload(visitor: Visitor) -> None:
    begin(visitor, r"1\s000\s000")
    watch(visitor)
    visitor.page.reload()
    watch(visitor)
    cancel(visitor)


def test_a_long_run_ends_with_its_result(visitor: Visitor) -> None:
    begin(visitor, r"10\s000")
    page = visitor.main
    expect(page, "the run does not end").to_contain_text("Simulated in", timeout=ENDS_WITHIN)
    visitor.drawn()
    expect(visitor.command(), "the command line is that of the quick answer").to_contain_text(
        "--n-trials 10000", timeout=DRAWN_WITHIN
    )
    assert visitor.wrong() == []
