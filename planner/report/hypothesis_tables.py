"""The hypotheses of a plan as rows of tables: contrast, claim and what shows it."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.engines.model import bounds_of
from planner.plan.hypothesis import Hypothesis, PosteriorRule, TwoSided, one_sided_level
from planner.report.hypotheses import whose
from planner.report.model import Table
from planner.report.writing import Findings, compared
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import given, one_line, planned_percent, with_unit

if TYPE_CHECKING:
    from planner.report.results import Results
    from planner.scenario import Scenario
    from planner.trials.moments import FloatArray

NONE = "none"


def contrast_in_words(results: "Results", hypothesis: Hypothesis) -> str:
    """Sexes and treatments that are compared."""
    scenario = results.scenario
    answer = replace(results.found.answer, hypothesis=hypothesis.name)
    treatments = compared(Findings(scenario, answer, None))
    if hypothesis.sex != "overall":
        return f"{whose(hypothesis, scenario)}: {treatments}"
    share = scenario.population_share
    if not scenario.by_sex or share is None:
        return f"everybody: {treatments}"
    weights = f"{given(share)} × women + {given(1 - share)} × men"
    return f"{weights}: {treatments}"


def limit_in_words(scenario: "Scenario", value: float) -> str:
    """A limit of a claim on the natural scale, from the scale of the analysis."""
    if not np.isfinite(value):
        return NONE
    return with_unit(given(scenario.truth.endpoint.to_natural(value)), scenario)


def claims_table(results: "Results") -> Table:
    """What every hypothesis compares, claims and at what level; go and stop rules have another."""
    scenario = results.scenario
    ends = np.stack(bounds_of(scenario), axis=1)
    rows = [
        _claim(results, hypothesis, limits)
        for hypothesis, limits in zip(scenario.plan.hypotheses, ends, strict=True)
    ]
    ratio = " as a ratio" if scenario.truth.endpoint.scale == "log" else ""
    return Table(
        caption="Hypotheses: what is compared, the claim, and the level of its decision.",
        columns=("Hypothesis", "Contrast", f"Lower limit l{ratio}", f"Upper limit u{ratio}",
                 "α and sides"),
        rows=tuple(rows),
        widths=(1.2, 2.6, 1.1, 1.1, 1.4),
        note="The claim is that the effect lies above l and below u; none is no limit on that "
        "side. A two-sided claim is that the effect is not l."
        + " Limits are ratios; the analysis uses their logarithms." * bool(ratio),
    )  # fmt: skip


def _claim(results: "Results", hypothesis: Hypothesis, limits: "FloatArray") -> tuple[str, ...]:
    scenario, objective = results.scenario, hypothesis.objective
    lower, upper = (limit_in_words(scenario, float(value)) for value in limits)
    level = one_sided_level(objective)
    if isinstance(objective, TwoSided):
        level_words = f"{given(objective.alpha)}, two-sided"
    elif isinstance(objective, PosteriorRule):
        level_words = "see the criteria"
    elif objective.kind == "equivalence":
        level_words = f"{given(level)}, each of two one-sided"
    else:
        level_words = f"{given(level)}, one-sided"
    name = one_line(hypothesis_label(hypothesis.name))
    return name, contrast_in_words(results, hypothesis), lower, upper, level_words


def criteria_table(scenario: "Scenario") -> Table | None:
    """Criteria of rules that say go, consider or stop; None if no hypothesis has one."""
    rows = []
    for hypothesis in scenario.plan.hypotheses:
        objective = hypothesis.objective
        if not isinstance(objective, PosteriorRule):
            continue
        for zone, criteria in (("go", objective.go), ("stop", objective.stop)):
            rows += [
                (
                    one_line(hypothesis_label(hypothesis.name)),
                    zone,
                    NONE if c.above is None else with_unit(given(c.above), scenario),
                    NONE if c.below is None else with_unit(given(c.below), scenario),
                    planned_percent(c.probability),
                )
                for c in criteria
            ]
    if not rows:
        return None
    return Table(
        caption="Criteria: the probability that the effect lies between l and u, and the "
        "threshold γ that it must reach.",
        columns=("Hypothesis", "Zone", "Lower limit l", "Upper limit u", "Threshold γ"),
        rows=tuple(rows),
        right=(4,),
        note="All go criteria must hold for go; all stop criteria, and not go, for stop; anything "
        "else is consider. Only go counts as shown. The first go criterion is the one whose type I "
        "error is reported and which a multiplicity procedure adjusts.",
    )
