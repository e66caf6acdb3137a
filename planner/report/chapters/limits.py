"""What the numbers do not show: limits of the simulation, carry-over, the sexes, and medicine."""

from math import exp
from typing import TYPE_CHECKING

from planner.plan.hypothesis import one_sided_level
from planner.report.author import Author
from planner.report.hypotheses import effect_in_words
from planner.report.limitations import limitations
from planner.report.model import Block, Paragraph, Points, Section, Table
from planner.report.results import SexResults
from planner.report.tables import (
    NOT_KNOWN,
    exact,
    headed,
    measure,
    scale,
    share,
    simulated,
    table,
)
from planner.words.conclusions import NOT_A_DIFFERENCE
from planner.words.prose import (
    given,
    number,
    one_line,
    people,
    planned_percent,
    with_error,
    with_unit,
)

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.search.carryover_price import CarryoverPrice

FREEMAN = (
    "Freeman PR. The performance of the two-stage analysis of two-treatment, two-period crossover "
    "trials. Stat Med 1989;8:1421–1432; doi:10.1002/sim.4780081202"
)


def sections(author: Author) -> tuple[Section, ...]:
    """R100 to R103."""
    protocol = author.protocol
    carryover = (
        _one_period(author.scenario)
        if author.scenario.plan.design.n_periods == 1
        else (*_carryover(author), *author.said(protocol.carryover_limits))
    )
    return (
        author.section("R100", Points(items=limitations(author.results))),
        author.section("R101", *carryover),
        author.section("R102", *_by_sex(author), *author.said(protocol.sex_limits)),
        author.section("R103", *author.said(protocol.clinical)),
    )


def _one_period(scenario: "Scenario") -> tuple[Block, ...]:
    name = one_line(scenario.plan.design.name)
    return (
        Paragraph(
            text=f"Does not apply: the design {name} has one period, so nothing can carry over."
        ),
    )


def _carryover(author: Author) -> tuple[Block, ...]:
    results, scenario = author.results, author.scenario
    own = scenario.fingerprint()
    plan = next((p for p in results.designs.plans if p.fingerprint == own), None)
    start = _planned_terms(scenario)
    if plan is None:
        return (
            Paragraph(
                text=f"{start} Residual carry-over was not simulated for this design, which is "
                "not among those compared in R70."
            ),
        )
    return (
        Paragraph(text=f"{start} {_worst(plan.carryover, scenario)}"),
        _price(plan.carryover, scenario),
        Paragraph(
            text=f"{_protection(plan.protection)} Carry-over is not tested before the treatments "
            "are compared: choosing the analysis by such a test raises the type I error "
            f"{author.cite(FREEMAN)}."
        ),
    )


def _planned_terms(scenario: "Scenario") -> str:
    if scenario.plan.analysis.carryover:
        return "The planned analysis estimates first-order carry-over beside the treatment effect."
    return "The planned analysis has no terms for carry-over."


def _worst(prices: "tuple[CarryoverPrice, ...]", scenario: "Scenario") -> str:
    last = prices[-1]
    if last.carryover == scenario.truth.endpoint.neutral:
        return "No effect is assumed, so no share of it can last into the next period."
    return (
        f"If {planned_percent(last.share)} of the effect of the test treatment were still there "
        f"in the next period, the estimate would be off by {exact(last.expected_bias, 3)} in "
        f"expectation (closed form; simulated {measure(last.bias)}), {scale(scenario)}, and with "
        f"{people(last.n_subjects)} participants the power would be {with_error(last.power)}. The "
        "shares in the table are assumed."
    )


