"""Charts of simulated results, and the words for the numbers beside them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate, OperatingCharacteristics
    from planner.search.result import SampleSize

BAND = 1.96
"""Half-width of the Monte-Carlo bands in MCSE."""
OKABE_ITO = {
    "light": ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999"),
    "dark": ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442", "#FFF", "#999"),
}
READING = "Points and lines: simulated, bands ± 1.96 MCSE. Thin line: formula. Sliders: assumed."
INK = {"light": "#4A5560", "dark": "#B8C2CC"}
DASHES = ([1, 0], [7, 3], [2, 2], [7, 2, 2, 2], [10, 3], [4, 4], [1, 3], [12, 2])
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross", "triangle-down", "stroke", "wedge")


def power_table(
    curve: Sequence["OperatingCharacteristics"], label: Callable[[str], str]
) -> pd.DataFrame:
    """One row per size and hypothesis, in %: simulated power, MCSE, closed form and z."""
    rows = [
        {
            "n": result.n_subjects,
            "hypothesis": label(h.hypothesis),
            "power": 100 * h.success.value,
            "mcse": 100 * h.success.mcse,
            "lower": max(0.0, 100 * (h.success.value - BAND * h.success.mcse)),
            "upper": min(100.0, 100 * (h.success.value + BAND * h.success.mcse)),
            "formula": 100 * h.oracle.value if h.oracle else None,
            "z": h.oracle.z if h.oracle else None,
        }
        for result in curve
        for h in result.hypotheses
    ]
    return pd.DataFrame(rows)


def power_chart(
    table: pd.DataFrame, shown: str, target: float, marked: int | None, theme: str
) -> alt.LayerChart | alt.FacetChart:
    """Simulated power by N with Monte-Carlo bands, and the closed form as a thin line.

    Parameters
    ----------
    table : of `power_table`.
    shown : label of the hypothesis drawn heavier.
    target : power target, in %.
    marked : sample size to mark, if within the range.
    theme : ``light`` or ``dark``.
    """
    names = list(dict.fromkeys(table["hypothesis"]))
    heavy = table["hypothesis"] == shown
    widths, areas = heavy.map({True: 2.6, False: 1.5}), heavy.map({True: 50, False: 28})
    base = alt.Chart(table.assign(width=widths, size=areas)).encode(_x(table))
    kind = _by_hypothesis(alt.Color, names, OKABE_ITO[theme])
    dash = _by_hypothesis(alt.StrokeDash, names, DASHES)
    shape = _by_hypothesis(alt.Shape, names, SHAPES)
    width = alt.StrokeWidth("width:Q", scale=None, legend=None)
    size = alt.Size("size:Q", scale=None, legend=None)
    return alt.layer(
        base.mark_area(opacity=0.18).encode(_y("lower"), alt.Y2("upper:Q"), kind),
        base.mark_line(strokeWidth=0.9, color=INK[theme]).encode(
            _y("formula"), alt.Detail("hypothesis:N")
        ),
        base.mark_line().encode(_y("power"), kind, dash, width),
        base.mark_point(filled=True, opacity=1).encode(
            _y("power"), kind, shape, size, tooltip=_tips()
        ),
        *_marks(table, target, marked, theme),
    ).properties(height=330)


def _tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("hypothesis:N"),
        alt.Tooltip("n:Q", title="N randomised"),
        alt.Tooltip("power:Q", title="simulated, %", format=".1f"),
        alt.Tooltip("mcse:Q", title="± MCSE", format=".1f"),
        alt.Tooltip("formula:Q", title="formula, %", format=".1f"),
    ]


def _x(table: pd.DataFrame) -> alt.X:
    return alt.X(
        "n:Q",
        title="People randomised, all sequences together",
        scale=alt.Scale(nice=False, domain=[int(table["n"].min()), int(table["n"].max())]),
        axis=alt.Axis(format=",d", grid=False, tickMinStep=1),
    )


def _y(column: str) -> alt.Y:
    return alt.Y(f"{column}:Q", title="Power (%)", scale=alt.Scale(domain=[0, 100]))


def _by_hypothesis(channel: Any, names: list[str], values: Sequence[Any]) -> Any:
    """An encoding of the hypothesis; all of them share one legend."""
    return channel(
        "hypothesis:N",
        scale=alt.Scale(domain=names, range=list(values[: len(names)])),
        legend=alt.Legend(
            title=None, orient="top", symbolSize=90, symbolOpacity=1, symbolStrokeWidth=0
        ),
    )


def _marks(table: pd.DataFrame, target: float, marked: int | None, theme: str) -> list[alt.Chart]:
    """The target as a horizontal rule and the marked size as a vertical one."""
    low, high = int(table["n"].min()), int(table["n"].max())
    goal = pd.DataFrame({"n": [low], "y": [target], "text": [f"target {target:.0f} %"]})
    marks = [
        _rule(goal, theme, strokeDash=[4, 4]).encode(alt.Y("y:Q")),
        _text(goal, theme, align="left", dx=6, dy=-7),
    ]
    if marked is not None and low <= marked <= high:
        size = pd.DataFrame({"n": [marked], "y": [0], "text": [f"N = {thousands(marked)}"]})
        right = marked <= (low + high) / 2
        marks += [
            _rule(size, theme).encode(alt.X("n:Q")),
            _text(size, theme, align="left" if right else "right", dx=6 if right else -6, dy=-8),
        ]
    return marks


def _rule(data: pd.DataFrame, theme: str, **style: Any) -> alt.Chart:
    rule: alt.Chart = alt.Chart(data).mark_rule(color=INK[theme], strokeWidth=1, **style)
    return rule


def _text(data: pd.DataFrame, theme: str, **style: Any) -> alt.Chart:
    words: alt.Chart = alt.Chart(data).mark_text(color=INK[theme], **style)
    return words.encode(alt.X("n:Q"), alt.Y("y:Q"), alt.Text("text:N"))


def data_shown(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the words of the page as its column names."""
    names = {
        "n": "N randomised",
        "hypothesis": "hypothesis",
        "power": "power, % (simulated)",
        "mcse": "MCSE, %",
        "formula": "power, % (formula)",
        "z": "z (simulated − formula)",
    }
    return table[list(names)].rename(columns=names).round(2)


