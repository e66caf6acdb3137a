"""Sections R57 to R59: random numbers, failed analyses, computation and its checks."""

from planner.engines.protocol import Status
from planner.plan.analysis import Analysis, MixedModel, Posterior
from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.computation_words import (
    LEAST_SQUARES,
    by_nuts,
    by_quadrature,
    by_reml,
)
from planner.report.model import Block, Code, Paragraph, Points, Table
from planner.report.random_numbers import DERIVATION, MEANING
from planner.rng import BLOCK_SIZE, EXPLORATION_BLOCK, block_sizes
from planner.search.null_grid import FRESH_BLOCK
from planner.words.prose import people, planned_percent


def random_numbers(author: Author) -> list[Block]:
    """R57: generator, seed, streams, blocks, and how any trial is drawn again."""
    settings = author.scenario.monte_carlo
    blocks = len(block_sizes(settings.n_trials))
    rows = tuple((str(int(s)), s.name.lower(), words) for s, words in MEANING.items())
    return [
        Paragraph(
            text=f"Trials are numbered from 0; block b has the trials {people(BLOCK_SIZE)} b to "
            f"{people(BLOCK_SIZE)} b + {people(BLOCK_SIZE - 1)}; here the last block "
            f"is {people(blocks - 1)}. "
            "Every block has a generator of its own for each stream, PCG64DXSM "
            f"{author.cite(of.ONEILL)} seeded with the seed {settings.seed}, the number of the "
            "stream and the number of the block:"
        ),
        Code(text=DERIVATION),
        Table(
            caption="Streams of random numbers.",
            columns=("Number", "Stream", "Draws"),
            rows=rows,
            widths=(0.6, 1.0, 3.0),
            note="Streams are independent. A stream that is not needed is not drawn from.",
        ),
        Points(items=_numbering(author)),
    ]


def _numbering(author: Author) -> tuple[str, ...]:
    """What follows from the rule."""
    drawn = author.scenario.monte_carlo.draw
    again = (
        f"Trial t is drawn again by drawing block t div {people(BLOCK_SIZE)} from its generators "
        f"up to place t mod {people(BLOCK_SIZE)}. No state must be stored: the state of every "
        "generator follows from seed, stream and block. In Python: "
        "planner.operating.replay.replay(scenario, n_subjects, trial)."
    )
    alone = (
        "Results do not depend on the number of threads or the order in which blocks finish: "
        "tallies are added in the order of the blocks. On one kind of processor they are equal bit "
        "for bit, on another to rounding. The first trials of a longer run are the trials of a "
        "shorter one."
    )
    common = (
        "All truths, sizes and analyses use the same streams (common random numbers), so that "
        "differences between them have a smaller Monte-Carlo error than each has alone; all "
        "analyses of a truth and size see the same trials."
    )
    fresh = (
        f"Reported results use blocks from 0. The search for a size uses blocks from "
        f"{people(EXPLORATION_BLOCK)}, so it is confirmed on trials that it has not seen; the "
        "largest type I error of the grid is confirmed on blocks from "
        f"{people(FRESH_BLOCK)}."
    )
    people_drawn = (
        "Outcomes are drawn for all periods before anybody leaves, so that loss does not move them."
        if drawn == "subjects"
        else "What a trial of means and cross-products looks like person by person is drawn from "
        "a generator of its own, given these."
    )
    return again, alone, common, fresh, people_drawn


_OUTCOMES = {
    Status.OK: ("counts by its decision", "yes"),
    Status.BOUNDARY: ("counts by its decision", "yes"),
    Status.NOT_CONVERGED: ("no success, no claim", "no"),
    Status.NOT_ESTIMABLE: ("no success, no claim", "no"),
    Status.IMPRECISE: ("no success, no claim", "no"),
}


def failures(author: Author) -> list[Block]:
    """R58: how an analysis can end and what that counts as."""
    limit = planned_percent(author.scenario.monte_carlo.max_failures)
    return [
        Table(
            caption="How the analysis of a simulated trial can end.",
            columns=("Status", "Meaning", "Power, type I error", "In bias, SE, coverage"),
            rows=tuple(
                (status.name.lower().replace("_", " "), status.sentence, *_OUTCOMES[status])
                for status in Status
            ),
            widths=(1.0, 2.2, 1.4, 1.1),
            note="A failed analysis is not repeated, replaced or left out of the denominator of "
            "power and type I error. Imprecise arises in Bayesian analyses alone.",
        ),
        Paragraph(
            text="Where analyses fail, success is also given as if all failed trials had missed, "
            f"or reached, their aim. If more than {limit} of the trials of a simulation have no "
            "result, it stops with an error and nothing is reported (assumed, a setting). Counts "
            "are in R68."
        ),
    ]


def computation(author: Author) -> list[Block]:
    """R59: algorithms of the analyses used, their gates, approximations and checks."""
    analyses = _analyses(author)
    blocks: list[Block] = [
        Paragraph(text=words) for words in dict.fromkeys(_words(author, a) for a in analyses)
    ]
    blocks += [
        Paragraph(text="Approximations, and what bounds or shows their error:"),
        Points(items=_approximations(author, analyses)),
        Paragraph(text="Checks of the program that come with it:"),
        Points(items=_checks(analyses)),
    ]
    return blocks


def _analyses(author: Author) -> list[Analysis]:
    from planner.operating.both_schools import with_both_schools

    plan = with_both_schools(author.scenario).plan
    return [plan.analysis, *plan.other_analyses]


def _words(author: Author, analysis: Analysis) -> str:
    if isinstance(analysis, Posterior):
        return by_nuts(author, analysis) if analysis.engine == "nuts" else by_quadrature(author)
    if isinstance(analysis, MixedModel) and author.results.found.crossover:
        return by_reml(author)
    return LEAST_SQUARES


def _approximations(author: Author, analyses: list[Analysis]) -> tuple[str, ...]:
    items = []
    if author.scenario.monte_carlo.draw == "moments":
        items.append(
            "Drawing means and cross-products instead of people: exact for normal outcomes, no "
            "approximation."
        )
    if any(isinstance(a, MixedModel) for a in analyses) and author.results.found.crossover:
        items.append(
            "Small-sample standard errors and degrees of freedom of the mixed model: an "
            "approximation that belongs to the planned method; the simulated type I error shows "
            "what it gives."
        )
    if any(isinstance(a, Posterior) for a in analyses):
        items.append(
            "Posterior probabilities: numerical error of quadrature or Monte-Carlo error of "
            "sampling, as above."
        )
    items.append(
        "Closed forms marked ≈: shown beside the simulation with z; the simulation decides."
    )
    return tuple(items)


def _checks(analyses: list[Analysis]) -> tuple[str, ...]:
    items = [
        "published reference values of lme4 with pbkrtest, PowerTOST, lrstat and textbooks, in "
        "planner/validation/reference; tests named test_reference",
        "slow implementations written independently of the fast ones; tests named test_twin",
        "trials drawn as means and cross-products against trials drawn person by person",
        "rates over many simulated trials against exact ones; tests named test_calibration",
    ]
    if any(isinstance(a, Posterior) for a in analyses):
        items.append(
            "quadrature against the No-U-Turn sampler on the same data; simulation-based "
            "calibration of both"
        )
    items.append("this report's simulated power against closed forms, in R54 and R115")
    return tuple(items)
