"""Lists of numbers as they are typed."""

import math
from collections.abc import Sequence

from planner.errors import InvalidInput
from planner.ui.batch.settings import Setting

MOST_VALUES = 50
"""Values of one setting."""


def typed(text: str, setting: Setting) -> list[float]:
    """Numbers separated by commas, semicolons or spaces; ``from:to:step`` is a range.

    Raises
    ------
    InvalidInput : a part is no number, there are none or too many.
    """
    found: list[float] = []
    for part in text.replace(",", " ").replace(";", " ").replace("−", "-").split():
        try:
            ends = [float(end) for end in part.split(":")]
        except ValueError:
            ends = []
        if len(ends) not in (1, 3) or not all(map(math.isfinite, ends)):
            raise InvalidInput(
                f"{part!r} is neither a number nor a range from:to:step; write values such as "
                f"{listed(setting.start)}",
                key=setting.path,
            )
        found += ends if len(ends) == 1 else _range(part, ends, setting)
        if len(found) > MOST_VALUES:
            break
    values = list(dict.fromkeys(found))
    if not 1 <= len(values) <= MOST_VALUES:
        raise InvalidInput(
            f"there are {'no values' if not values else f'more than {MOST_VALUES} values'}; write "
            f"1 to {MOST_VALUES}, such as {listed(setting.start)}",
            key=setting.path,
        )
    return values


def _range(part: str, ends: list[float], setting: Setting) -> list[float]:
    low, high, step = ends
    if step <= 0 or high < low:
        raise InvalidInput(
            f"{part!r} is no range; write from:to:step with a step above 0", key=setting.path
        )
    count = min(int((high - low) / step + 1e-9), MOST_VALUES)
    return [float(f"{low + i * step:.10g}") for i in range(count + 1)]


def listed(values: Sequence[float]) -> str:
    """Numbers as they are typed."""
    return ", ".join(f"{value:.10g}" for value in values)