def numbers_at(answer: "SampleSize", level: float) -> list[dict[str, Any]]:
    """Label, value and qualifier of the figures at the size found.

    Parameters
    ----------
    level : planned type I error of the hypothesis.
    """
    oracle, mistake = answer.oracle, answer.type_i_error
    at = f"with N = {thousands(answer.n_randomised)}"
    return [
        {
            "label": "Power · simulated",
            "value": percent(answer.power.value),
            "delta": error(answer.power),
            "help": f"Share of simulated trials {at} and the assumed dropout that show the effect.",
        },
        {
            "label": "Power · formula",
            "value": percent(oracle.value) if oracle else "–",
            "delta": f"z = {oracle.z:.1f}".replace("-", "−") if oracle else "no closed form",
            "help": f"Closed form {at}; z is the difference from the simulation in its standard "
            "errors.",
        },
        {
            "label": "Type I error · simulated",
            "value": percent(mistake.value) if mistake else "–",
            "delta": f"{error(mistake)}; planned {percent(level)}" if mistake else "not defined",
            "help": f"Share of simulated trials {at} that claim an effect when there is none.",
        },
    ]


def takeaway(table: pd.DataFrame, shown: str, answer: "SampleSize") -> str:
    """The chart in a sentence or two, for those who do not see it."""
    found = answer.status == "found"
    goal = f"{100 * answer.power_target:.0f} % power"
    reach = f"reaches {goal} with {answer.n_randomised}" if found else f"does not reach {goal}"
    last = table[table["n"] == table["n"].max()]
    ends = ", ".join(f"{r.hypothesis} {r.power:.0f} %" for r in last.itertuples())
    return (
        f"Simulated power by number of people randomised. {shown.capitalize()} {reach} people. "
        f"At {last['n'].iloc[0]} people: {ends}."
    )


def people(answer: "SampleSize") -> str:
    """The people to randomise, or that even the largest number considered is too few."""
    few = "" if answer.status == "found" else "> "
    return few + thousands(answer.n_randomised)


def breakdown(answer: "SampleSize", shown: str) -> str:
    """What the size is for and how it divides, as Markdown."""
    goal = f"**{shown}** at {100 * answer.power_target:.0f} % power"
    if answer.status != "found":
        return f"{goal}: not reached with up to {thousands(answer.n_randomised)} people."
    groups = " + ".join(f"{n} {name}" for name, n in answer.per_sequence.items())
    words = {"female": "women", "male": "men"}
    sexes = " + ".join(f"{n} {words[name]}" for name, n in answer.per_sex.items())
    return "  \n".join(
        line
        for line in (
            goal,
            f"{thousands(answer.n_evaluable)} evaluable → "
            f"{thousands(answer.n_randomised)} randomised",
            interval(answer),
            groups,
            sexes,
        )
        if line
    )


def interval(answer: "SampleSize") -> str:
    """Uncertainty of the evaluable size from the number of simulated trials."""
    low, high = answer.n_interval
    upper = "beyond the limit" if high is None else thousands(high)
    return f"95 % interval {thousands(low)} to {upper} evaluable"


def thousands(number: int) -> str:
    """A whole number with thin spaces between the thousands."""
    return f"{number:,}".replace(",", "\u2009")


def percent(value: float) -> str:
    """A proportion in %."""
    return f"{100 * value:.1f} %"


def error(estimate: "MonteCarloEstimate") -> str:
    """The Monte-Carlo standard error of a proportion, in percentage points."""
    return f"± {100 * estimate.mcse:.1f} MCSE"
