"""Tables of assurance: success averaged over the design prior, and whether it would be right."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.report.model import Table
from planner.report.tables import formula, formula_share, headed, measure, share, simulated, table
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import number, people

if TYPE_CHECKING:
    from planner.operating.assurance_result import AimAssurance, Assurance
    from planner.operating.characteristics import MonteCarloEstimate
    from planner.scenario import Scenario

    Rows = list[tuple[Assurance, AimAssurance]]


def _rows(scenario: "Scenario", found: "Assurance") -> "Rows":
    """Every aim under every analysis; the success rule where the plan states one."""
    return [
        (one, aim)
        for one in (found, *found.others)
        for aim in (one.aims if scenario.plan.success else one.hypotheses)
    ]


def _named(rows: "Rows", *, several: bool) -> dict[str, list[str]]:
    """First columns: the aim, and the analysis where there is more than one."""
    columns = {"Aim": [hypothesis_label(aim.aim) for _, aim in rows]}
    return columns | ({"Analysis": [one.analysis for one, _ in rows]} if several else {})


def assurance_table(scenario: "Scenario", found: "Assurance") -> Table:
    """Assurance, its limit, and the probability that a success is wrong."""
    rows = _rows(scenario, found)
    return table(
        f"Assurance with {people(found.n_subjects)} randomised, over the design prior",
        {
            **_named(rows, several=bool(found.others)),
            "Assurance": [share(aim.success) for _, aim in rows],
            "Closed form": [formula(aim.oracle) for _, aim in rows],
            "Planned power": [formula_share(aim.power) for _, aim in rows],
            "Limit": [formula_share(aim.limit) for _, aim in rows],
            "P(wrong | success)": [share(aim.wrong) for _, aim in rows],
        },
        left=("Analysis",),
        note=f"{simulated(scenario)} Every trial has its own truth, drawn from the design prior. "
        "Planned power (closed form): at the planned truth. Limit (closed form): assurance of an "
        "endless trial, which no size exceeds. P(wrong | success): that the effect lies in the "
        "null region although the trial succeeds (of a two-sided test: on the other side of no "
        "effect than the estimate).",
    )


def effect_table(scenario: "Scenario", found: "Assurance") -> Table:
    """True effects, of all trials and of successes, and success where the effect is relevant."""
    rows = _rows(scenario, found)
    endpoint = scenario.truth.endpoint.scale
    columns = {
        **_named(rows, several=bool(found.others)),
        headed("True effect", scenario): [measure(_natural(a.effect, endpoint)) for _, a in rows],
        "Given success": [measure(_natural(a.effect_given_success, endpoint)) for _, a in rows],
    }
    note = (
        f"{simulated(scenario)} True effects: mean over the design prior, and over the trials "
        "that succeed; geometric means of ratios."
    )
    if found.relevant is not None:
        parts = [aim.relevant for _, aim in rows]
        columns |= {
            "P(relevant)": [share(p.share if p else None) for p in parts],
            "P(success and relevant)": [share(p.joint if p else None) for p in parts],
            "P(success | relevant)": [share(p.given if p else None) for p in parts],
        }
        note += (
            f" Relevant: an effect of {number(found.relevant)} or beyond, which is the planned one."
        )
    caption = "True effects behind the successes"
    return table(caption, columns, left=("Analysis",), note=note)


def _natural(value: "MonteCarloEstimate | None", scale: str) -> "MonteCarloEstimate | None":
    """A mean effect on the natural scale; of log ratios, their geometric mean."""
    if value is None or scale == "raw":
        return value
    centre, lower, upper = (float(np.exp(v)) for v in (value.value, value.lower, value.upper))
    return replace(value, value=centre, mcse=centre * value.mcse, lower=lower, upper=upper)
