"""The sentences of a sample-size statement, each from the scenario and its results."""

import numpy as np

from planner import __version__
from planner.plan.analysis import describe
from planner.plan.decision import NoMultiplicity
from planner.plan.hypothesis import Equivalence, NonInferiority, TwoSided, one_sided_level
from planner.report import statement_gaps as gap
from planner.report.hypotheses import effect_in_words
from planner.report.text_gaps import smallest_that_matters
from planner.report.writing import Writing, compared, rule
from planner.truth.attrition import Mcar
from planner.truth.truth import BySex
from planner.words.prose import (
    error,
    given,
    joined,
    number,
    one_line,
    people,
    percent,
    planned_percent,
    with_error,
    with_unit,
)

_SEXES = {"female": "women", "male": "men"}


def participants(w: Writing) -> str:
    """How many are randomised, to what, and how many women and men."""
    answer, scenario = w.found.answer, w.found.scenario
    design = scenario.plan.design
    kind = "crossover" if w.found.crossover else "parallel-group"
    groups = joined([f"{people(n)} to {'→'.join(name)}" for name, n in answer.per_sequence.items()])
    letters = ", ".join(
        f"{letter} = {w.missing(gap.unnamed(letter)) or one_line(scenario.plan.treatments[letter])}"
        for letter in design.treatments
    )
    start = (
        f"We plan to randomise {people(answer.n_randomised)} participants"
        if answer.status == "found"
        else f"No trial of up to {people(answer.n_randomised)} participants reaches "
        f"{planned_percent(answer.power_target)} power; with {people(answer.n_randomised)}"
    )
    return (
        f"{start} in the {kind} design {one_line(design.name)} ({groups}; {letters}), {_sexes(w)}."
    )


def _sexes(w: Writing) -> str:
    per_sex = w.found.answer.per_sex
    if not per_sex:
        return f"of whom {w.missing(gap.WOMEN_AND_MEN)} are women and men"
    about = "about " if w.found.scenario.truth.sex_mix == "random" else ""
    parts = [f"{people(n)} {_SEXES[name]}" for name, n in per_sex.items()]
    return f"{about}{joined(parts)} (share of women {w.cited('the share of women')})"


def outcome(w: Writing) -> str:
    """The primary outcome with its unit and scale."""
    endpoint = w.found.scenario.truth.endpoint
    name = w.missing(gap.OUTCOME) or one_line(endpoint.name)
    unit = w.missing(gap.UNIT) or one_line(endpoint.unit)
    shown = f" ({unit})" if unit else ""
    scale = ", analysed on the logarithmic scale" if w.found.log_scale else ""
    return f"The primary outcome is {name}{shown}{scale}."


def loss(w: Writing) -> str:
    """How many complete, and how many would have to."""
    answer, attrition = w.found.answer, w.found.scenario.truth.attrition
    enough = answer.status == "found"
    if not w.found.crossover:
        needed = f"{people(answer.n_evaluable)} participants with an outcome suffice."
        return needed if enough else ""
    leaving = _leaving(attrition) if isinstance(attrition, Mcar) else []
    if not leaving:
        why = w.missing(gap.LEAVING) or w.cited("the share that leaves")
        return f"Nobody is assumed to leave ({why})."
    needed = f"; {people(answer.n_evaluable)} who complete suffice" if enough else ""
    return (
        f"With {joined(leaving)} ({w.cited('the share that leaves')}), "
        f"{answer.trial.completers.value:.1f} are expected to complete all periods{needed}."
    )


def _leaving(attrition: Mcar) -> list[str]:
    parts = []
    for period in range(1, attrition.last_used_period() + 1):
        hazard = getattr(attrition, f"after_period_{period}")
        shares = (
            planned_percent(hazard)
            if isinstance(hazard, float)
            else f"{planned_percent(hazard.female)} of women and "
            f"{planned_percent(hazard.male)} of men"
        )
        parts.append(f"{shares} leaving after period {period}")
    return parts


