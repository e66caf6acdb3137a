"""The questions about women and men, each with its probability and the people it needs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planner.charts.figures import people
from planner.charts.style import error, percent, signed, thousands
from planner.errors import PlannerError
from planner.plan.hypothesis import (
    Objective,
    PosteriorRule,
    Superiority,
    TwoSided,
    one_sided_level,
)
from planner.ui import sexes_answers as answers
from planner.ui import state
from planner.ui.fields.truth import effect_unit
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.characteristics import HypothesisCharacteristics, MonteCarloEstimate
    from planner.operating.sex_questions import SexQuestions
    from planner.search.result import SampleSize
    from planner.ui.fields.panel import Panel

NO_SIZE = "A description of the estimates and not a test: no size is sought for it."
OWN_QUESTIONS = (
    "N is the number of people in the sidebar. A trial that is large enough for one question need "
    "not be for another; the probabilities hold if the assumed effects are true."
)
RATIO_OF_RATIOS = "ratio in men divided by that in women"
"""What the difference between the sexes is where effects are ratios."""
ASKED = "sizes"
"""Where the session keeps the fingerprint whose longer searches are wanted."""


@dataclass(frozen=True, slots=True)
class Card:
    """A question in words, its figure and what stands below it."""

    question: str
    label: str
    value: "MonteCarloEstimate"
    meaning: str
    lines: tuple[str, ...]


def show(place: "DeltaGenerator", asked: "SexQuestions", n: int, panel: "Panel") -> None:
    """Six cards: three tests, then both sexes together."""
    place.header(f"What can be shown with N = {thousands(n)}?", anchor=False)
    place.caption(OWN_QUESTIONS)
    long = answers.bayesian(asked.scenario)
    wanted = st.session_state.get(panel.key(ASKED)) == asked.scenario.fingerprint()
    for cards in (tests(asked, n, sought=wanted or not long), together(asked, n, sought=wanted)):
        for column, card in zip(place.columns(3), cards, strict=True):
            _draw(column.container(border=True, height="stretch"), card)
    if not wanted:
        what = "all these questions need" if long else "success in both sexes needs"
        place.button(
            f"Search how many people {what}",
            on_click=panel.put,
            args=(ASKED, asked.scenario.fingerprint()),
            help="A search by simulation that takes some seconds.",
        )


def _draw(box: "DeltaGenerator", card: Card) -> None:
    box.markdown(f"**{card.question}**")
    box.metric(
        f"{card.label} · simulated",
        percent(card.value.value),
        error(card.value),
        delta_color="off",
        delta_arrow="off",
        help=card.meaning,
    )
    box.caption("  \n".join(card.lines))


def tests(asked: "SexQuestions", n: int, *, sought: bool) -> list[Card]:
    """Power of the tests in women, in men and of their difference."""
    trial = answers.characteristics(asked, n)
    rows = (
        (asked.female, "Is there an effect in women?", "Women", "the effect in women"),
        (asked.male, "Is there an effect in men?", "Men", "the effect in men"),
        (
            asked.interaction,
            "Do women and men differ?",
            "Men − women",
            "the difference",
        ),
    )
    cards = []
    for name, question, label, what in rows:
        found = trial[name]
        formula = percent(found.oracle.value) if found.oracle else "none"
        meaning = (
            f"Share of simulated trials with N = {thousands(n)} and the assumed dropout that show "
            f"{what}, by {criterion(objective_of(asked, name))}."
        )
        lines = (
            f"Assumed: {_value(asked, name, found.effect)}.",
            f"Formula: {_kept(formula)}. {_estimated(asked, name, found)}",
            needed(asked, name, sought=sought),
        )
        cards.append(Card(question, f"{label}", found.success, meaning, lines))
    return cards


def together(asked: "SexQuestions", n: int, *, sought: bool) -> list[Card]:
    """Success in both sexes, and the consistency of their estimates."""
    trial, table = answers.characteristics(asked, n), answers.conclusions(asked, n)
    assert trial.same_sign is not None
    assert trial.consistent is not None
    at = f"Share of simulated trials with N = {thousands(n)} in which "
    return [
        Card(
            "Is there an effect in women, and one in men?",
            "Both sexes",
            table.shown("both"),
            f"{at}both tests succeed, each at its own level.",
            (
                f"Exactly one sex: {_kept(percent(table.only_one_sex.value))} "
                f"({_kept(error(table.only_one_sex))}), simulated.",
                both_needed(asked) if sought else "People needed: not searched yet.",
            ),
        ),
        Card(
            "Do both estimates point the same way?",
            "Same direction",
            trial.same_sign,
            f"{at}the estimates in women and in men both have the sign of the overall effect.",
            (NO_SIZE,),
        ),
        Card(
            "Is each at least half of the overall estimate?",
            "Consistent (ICH E17)",
            trial.consistent,
            f"{at}the smaller of both estimates is at least half of the overall one, and that is "
            "beyond no effect. Source: ICH E17 (2017) on consistency; the half is that of the "
            "Japanese MHLW (2007).",
            (NO_SIZE,),
        ),
    ]


def needed(asked: "SexQuestions", name: str, *, sought: bool) -> str:
    """The people that a test needs, or why there is no number."""
    if not sought:
        return "People needed: not searched yet."
    try:
        return size_in_words(state.sample_size(asked.scenario, name))
    except PlannerError as problem:
        return f"People needed: {problem}"


def both_needed(asked: "SexQuestions") -> str:
    """The people that success in both sexes needs."""
    try:
        return size_in_words(answers.both_size(asked))
    except PlannerError as problem:
        return f"People needed: {problem}"


def size_in_words(answer: "SampleSize") -> str:
    """The people to randomise for a power target, as Markdown."""
    goal = f"{100 * answer.power_target:.0f} % power"
    if answer.status != "found":
        return f"{goal}: not reached with up to {thousands(answer.n_randomised)} people."
    sexes = ""
    if answer.per_sex:
        women, men = answer.per_sex["female"], answer.per_sex["male"]
        sexes = f" ({thousands(women)} women, {thousands(men)} men)"
    return f"{goal} needs **N = {people(answer)}**{sexes}, simulated."


def objective_of(asked: "SexQuestions", name: str) -> Objective:
    """What a question is to show."""
    return next(h.objective for h in asked.scenario.plan.hypotheses if h.name == name)


def criterion(objective: Objective) -> str:
    """How a question is decided, in a few words."""
    match objective:
        case TwoSided():
            return f"a two-sided test at {100 * objective.alpha:g} %"
        case Superiority():
            return f"a one-sided test at {100 * objective.one_sided_alpha:g} %"
        case PosteriorRule():
            return f"a posterior probability of at least {objective.go[0].probability:g}"
        case _:
            return f"{objective.kind} at {100 * objective.one_sided_alpha:g} %, one-sided"


def _estimated(asked: "SexQuestions", name: str, found: "HypothesisCharacteristics") -> str:
    """How precisely an effect is estimated, where effects are differences."""
    if asked.scenario.truth.endpoint.scale == "log":
        return ""
    level = 1 - 2 * one_sided_level(objective_of(asked, name))
    reach = signed(found.width.value / 2)
    return f"Estimated to ±\u00a0{reach} ({_kept(f'{100 * level:g} %')} interval, simulated)."


def _kept(figure: str) -> str:
    """A figure that stays on one line."""
    return figure.replace(" ", "\u00a0")


def _value(asked: "SexQuestions", name: str, effect: float) -> str:
    endpoint = asked.scenario.truth.endpoint
    if endpoint.scale == "log":
        what = RATIO_OF_RATIOS if name == asked.interaction else "ratio"
        return f"{what} {endpoint.to_natural(effect):.2f}"
    return f"{signed(effect)} {escaped(effect_unit(asked.scenario))}"
