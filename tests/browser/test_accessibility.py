"""axe-core finds nothing to object to, in light and in dark, in any tab, folded or not."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.visitor import DRAWN_WITHIN, PAGES, Visitor

STREAMLITS_OWN = ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"')
"""A rule and the one element that may break it: Streamlit gives the frame around the upload button
``role="presentation"`` and a name at once. The button and the file input inside it are checked."""


def objections(visitor: Visitor) -> list[str]:
    """What axe-core finds on the page as it stands: rule, how grave, where, what to do."""
    rule_allowed, element_allowed = STREAMLITS_OWN
    found = Axe().run(visitor.page).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        if not (rule["id"] == rule_allowed and element_allowed in node["html"])
    ]


def object_to_every_view(visitor: Visitor) -> list[str]:
    """Objections to the page as it opens, and to each tab with everything unfolded."""
    found = objections(visitor)
    for tab in visitor.main.get_by_role("tab").all():
        tab.click()
        visitor.drawn()
        found += [f"{tab.inner_text()}: {said}" for said in objections(visitor)]
    folds = visitor.page.locator("details:not([open]) > summary:visible")
    for folded in folds.element_handles():
        folded.click()
    visitor.drawn()
    return found + objections(visitor)


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(visitor: Visitor, name: str) -> None:
    visitor.start()
    visitor.open(name)
    assert object_to_every_view(visitor) == []


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
def test_axe_finds_no_violation_under_the_bayesian_rule(visitor: Visitor) -> None:
    visitor.start()
    visitor.open("design")
    visitor.main.get_by_role("radio", name="Posterior probability").click()
    expect(visitor.figure("Posterior · power")).to_be_visible(timeout=DRAWN_WITHIN)
    visitor.drawn()
    assert object_to_every_view(visitor) == []
