"""Sections R55 and R56: performance measures with their Monte-Carlo errors; how many trials."""

from planner.report import equations_simulation as equations
from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.model import Block, Paragraph, Table
from planner.report.tables import NONE
from planner.rng import BLOCK_SIZE, block_sizes
from planner.words.hypotheses import hypothesis_label, planned_level
from planner.words.prose import number, one_line, people, percent, planned_percent


def measures(author: Author) -> list[Block]:
    """R55: every measure with its formula."""
    return [
        Paragraph(
            text="Every simulated number carries its Monte-Carlo standard error (MCSE), what the "
            f"limited number n of simulated trials adds {author.cite(of.MORRIS)}. Power, type I "
            "error, any other probability of a decision, and coverage are proportions; intervals "
            f"of proportions are Wilson's at 95 % {author.cite(of.WILSON)}. Coverage is of the "
            "interval that matches the decision: the confidence interval at the level tested, or "
            "the equal-tailed credible interval."
        ),
        equations.proportion(),
        Paragraph(
            text="Estimates are judged over the trials that have a result, on the scale of the "
            "analysis; of a Bayesian analysis the estimate is the posterior mean and the standard "
            "error the posterior SD."
        ),
        equations.bias(),
        equations.empirical_se(),
        equations.model_se(),
        equations.rmse(),
        equations.width(),
        equations.sign_and_size(),
        Paragraph(
            text="The geometric mean serves for widths because a mean does not exist where few "
            "degrees of freedom can be left. The MCSE of the root mean squared error is that of "
            "the empirical standard error, which is right for a small bias and normal estimates."
        ),
    ]


def trials(author: Author) -> list[Block]:
    """R56: the number of trials, the error it allows and the error it has."""
    settings = author.scenario.monte_carlo
    n = settings.n_trials
    worst = number(50 / n**0.5)
    return [
        Paragraph(
            text=f"{people(n)} trials are simulated per sample size and truth, {_blocks(n)} "
            f"(assumed, a setting). The MCSE of a proportion is then at most {worst} percentage "
            "points (formula), whatever the proportion. The table says what it is at "
            f"{people(author.results.n)} people; sets with fewer trials say so."
        ),
        equations.trials_needed(),
        _reached(author),
    ]


def _blocks(n: int) -> str:
    count = len(block_sizes(n))
    blocks = "block" if count == 1 else "blocks"
    return f"in {people(count)} {blocks} of up to {people(BLOCK_SIZE)}"


def _reached(author: Author) -> Table:
    """Power and type I error of the planned analysis with the error they have and were due."""
    power, n = author.results.power, author.scenario.monte_carlo.n_trials
    rows = []
    for h in power.hypotheses:
        label = one_line(hypothesis_label(h.hypothesis))
        found = h.success
        rows.append((label, "power", percent(found.value), _points(found.mcse), NONE))
        null = power.null.get(h.hypothesis)
        if null is None:
            continue
        level = planned_level(author.scenario, h.hypothesis)
        due = f"{_points((level * (1 - level) / n) ** 0.5)} at {planned_percent(level)}"
        error = null.success
        rows.append((label, "type I error", percent(error.value), _points(error.mcse), due))
    return Table(
        caption=f"Monte-Carlo error reached with {people(n)} trials and "
        f"{people(author.results.n)} people randomised, planned analysis.",
        columns=(
            "Hypothesis",
            "Measure",
            "Simulated",
            "MCSE, points",
            "MCSE due, points",
        ),
        rows=tuple(rows),
        right=(2, 3, 4),
        note="Points are percentage points. Due is the MCSE by formula if the type I error is "
        "exactly the level (of a posterior rule, 1 − threshold of its first criterion).",
    )


def _points(mcse: float) -> str:
    return f"{100 * mcse:.2f}"
