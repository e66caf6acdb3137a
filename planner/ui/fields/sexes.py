"""The controls of the Women and men page."""

from typing import TYPE_CHECKING

from planner.ui.fields.field import Field
from planner.ui.fields.forms import scale_above_0
from planner.ui.fields.names import DESIGN
from planner.ui.fields.truth import assumed

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.ui.fields.panel import Panel

PAGE = "women_and_men"
TAU_SCALE, SHARE = "tau", "truth.female_share"
TAU_SHARE = 0.15
"""Scale of τ at first, in SDs of the within-person difference."""


def share_of_women(base: "Scenario", panel: "Panel") -> Field:
    """The control of the Design page: moved here, it is moved there."""
    return next(item for item in assumed(base, panel.values[DESIGN]) if item.path == SHARE)


def tau_scale(scenario: "Scenario") -> Field:
    """How far apart the effects in women and in men are thought to lie before the data."""
    return scale_above_0(
        scenario,
        TAU_SCALE,
        "Scale of τ",
        TAU_SHARE,
        "Scale of the half-normal prior of τ, the SD of the effects between the sexes, with which "
        "the estimates are shrunken. Typical: 0.1 to 0.3 SDs of the difference.",
    )
