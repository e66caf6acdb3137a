"""Prior, likelihood and posterior of the effect in one trial."""

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.density import density_chart
from planner.charts.style import INK, rule, signed, text

if TYPE_CHECKING:
    from planner.operating.effect_update import EffectUpdate

DESIGN, ANALYSIS, LIKELIHOOD, POSTERIOR = (
    "design prior", "analysis prior", "likelihood of the trial", "posterior",
)  # fmt: skip
SAME = "posterior, here the likelihood, as the analysis prior is flat"
HEIGHT = 300


def update_table(found: "EffectUpdate") -> pd.DataFrame:
    """One row per point and density, scale of the analysis; whether it lies in the region."""
    x = (found.edges[1:] + found.edges[:-1]) / 2
    lines = {DESIGN: found.design, ANALYSIS: found.prior}
    if found.prior is None:
        lines[SAME] = found.posterior
    else:
        lines |= {LIKELIHOOD: found.likelihood, POSTERIOR: found.posterior}
    low, high = found.region
    inside = (x >= low) & (x <= high)
    return pd.concat(
        [
            pd.DataFrame({"x": x, "density": y, "line": name, "inside": inside})
            for name, y in lines.items()
            if y is not None
        ],
        ignore_index=True,
    )


def update_chart(
    table: pd.DataFrame, title: str, region: tuple[float, float], truth: float, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """The densities, the posterior filled within the region that is to be shown.

    Parameters
    ----------
    table : of `update_table`.
    title : of the axis, with the unit.
    region : ends of what the hypothesis is to show; infinite ones are not drawn.
    truth : true value, assumed.
    """
    last = table["line"].iloc[-1]
    filled = alt.Chart(table[(table["line"] == last) & table["inside"]])
    top = float(table["density"].max())
    x, y = alt.X("x:Q"), alt.Y("density:Q")
    ends = pd.DataFrame({"x": [end for end in region if np.isfinite(end)]})
    here = pd.DataFrame({"x": [truth], "density": [1.06 * top], "text": ["true value (assumed)"]})
    return alt.layer(
        filled.mark_area(opacity=0.22, color=INK[theme]).encode(x, alt.Y("density:Q", stack=None)),
        density_chart(table, title, theme, domain=(table["x"].min(), table["x"].max())),
        rule(ends, theme).encode(x),
        rule(here, theme, strokeDash=[4, 4]).encode(x),
        text(here, theme, align="left", dx=6).encode(x, y),
    ).properties(height=HEIGHT)


def takeaway(found: "EffectUpdate") -> str:
    """The chart in a sentence or two, for those who do not see it."""
    low, high = (signed(end) for end in found.interval)
    prior = "The analysis prior is flat, so the posterior is the likelihood. " * (
        found.prior is None
    )
    return (
        f"{prior}In simulated trial {found.trial} the posterior has mean {signed(found.mean)} "
        f"(credible interval {low} to {high}); {chance(found)}."
    )


def chance(found: "EffectUpdate") -> str:
    """Posterior probability of the region, never rounded to certainty."""
    low, high = (signed(end) for end in found.region)
    region = f"{low} < effect < {high}"
    if np.isinf(found.region[1]):
        region = f"effect > {low}"
    elif np.isinf(found.region[0]):
        region = f"effect < {high}"
    shown = f"is {100 * found.success:.1f} %"
    if found.success > 0.9995:
        shown = "is above 99.9 %"
    elif found.success < 0.0005:
        shown = "is below 0.1 %"
    return f"the posterior probability of {region} {shown}"
