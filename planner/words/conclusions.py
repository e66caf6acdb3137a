"""Questions and conclusions about women and men, as the app and the command line write them."""

from collections.abc import Mapping

QUESTIONS = ("overall", "women", "men", "men − women")
"""The four questions, in the order of `planner.operating.sex_questions.SEX_CONTRASTS`."""
CONCLUSIONS: Mapping[str, tuple[str, str]] = {
    "neither": ("0", "neither sex"),
    "female only": ("W", "women only"),
    "male only": ("M", "men only"),
    "both": ("WM", "both sexes"),
    "female above male": ("W>M", "women above men"),
    "male above female": ("M>W", "men above women"),
}
"""Conclusion of `planner.search.sex_map` → letters in the map, and words."""
NOT_A_DIFFERENCE = (
    "A result significant in one sex and not in the other is not a difference between them."
)
