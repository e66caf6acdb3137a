"""The level of every hypothesis: α of a test, or the posterior probability that a rule asks for."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.plan.hypothesis import PosteriorRule, TwoSided, one_sided_level
from planner.ui.fields.field import Changes, Field
from planner.ui.fields.names import LEVEL, POSTERIOR, RULE
from planner.ui.fields.panel import Panel

if TYPE_CHECKING:
    from planner.scenario import Scenario


def carry_level(panel: Panel) -> None:
    """α becomes the threshold 1 − α when the rule is switched, and back."""
    there = st.session_state[panel.key(RULE)] == POSTERIOR
    old, new = ("", POSTERIOR) if there else (POSTERIOR, "")
    moved = st.session_state.get(panel.key(LEVEL, old))
    if moved is not None:
        panel.put(LEVEL, round(1 - moved, 6), new)


def level_changes(base: "Scenario", level: float) -> Changes:
    """Every hypothesis tested at `level` per tail, in the terms of its objective."""
    changes: Changes = {}
    for hypothesis in base.plan.hypotheses:
        place = f"{LEVEL}.{hypothesis.name}.objective"
        match hypothesis.objective:
            case TwoSided():
                changes[f"{place}.alpha"] = round(2 * level, 6)
            case PosteriorRule():
                changes[f"{place}.go.0.probability"] = round(1 - level, 6)
            case _:
                changes[f"{place}.one_sided_alpha"] = level
    return changes


def alpha(base: "Scenario") -> Field:
    """Level of a test, per tail."""
    start = round(one_sided_level(base.plan.hypotheses[0].objective), 6)
    return Field(
        path=LEVEL,
        label="One-sided α",
        start=start,
        bounds=(min(0.005, start), max(0.2, start), 0.005),
        format="%.3f",
        write=lambda level: level_changes(base, level),
        help="Accepted probability of claiming an effect that is not there, per tail; two-sided "
        "tests take twice this. Unit: probability. Typical: 0.025; 0.05 in exploratory trials. "
        "Source: chosen by the sponsor (ICH E9, section 3.5).",
    )


def threshold(base: "Scenario") -> Field:
    """Posterior probability that the first go criterion asks for."""
    start = round(1 - one_sided_level(base.plan.hypotheses[0].objective), 6)
    return Field(
        path=LEVEL,
        label="Required posterior probability",
        start=start,
        bounds=(min(0.8, start), max(0.995, start), 0.005),
        format="%.3f",
        slot=POSTERIOR,
        write=lambda threshold: level_changes(base, round(1 - threshold, 6)),
        help="Go if P(effect in the direction to be shown | data) is at least this, in every "
        "hypothesis. Unit: probability. Typical: 1 − α, 0.975: with a flat prior the type I error "
        "is then about α. Source: chosen by the sponsor; check it against the type I error.",
    )
