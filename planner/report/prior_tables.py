"""Tables of priors: how much an analysis prior weighs, what it predicts, what the truth may be."""

from typing import TYPE_CHECKING

import numpy as np

from planner.evidence.distribution import Normal, NormalMixture, StudentT, mean_and_sd
from planner.evidence.effective_size import effective_size
from planner.operating.prior_predictive import PriorPredictive, prior_predictive
from planner.plan.analysis import Posterior
from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.model import Table
from planner.search.assumption_range import prior_quantile
from planner.words.assumptions import LABELS, unit_in_words, value_in_words
from planner.words.distributions import distribution_in_words
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import number, one_line, percent, with_unit

if TYPE_CHECKING:
    from planner.scenario import Scenario

CENTRAL = (0.025, 0.975)


def size_table(author: Author) -> Table | None:
    """Effective sample size of the effect prior; None for a test or a flat prior."""
    analysis = author.scenario.plan.analysis
    if not isinstance(analysis, Posterior) or analysis.priors.effect.kind == "flat":
        return None
    prior, (sigma, what) = analysis.priors.effect, _one_person(author)
    if isinstance(prior, Normal | NormalMixture):
        found = effective_size(prior, sigma)
        sizes = (found.elir, found.moment, found.morita)
    elif isinstance(prior, StudentT):
        sd = mean_and_sd(prior)[1] if prior.df > 2 else np.nan
        sizes = (_student_size(prior, sigma), (sigma / sd) ** 2, np.nan)
    else:
        return None
    own = author.scenario.by_sex and analysis.priors.sexes.kind == "independent"
    methods = (
        f"Expected local-information ratio {author.cite(of.NEUENSCHWANDER)}",
        "Moment method: a normal with the prior's mean and SD",
        "Information at the mode (Morita)",
    )
    return Table(
        caption="Effective sample size of the prior of an effect (formula).",
        columns=("Method", "People"),
        rows=tuple(
            (method, number(size) if np.isfinite(size) else "not defined")
            for method, size in zip(methods, sizes, strict=True)
        ),
        right=(1,),
        widths=(3.2, 1.0),
        note=f"People whose data would weigh as much as the prior; one person counts with {what} "
        f"of {with_unit(number(sigma), author.scenario)}, the planning value."
        + " The prior is that of one sex, and so are the people."
        * own,
    )


def _one_person(author: Author) -> tuple[float, str]:
    """SD of what one person says of an effect, and its name."""
    truth = author.scenario.truth
    if author.results.found.crossover:
        return truth.sd_difference, "the SD of the difference between two periods"
    within, between = truth.resolved_covariance().components()
    return 2 * float(np.sqrt(within + between)), "twice the SD of one outcome (two equal groups)"


def _student_size(prior: StudentT, sigma: float) -> float:
    """σ² E[−(log p)″]; the expectation for Student's t is (ν + 1) / ((ν + 3) s²)."""
    return float((sigma / prior.scale) ** 2 * (prior.df + 1) / (prior.df + 3))


def predictive_table(author: Author) -> Table | None:
    """Prior of every contrast and prior predictive of its estimate; None where there is none."""
    scenario, n = author.scenario, author.results.n
    found = prior_predictive(scenario, n)
    if not found:
        return None
    return Table(
        caption=f"Prior and prior predictive distribution of every contrast with {n} people "
        "randomised (formula).",
        columns=(
            "Hypothesis",
            "Effect: median (95 % interval)",
            "Estimate: 95 % interval",
            "P(claim)",
        ),
        rows=tuple(_predictive(scenario, p) for p in found),
        right=(3,),
        widths=(1.1, 2.0, 1.7, 0.8),
        note="Before any data. The estimate's interval adds the standard error that a trial of "
        "this size has at the planning SDs. P(claim) is the prior probability that the effect is "
        "as claimed; of a two-sided claim, that it is positive.",
    )


def _predictive(scenario: "Scenario", found: PriorPredictive) -> tuple[str, ...]:
    natural = scenario.truth.endpoint.to_natural
    low, middle, high = (number(natural(v)) for v in found.effect)
    estimate = (
        f"{number(natural(found.estimate[0]))} to {number(natural(found.estimate[2]))}"
        if found.estimate
        else "too few people"
    )
    name = one_line(hypothesis_label(found.hypothesis))
    return name, f"{middle} ({low} to {high})", estimate, percent(found.claim)


def design_prior_table(author: Author) -> Table:
    """What the design prior varies, with its source."""
    scenario = author.scenario
    prior, endpoint, sd = (
        scenario.truth_prior,
        scenario.truth.endpoint,
        scenario.truth.sd_difference,
    )
    rows = []
    for name, label in LABELS.items():
        known = getattr(prior, name, None)
        if known is None:
            continue
        low, high = (value_in_words(name, prior_quantile(known, p, sd), endpoint) for p in CENTRAL)
        rows.append(
            (
                label,
                distribution_in_words(known),
                f"{low} to {high}".replace("-", "−") + unit_in_words(name, endpoint),
                author.basis_in_words((f"truth_prior.{name}",)) or "assumed, no source stated",
            )
        )
    log = " Effects and SDs in the second column are of the logarithm." * (endpoint.scale == "log")
    return Table(
        caption="Design prior.",
        columns=("Quantity", "Distribution", "Central 95 %", "Basis"),
        rows=tuple(rows),
        widths=(1.3, 1.8, 1.3, 1.2),
        note="Means and SDs in the unit of the outcome; shares between 0 and 1 in the second "
        f"column.{log} An SD known from so many degrees of freedom has the scaled inverse χ "
        "distribution; an effect estimated from so many people has the SD of that estimate.",
    )
