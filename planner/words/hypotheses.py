"""Hypotheses in plain words, as the app and reports write them."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from planner.plan.analysis import Posterior
from planner.plan.hypothesis import TwoSided, one_sided_level
from planner.words.prose import given, planned_percent

if TYPE_CHECKING:
    from planner.scenario import Scenario

_SIGN = re.compile(r"(^|\s)[-−+×](\s|$)")
_LABELS: Mapping[str, str] = {"female": "women", "male": "men", "interaction": "men − women"}


def hypothesis_label(name: str) -> str:
    """A hypothesis in plain words."""
    return _LABELS.get(name, name)


def weighted_sum(terms: Iterable[tuple[str, float]], *, logarithms: bool = False) -> str:
    """A contrast of treatments with its signs, e.g. ``0.5 × B + 0.5 × C − 1 × A``.

    Parameters
    ----------
    terms : label and weight of every treatment; a label with a sign of its own gets brackets.
    logarithms : whether the logarithms of the outcome are weighted.
    """
    signed = " ".join(
        f"{'−' if weight < 0 else '+'} {given(abs(weight))} × "
        f"{f'({label})' if _SIGN.search(label) else label}"
        for label, weight in terms
    )
    words = f"−{signed[2:]}" if signed.startswith("−") else signed.removeprefix("+ ")
    return f"{words}, of logarithms" if logarithms else words


def planned_level(scenario: "Scenario", hypothesis: str) -> float:
    """Planned type I error of a hypothesis: α, two-sided or one-sided as it is tested."""
    objective = next(h.objective for h in scenario.plan.hypotheses if h.name == hypothesis)
    return objective.alpha if isinstance(objective, TwoSided) else one_sided_level(objective)


def level_in_words(scenario: "Scenario", hypothesis: str) -> str:
    """What the type I error is compared with, and what it is called."""
    bayesian = isinstance(scenario.plan.analysis, Posterior)
    level = planned_percent(planned_level(scenario, hypothesis))
    return f"{'1 − threshold' if bayesian else 'planned'} {level}"
