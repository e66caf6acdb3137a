"""Times and memory of the front end in a browser: ``python -m tests.benchmarks.bench_app``.

The curve is the default one of the Design page: 20 sizes of 2 000 trials, after which the size is
searched anew. A redraw is timed in the browser, from the key press to the last frame in which
the curve changed, and only once page and curve were at rest.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests.browser.server import ADDRESS, free_port, serving, streamlit
from tests.browser.visitor import DRAWING, DRAWN_WITHIN, HIGH, RESTING, WIDE, Visitor

PAINTS, MOVES, MANY_MOVES, UP = 5, 25, 200, 70
CHROMIUM = "/usr/bin/chromium"
SLIDER = "SD of within-person difference"
REST = 400
"""Milliseconds without a change after which a drawing is at rest."""
WATCH = f"""() => {{
  const drawing = {DRAWING}, resting = {RESTING};
  let start = null, last = drawing(), changed = performance.now();
  const before = last;
  window.rest = false, window.took = null;
  addEventListener('keydown', event => start = event.timeStamp, {{once: true, capture: true}});
  const look = () => {{
    const now = performance.now(), drawn = drawing();
    if (drawn !== last) [last, changed] = [drawn, now];
    const still = now - changed > {REST} && resting();
    if (start === null) window.rest = still;
    else if (still && changed > start && last && last !== before) {{
      window.took = changed - start;
      return;
    }}
    requestAnimationFrame(look);
  }};
  look();
}}"""


@contextmanager
def visit(browser: Browser, home: str) -> Iterator[Visitor]:
    """A new visitor on the Design page."""
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH})
    guest = Visitor(context.new_page(), home)
    guest.start()
    guest.open("design")
    yield guest
    context.close()


def first_paint(browser: Browser, home: str) -> float:
    """Seconds from the request of the Design page to its first chart, with an empty cache."""
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH})
    page, start = context.new_page(), time.perf_counter()
    page.goto(f"{home}design")
    page.locator('[data-testid="stVegaLiteChart"] svg').first.wait_for(timeout=DRAWN_WITHIN)
    took = time.perf_counter() - start
    context.close()
    return took


def press(visitor: Visitor, key: str) -> None:
    """Move the slider of a page at rest, and take the time until the curve is drawn anew."""
    slider = visitor.slider(SLIDER)
    slider.focus()
    visitor.page.evaluate(WATCH)
    visitor.page.wait_for_function("window.rest", timeout=DRAWN_WITHIN)
    slider.press(key)


def redrawn(visitor: Visitor) -> float:
    """Seconds from the key press to the new curve, once that is at rest."""
    visitor.page.wait_for_function("window.took !== null", timeout=DRAWN_WITHIN)
    return float(visitor.page.evaluate("window.took")) / 1000


def redraws(visitor: Visitor, key: str, moves: int) -> list[float]:
    """Seconds of several moves, each to a value that was not shown before."""
    times = []
    for _ in range(moves):
        press(visitor, key)
        times.append(redrawn(visitor))
    return times


def together(one: Visitor, other: Visitor) -> list[float]:
    """Seconds of the one's moves while the other computes, too."""
    times = []
    for _ in range(MOVES):
        press(other, "ArrowLeft")
        press(one, "ArrowRight")
        times.append(redrawn(one))
        redrawn(other)
    return times


def resident(pid: int) -> float:
    """Memory of a process in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def report(what: str, times: list[float]) -> None:
    """Median and range."""
    print(f"{what}: median {median(times):.3f} s, {min(times):.3f} to {max(times):.3f} s")


def measure(browser: Browser, home: str, pid: int) -> None:
    """Print all figures."""
    print(f"first paint of the server: {first_paint(browser, home):.2f} s")
    report("first paint, server warm", [first_paint(browser, home) for _ in range(PAINTS)])
    with visit(browser, home) as one:
        report("slider to new curve", redraws(one, "ArrowRight", MOVES))
        with visit(browser, home) as other:
            report("the same beside a second session", together(one, other))
    before = resident(pid)
    with visit(browser, home) as one:
        slider = one.slider(SLIDER)
        slider.focus()
        for key in ["ArrowRight"] * UP + ["ArrowLeft"] * (MANY_MOVES - UP):
            command = one.command().inner_text()
            slider.press(key)
            one.page.wait_for_function(
                "([shown, before]) => shown.textContent !== before",
                arg=[one.command().element_handle(), command],
                timeout=DRAWN_WITHIN,
            )
            one.drawn()
    print(f"memory after {MANY_MOVES} moves: {resident(pid):.0f} MiB, {before:.0f} MiB before")


def main() -> None:
    """Start a server and a browser, and measure."""
    print(f"load {os.getloadavg()[0]:.2f}, {len(os.sched_getaffinity(0))} cores")
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(streamlit(port), port, Path(folder) / "log") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        measure(browser, f"http://{ADDRESS}:{port}/", server.pid)
        browser.close()
    print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