def variation(w: Writing) -> str:
    """The within-participant variation, as a noun phrase (CONSORT for crossovers, item 7a)."""
    truth = w.found.scenario.truth
    within, between = truth.resolved_covariance().components()
    log = " of the logarithm" if w.found.log_scale else ""
    source = w.cited("the SD")
    if not w.found.crossover:
        total = with_unit(number(float(np.sqrt(within + between))), w.found.scenario)
        return f"an SD of one participant's outcome{log} of {total} ({source})"
    as_given = getattr(truth.covariance, "sd_difference", None) is not None
    paired = with_unit((given if as_given else number)(truth.sd_difference), w.found.scenario)
    shown = number(float(np.sqrt(within)))
    cv = f", CV {np.sqrt(np.expm1(within)):.3f}" if w.found.log_scale else ""
    return (
        f"an SD of the within-participant difference{log} of {paired} (within-participant SD "
        f"{shown}{cv}; {source})"
    )


def correlation(w: Writing) -> str:
    """How the periods of a participant hang together; empty without periods."""
    if not w.found.crossover:
        return ""
    within, between = w.found.scenario.truth.resolved_covariance().components()
    source = w.cited("the correlation between periods")
    return f"The correlation between periods is {number(between / (within + between))} ({source})."


def carryover(w: Writing) -> str:
    """What the calculation assumes of carry-over, as a noun phrase; empty without periods."""
    if not w.found.crossover:
        return ""
    w.missing(gap.WASHOUT)
    lasting = w.found.scenario.truth.carryover
    if not lasting or lasting == w.found.scenario.truth.endpoint.neutral:
        return "no carry-over"
    if isinstance(lasting, float):
        return f"a carry-over of {with_unit(given(lasting), w.found.scenario)}"
    parts = [f"{given(v)} of {letter}" for letter, v in lasting.items()]
    return f"a carry-over of {joined(parts)}"


def difference(w: Writing) -> str:
    """The target difference with its basis, as a noun phrase (DELTA2)."""
    found = w.found
    kind = "ratio" if found.log_scale else "mean difference"
    if found.hypothesis.sex == "interaction":
        kind = "ratio of effects" if found.log_scale else "difference of effects"
    effect = effect_in_words(found.scenario, found.answer.effect or 0.0)
    where = {"female": " in women", "male": " in men", "interaction": " (men minus women)"}
    place = where.get(found.hypothesis.sex, "")
    claim = f"a {kind}{place} of {effect}"
    match found.hypothesis.objective:
        case NonInferiority(margin=margin):
            claim = f"non-inferiority with margin {given(margin)} where there is {claim}"
        case Equivalence(lower=lower, upper=upper):
            claim = f"equivalence within {given(lower)} to {given(upper)} where there is {claim}"
    details = [compared(found), *_by_sex(w), _standardised(w)]
    return f"{claim} ({'; '.join([*details, w.cited('the target difference')])})"


def _by_sex(w: Writing) -> list[str]:
    effect = w.found.scenario.truth.effect
    if not isinstance(effect, BySex):
        return []
    return [f"{given(effect.female)} in women and {given(effect.male)} in men"]


def _standardised(w: Writing) -> str:
    truth, effect = w.found.scenario.truth, w.found.answer.effect or 0.0
    size = truth.endpoint.to_model(effect or truth.endpoint.neutral, "truth.effect")
    within, between = truth.resolved_covariance().components()
    sd = truth.sd_difference if w.found.crossover else float(np.sqrt(within + between))
    return f"standardised by this SD {number(size / sd)}"


def importance(w: Writing, *, brief: bool = False) -> str:
    """Whether the target difference is important, realistic or both (DELTA2, items 6 and 7).

    The protocol's own words, to which the short form only refers.
    """
    said = w.found.scenario.protocol.importance
    if one_line(said) and brief:
        return "Why this difference was chosen is said in the protocol."
    if not one_line(said) and smallest_that_matters(w.found.scenario):
        return "The difference is the smallest that matters according to its source."
    return w.told(said, gap.IMPORTANCE)


