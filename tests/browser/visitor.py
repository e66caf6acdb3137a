"""A visitor of the front end: opens pages, waits until they have been drawn, and takes notes.

Every wait is for a condition, with a limit; nothing sleeps.
"""

import ast
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import ADDRESS, HOME

DRAWN_WITHIN = 60_000.0
"""Milliseconds until a page must have been drawn; for a machine with other work to do."""
WIDE, HIGH = 1680, 1000
ALERT = '[data-testid="stAlertContentError"], [data-testid="stException"]'
RESTING = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-stale="true"], [data-testid="stSpinner"]');
}"""
DRAWING = """() => {
  const paths = document.querySelectorAll('[data-testid="stVegaLiteChart"] svg .mark-line path');
  return [...paths].map(path => path.getAttribute('d')).join(' ');
}"""
_PROBES = ("/_stcore/health", "/_stcore/host-config")
"""At the address of a page Streamlit's client first looks for the server there; a 404 says no."""


def page_titles() -> dict[str, str]:
    """Name → title of the pages that exist, in the order of the navigation."""
    source = ast.parse((HOME / "app.py").read_text("utf-8"))
    titles: dict[str, str] = next(
        ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PAGES"
    )
    folder = HOME / "planner" / "ui" / "pages"
    return {name: title for name, title in titles.items() if (folder / f"{name}.py").exists()}


PAGES = page_titles()


@dataclass(slots=True)
class Visitor:
    """A tab of a browser and what was seen of its traffic.

    Parameters
    ----------
    page : the tab.
    home : address of the front end.
    foreign : requests to anywhere else.
    complaints : errors on the console and errors that no script caught.
    """

    page: Page
    home: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(DRAWN_WITHIN)
        self.page.on("request", lambda request: self._follow(request.url))
        self.page.on("websocket", lambda socket: self._follow(socket.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self._hear(said.type, said.text, said.location["url"]))

    def _follow(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and parts.hostname != ADDRESS:
            self.foreign.append(url)

    def _hear(self, kind: str, text: str, url: str) -> None:
        if kind == "error" and not urlsplit(url).path.endswith(_PROBES):
            self.complaints.append(f"{text} ({url})")

    def start(self, address: str = "") -> None:
        """Load the front end at an address and wait until its page has been drawn."""
        self.page.goto(self.home + address)
        self.drawn()

    def open(self, name: str) -> None:
        """Go to a page by the navigation."""
        title = PAGES[name]
        link = self.page.get_by_role("navigation").get_by_role("link", name=title, exact=True)
        link.click()
        expect(link, f"the navigation does not show {title} as chosen").to_have_attribute(
            "aria-current", "page"
        )
        self.drawn()

    def drawn(self) -> None:
        """Wait until the script has run to its end, and the page has a title."""
        expect(self.main.get_by_role("heading", level=1), "the page has no title").to_be_visible(
            timeout=DRAWN_WITHIN
        )
        self.page.wait_for_function(RESTING, timeout=DRAWN_WITHIN)

    @property
    def main(self) -> Locator:
        """The page without sidebar and navigation."""
        return self.page.locator('[data-testid="stMain"]')

    @property
    def sidebar(self) -> Locator:
        return self.page.locator('[data-testid="stSidebar"]')

    def slider(self, label: str) -> Locator:
        """A slider by the beginning of its name."""
        return self.main.get_by_role("slider", name=label).first

    def move(self, label: str, key: str, change: str = "--set", times: int = 1) -> None:
        """Press a key on a slider until the command line holds the change, and all is drawn."""
        slider = self.slider(label)
        slider.focus()
        for _ in range(times):
            slider.press(key)
        expect(self.command(), "the command line does not follow").to_contain_text(
            change, timeout=DRAWN_WITHIN
        )
        self.drawn()

    def figure(self, label: str) -> Locator:
        """The value of a figure by its label."""
        return (
            self.page.locator('[data-testid="stMetric"]')
            .filter(has_text=label)
            .locator('[data-testid="stMetricValue"]')
            .first
        )

    def command(self) -> Locator:
        """The command line shown on the page."""
        return self.main.locator('[data-testid="stCode"] code').filter(has_text="planner ").first

    def fingerprint(self) -> Locator:
        """The fingerprint in the sidebar."""
        return self.sidebar.locator("code").first

    def drawing(self) -> str:
        """The lines and bands of the first chart, as they are drawn."""
        return str(self.page.evaluate(DRAWING))

    def redrawn(self, before: str) -> None:
        """Wait until the first chart is drawn otherwise than before."""
        self.page.wait_for_function(
            f"before => ({DRAWING})() !== before", arg=before, timeout=DRAWN_WITHIN
        )

    def wrong(self) -> list[str]:
        """Errors shown on the page."""
        return self.page.locator(ALERT).all_inner_texts()
