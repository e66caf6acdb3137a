"""Sections R44 to R47: analysis prior, design prior, borrowing, sensitivity analyses."""

from planner.evidence.distribution import Flat
from planner.plan.analysis import Posterior, describe
from planner.plan.priors import CommonEffect, ExchangeableSexes, Priors, SexPrior
from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.model import Block, Paragraph, Points, Table
from planner.report.prior_tables import design_prior_table, predictive_table, size_table
from planner.words.distributions import distribution_in_words
from planner.words.prose import one_line, people


def analysis_prior(author: Author) -> list[Block]:
    """The prior of a Bayesian analysis; that a test has none."""
    analysis = author.scenario.plan.analysis
    if not isinstance(analysis, Posterior):
        return [
            Paragraph(text="The planned analysis is a test; no prior distribution enters it."),
            *_beside(author),
        ]
    blocks: list[Block] = [_priors(author, analysis.priors), Paragraph(text=_proper(analysis))]
    blocks += [table for table in (size_table(author), predictive_table(author)) if table]
    return [*blocks, *author.said(author.protocol.analysis_prior)]


def _beside(author: Author) -> list[Block]:
    """Priors of the Bayesian analyses that the report shows beside a test."""
    shown = [o.analysis for o in author.results.power.others]
    bayesian = [a for a in author.scenario.plan.other_analyses if isinstance(a, Posterior)]
    if not bayesian and describe(Posterior()) in shown:
        bayesian = [Posterior()]
    if not bayesian:
        return []
    text = (
        "Beside it this report shows a Bayesian analysis of the same simulated trials, for "
        "comparison only; it decides nothing. Its priors:"
    )
    return [Paragraph(text=text), *(_priors(author, a.priors) for a in bayesian)]


def _priors(author: Author, priors: Priors) -> Table:
    crossover = author.results.found.crossover
    rows = [
        ("Effect of a treatment against the reference", distribution_in_words(priors.effect)),
        *([("Women and men", _sexes(priors.sexes))] if author.scenario.by_sex else []),
        ("SD within persons" if crossover else "SD", distribution_in_words(priors.sd_within)),
        *([("SD between persons", distribution_in_words(priors.sd_between))] if crossover else []),
        ("Mean level under the reference", distribution_in_words(priors.intercept)),
        ("Period, sequence, sex and carry-over effects", distribution_in_words(priors.nuisance)),
    ]
    log = author.scenario.truth.endpoint.scale == "log"
    unit = one_line(author.scenario.truth.endpoint.unit)
    scale = "Of the logarithm of the outcome." if log else f"In {unit}." if unit else ""
    return Table(
        caption="Analysis prior.",
        columns=("Parameter", "Prior"),
        rows=tuple(rows),
        widths=(1.6, 2.6),
        note=f"{scale} Assumed, part of the plan, and never taken from the truth that is "
        "simulated. Parameters are independent unless the table says otherwise.".strip(),
    )


def _sexes(sexes: SexPrior) -> str:
    match sexes:
        case ExchangeableSexes(tau=tau):
            return (
                "exchangeable: effects of the sexes are normal around a common effect with SD τ, "
                f"τ {distribution_in_words(tau)}"
            )
        case CommonEffect():
            return "one effect for both sexes"
        case _:
            return "independent: each sex has the effect prior by itself"


def _proper(analysis: Posterior) -> str:
    priors = analysis.priors
    named = {
        "the effects": priors.effect,
        "the mean level": priors.intercept,
        "the other means": priors.nuisance,
    }
    flat = [name for name, prior in named.items() if isinstance(prior, Flat)]
    flat += ["the SD within persons"] if priors.sd_within.kind == "jeffreys" else []
    if not flat:
        return "All priors are proper."
    text = (
        f"Improper priors: {', '.join(flat)}. They carry no information of their own; the "
        "posterior is proper where the data determine the effects and the variance within persons, "
        "and a trial in which they do not counts as not analysed."
    )
    if isinstance(priors.effect, Flat):
        text += (
            " An improper prior of the effects has no effective sample size and no prior "
            "predictive distribution; neither is given."
        )
    return text


def design_prior(author: Author) -> list[Block]:
    """The distribution over truths that assurance averages over."""
    if author.scenario.truth_prior is None:
        return []
    return [
        Paragraph(
            text="The design prior says what the truth may be. It is used for assurance alone, "
            "the probability of success averaged over it, and for the probability that a success "
            f"is wrong {author.cite(of.OHAGAN)}. It is no part of the planned analysis and changes "
            "no power: power is that at the planning values. What the table does not list is held "
            "at its planning value, and the quantities are independent of each other unless it "
            "says otherwise."
        ),
        design_prior_table(author),
    ]


def borrowing(author: Author) -> list[Block]:
    """Outside data in the analysis, or none; and what the sexes borrow from each other."""
    analysis, said = author.scenario.plan.analysis, author.said(author.protocol.borrowing)
    if not isinstance(analysis, Posterior) or isinstance(analysis.priors.effect, Flat):
        why = (
            "no prior enters the test"
            if not isinstance(analysis, Posterior)
            else "the prior of the effects is flat"
        )
        own = f"The planned analysis borrows nothing from outside the trial: {why}."
        return [Paragraph(text=own), *_within_trial(analysis), *said]
    return [*_within_trial(analysis), *said]


def _within_trial(analysis: object) -> list[Block]:
    sexes = analysis.priors.sexes if isinstance(analysis, Posterior) else None
    if not isinstance(sexes, ExchangeableSexes):
        return []
    return [
        Paragraph(
            text="Within the trial the effects in women and in men borrow from each other: they "
            "are exchangeable, the more alike the smaller τ."
        )
    ]


def sensitivity(author: Author) -> list[Block]:
    """Other analyses of the same trials, and what the protocol plans for the data."""
    results = author.results
    planned = results.power.analysis
    asked = [describe(a) for a in author.scenario.plan.other_analyses]
    added = [o.analysis for o in results.power.others if o.analysis not in asked]
    items = [f"{name}: among the other analyses of the plan" for name in asked]
    items += [f"{name}: added by this report from the other school of inference" for name in added]
    blocks: list[Block] = []
    if items:
        n_trials = people(author.scenario.monte_carlo.n_trials)
        blocks = [
            Paragraph(
                text=f"These analyses see the same {n_trials} simulated trials as the planned one "
                f"({planned}); their operating characteristics stand beside its own:"
            ),
            Points(items=tuple(items)),
        ]
    return [*blocks, *author.said(author.protocol.sensitivity)]
