"""R38: how many people, how the number came about, and other readings of the evidence."""

from typing import TYPE_CHECKING

from planner.report.author import Author
from planner.report.hypotheses import answers, effect_in_words, effect_number
from planner.report.model import Block, Equation, Paragraph, Points, Table
from planner.report.tables import NONE, formula, share, simulated
from planner.report.tables import size as people_or_more
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import (
    number,
    one_line,
    people,
    planned_percent,
    with_error,
    with_unit,
)

if TYPE_CHECKING:
    from planner.search.result import SampleSize

FACE_VALUE = (
    "An alternative is another reading of the evidence and not the plan. A result that was "
    "published because it was significant exaggerates on average; a size that takes it at face "
    "value is too small if the effect is smaller."
)


def size(author: Author) -> tuple[Block, ...]:
    """The size of the main hypothesis with its parts, then of all, then under alternatives."""
    return (
        Paragraph(text=_answer(author)),
        _parts(author),
        *_formula(author),
        Paragraph(text="How the number came about:"),
        Points(items=_steps(author.results.found.answer), numbered=True),
        _all_sizes(author),
        *_alternatives(author),
        *_fixed(author),
    )


def _answer(author: Author) -> str:
    answer, settings = author.results.found.answer, author.scenario.monte_carlo
    label = one_line(hypothesis_label(answer.hypothesis))
    if answer.status != "found":
        return (
            f"No trial of up to {people(answer.n_randomised)} people reaches "
            f"{planned_percent(answer.power_target)} power for {label}; with as many it is "
            f"{with_error(answer.power)}. The numbers below are those of this largest trial."
        )
    low, high = answer.n_interval
    upper = f"to {people(high)}" if high is not None else "or more"
    return (
        f"For {planned_percent(answer.power_target)} power for {label}, "
        f"{people(answer.n_evaluable)} people must be evaluable (95 % interval from the error of "
        f"the simulation {people(low)} {upper}) and {people(answer.n_randomised)} are randomised. "
        f"Their power, with the assumed loss, is {with_error(answer.power)}: simulated, "
        f"{people(settings.n_trials)} trials, seed {settings.seed}."
    )


def _parts(author: Author) -> Table:
    """Evaluable and randomised people, by sequence and by sex."""
    answer, loss = author.results.found.answer, author.results.found.crossover
    about = "about " if author.scenario.truth.sex_mix == "random" else ""
    words = {"female": "Women", "male": "Men"}
    rows = [
        ("Evaluable", people(answer.n_evaluable),
         "simulated, confirmed on fresh trials" if answer.status == "found"
         else "the largest number considered"),
        ("Randomised", people(answer.n_randomised),
         "evaluable, inflated for the loss" if loss else "as evaluable: one period each"),
        *((f"Randomised to {'→'.join(name)}", people(n), "allocation ratio")
          for name, n in answer.per_sequence.items()),
        *((f"{words[sex]} randomised", f"{about}{people(n)}", "planned share of women")
          for sex, n in answer.per_sex.items()),
        *((("Completing all periods, expected", f"{answer.trial.completers.value:.1f}",
            f"simulated, ± {answer.trial.completers.mcse:.2f}"),) if loss else ()),
    ]  # fmt: skip
    return Table(
        caption="People that the trial needs.",
        columns=("People", "Number", "How"),
        rows=tuple(rows),
        right=(1,),
        widths=(4, 2, 4),
        note="± is the Monte-Carlo standard error. Evaluable people are observed in all periods.",
    )


def _formula(author: Author) -> tuple[Block, ...]:
    """The closed form beside the simulation, where there is one."""
    oracle = author.results.found.answer.oracle
    if oracle is None:
        text = (
            "The decision has no closed form (posterior probabilities or a procedure for several "
            "hypotheses); the size rests on simulation alone."
        )
        return (Paragraph(text=text),)
    about = (
        "exact"
        if oracle.exact
        else "an approximation: the expected information stands in for that of each trial"
    )
    return (
        Equation(
            tex=r"\text{power} = \Pr\{T > t_{1-\alpha,\nu}\}, \qquad "
            r"T \sim t_{\nu}\left(\frac{\delta - l}{\mathrm{SE}(N)}\right)",
            alt="The power of a one-sided test is the probability that T exceeds the 1 minus alpha "
            "quantile of the t distribution with nu degrees of freedom, where T is noncentral t "
            "with the distance of the true effect delta from the limit l, divided by the standard "
            "error at N people, as noncentrality.",
        ),
        Paragraph(
            text=f"The closed form gives {formula(oracle)} power at the size found; it is {about}. "
            "A two-sided test adds the other tail, and equivalence asks for both limits at once."
        ),
    )


