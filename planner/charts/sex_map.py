"""The sex decision map: the most probable conclusion over true effects in women and men."""

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.style import INK, OKABE_ITO, by_series, signed
from planner.words.conclusions import CONCLUSIONS

if TYPE_CHECKING:
    from planner.search.sex_map import SexMap

OPACITY = {"light": (0.16, 0.62), "dark": (0.14, 0.5)}
"""Of a cell whose conclusion is hardly, or always, drawn."""
WORDS = {"light": "#111", "dark": "#FFF"}
COLOURS = (7, 0, 1, 2, 3, 4)
"""Places in the palette, in the order of the conclusions."""
HEIGHT = 470


def shown(name: str) -> str:
    """Letters and words of a conclusion."""
    letters, words = CONCLUSIONS[name]
    return f"{letters} · {words}"


def map_table(found: "SexMap") -> pd.DataFrame:
    """One row per cell: effects, conclusion, its probability in % and all six, and corners."""
    names, edges = list(CONCLUSIONS), _edges(found.effects)
    probability, most = 100 * found.probability, found.most_probable
    rows = []
    for f, women in enumerate(found.effects):
        for m, men in enumerate(found.effects):
            name = names[int(most[f, m])]
            rows.append(
                {
                    "women": women,
                    "men": men,
                    "conclusion": shown(name),
                    "letters": CONCLUSIONS[name][0],
                    "probability": float(probability[f, m].max()),
                    **{shown(n): float(probability[f, m, k]) for k, n in enumerate(names)},
                    "left": edges[f],
                    "right": edges[f + 1],
                    "bottom": edges[m],
                    "top": edges[m + 1],
                }
            )
    return pd.DataFrame(rows)


def _edges(centres: tuple[float, ...]) -> list[float]:
    middle = np.asarray(centres, float)
    inner = (middle[1:] + middle[:-1]) / 2
    return [float(2 * middle[0] - inner[0]), *inner.tolist(), float(2 * middle[-1] - inner[-1])]


def sex_map_chart(
    table: pd.DataFrame, truth: tuple[float, float], unit: str, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Cells coloured and lettered by their most probable conclusion; the truth ringed.

    Parameters
    ----------
    table : of `map_table`.
    truth : (women, men) of the scenario.
    unit : of the effects.
    theme : ``light`` or ``dark``.
    """
    limits = [float(table["left"].min()), float(table["right"].max())]
    names = [shown(name) for name in CONCLUSIONS]
    colours = [OKABE_ITO[theme][k] for k in COLOURS]
    base = alt.Chart(table)
    colour = by_series(alt.Color, "conclusion", names, colours, legend={"columns": 2})
    weight = alt.FillOpacity(
        "probability:Q", scale=alt.Scale(domain=[20, 100], range=list(OPACITY[theme])), legend=None
    )
    layers = [
        base.mark_rect(stroke=INK[theme], strokeWidth=0.25).encode(
            _axis(alt.X, "left", f"True effect in women ({unit})", limits),
            _axis(alt.Y, "bottom", f"True effect in men ({unit})", limits),
            alt.X2("right:Q"),
            alt.Y2("top:Q"),
            colour,
            weight,
            tooltip=_tips(names),
        ),
        base.mark_text(fontSize=10, color=WORDS[theme]).encode(
            alt.X("women:Q"), alt.Y("men:Q"), alt.Text("letters:N")
        ),
        *_marks(truth, limits, theme),
    ]
    return alt.layer(*layers).properties(height=HEIGHT)


def _axis(channel: type, column: str, title: str, limits: list[float]) -> alt.X | alt.Y:
    scale = alt.Scale(domain=limits, nice=False, zero=False)
    axis: alt.X | alt.Y = channel(
        f"{column}:Q",
        title=title,
        scale=scale,
        axis=alt.Axis(grid=False, format=".2~f", titleLimit=HEIGHT - 90),
    )
    return axis


def _marks(truth: tuple[float, float], limits: list[float], theme: str) -> list[alt.Chart]:
    """The line of equal effects, and a ring around the truth in hand."""
    ends = pd.DataFrame({"women": limits, "men": limits})
    women, men = truth
    point = pd.DataFrame({"women": [women], "men": [men]})
    place = (alt.X("women:Q"), alt.Y("men:Q"))
    ink = WORDS[theme]
    line = alt.Chart(ends).mark_line(color=ink, strokeWidth=1.4, strokeDash=[6, 4])
    marks = [line.encode(*place)]
    if all(limits[0] <= value <= limits[1] for value in truth):
        ring = alt.Chart(point).mark_point(
            shape="circle", size=520, strokeWidth=2.6, color=ink, filled=False, opacity=1
        )
        marks.append(ring.encode(*place))
    return marks


def _tips(names: list[str]) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("women:Q", title="true effect in women", format=".3~f"),
        alt.Tooltip("men:Q", title="true effect in men", format=".3~f"),
        alt.Tooltip("conclusion:N", title="most probable"),
        *(alt.Tooltip(f"{_escaped(name)}:Q", title=f"{name}, %", format=".1f") for name in names),
    ]


def _escaped(name: str) -> str:
    return name.replace(":", "\\:").replace(".", "\\.")


def takeaway(found: "SexMap", table: pd.DataFrame) -> str:
    """The map in a sentence, for those who do not see it."""
    counts = table["conclusion"].value_counts()
    share = ", ".join(f"{name} in {n} cells" for name, n in counts.items())
    women, men = found.truth
    return (
        f"Most probable conclusion with N = {found.n_subjects} over {len(table)} pairs of true "
        f"effects in women and men: {share}. The truth in hand is {signed(women)} in women and "
        f"{signed(men)} in men."
    )


def data_shown(table: pd.DataFrame) -> pd.DataFrame:
    """Every cell with the probabilities of all conclusions, in %."""
    names = [shown(name) for name in CONCLUSIONS]
    kept = table[["women", "men", "conclusion", *names]]
    columns = {name: f"{name}, % (simulated)" for name in names}
    words = {"women": "effect in women", "men": "effect in men", "conclusion": "most probable"}
    return kept.rename(columns={**words, **columns}).round(3)
