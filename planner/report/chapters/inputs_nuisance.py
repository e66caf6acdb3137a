"""R35 to R37: who leaves, effects of time, and effects by sex."""

from collections.abc import Iterator

from planner.report.author import Author
from planner.report.basis import LOSS
from planner.report.input_tables import (
    FORMULA,
    Input,
    cited_range,
    inputs_table,
    moved_range,
    reasons,
)
from planner.report.model import Block, Equation, Paragraph
from planner.truth.attrition import HazardBySex, Mcar
from planner.truth.truth import BySex
from planner.words.prose import given, joined, number, people, percent, planned_percent, with_unit

DEFAULT = "assumed, default"


def attrition(author: Author) -> tuple[Block, ...]:
    """Who leaves after which period, and how that inflates the number of people."""
    leaving = author.scenario.truth.attrition
    if not author.results.found.crossover:
        text = (
            "Everybody has one period and none is lost in the calculation: its numbers are of "
            "people with an outcome."
        )
        return (Paragraph(text=text),)
    if not isinstance(leaving, Mcar) or leaving.last_used_period() == 0:
        said = Paragraph(text="Nobody is assumed to leave, so that nothing is added for it.")
        return said, *reasons(author, LOSS)
    table = inputs_table(
        "Share of those still in the trial who leave after a period.",
        list(_hazards(author, leaving)),
        "People leave completely at random, in each sequence alike; who has left has no outcome "
        "from the next period on, and what was observed before stays in the analysis.",
    )
    return table, _inflation(), Paragraph(text=_inflated(author)), *reasons(author, LOSS)


def _hazards(author: Author, leaving: Mcar) -> Iterator[Input]:
    for period in range(1, leaving.last_used_period() + 1):
        path = f"truth.attrition.after_period_{period}"
        hazard = getattr(leaving, f"after_period_{period}")
        name = f"Leaving after period {period}"
        if not isinstance(hazard, HazardBySex):
            span = cited_range(author, path)
            basis = author.basis_in_words((path,))
            yield Input(f"{name}, women and men alike", planned_percent(hazard), basis, span)
            continue
        for sex, words in (("female", "women"), ("male", "men")):
            basis = author.basis_in_words((f"{path}.{sex}",))
            yield Input(f"{name}, {words}", planned_percent(getattr(hazard, sex)), basis)


def _inflation() -> Equation:
    return Equation(
        tex=r"N_{\text{randomised}} \ge \frac{N_{\text{evaluable}}}"
        r"{\sum_g f_g \prod_{p=1}^{P-1} (1 - h_{g,p})}",
        alt="The number randomised is at least the number evaluable divided by the expected share "
        "who complete: the sum over sexes g of their share f times the product, over the periods "
        "but the last, of 1 minus the share h that leaves after the period.",
    )


def _inflated(author: Author) -> str:
    answer, ledger = author.results.found.answer, author.results.found.answer.ledger
    completing = answer.trial.completers.value
    more = ""
    if answer.n_randomised != ledger.inflated:
        more = f"; by simulation with the loss, {people(answer.n_randomised)} are needed"
    return (
        f"With {people(ledger.balanced)} evaluable this gives {people(ledger.inflated)} "
        f"randomised, rounded up to balance the sequences{more}. Of "
        f"{people(answer.n_randomised)} randomised, "
        f"{completing:.1f} complete all periods on average "
        f"({percent(completing / answer.n_randomised)}; simulated, Monte-Carlo SE "
        f"{answer.trial.completers.mcse:.2f})."
    )


def time_effects(author: Author) -> tuple[Block, ...]:
    """Period, carry-over and sequence effects as the simulation has them."""
    truth = author.scenario.truth
    if not author.results.found.crossover:
        return (Paragraph(text="Everybody has one period: there are no such effects."),)
    kind = "ratio" if author.results.found.log_scale else "difference"
    periods = truth.period_effects
    rows = [
        Input(
            f"Period effects, by period ({kind} from period 1 matters)",
            joined([with_unit(given(v), author.scenario) for v in periods])
            if periods is not None
            else _none(author),
            author.basis_in_words(("truth.period_effects",)) if periods is not None else DEFAULT,
        ),
        Input(
            "Carry-over into the next period, relative to the reference",
            _lasting(author),
            author.basis_in_words(("truth.carryover",)) if truth.carryover is not None else DEFAULT,
            moved_range(author, "carryover"),
        ),
        Input("Sequence effects", _none(author), DEFAULT),
    ]
    table = inputs_table(
        "Effects of time.",
        rows,
        f"{_defaults(author)}Carry-over matters as far as it differs between treatments; it is not "
        "tested in the trial's data before the main analysis. What it would cost is in sections "
        "R39 and R72.",
    )
    return table, *reasons(author, ("truth.period_effects", "truth.carryover"))


def _defaults(author: Author) -> str:
    """What the simulation does where the scenario gives no value."""
    truth = author.scenario.truth
    absent = [
        words
        for words, value in (
            ("period effects", truth.period_effects),
            ("carry-over", truth.carryover),
        )
        if value is None
    ]
    named = joined([*absent, "sequence effects"])
    return (
        f"Assumed, default: the scenario gives no {named}, and the planning truth is simulated "
        "without; the model of the analysis has the terms that section R40 lists all the same. "
    )


def _none(author: Author) -> str:
    """No effect, on the natural scale."""
    neutral = author.scenario.truth.endpoint.neutral
    return f"none ({with_unit(given(neutral), author.scenario)})"


def _lasting(author: Author) -> str:
    lasting = author.scenario.truth.carryover
    if lasting is None:
        return _none(author)
    if isinstance(lasting, dict):
        parts = [f"{k}: {with_unit(given(v), author.scenario)}" for k, v in lasting.items()]
        return joined(parts or [_none(author)])
    return with_unit(given(lasting), author.scenario)


def by_sex(author: Author) -> tuple[Block, ...]:
    """Effects in women and in men, and their difference as it is planned for."""
    scenario, effect = author.scenario, author.scenario.truth.effect
    if scenario.truth.female_share is None:
        return (Paragraph(text="The scenario does not tell women from men."),)
    if not isinstance(effect, BySex):
        if isinstance(effect, dict):
            return (Paragraph(text="Effects are given per treatment; see section R10."),)
        text = "One effect is given and assumed in women and men alike; their difference is 0."
        return (Paragraph(text=text),)
    endpoint = scenario.truth.endpoint
    log = endpoint.scale == "log"
    apart = effect.male / effect.female if log else effect.male - effect.female
    unit = "" if log else " (interaction)"
    rows = [
        Input("Effect in women", with_unit(given(effect.female), scenario),
              author.basis_in_words(("truth.effect.female",))),
        Input("Effect in men", with_unit(given(effect.male), scenario),
              author.basis_in_words(("truth.effect.male",))),
        Input(f"Men {'divided by' if log else 'minus'} women{unit}",
              with_unit(number(apart), scenario), FORMULA, moved_range(author, "sex_difference")),
    ]  # fmt: skip
    table = inputs_table(
        "Assumed effects by sex.",
        rows,
        "The overall effect weighs women and men by their share in the population. These are "
        "assumptions: the trial is not planned to show them unless a hypothesis says so.",
    )
    reported = (
        ""
        if not scenario.by_sex
        else (
            "Effects in women, in men and their difference are reported with intervals whatever "
            "the result; power for them is in section R65."
        )
    )
    return (table, Paragraph(text=reported)) if reported else (table,)