def _price(prices: "tuple[CarryoverPrice, ...]", scenario: "Scenario") -> Table:
    return table(
        "What residual carry-over would cost the planned analysis",
        {
            "Share of effect lasting": [planned_percent(p.share) for p in prices],
            headed("Carry-over", scenario): [number(p.carryover) for p in prices],
            "Bias, simulated": [measure(p.bias, sign=True) for p in prices],
            "Bias, closed form": [exact(p.expected_bias, 3) for p in prices],
            "Power": [share(p.power) for p in prices],
            "N to recover": [
                NOT_KNOWN if p.n_recovered is None else people(p.n_recovered) for p in prices
            ],
        },
        note=f"{simulated(scenario)} {people(prices[0].n_subjects)} randomised. Share of the "
        "overall effect of the preceding test treatment: assumed. Bias "
        f"{scale(scenario)}. N to recover the power without carry-over: closed form; more people "
        "restore the power and not the estimate.",
    )


def _protection(factor: float | None) -> str:
    if factor is None:
        return (
            "With carry-over terms in the analysis, this design cannot estimate the effect within "
            "participants; only the washout guards against carry-over."
        )
    return (
        f"With carry-over terms in the analysis the estimate would be free of it, at {factor:.2f} "
        "times the variance (closed form)."
    )


def _by_sex(author: Author) -> tuple[Block, ...]:
    results = author.results
    if results.sexes is None:
        return (Paragraph(text=f"No figures: {results.no_sexes}."),)
    sexes = results.sexes
    added = ""
    if sexes.questions.added:
        added = (
            "The plan does not ask all four questions (overall, women, men, difference); the "
            "figures are those of the same trial asking them, each at its own level. "
        )
    return (
        Paragraph(text=f"{added}{_difference(sexes, author)}"),
        Paragraph(text=_apart(sexes)),
        *_needed(author),
    )


def _difference(sexes: SexResults, author: Author) -> str:
    scenario, asked = author.scenario, sexes.questions
    found = sexes.characteristics[asked.interaction]
    endpoint = scenario.truth.endpoint
    planned = next(
        h for h in asked.scenario.plan.hypotheses if h.name == asked.interaction
    ).objective
    level = given(100 * (1 - 2 * one_sided_level(planned)))
    kind = "ratio of effects" if endpoint.scale == "log" else "difference"
    effect = effect_in_words(scenario, endpoint.to_natural(found.effect))
    claim = f"the power to show the assumed {kind} between men and women, {effect}, is"
    if found.effect == 0:
        claim = (
            f"a {kind} between men and women is shown although none is assumed, with probability"
        )
    half, error = found.width.value / 2, found.width.mcse / 2
    reach = with_unit(number(half), scenario)
    if endpoint.scale == "log":
        half, error = exp(half), exp(half) * error
        reach = f"a factor of {number(half)}"
    return (
        f"With {people(author.results.n)} participants {claim} {with_error(found.success)}. Its "
        f"{level} % interval reaches {reach} to either side on average (simulated, Monte-Carlo SE "
        f"{number(error)}). An estimate closer to none than that does not show a difference, and "
        "does not exclude one."
    )


def _apart(sexes: SexResults) -> str:
    asked, found = sexes.questions, sexes.characteristics
    women, men = found[asked.female].success, found[asked.male].success
    return (
        f"The power is {with_error(women)} for the effect in women and {with_error(men)} for the "
        f"effect in men. With a probability of "
        f"{with_error(sexes.conclusions.only_one_sex)} the trial shows an effect "
        f"in one sex and not in the other. {NOT_A_DIFFERENCE} Effects in women, in men and their "
        "difference are reported with intervals, whatever the result."
    )


def _needed(author: Author) -> tuple[Block, ...]:
    """Size for the difference, where the plan tests it."""
    if author.results.sexes is None:
        return ()
    name = author.results.sexes.questions.interaction
    found = next((r for r in author.results.sizes if r.hypothesis == name), None)
    if found is None or found.status != "found":
        return ()
    target = planned_percent(found.power_target)
    return (
        Paragraph(
            text=f"For {target} power for that difference {people(found.n_randomised)} "
            f"participants would have to be randomised; the simulated power is then "
            f"{with_error(found.power)}."
        ),
    )
