"""The people of one simulated trial."""

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from planner.charts.style import INK, OKABE_ITO, SHAPES, by_series

if TYPE_CHECKING:
    from planner.operating.replay import ReplayedTrial

HEIGHT, TITLE = 310, 240
"""In pixels: a panel, and the most of a vertical title, which would else squeeze the panel."""
WORDS = {"female": "women", "male": "men", "": "people"}


def people_table(trial: "ReplayedTrial") -> pd.DataFrame:
    """One row per visit, with the group that a panel shows."""
    table = pd.DataFrame(trial.table)
    sexes = table["sex"] if "sex" in table else pd.Series("", index=table.index)
    return table.assign(group=table["sequence"] + ", " + sexes.map(WORDS))


def groups(table: pd.DataFrame) -> list[str]:
    """Sequences by sex, in the order of the table."""
    return list(dict.fromkeys(table["group"]))


def people_chart(
    table: pd.DataFrame, group: str, outcome: str | None, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Everybody's outcomes by period in one group, and their mean.

    Parameters
    ----------
    table : of `people_table`, of all groups, which share their axes.
    outcome : title of the vertical axis; None for none.
    """
    rows = table[table["group"] == group]
    names, periods = sorted(table["treatment"].unique()), sorted(table["period"].unique().tolist())
    reach = (table["y"].max() - table["y"].min()) * 0.04
    domain = [float(table["y"].min() - reach), float(table["y"].max() + reach)]
    x = alt.X(
        "period:O",
        title="Period",
        scale=alt.Scale(domain=periods),
        axis=alt.Axis(labelAngle=0, grid=False),
    )
    upright = alt.Axis(titleLimit=TITLE)
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    y = alt.Y("y:Q", title=outcome, scale=scale, axis=upright)
    base = alt.Chart(rows).encode(x)
    colour = by_series(alt.Color, "treatment", names, OKABE_ITO[theme])
    shape = by_series(alt.Shape, "treatment", names, SHAPES)
    tips = [
        alt.Tooltip("subject:Q", title="person"),
        alt.Tooltip("period:O"),
        alt.Tooltip("treatment:N"),
        alt.Tooltip("y:Q", title="outcome", format=".1f"),
    ]
    mean = alt.Y("mean(y):Q", title=outcome, axis=upright)
    return alt.layer(
        base.mark_line(strokeWidth=0.8, opacity=0.45, color=INK[theme]).encode(
            y, alt.Detail("subject:N")
        ),
        base.mark_point(filled=True, size=26, opacity=0.8).encode(y, colour, shape, tooltip=tips),
        base.mark_line(strokeWidth=4, color=INK[theme]).encode(mean),
    ).properties(height=HEIGHT, title=alt.TitleParams(_title(rows, group), color=INK[theme]))


def _title(rows: pd.DataFrame, group: str) -> str:
    return f"{group}: {rows['subject'].nunique()}"


def takeaway(table: pd.DataFrame, group: str) -> str:
    """The panel in a sentence."""
    rows = table[table["group"] == group]
    means = rows.groupby("period")["y"].mean()
    ends = ", ".join(f"period {period} mean {mean:.1f}" for period, mean in means.items())
    return f"{_title(rows, group)} people of one simulated trial; {ends}.".replace("-", "−")
