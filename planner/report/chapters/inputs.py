"""R30 to R39: every number that the size rests on, the size, and its range."""

import numpy as np

from planner.plan.analysis import Posterior
from planner.plan.hypothesis import one_sided_level
from planner.report.author import Author
from planner.report.basis import CORRELATION, EFFECT, SD
from planner.report.chapters.inputs_nuisance import attrition, by_sex, time_effects
from planner.report.chapters.inputs_range import plausible_deviations
from planner.report.chapters.inputs_size import size
from planner.report.hypotheses import answers, claim, effect_in_words
from planner.report.input_tables import (
    FORMULA,
    Input,
    cited_range,
    inputs_table,
    moved_range,
    reasons,
)
from planner.report.model import Block, Equation, Paragraph, Section, Table
from planner.report.writing import Findings, compared, rule
from planner.truth.covariance import PairedDifference
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import given, joined, number, one_line, planned_percent, with_unit


def sections(author: Author) -> tuple[Section, ...]:
    """The sections of the chapter."""
    return (
        author.section("R30", *_outcome(author)),
        author.section("R31", *_difference(author)),
        author.section("R32", *_importance(author)),
        author.section("R33", *_variation(author)),
        author.section("R34", *_levels(author)),
        author.section("R35", *attrition(author)),
        author.section("R36", *time_effects(author)),
        author.section("R37", *by_sex(author)),
        author.section("R38", *size(author)),
        author.section("R39", *plausible_deviations(author)),
    )


def _outcome(author: Author) -> tuple[Block, ...]:
    """The primary outcome, its unit and scale, and which way is which."""
    scenario, found = author.scenario, author.results.found
    endpoint = scenario.truth.endpoint
    name, unit = one_line(endpoint.name), one_line(endpoint.unit)
    scale = (
        "Its logarithm is analysed and effects are ratios of geometric means."
        if endpoint.scale == "log"
        else "It is analysed as it is measured and effects are differences of means."
    )
    shown = claim(found.hypothesis.objective, scenario)
    way = f"An effect is {compared(found)}; to be shown is {shown}."
    named = f"{name or 'not named'}{f' ({unit})' if unit else ''}"
    said = f"The primary outcome is {named}. {scale} {way}"
    notes = " ".join(scenario.notes.split())
    meant = (Paragraph(text=f"The scenario adds: {notes}"),) if notes else ()
    return Paragraph(text=said), *meant


def _difference(author: Author) -> tuple[Block, ...]:
    """Target difference on the natural scale, SD, and standardised difference (DELTA2)."""
    found, truth = author.results.found, author.scenario.truth
    log = " (of the logarithm)" if found.log_scale else ""
    effect = found.answer.effect or 0.0
    sd, sd_name = _comparing_sd(author)
    standardised = truth.standardised_effect is not None and truth.effect is None
    what = "logarithm of the ratio" if found.log_scale else "difference"
    size_on_model = truth.endpoint.to_model(effect or truth.endpoint.neutral, "truth.effect")
    effect_basis = author.basis_in_words(EFFECT)
    rows = [
        Input(
            f"Target {'ratio' if found.log_scale else 'difference'}, "
            f"{one_line(hypothesis_label(found.hypothesis.name))}",
            effect_in_words(author.scenario, effect),
            f"{FORMULA} from the standardised effect and the SD" if standardised else effect_basis,
            moved_range(author, "effect") if found.hypothesis.sex == "overall" else "",
        ),
        Input(
            f"{sd_name}{log}",
            _sd_in_words(author, sd),
            author.basis_in_words(SD),
            cited_range(author, "truth.covariance.sd_difference"),
        ),
        Input(
            f"Standardised difference ({what} / this SD)",
            number(size_on_model / sd),
            effect_basis if standardised else FORMULA,
            cited_range(author, "truth.standardised_effect"),
        ),
    ]
    table = inputs_table(
        "Target difference on the natural scale and standardised.",
        rows,
        "Basis: reported, derived from reported numbers, or assumed. The target difference is an "
        "assumption about the truth and not what the trial will estimate.",
    )
    return table, *reasons(author, EFFECT, SD)


def _comparing_sd(author: Author) -> tuple[float, str]:
    """The SD that a difference is standardised by, and its name."""
    truth = author.scenario.truth
    if author.results.found.crossover:
        return truth.sd_difference, "SD of the within-participant difference"
    return float(np.sqrt(sum(truth.resolved_covariance().components()))), "SD of one outcome"


def _sd_in_words(author: Author, sd: float) -> str:
    log = author.results.found.log_scale
    return number(sd) if log else with_unit(number(sd), author.scenario)


