"""Sections R51 to R53: how trials are generated, from which values, and what is true in them."""

import numpy as np

from planner.engines.model import true_values
from planner.operating.nulls import null_values
from planner.operating.stress import stress_scenarios
from planner.report import equations_simulation as equations
from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.basis import value_at
from planner.report.hypothesis_tables import contrast_in_words
from planner.report.model import Block, Paragraph, Table
from planner.report.tables import natural_unit
from planner.report.truth_tables import factors_table, means_table, spread_table
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import given, joined, number, one_line


def models(author: Author) -> list[Block]:
    """R51: the model with its equations, values, and what is varied."""
    scenario, crossover = author.scenario, author.results.found.crossover
    truth = scenario.truth
    sexes = len(truth.strata) > 1
    blocks: list[Block] = [
        Paragraph(text=_start(author)),
        equations.expected_outcome(
            sexes=sexes, carryover=truth.carryover is not None, crossover=crossover
        ),
        equations.outcomes(sexes=sexes, crossover=crossover),
    ]
    if truth.attrition.kind == "mcar":
        blocks.append(equations.leaving(sexes=sexes))
    blocks += [Paragraph(text=_people(author)), means_table(author), spread_table(author)]
    blocks.append(Paragraph(text=_drawn(author)))
    if scenario.monte_carlo.draw == "moments":
        blocks.append(equations.moments())
    return [*blocks, factors_table(author)]


def _start(author: Author) -> str:
    log = author.scenario.truth.endpoint.scale == "log"
    scale = (
        "All is on the logarithmic scale: y is the natural logarithm of the outcome, effects are "
        "logarithms of ratios. "
        if log
        else ""
    )
    return (
        f"{scale}Under the planning truth outcomes are drawn from this model. The mean level is "
        "set to 0, as only differences matter (an analysis with a proper prior of the mean level "
        "meets that 0); what is not listed is 0. The model is what is "
        "assumed, not what is known: outcomes are normal, variances do not depend on the "
        "treatment, and nothing else links people."
    )


def _people(author: Author) -> str:
    plan, truth = author.scenario.plan, author.scenario.truth
    ratio = ":".join(map(str, plan.weights))
    sexes = {
        True: "women and men are recruited as they come, women with the planned share as chance",
        False: "the numbers of women and men are fixed by quota, the same in every sequence to "
        "within one person",
    }[truth.sex_mix == "random"]
    text = (
        f"People are allocated to {joined(list(plan.design.sequences))} in the ratio {ratio}, the "
        "numbers per sequence fixed"
    )
    return f"{text}; {sexes}." if len(truth.strata) > 1 else f"{text}."


def _drawn(author: Author) -> str:
    if author.scenario.monte_carlo.draw == "subjects":
        return (
            "Every person is drawn: the outcomes of all periods first, then when the person "
            "leaves, so that no outcome depends on the loss."
        )
    return (
        "People with the same sequence, sex and observed periods form a cell. For normal outcomes "
        "every analysis used here depends on the data only through the number, the mean vector and "
        "the centred cross-products of every cell. These are drawn directly: numbers from binomial "
        "distributions, one after the other; means and cross-products from the distributions "
        "below, the latter by Bartlett's decomposition, singular where a cell has few people "
        f"{author.cite(of.BARTLETT)}. This is exact, no approximation."
    )


def sources(author: Author) -> list[Block]:
    """R52: every cited value of the truth with its source."""
    scenario = author.scenario
    plain = scenario.plain(full=True)
    rows = []
    for basis in author.bases(("truth",)):
        value = value_at(plain, basis.path)
        if not isinstance(value, float):
            continue
        source = author.cite(basis.source()) if basis.has_source else "none"
        path = basis.path.removeprefix("truth.").replace(".", ": ").replace("_", " ")
        rows.append((path, given(value), basis.flag or "not stated", source))
    text = Paragraph(
        text="Reported values stand in the source; derived ones are computed from it; assumed ones "
        "are judgements. Values of the simulation that are not listed are 0 or follow from those "
        "listed."
    )
    if not rows:
        return [text]
    table = Table(
        caption="Values of the planning truth and where they come from.",
        columns=("Value", "Number", "Basis", "Source"),
        rows=tuple(rows),
        right=(1,),
        widths=(2.2, 0.8, 1.0, 1.0),
        note="Shares between 0 and 1; SDs and effects in the unit of the outcome, ratios for an "
        "outcome on the logarithmic scale.",
    )
    return [text, table]


def estimands(author: Author) -> list[Block]:
    """R53: the true value of every contrast under every truth."""
    scenario = author.scenario
    truths = stress_scenarios(scenario)
    names = [name for name in truths if name != "realistic"]
    columns = [true_values(scenario), np.array(list(null_values(scenario).values()))]
    columns += [true_values(truths[name]) for name in names]
    rows = tuple(
        (
            one_line(hypothesis_label(h.name)),
            contrast_in_words(author.results, h),
            *(_shown(author, float(column[i])) for column in columns),
        )
        for i, h in enumerate(scenario.plan.hypotheses)
    )
    headings = ("Hypothesis", "Contrast", "Planning", "Edge of null", *map(str.capitalize, names))
    log = scenario.truth.endpoint.scale == "log"
    unit = "as a ratio" if log else f"in {natural_unit(scenario) or 'the unit of the outcome'}"
    return [
        Paragraph(
            text="The true value of a contrast is computed from the effects of the truth by the "
            "formula below; it is never estimated. Weights of the sexes are the population shares, "
            "weights of the treatments those of the contrast."
        ),
        equations.estimand(sexes=len(scenario.truth.strata) > 1),
        Table(
            caption=f"True value of every contrast, {unit} (formula).",
            columns=headings,
            rows=rows,
            right=tuple(range(2, len(headings))),
            widths=(1.0, 2.2, *(0.9 for _ in columns)),
            note="The edge of the null is the true value at which the type I error of that "
            "hypothesis is simulated; other hypotheses may have other values there.",
        ),
    ]


def _shown(author: Author, value: float) -> str:
    return number(author.scenario.truth.endpoint.to_natural(value))
