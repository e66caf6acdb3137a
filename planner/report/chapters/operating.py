"""What the trial does at its size: errors, power, estimates, assurance, sexes and examples."""

from planner.report.author import Author
from planner.report.chapters.operating_sexes import by_sex
from planner.report.chapters.operating_trials import example_trials, failures
from planner.report.figures import convergence_figure, power_figure, prior_figure, type_i_figure
from planner.report.model import Block, Paragraph, Points, Section
from planner.report.tables import share
from planner.report.tables_assurance import assurance_table, effect_table
from planner.report.tables_designs import resources_table
from planner.report.tables_nulls import (
    effects_table,
    grid_in_words,
    grid_table,
    maxima_table,
    priors_table,
)
from planner.report.tables_power import (
    curve_table,
    estimates_table,
    factors_table,
    intervals_table,
    power_table,
    stress_table,
    stressed_hypotheses_table,
    type_i_table,
    zones_table,
)
from planner.words.prose import one_line, people

READING = (
    "Proportions are in %. A number after ± is the Monte-Carlo standard error (MCSE) of the number "
    "before it, of a proportion in percentage points: what the limited number of simulated trials "
    "adds, not the uncertainty of the assumptions. Where all trials agree, their count stands "
    "instead. Formulas and assumptions are named as such."
)
"""How to read the tables of the chapter."""


def sections(author: Author) -> tuple[Section, ...]:
    """R60 to R69."""
    return (
        _type_i(author),
        _power(author),
        _estimates(author),
        _assurance(author),
        _resources(author),
        by_sex(author),
        _stress(author),
        _prior_sensitivity(author),
        failures(author),
        example_trials(author),
    )


def _present(*blocks: Block | None) -> tuple[Block, ...]:
    """The blocks that apply."""
    return tuple(block for block in blocks if block is not None)


def _type_i(author: Author) -> Section:
    results = author.results
    return author.section(
        "R60",
        *_present(
            Paragraph(text=READING),
            type_i_table(results),
            *_familywise(author),
            Paragraph(text=grid_in_words(results.null_grid)),
            maxima_table(results),
            type_i_figure(results),
            grid_table(results),
        ),
    )


def _familywise(author: Author) -> tuple[Block, ...]:
    """The error of any false claim, where there are several hypotheses."""
    found = author.results.power
    if len(found.hypotheses) == 1:
        return (Paragraph(text="One hypothesis is tested, so its error is that of the trial."),)
    if found.familywise_error is None:
        text = "The nulls of the hypotheses cannot hold together, so no familywise error is given."
        return (Paragraph(text=text),)
    return (
        Paragraph(
            text="Familywise error, any rejection where the nulls of all hypotheses hold: "
            f"{share(found.familywise_error)} (simulated, ± MCSE; planned analysis)."
        ),
    )


def _power(author: Author) -> Section:
    results = author.results
    return author.section(
        "R61",
        *_present(
            power_table(results),
            effects_table(results),
            _together(author),
            zones_table(results),
            curve_table(results),
            power_figure(results),
            convergence_figure(results),
        ),
    )


def _together(author: Author) -> Block | None:
    """What several hypotheses do together."""
    found, plan = author.results.power, author.scenario.plan
    if len(found.hypotheses) == 1:
        return None
    return Paragraph(
        text=f"Success rule ({one_line(plan.success_rule)}): {share(found.trial_success)}; any "
        f"hypothesis shown: {share(found.any_rejected)}; all: {share(found.all_rejected)} "
        "(simulated, ± MCSE; planned analysis)."
    )


def _estimates(author: Author) -> Section:
    return author.section("R62", estimates_table(author.results), intervals_table(author.results))


def _assurance(author: Author) -> Section:
    found, scenario = author.results.assurance, author.scenario
    if found is None:
        text = (
            "The scenario has no design prior (truth_prior), so there is no assurance, and no "
            "probability that a success is wrong: both are averages over what the truth may be. "
            "The power of this report holds if the planned truth is right."
        )
        return author.section("R63", Paragraph(text=text))
    blocks: list[Block] = [assurance_table(scenario, found), effect_table(scenario, found)]
    if found.failures:
        text = (
            f"{people(found.failures)} trials were not analysed and count as no success; if they "
            f"had all missed or reached their aim, the assurance of {found.trial.aim} would be "
            f"{100 * found.trial.worst:.1f} or {100 * found.trial.best:.1f} %."
        )
        blocks.append(Paragraph(text=text))
    if found.relevant is None:
        text = (
            "The planned effect is no effect, or the aim is to show no more than an agreed one, so "
            "no effect counts as relevant, and P(success and relevant) is not computed."
        )
        blocks.append(Paragraph(text=text))
    return author.section("R63", *blocks)


def _resources(author: Author) -> Section:
    costs, periods = author.protocol.costs, author.scenario.plan.design.n_periods
    missing = []
    if costs.weeks(periods) is None:
        missing.append(
            "How many weeks the trial takes for one person is not stated; "
            "protocol.costs.period_weeks and washout_weeks give it."
        )
    if costs.total(author.results.n, periods) is None:
        missing.append(
            "What the trial costs is not stated; protocol.costs.per_subject or per_visit, and "
            "currency, give it."
        )
    table = resources_table(author.results, costs)
    return author.section("R64", table, *(Paragraph(text=text) for text in missing))


def _stress(author: Author) -> Section:
    results = author.results
    return author.section(
        "R66",
        *_present(stress_table(results), stressed_hypotheses_table(results), factors_table()),
    )


def _prior_sensitivity(author: Author) -> Section:
    results = author.results
    priors, found = priors_table(results), results.prior_sensitivity
    if priors is None or found is None:
        text = f"Nothing to vary: {results.no_prior_sensitivity.rstrip('.')}."
        return author.section("R67", *_present(Paragraph(text=text), prior_figure(results)))
    left_out = [
        f"{label}: left out, as {why.rstrip('.')}." for label, why in found.left_out.items()
    ]
    points = [Points(items=tuple(left_out))] if left_out else []
    return author.section("R67", *_present(priors, *points, prior_figure(results)))