def power(w: Writing) -> str:
    """What the trial would show, how surely, and how that was found."""
    found, answer, settings = w.found, w.found.answer, w.found.scenario.monte_carlo
    assumed = " and ".join(part for part in (variation(w), carryover(w)) if part)
    formula = ""
    if answer.oracle:
        about = "closed form" if answer.oracle.exact else "approximate closed form"
        formula = f"; {about} {percent(answer.oracle.value)}"
    analysis = describe(found.scenario.plan.analysis)
    return (
        f"With {assumed}, the trial has {percent(answer.power.value)} power "
        f"({error(answer.power)}; {people(settings.n_trials)} simulated trials, seed "
        f"{settings.seed}{formula}) to show {difference(w)} {rule(found)}; analysis: {analysis}."
    )


def false_claims(w: Writing) -> str:
    """The simulated type I error beside the planned one."""
    error, objective = w.found.answer.type_i_error, w.found.hypothesis.objective
    if error is None:
        return "The type I error is not defined for this rule."
    tail = one_sided_level(objective)
    planned = 2 * tail if isinstance(objective, TwoSided) else tail
    return f"The simulated type I error is {with_error(error)}; planned {planned_percent(planned)}."


def over_ranges(w: Writing) -> str:
    """Power over the ranges that the evidence gives (ICH E9, section 3.5)."""
    span = w.found.span
    if span is None:
        return f"{w.missing(gap.DEVIATIONS)}."
    inputs = joined([_limits(v.name, v.low, v.high, v.path) for v in span.varied])
    return (
        f"With {inputs}, the power is {percent(span.lowest.value)} at worst and "
        f"{percent(span.highest.value)} at best (Monte-Carlo SE at most "
        f"{100 * max(span.lowest.mcse, span.highest.mcse):.1f} percentage points)."
    )


def _limits(name: str, low: float, high: float, path: str) -> str:
    if path.startswith("truth.attrition"):
        return f"a {name} of {given(100 * low)} to {planned_percent(high)}"
    article = "an" if name.startswith("SD") else "a"
    return f"{article} {name} of {given(low)} to {given(high)}"


def sizes_over_ranges(w: Writing) -> str:
    """Sizes over the same ranges by the closed form; empty where there is none."""
    span = w.found.span
    if span is None or span.sizes is None:
        return ""
    few, many = ("more than the search considers" if n is None else people(n) for n in span.sizes)
    target = planned_percent(w.found.answer.power_target)
    return f"For {target} power these limits need {few} to {many} participants (closed form)."


def sexes(w: Writing) -> str:
    """Power for the difference between the sexes; empty if they are not told apart."""
    if not w.found.scenario.by_sex:
        return ""
    trial = w.found.answer.trial
    names = {h.hypothesis for h in trial.hypotheses}
    if w.found.hypothesis.sex == "interaction" or "interaction" not in names:
        return "The analysis estimates the effect in women and in men."
    planned = trial["interaction"]
    natural = w.found.scenario.truth.endpoint.to_natural
    effect = effect_in_words(w.found.scenario, natural(planned.effect))
    objective = next(
        h.objective for h in w.found.scenario.plan.hypotheses if h.name == "interaction"
    )
    level = given(100 * (1 - 2 * one_sided_level(objective)))
    half = f"{natural(planned.width.value / 2):.2f}"
    kind, reach = ("difference", f"± {half}")
    if w.found.log_scale:
        kind, reach = ("ratio", f"a factor of {half} to either side")
    return (
        f"The analysis estimates the effect in women and in men; power for the planned {kind} "
        f"between them of {effect} is {with_error(planned.success)}, and its {level} % interval "
        f"reaches {reach} on average."
    )


def multiplicity(w: Writing) -> str:
    """How the level is shared between the hypotheses."""
    plan = w.found.scenario.plan
    if len(plan.hypotheses) == 1:
        return "One hypothesis is tested."
    names = joined(list(plan.hypothesis_names))
    if isinstance(plan.multiplicity, NoMultiplicity):
        return f"Each hypothesis ({names}) has its own level; they are not adjusted for each other."
    return f"The level is shared by the procedure {plan.multiplicity.kind} between {names}."


def made_with(w: Writing) -> str:
    """Program, version and scenario."""
    digest = w.found.scenario.short_fingerprint
    return f"Calculated with planner {__version__}, scenario {digest}."