def _steps(answer: "SampleSize") -> tuple[str, ...]:
    """The rounding ledger, from the formula to the people randomised."""
    ledger = answer.ledger
    steps = []
    if ledger.formula is not None:
        steps.append(f"{ledger.formula:.1f} evaluable by the closed form, before rounding.")
    if ledger.whole is not None:
        steps.append(f"{people(ledger.whole)} as whole people.")
    steps.append(f"{people(ledger.balanced)} balanced over the sequences, by simulation.")
    if ledger.inflated != ledger.balanced:
        steps.append(f"{people(ledger.inflated)} randomised, so that as many complete on average.")
    if ledger.with_partial_data is not None:
        steps.append(
            f"For comparison, {people(ledger.with_partial_data)} by the closed form if what people "
            "who leave had contributed is counted; the plan keeps the larger number."
            if ledger.with_partial_data < answer.n_randomised
            else f"For comparison, {people(ledger.with_partial_data)} by the closed form with the "
            "outcomes of people who leave."
        )
    if answer.n_randomised != ledger.inflated:
        steps.append(
            f"{people(answer.n_randomised)} randomised to reach the target with the assumed loss."
        )
    return tuple(steps)


def _all_sizes(author: Author) -> Table:
    """Every hypothesis at every power target."""
    rows = [
        (
            one_line(hypothesis_label(r.hypothesis)),
            planned_percent(r.power_target),
            NONE if r.effect is None else effect_number(author.scenario, r.effect),
            people_or_more(r.n_evaluable, r.status),
            people_or_more(r.n_randomised, r.status),
            share(r.power),
            formula(r.oracle),
        )
        for r in author.results.sizes
    ]
    unit = with_unit("", author.scenario).strip()
    return Table(
        caption="Sizes of all hypotheses, each for itself.",
        columns=("Hypothesis", "Target", "Effect", "Evaluable", "Randomised", "Power", "Formula"),
        rows=tuple(rows),
        right=(1, 2, 3, 4, 5, 6),
        note=f"{simulated(author.scenario, 'per size')} Effects{f' in {unit}' if unit else ''} are "
        "those assumed; power is that of the people randomised; ≈ marks an approximate formula, – "
        "that there is none. The trial is planned for one row only.",
    )


def _alternatives(author: Author) -> tuple[Block, ...]:
    """Sizes under the scenario's alternatives, each with its note, and a warning."""
    if not author.results.alternatives:
        return ()
    first = answers(author.results)[author.scenario.plan.hypothesis_names[0]]
    rows = []
    for other in author.results.alternatives:
        effect = effect_in_words(author.scenario, other.effect)
        rows += [
            (one_line(other.name), effect, number(other.standardised_effect),
             planned_percent(r.power_target), people_or_more(r.n_randomised, r.status),
             share(r.power))
            for r in other.sizes
        ]  # fmt: skip
    table = Table(
        caption=f"Sizes of {one_line(hypothesis_label(first.hypothesis))} under other readings of "
        "the evidence.",
        columns=("Reading", "Effect", "Standardised", "Target", "Randomised", "Power"),
        rows=tuple(rows),
        right=(1, 2, 3, 4, 5),
        note=simulated(author.scenario, "per size"),
    )
    notes = [
        f"{one_line(other.name)}: {author.referenced(one_line(other.note))}."
        for other in author.results.alternatives
        if one_line(other.note)
    ]
    return table, *((Points(items=tuple(notes)),) if notes else ()), Paragraph(text=FACE_VALUE)


def _fixed(author: Author) -> tuple[Block, ...]:
    """A size that the scenario fixes is not the one that this report is about."""
    fixed, n = author.scenario.plan.n_subjects, author.results.n
    if fixed is None or fixed == n:
        return ()
    return (
        Paragraph(
            text=f"The scenario fixes plan.n_subjects = {people(fixed)}. This report is about "
            f"the {people(n)} people that the power target asks for."
        ),
    )
