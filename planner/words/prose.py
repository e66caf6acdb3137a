"""Numbers in prose, and text that stays text in Markdown."""

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate
    from planner.scenario import Scenario

_MARKED = re.compile(
    r"[\\`*\[\]<>&|$~#]|:(?=[A-Za-z/+-])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=www)\.",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(\d*)([-+=.)])")


def one_line(text: str) -> str:
    """Text on one line, its control characters and runs of space replaced by single spaces."""
    shown = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join(shown.split())


def escaped(text: str) -> str:
    """Text that Markdown shows letter by letter, without markup, links, HTML or mathematics."""
    marked = _MARKED.sub(lambda found: f"\\{found[0]}", one_line(text))
    return _LEADING.sub(r"\1\\\2", marked)


def given(value: float) -> str:
    """A number of the scenario, to six significant digits, with a true minus sign."""
    return f"{value:.6g}".replace("-", "−")


def number(value: float) -> str:
    """A computed measurement, to three significant digits."""
    return f"{value:.3g}".replace("-", "−")


def people(n: float) -> str:
    """A number of people, with spaces between thousands."""
    return f"{n:,.0f}".replace(",", " ")


def percent(share: float) -> str:
    """A simulated or computed proportion in %, to one decimal."""
    return f"{100 * share:.1f} %"


def planned_percent(share: float) -> str:
    """A proportion of the plan in %, as it was given."""
    return f"{given(100 * share)} %"


def error(estimate: "MonteCarloEstimate") -> str:
    """The Monte-Carlo standard error of a proportion.

    It is 0 where all trials agree; there the 95 % interval says more.
    """
    if estimate.mcse == 0:
        low, high = 100 * estimate.lower, percent(estimate.upper)
        return f"95 % Monte-Carlo interval {low:.1f} to {high}"
    return f"Monte-Carlo SE {100 * estimate.mcse:.1f} percentage points"


def with_error(estimate: "MonteCarloEstimate") -> str:
    """A simulated proportion with its Monte-Carlo standard error."""
    return f"{percent(estimate.value)} ({error(estimate)})"


def with_unit(value: str, scenario: "Scenario") -> str:
    """A number and the unit of the outcome; nothing after ratios."""
    endpoint = scenario.truth.endpoint
    return measured(value, "" if endpoint.scale == "log" else one_line(endpoint.unit))


def measured(value: str, unit: str) -> str:
    """A number and its unit, which stays as it was given: a bare 1, which asks for a singular, is
    written 1.0, as decimals take the plural.
    """
    if unit and value in ("1", "-1", "−1"):
        value += ".0"
    return f"{value} {unit}".rstrip()


def joined(parts: list[str]) -> str:
    """``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
