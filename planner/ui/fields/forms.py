"""Controls of distributions: the form that one has, and a scale above 0."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.plan.analysis import Posterior
from planner.ui.fields.field import Field
from planner.ui.fields.truth import effect_unit, magnitude

if TYPE_CHECKING:
    from planner.scenario import Scenario

GIVEN, AS_GIVEN = "given", "As in the scenario"
"""The form that a Bayesian scenario has of itself."""


def form_choice(
    base: "Scenario",
    path: str,
    label: str,
    words: Mapping[str, str],
    kinds: tuple[str, ...],
    meaning: str,
) -> Field:
    """A choice between forms; a Bayesian scenario's own form comes first."""
    given = isinstance(base.plan.analysis, Posterior)
    options = (*([GIVEN] if given else []), *kinds)
    return Field(
        path=path,
        label=label,
        start=options[0],
        kind="choice",
        options=options,
        show=lambda kind: words[kind],
        help=meaning,
    )


def scale_above_0(base: "Scenario", path: str, label: str, share: float, meaning: str) -> Field:
    """A scale above 0, starting at a share of the SD of the difference."""
    digits, step, shape = magnitude(base)
    return Field(
        path=path,
        label=label,
        start=round(share * base.truth.sd_difference, digits),
        basis="assumed",
        kind="decimal",
        bounds=(step, 20 * base.truth.sd_difference, step),
        format=shape,
        help=f"{meaning} Unit: {effect_unit(base)}. Source: assumed.",
    )