def _importance(author: Author) -> tuple[Block, ...]:
    """Why the difference is important or realistic: the protocol, or the entry it cites."""
    said = author.said(author.protocol.importance)
    mcid = [b for b in author.bases(EFFECT) if b.entry and b.entry.quantity == "mcid"]
    if said or not mcid:
        return said
    cited = author.cite(*(basis.source() for basis in mcid))
    return (Paragraph(text=f"The difference is the smallest that matters according to {cited}."),)


def _variation(author: Author) -> tuple[Block, ...]:
    """How outcomes vary within and between people (CONSORT for crossovers, item 7a)."""
    truth, found = author.scenario.truth, author.results.found
    within, between = truth.resolved_covariance().components()
    total = float(np.sqrt(within + between))
    log = " (of the logarithm)" if found.log_scale else ""
    sd_basis, rho = author.basis_in_words(SD), between / (within + between)
    rows = [Input(f"SD of one outcome{log}", _sd_in_words(author, total), FORMULA)]
    blocks: list[Block] = []
    if found.crossover:
        paired = isinstance(truth.covariance, PairedDifference)
        derived = f"{FORMULA} from the other two"
        rows = [
            Input(f"SD of the within-participant difference{log}",
                  _sd_in_words(author, truth.sd_difference), sd_basis if paired else FORMULA,
                  cited_range(author, "truth.covariance.sd_difference")),
            Input(f"Within-participant SD{log}", _sd_in_words(author, float(np.sqrt(within))),
                  FORMULA if paired else sd_basis,
                  cited_range(author, "truth.covariance.sd_within")),
            Input("Correlation between periods", number(rho),
                  author.basis_in_words(CORRELATION) or (derived if not paired else ""),
                  moved_range(author, "correlation")),
            *rows,
        ]  # fmt: skip
        blocks = [_within_equation(), Paragraph(text=_why_within(author))]
    table = inputs_table("Variation of the outcome.", rows, _multipliers(author))
    return table, *blocks, *reasons(author, CORRELATION)


def _within_equation() -> Equation:
    return Equation(
        tex=r"\mathrm{SD}_{\text{difference}} = \sqrt{2}\,\sigma_w = "
        r"\sigma\sqrt{2\,(1 - \rho)}, \qquad \sigma^2 = \sigma_w^2 + \sigma_b^2, \qquad "
        r"\rho = \frac{\sigma_b^2}{\sigma_w^2 + \sigma_b^2}",
        alt="The SD of the within-participant difference is the square root of 2 times the "
        "within-participant SD sigma w, and equally the SD of one outcome sigma times the square "
        "root of 2 times 1 minus the correlation rho. Sigma squared is the sum of the variances "
        "within and between participants, and rho is the share of it that lies between them.",
    )


def _why_within(author: Author) -> str:
    kept = (
        " The SD of the difference is the number given; the correlation matters only for people "
        "of whom not every period is observed."
        if isinstance(author.scenario.truth.covariance, PairedDifference)
        else ""
    )
    return (
        "The calculation accounts for the variability within participants: the comparison rests on "
        f"differences between periods of the same person.{kept}"
    )


def _multipliers(author: Author) -> str:
    factors = author.scenario.truth.resolved_covariance().sd_multiplier
    if factors.female == factors.male == 1.0:
        return "The same in women and men." if author.scenario.truth.female_share else ""
    return (
        f"These SDs are multiplied by {given(factors.female)} in women and by "
        f"{given(factors.male)} in men."
    )


def _levels(author: Author) -> tuple[Block, ...]:
    """α, sides and power target of every hypothesis."""
    plan = author.scenario.plan
    targets = joined([planned_percent(target) for target in plan.power_targets])
    bayesian = isinstance(plan.analysis, Posterior)
    rows = [
        (
            one_line(hypothesis_label(h.name)),
            rule(Findings(author.scenario, answers(author.results)[h.name], None))
            .removeprefix("at ")
            .removeprefix("with the rule "),
            given(one_sided_level(h.objective)),
            targets,
        )
        for h in plan.hypotheses
    ]
    note = "The level per tail is the planned probability of a wrong claim on one side"
    note += ", 1 minus the threshold of a posterior probability." if bayesian else "."
    target = planned_percent(author.results.found.answer.power_target)
    return (
        Table(
            caption="Levels and power targets.",
            columns=("Hypothesis", "Rule", "Level per tail", "Power targets"),
            rows=tuple(rows),
            right=(2,),
            widths=(2, 4, 2, 2),
            note=f"{note} The report is about {target} power for "
            f"{one_line(hypothesis_label(author.results.hypothesis))}.",
        ),
    )
