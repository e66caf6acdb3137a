"""What a scenario says for each item of the report, or what would have to be added."""

from typing import TYPE_CHECKING

from planner.plan.analysis import MixedModel, Posterior, describe
from planner.plan.decision import NoMultiplicity, needs_all
from planner.plan.hypothesis import one_sided_level
from planner.report.basis import CORRELATION, EFFECT, LOSS, SD, SHARE, bases
from planner.report.planned_range import varied_inputs
from planner.report.writing import in_words
from planner.rng import BLOCK_SIZE
from planner.truth.attrition import Mcar
from planner.words.prose import given, joined, one_line, people, planned_percent

if TYPE_CHECKING:
    from planner.scenario import Scenario

Stated = dict[str, tuple[str, str]]
"""Item → what the scenario says (empty if nothing), and what to add then."""


def stated(scenario: "Scenario") -> Stated:
    """Every item that a scenario can fill."""
    return {
        **_question(scenario), **_design(scenario), **_effect(scenario), **_nuisance(scenario),
        **_analysis(scenario), **_priors(scenario), **_simulation(scenario),
        **_reproduction(scenario),
    }  # fmt: skip


def _question(s: "Scenario") -> Stated:
    return {
        "R10": (
            joined([f"{h.name} ({h.objective.kind})" for h in s.plan.hypotheses]),
            "give plan.hypotheses",
        ),
    }


def _design(s: "Scenario") -> Stated:
    share = s.truth.female_share
    return {
        "R24": (
            "" if share is None or not _sourced(s, SHARE) else f"{planned_percent(share)} women",
            "give truth.female_share with its evidence",
        ),
    }


def _effect(s: "Scenario") -> Stated:
    endpoint, truth = s.truth.endpoint, s.truth
    cited = _sourced(s, EFFECT) and _sourced(s, SD)
    ranges = [f"{v.name} {given(v.low)} to {given(v.high)}" for v in varied_inputs(s)]
    mattering = any(b.entry and b.entry.quantity == "mcid" for b in bases(s, EFFECT))
    objective = s.plan.hypotheses[0].objective
    direction = getattr(objective, "direction", objective.kind)
    named = one_line(endpoint.name) not in {"", "outcome"}
    unit = bool(one_line(endpoint.unit)) or endpoint.scale == "log"
    return {
        "R30": (
            f"{one_line(endpoint.name)}; {direction}" if named and unit else "",
            "give truth.endpoint in full",
        ),
        "R31": (
            "effect and SD cited" * cited,
            "cite the evidence of the effect and of the SD (planner evidence list)",
        ),
        "R32": (
            "smallest difference that matters, as cited" * mattering,
            "say in the protocol whether the difference is important, realistic or both, and why",
        ),
        "R37": (
            "by sex" * (hasattr(truth.effect, "female") and s.by_sex),
            "give truth.effect = { female, male } and truth.female_share, even if equal",
        ),
        "R39": (
            joined(ranges or [""]),
            "cite entries with an interval or range for the SD and the loss",
        ),
    }


def _nuisance(s: "Scenario") -> Stated:
    truth, crossover = s.truth, s.plan.design.n_periods > 1
    hazards = isinstance(truth.attrition, Mcar) and truth.attrition.last_used_period() > 0
    given_effects = truth.period_effects is not None and truth.carryover is not None
    return {
        "R33": (
            "SD and correlation cited"
            * (_sourced(s, SD) and (_sourced(s, CORRELATION) or not crossover)),
            "cite the evidence of the SD and of the correlation between periods",
        ),
        "R35": (
            "leaving at random after a period, cited" * (hazards and _sourced(s, LOSS)),
            "give truth.attrition with its evidence, or say why nobody leaves",
        ),
        "R36": (
            "period effects and carry-over given" * given_effects,
            "give truth.period_effects and truth.carryover, even if 0; the simulation takes what "
            "is absent as 0",
        ),
        "R38": ("simulated, in the statement", ""),
    }


def _analysis(s: "Scenario") -> Stated:
    plan = s.plan
    levels = joined([f"{h.name} {given(one_sided_level(h.objective))}" for h in plan.hypotheses])
    targets = joined([planned_percent(t) for t in plan.power_targets])
    one = len(plan.hypotheses) == 1
    shared = not isinstance(plan.multiplicity, NoMultiplicity)
    likelihood = isinstance(plan.analysis, MixedModel | Posterior)
    return {
        "R34": (f"per tail: {levels}; power {targets}", ""),
        "R40": (describe(plan.analysis), ""),
        "R42": (
            "one hypothesis" if one
            else plan.multiplicity.kind if shared
            else "each at its own level" * (needs_all(plan.success_rule) is not None),
            "set plan.multiplicity: the success rule can be met in more than one way",
        ),
        "R43": (
            "every observed period enters the likelihood" if likelihood
            else "every observed within-participant contrast enters", "",
        ),
    }  # fmt: skip


def _priors(s: "Scenario") -> Stated:
    analysis = s.plan.analysis
    bayesian = isinstance(analysis, Posterior)
    has_prior = s.truth_prior is not None
    effect = in_words(analysis.priors.effect) if isinstance(analysis, Posterior) else ""
    return {
        "R44": (
            "none: the analysis is a test" * (not bayesian),
            f"effect {effect}; justify the prior and its weight in the protocol",
        ),
        "R45": ("[truth_prior]" * has_prior, "add [truth_prior] for assurance"),
        "R46": (
            "none: no prior enters the test" * (not bayesian),
            "say in the protocol what the analysis prior borrows, and how",
        ),
    }


def _simulation(s: "Scenario") -> Stated:
    settings, bayesian = s.monte_carlo, isinstance(s.plan.analysis, Posterior)
    worst = 50 / settings.n_trials**0.5
    paths = (*EFFECT, *SD, *LOSS, *SHARE)
    used = [p for p in (EFFECT, SD, LOSS, SHARE) if _sourced(s, p)]
    return {
        "R52": (
            f"{len(bases(s, paths))} citations" * (len(used) == 4),
            "cite the evidence of effect, SD, loss and share of women",
        ),
        "R54": (
            describe(s.plan.other_analyses[0]) + " of the same trials"
            if s.plan.other_analyses
            else "closed form beside the simulation" * (not bayesian),
            "add a test to plan.other_analyses",
        ),
        "R56": (
            f"{people(settings.n_trials)} trials, Monte-Carlo SE at most {worst:.1f} percentage "
            "points",
            "",
        ),
        "R57": (
            f"PCG64DXSM, a generator per stream and block of {people(BLOCK_SIZE)}; seed "
            f"{settings.seed}",
            "",
        ),
        "R58": (f"counted as no success; at most {planned_percent(settings.max_failures)}", ""),
    }


def _reproduction(s: "Scenario") -> Stated:
    return {
        "R90": ("planner statement", ""),
        "R91": ("planner statement, with and without --long", ""),
        "R110": ("versions.txt of the bundle", ""),
        "R111": (f"scenario.toml of the bundle, {s.short_fingerprint}", ""),
        "R112": ("reproduce.py of the bundle", ""),
        "R113": ("manifest.json of the bundle", ""),
        "R116": ("sources of the statement", ""),
    }


def _sourced(s: "Scenario", paths: tuple[str, ...]) -> bool:
    """Whether the numbers at these paths have a citation, and each a source or reason."""
    found = bases(s, paths)
    return bool(found) and all(b.has_source for b in found)
