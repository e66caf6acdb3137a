"""Assumptions in words, as the app and the command line write them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.truth.endpoint import Endpoint

LABELS: Mapping[str, str] = {
    "effect": "Effect, overall",
    "sex_difference": "Effect, men − women",
    "sd_difference": "SD of within-person difference",
    "correlation": "Correlation of periods",
    "dropout": "Dropout between periods",
    "carryover": "Carry-over",
    "female_share": "Share of women",
}
_SHARES = ("dropout", "female_share")
_EFFECTS = ("effect", "sex_difference", "carryover")


def value_in_words(name: str, value: float, endpoint: "Endpoint") -> str:
    """An assumption on the natural scale, without its unit; shares in %."""
    if name in _SHARES:
        return f"{100 * value:.0f}"
    return f"{endpoint.to_natural(value) if name in _EFFECTS else value:.2f}"


def unit_in_words(name: str, endpoint: "Endpoint") -> str:
    """The unit, with the space before it; empty if there is none."""
    if name in _SHARES:
        return " %"
    if name == "correlation":
        return ""
    if endpoint.scale == "log":
        return " on the log scale" if name == "sd_difference" else " (ratio)"
    return f" {endpoint.unit}" if endpoint.unit else ""
