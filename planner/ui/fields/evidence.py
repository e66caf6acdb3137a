"""Controls of the Evidence page beside those of pooling."""

from typing import TYPE_CHECKING

from planner.ui.evidence.library import quantities, quantity_label
from planner.ui.fields.field import Field
from planner.ui.fields.truth import effect_unit, magnitude

if TYPE_CHECKING:
    from planner.scenario import Scenario

QUANTITY, N, ESTIMATE = "library.quantity", "trial.n", "trial.estimate"


def quantity() -> Field:
    """What the forest plot shows."""
    return Field(
        path=QUANTITY,
        label="Quantity",
        start=quantities()[0],
        kind="choice",
        options=quantities(),
        show=quantity_label,
        help="Which numbers of the library are shown. Unit: none. Typical: standardised effect. "
        "Source: the folder priors/.",
    )


def trial(scenario: "Scenario", name: str, n: int, effect: float) -> list[Field]:
    """Size and result of the planning trial.

    Parameters
    ----------
    name : of the starter scenario, which keeps its own values.
    n : people by the formula.
    effect : planned effect, on the scale of the analysis.
    """
    digits, step, shape = magnitude(scenario)
    reach, unit = 4 * scenario.truth.sd_difference, effect_unit(scenario)
    return [
        Field(
            path=N,
            slot=name,
            label="People randomised",
            start=max(4, n),
            kind="number",
            bounds=(4, 20_000, 2),
            help="People in the planning trial, all sequences together. Unit: people. Typical: "
            "that of the Design page; it starts at the formula's. Source: chosen here.",
        ),
        Field(
            path=ESTIMATE,
            slot=name,
            label=f"Estimate the trial finds ({unit})",
            start=round(effect, digits),
            basis="assumed",
            kind="decimal",
            bounds=(-reach, reach, step),
            format=shape,
            help=f"Effect that the trial is imagined to find. Unit: {unit}. Typical: the planned "
            "effect, where it starts; try 0 as well. Source: assumed.",
        ),
    ]
