"""What a scenario says for each item of the report that it fills."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.operating.both_schools import with_both_schools
from planner.plan.analysis import MixedModel, Posterior, describe
from planner.plan.decision import NoMultiplicity
from planner.plan.hypothesis import one_sided_level
from planner.report.basis import EFFECT, LOSS, SD, SHARE, bases
from planner.report.planned_range import varied_inputs
from planner.report.statement_gaps import leaves
from planner.report.text_gaps import asked_texts
from planner.report.trial_name import given_title
from planner.rng import BLOCK_SIZE
from planner.truth.truth import BySex
from planner.words.prose import given, joined, one_line, people, planned_percent

if TYPE_CHECKING:
    from planner.scenario import Scenario

Stated = dict[str, str]
"""Item → what the scenario says."""
ONE_PERIOD: Mapping[str, str] = {
    "R12": "not a crossover: one period",
    "R35": "one period: nobody leaves between periods",
    "R36": "one period: no effects of time",
    "R101": "one period: nothing carries over",
}
"""Items that having one period answers."""


def stated(scenario: "Scenario") -> Stated:
    """Every item that a scenario can fill; `planner.report.gaps` says what is missing in them."""
    said = {
        **_texts(scenario), **_inputs(scenario), **_analysis(scenario), **_priors(scenario),
        **_simulation(scenario), **_reproduction(scenario),
    }  # fmt: skip
    return {**said, **(ONE_PERIOD if scenario.plan.design.n_periods == 1 else {})}


def _texts(s: "Scenario") -> Stated:
    """What the trial's authors say, and the question."""
    said = s.protocol
    events = [f"{one_line(e)}; {one_line(how)}" for e, how in said.intercurrent_events.items()]
    return {
        "R01": given_title(s),
        "R02": one_line(said.version),
        "R03": "; ".join(filter(None, map(one_line, said.authors))),
        "R10": joined([f"{h.name} ({h.objective.kind})" for h in s.plan.hypotheses]),
        "R11": "; ".join([one_line(said.population), *events]),
        "R22": "; ".join(one_line(said.doses.get(k, "")) for k in s.plan.design.treatments),
        "R23": one_line(said.interim) or "none: one analysis at the end",
        **{item: one_line(getattr(said, key)) for item, (key, _) in asked_texts(s).items()},
    }


def _inputs(s: "Scenario") -> Stated:
    endpoint, truth, said = s.truth.endpoint, s.truth, s.protocol
    objective = s.plan.hypotheses[0].objective
    direction = getattr(objective, "direction", objective.kind)
    ranges = [f"{v.name} {given(v.low)} to {given(v.high)}" for v in varied_inputs(s)]
    mix = "" if truth.female_share is None else f"{planned_percent(truth.female_share)} women"
    crossover = s.plan.design.n_periods > 1
    given_effects = {"period effects": truth.period_effects, "carry-over": truth.carryover}
    return {
        "R24": one_line(said.female_share) or mix,
        "R30": f"{one_line(endpoint.name)}; {direction}",
        "R31": "effect and SD cited",
        "R32": one_line(said.importance) or "smallest difference that matters, as cited",
        "R33": "SD and correlation cited" if crossover else "SD cited",
        "R35": (
            "leaving at random after a period, cited" if leaves(s) else "nobody leaves, as cited"
        ),
        "R36": "; ".join(
            f"{name} none: assumed, default" if value is None else f"{name} given"
            for name, value in given_effects.items()
        ),
        "R37": "by sex" if isinstance(truth.effect, BySex) else "",
        "R38": "simulated, in the statement",
        "R39": joined(ranges or [""]),
    }


def _analysis(s: "Scenario") -> Stated:
    plan = s.plan
    levels = joined([f"{h.name} {given(one_sided_level(h.objective))}" for h in plan.hypotheses])
    targets = joined([planned_percent(t) for t in plan.power_targets])
    one = len(plan.hypotheses) == 1
    shared = not isinstance(plan.multiplicity, NoMultiplicity)
    likelihood = isinstance(plan.analysis, MixedModel | Posterior)
    observed = (
        "period enters the likelihood" if likelihood else "within-participant contrast enters"
    )
    alone = "each at its own level"
    return {
        "R34": f"per tail: {levels}; power {targets}",
        "R40": describe(plan.analysis),
        "R42": "one hypothesis" if one else plan.multiplicity.kind if shared else alone,
        "R43": f"every observed {observed}; {one_line(s.protocol.missing_data)}",
    }


def _priors(s: "Scenario") -> Stated:
    said = {"R45": "[truth_prior]"}
    if not isinstance(s.plan.analysis, Posterior):
        said |= {"R44": "none: the analysis is a test", "R46": "none: no prior enters the test"}
    elif "R46" not in asked_texts(s):
        said["R46"] = "none: the prior of the effects is flat"
    return said


def _simulation(s: "Scenario") -> Stated:
    settings = s.monte_carlo
    worst = 50 / settings.n_trials**0.5
    others = with_both_schools(s).plan.other_analyses
    return {
        "R52": f"{len(bases(s, (*EFFECT, *SD, *LOSS, *SHARE)))} citations",
        "R54": f"{joined(list(map(describe, others)))} of the same trials",
        "R56": (
            f"{people(settings.n_trials)} trials, Monte-Carlo SE at most {worst:.1f} percentage "
            "points"
        ),
        "R57": (
            f"PCG64DXSM, a generator per stream and block of {people(BLOCK_SIZE)}; seed "
            f"{settings.seed}"
        ),
        "R58": f"counted as no success; at most {planned_percent(settings.max_failures)}",
    }


def _reproduction(s: "Scenario") -> Stated:
    return {
        "R90": "planner statement --long",
        "R91": "planner statement",
        "R110": "versions.txt of the bundle",
        "R111": f"scenario.toml of the bundle, {s.short_fingerprint}",
        "R112": "reproduce.py of the bundle",
        "R113": "manifest.json of the bundle",
        "R116": "sources of the statement",
    }
