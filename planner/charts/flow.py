"""Expected participant flow: people per sequence, sex and period."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from planner.charts.style import INK, OKABE_ITO, by_series, thousands

if TYPE_CHECKING:
    from planner.operating.participant_flow import FlowCell

BAR_HEIGHT, AROUND = 26, 95
"""In pixels: a bar, and what stands around the bars."""
_SEXES = {"female": "women", "male": "men", "": "all"}


def flow_table(flow: "Sequence[FlowCell]", treatments: Mapping[str, str]) -> pd.DataFrame:
    """One row per cell; column `row` names its sequence and sex.

    Parameters
    ----------
    treatments : label per treatment letter, as far as there are any.
    """
    rows = [
        {
            "sequence": cell.sequence,
            "sex": _SEXES[cell.sex],
            "row": " · ".join(
                part for part in (cell.sequence, _SEXES[cell.sex] if cell.sex else "") if part
            ),
            "period": cell.period,
            "treatment": cell.treatment,
            "given": ": ".join(filter(None, (cell.treatment, treatments.get(cell.treatment, "")))),
            "expected": cell.expected,
            "sd": cell.sd,
            "range": f"{cell.low} to {cell.high}",
            "text": f"{cell.expected:.1f} in period {cell.period}, {cell.treatment}",
        }
        for cell in flow
    ]
    return pd.DataFrame(rows)


def flow_chart(table: pd.DataFrame, theme: str) -> alt.LayerChart | alt.FacetChart:
    """A bar per period for every sequence and sex, with its number and treatment in words.

    Parameters
    ----------
    table : of `flow_table`.
    theme : ``light`` or ``dark``.
    """
    treatments = sorted(set(table["given"]))
    rows = alt.Y(
        "row:N",
        sort=None,
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelPadding=8, labelLimit=200),
        scale=alt.Scale(paddingInner=0.22),
    )
    top = 1.3 * float(table["expected"].max())
    base = alt.Chart(table).encode(rows, alt.YOffset("period:O", sort="ascending"))
    across = alt.X(
        "expected:Q",
        title="People expected with an outcome",
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(tickMinStep=1),
    )
    tips = [
        alt.Tooltip("row:N", title="sequence and sex"),
        alt.Tooltip("period:O"),
        alt.Tooltip("given:N", title="treatment"),
        alt.Tooltip("expected:Q", format=".2f"),
        alt.Tooltip("sd:Q", title="SD between trials", format=".2f"),
        alt.Tooltip("range:N", title="80 % of trials"),
    ]
    colour = by_series(alt.Color, "given", treatments, OKABE_ITO[theme])
    return alt.layer(
        base.mark_bar(opacity=0.75).encode(across, colour, tooltip=tips),
        base.mark_text(align="left", dx=5, color=INK[theme]).encode(across, alt.Text("text:N")),
    ).properties(height=BAR_HEIGHT * len(table) + AROUND)


def flow_shown(table: pd.DataFrame) -> pd.DataFrame:
    """One row per sequence and sex, one column per period, who leaves, and a row of totals."""
    wide = table.pivot_table(
        index=["sequence", "sex"], columns="period", values="expected", sort=False
    )
    total = wide.sum().to_frame().T
    total.index = pd.MultiIndex.from_tuples([("all sequences", "all")], names=wide.index.names)
    full = pd.concat([wide, total])
    first, last = full.columns[0], full.columns[-1]
    left = (full[first] - full[last]).rename("leave")
    full.columns = [f"period {p}" for p in full.columns]
    return pd.concat([full, left], axis=1).reset_index()


def takeaway(table: pd.DataFrame, n: int) -> str:
    """The chart in a sentence, for those who do not see it."""
    last = table[table["period"] == table["period"].max()]
    whole = float(last["expected"].sum())
    if table["period"].max() == 1:
        return f"{thousands(n)} people randomised, each with one period."
    return (
        f"Of {thousands(n)} people randomised, {whole:.1f} are expected to complete every period "
        f"and {n - whole:.1f} to leave before the last one."
    )
