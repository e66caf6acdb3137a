"""A summary of a plan for people who are no statisticians, from its results."""

import math
from typing import TYPE_CHECKING

from planner.plan.hypothesis import Equivalence, NonInferiority, PosteriorRule, Superiority
from planner.report.hypotheses import claim, effect_in_words
from planner.report.trial_name import kind_of_trial
from planner.words.prose import joined, one_line, people, planned_percent

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate
    from planner.report.results import Results

ABOUT = (
    "All this is a calculation, mostly with simulated trials, about a trial to come; no patient "
    "has been treated for it. Give or take says how far a figure is uncertain because only so many "
    "trials were simulated, and nothing of whether the assumptions are right."
)


def plain_summary(results: "Results") -> tuple[str, ...]:
    """Short paragraphs: what is compared, how many people, how surely, and what is not known."""
    parts = (
        f"{_question(results)} {_course(results)}",
        f"{_people(results)} {_chance(results)} {_error(results)}",
        f"{_unsure(results)} {_sexes(results)}".strip(),
        ABOUT,
    )
    return tuple(part for part in parts if part)


def _question(r: "Results") -> str:
    """What is compared and measured."""
    plan, endpoint = r.scenario.plan, r.scenario.truth.endpoint
    names = joined([one_line(plan.label(k)) for k in plan.design.treatments])
    lettered = not any(k in plan.treatments for k in plan.design.treatments)
    what = f"treatments {names}" if lettered else names
    named = one_line(endpoint.name)
    measure = "one measurement" if named in {"", "outcome"} else named
    return f"The trial compares {what}. What counts is {measure}."


def _course(r: "Results") -> str:
    """Who gets what, in words that need no knowledge of designs."""
    design = r.scenario.plan.design
    if kind_of_trial(r.scenario) == "parallel-group":
        return "Chance decides which treatment a person gets; everybody gets one."
    both = all(set(sequence) == {"A", "B"} and len(sequence) == 2 for sequence in design.sequences)
    each = (
        "both treatments, one after the other" if both else f"{design.n_periods} treatments in turn"
    )
    return (
        f"Everybody gets {each}, so that each person can be compared with themselves. Chance "
        "decides the order."
    )


def _people(r: "Results") -> str:
    answer = r.found.answer
    if answer.status != "found":
        return (
            f"Even {people(answer.n_randomised)} people, the most that were considered, would not "
            "be enough for the chance of success that was asked for."
        )
    lost = ""
    if answer.n_randomised != answer.n_evaluable:
        lost = (
            f"; {people(answer.n_evaluable)} who stay to the end are enough, and some are expected "
            "to leave early"
        )
    return f"The plan is to include {people(answer.n_randomised)} people{lost}."


def _chance(r: "Results") -> str:
    """Power in natural frequencies."""
    answer = r.found.answer
    effect = effect_in_words(r.scenario, answer.effect or 0.0)
    what = "ratio" if r.found.log_scale else "difference"
    return (
        f"If the true {what} is {effect}, as assumed, {_of_thousand(answer.power)} such trials "
        f"would {_show(r)}; the others would miss it."
    )


def _of_thousand(share: "MonteCarloEstimate") -> str:
    """A simulated share as a natural frequency with its Monte-Carlo standard error, rounded up.

    Where all simulated trials agree that error is 0 and the 95 % interval is given.
    """
    if share.mcse == 0:
        low, high = math.floor(1000 * share.lower), math.ceil(1000 * share.upper)
        margin = f"{low} to {high}"
    else:
        margin = f"give or take {math.ceil(1000 * share.mcse)}"
    return f"about {round(1000 * share.value)} ({margin}) of 1000"


def _show(r: "Results") -> str:
    """What a trial that succeeds says."""
    objective = r.found.hypothesis.objective
    match objective:
        case NonInferiority():
            return "show that the treatment is not worse by more than was agreed"
        case Equivalence():
            return "show that the treatments are alike within agreed limits"
        case PosteriorRule():
            return f"meet the agreed rule ({claim(objective, r.scenario)})"
        case Superiority():
            return "show that there is a difference in the expected direction"
        case _:
            return "show that there is a difference"


def _error(r: "Results") -> str:
    error = r.found.answer.type_i_error
    if error is None:
        return ""
    limited = isinstance(r.found.hypothesis.objective, NonInferiority | Equivalence)
    what = "ratio" if r.found.log_scale else "difference"
    truth = f"the {what} lay just at the agreed limit" if limited else "there were no difference"
    if isinstance(r.found.hypothesis.objective, PosteriorRule):
        truth = f"the {what} lay just where the rule begins"
    return f"If {truth}, {_of_thousand(error)} such trials would claim success by chance."


def _unsure(r: "Results") -> str:
    """What the number of people hangs on."""
    target = planned_percent(r.found.answer.power_target)
    return (
        "These numbers rest on assumptions about how large the difference is, how much people vary "
        f"and how many leave. The size aims at a chance of success of {target} if the "
        f"assumptions hold; if {_harder(r)}, the chance is lower. The report says where each "
        "assumption comes from, and how many people would be needed if it is wrong."
    )


def _harder(r: "Results") -> str:
    """A truth that lowers the chance of success."""
    match r.found.hypothesis.objective:
        case NonInferiority():
            return "the treatment is truly worse than assumed"
        case Equivalence():
            return "the treatments truly differ by more"
        case _:
            return "the true difference is smaller"


def _sexes(r: "Results") -> str:
    answer = r.found.answer
    if not answer.per_sex:
        return ""
    women, men = answer.per_sex["female"], answer.per_sex["male"]
    about = "about " if r.scenario.truth.sex_mix == "random" else ""
    mixed = f"Of the people, {about}{people(women)} are women and {people(men)} men."
    if r.scenario.by_sex and r.found.hypothesis.sex == "overall":
        mixed += (
            " Results will be shown for both, but the trial is planned for everybody together and "
            "can say less about women or men alone."
        )
    return mixed
