"""Section R54: analyses that see the same trials, and the benchmark beside them."""

from typing import TYPE_CHECKING

from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.model import Block, Paragraph, Points, Table
from planner.report.tables import formula, share
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import one_line, people

if TYPE_CHECKING:
    from planner.operating.characteristics import OperatingCharacteristics


def methods(author: Author) -> list[Block]:
    """What is compared, and simulated against closed-form power where there is one."""
    power = author.results.power
    items = [f"{power.analysis}: planned"]
    items += [f"{other.analysis}: on the same simulated trials" for other in power.others]
    items.append(
        "Closed form: power of the same test by formula, the benchmark"
        if _known(author)
        else "Closed form: none applies (see below)"
    )
    blocks: list[Block] = [
        Paragraph(text="These methods are compared:"),
        Points(items=tuple(items)),
        Paragraph(text=_benchmark(author)),
    ]
    return [*blocks, _table(author)] if _known(author) else blocks


def _known(author: Author) -> "list[OperatingCharacteristics]":
    """Analyses whose power has a closed form."""
    power = author.results.power
    return [a for a in (power, *power.others) if any(h.oracle for h in a.hypotheses)]


def _benchmark(author: Author) -> str:
    known = _known(author)
    if not known:
        return (
            "No closed form is known for power under this multiplicity procedure or by these "
            "posterior probabilities, so nothing stands beside the simulated figures here; the "
            "program is checked where there is one."
        )
    exact = all(h.oracle.exact for a in known for h in a.hypotheses if h.oracle)
    own = author.results.power in known
    whose = "the planned analysis" if own else "the test beside the planned Bayesian analysis"
    if exact:
        text = f"The benchmark for {whose} is the exact power of its t test: a noncentral t "
        return (
            f"{text}probability, of two one-sided tests an integral over the sample SD "
            f"{author.cite(of.OWEN)}. The simulated figure differs from it by chance alone."
        )
    return (
        f"The benchmark for {whose} is the power of a t test, a noncentral t probability, with "
        "the variance of the estimate and the degrees of freedom of the expected cells at the true "
        f"variances {author.cite(of.KENWARD_ROGER)}. Marked ≈ it is an approximation: the "
        "simulation may differ from it by more than chance, above all with few people."
    )


def _table(author: Author) -> Table:
    known = _known(author)
    rows = tuple(
        (
            one_line(analysis.analysis),
            one_line(hypothesis_label(h.hypothesis)),
            share(h.success),
            formula(h.oracle),
            f"{h.oracle.z:+.1f}".replace("-", "−"),
        )
        for analysis in known
        for h in analysis.hypotheses
        if h.oracle
    )
    trials = people(author.scenario.monte_carlo.n_trials)
    return Table(
        caption=f"Simulated power and its benchmark with {people(author.results.n)} people "
        "randomised under the planning truth.",
        columns=("Analysis", "Hypothesis", "Simulated", "Formula", "z"),
        rows=rows,
        right=(2, 3, 4),
        note=f"{trials} simulated trials; ± is the Monte-Carlo standard error in "
        "percentage points. z is the difference "
        "over the Monte-Carlo standard error under the formula; where the formula is exact, 95 % "
        "of z lie between −2 and 2.",
    )
