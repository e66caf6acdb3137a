"""Who gets what when: one row per sequence, one box per period."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from planner.charts.style import OKABE_ITO, PAPER


def schedule_table(sequences: Mapping[str, int], treatments: Mapping[str, str]) -> pd.DataFrame:
    """One row per sequence and period: treatment letter, label and people."""
    return pd.DataFrame(
        [
            {
                "sequence": f"{sequence}  (n = {people})",
                "period": f"Period {period}",
                "treatment": letter,
                "label": treatments.get(letter, letter),
            }
            for sequence, people in sequences.items()
            for period, letter in enumerate(sequence, start=1)
        ]
    )


def schedule_chart(table: pd.DataFrame, theme: str) -> alt.LayerChart | alt.FacetChart:
    """Boxes with the letter of the treatment in them.

    Parameters
    ----------
    table : of `schedule_table`.
    """
    letters = sorted(table["treatment"].unique())
    colours = list(OKABE_ITO[theme][: len(letters)])
    base = alt.Chart(table).encode(
        alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, orient="top", domain=False)),
        alt.Y("sequence:N", title=None, sort=None, axis=alt.Axis(domain=False, labelLimit=260)),
    )
    boxes = base.mark_rect(cornerRadius=3, stroke=PAPER[theme], strokeWidth=6).encode(
        alt.Color(
            "treatment:N",
            scale=alt.Scale(domain=letters, range=colours),
            legend=None,
        ),
        tooltip=[alt.Tooltip("sequence:N"), alt.Tooltip("period:O"), alt.Tooltip("label:N")],
    )
    words = base.mark_text(color=PAPER[theme], fontWeight=600, fontSize=15).encode(
        alt.Text("treatment:N")
    )
    height = 40 + 44 * table["sequence"].nunique()  # the names of the periods, and the rows
    return alt.layer(boxes, words).properties(height=height)
