"""Starter scenarios as cards, and the sizes found in this session."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planner import ui
from planner.ui import opened, recent
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario

QUESTIONS = {
    "confirmatory": "Does naltrexone weaken the antidepressant effect of ketamine, and is the "
    "loss larger in men than in women?",
    "replicate": "How many people does a third infusion save, with sequences ABB and BAA?",
    "parallel": "How many people would it take without crossing over, one infusion each?",
    "kcl-2025": "What could the London pilot of 26 people find, taken at its own estimate?",
    "stanford-2018": "What could the Stanford trial find with the 30 people it was planned for?",
}
"""What the built-in scenarios are for; another one is introduced by its notes."""
_ROW = 3


def show(place: "DeltaGenerator") -> None:
    """A card per scenario, three in a row."""
    names = sorted(opened.names(), key=_order)
    for start in range(0, len(names), _ROW):
        columns = place.columns(_ROW, gap="small")
        for column, name in zip(columns, names[start : start + _ROW], strict=False):
            box = column.container(border=True, height="stretch", vertical_alignment="distribute")
            card(box, name, opened.base(name))


def _order(name: str) -> int:
    known = list(QUESTIONS)
    return known.index(name) if name in known else len(known)


def card(place: "DeltaGenerator", name: str, scenario: "Scenario") -> None:
    """Label, question, design, what it is sized for, and the way in."""
    first = scenario.plan.hypothesis_names[0]
    goal = f"{100 * scenario.plan.power_targets[0]:.0f} % power"
    words = place.container()
    words.subheader(escaped(scenario.label or name), anchor=False)
    words.markdown(QUESTIONS.get(name) or escaped(" ".join(scenario.notes.split())[:300]))
    words.caption(
        f"{design_in_words(scenario)}  \nSized for {escaped(hypothesis_label(first))} at {goal}"
    )
    if place.button(
        f"Open {name}",
        key=f"open {name}",
        on_click=partial(st.session_state.update, {opened.STARTER: name}),
        help=f"Takes the scenario “{escaped(name)}” in hand and goes to the Design page.",
    ):
        st.switch_page(Path(ui.__file__).parent / "pages" / "design.py")


def design_in_words(scenario: "Scenario") -> str:
    """Design, periods and sex mix in a line."""
    design, share = scenario.plan.design, scenario.truth.female_share
    one = design.n_periods == 1
    name = "Parallel groups" if one else "/".join(design.sequences)
    sexes = f"{100 * share:.0f} % women" if share is not None else "sexes together"
    return f"{name}, {design.n_periods} period{'' if one else 's'}, {sexes}"


def recent_runs(place: "DeltaGenerator") -> None:
    """The sizes found in this session, the latest first."""
    runs = [
        {
            "scenario": escaped(run.name),
            "fingerprint": run.identity,
            "design": run.design,
            "for": run.hypothesis,
            "people · simulated": escaped(run.people),
            "power · simulated": run.power,
        }
        for run in recent.runs()
    ]
    place.table(pd.DataFrame(runs).set_index("scenario"), border="horizontal")
    place.caption(
        f"The latest {recent.MOST} at most; forgotten when the tab is closed. Save a scenario from "
        "the sidebar to keep it: the fingerprint names exactly what was computed."
    )
