"""How many people the trial expects in every period."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.operating.participant_flow import FlowCell
from planner.report.author import Author
from planner.report.figures import flow_figure
from planner.report.model import Paragraph, Section, Table
from planner.report.tables import SEX_WORDS, table
from planner.words.prose import one_line, people

if TYPE_CHECKING:
    from planner.plan.plan import Plan


def sections(author: Author) -> tuple[Section, ...]:
    """Expected flow by sequence, sex and period."""
    results = author.results
    figure = flow_figure(results)
    return (
        author.section(
            "R80",
            Paragraph(text=in_all(results.flow, results.n)),
            flow_table(results.flow, results.scenario.plan),
            *([figure] if figure else []),
        ),
    )


def in_all(flow: Sequence[FlowCell], n: int) -> str:
    """People expected in every period, all sequences and sexes together."""
    periods = sorted({cell.period for cell in flow})
    if len(periods) == 1:
        return f"{people(n)} people are randomised, each with one period; nobody can leave between."
    totals = [sum(c.expected for c in flow if c.period == p) for p in periods]
    parts = ", ".join(
        f"{total:.1f} in period {p}" for p, total in zip(periods, totals, strict=True)
    )
    return (
        f"All sequences together: {parts}. Of {people(n)} people randomised, {totals[-1]:.1f} are "
        f"expected to complete every period and {n - totals[-1]:.1f} to leave before the last one."
    )


def flow_table(flow: Sequence[FlowCell], plan: "Plan") -> Table:
    """A row per sequence, sex and period."""
    given = [": ".join(filter(None, (c.treatment, _label(plan, c.treatment)))) for c in flow]
    return table(
        "People expected with an outcome, by sequence, sex and period",
        {
            "Sequence": [c.sequence for c in flow],
            "Sex": [SEX_WORDS[c.sex] for c in flow],
            "Period": [str(c.period) for c in flow],
            "Treatment": given,
            "Expected": [f"{c.expected:.1f}" for c in flow],
            "SD": [f"{c.sd:.2f}" for c in flow],
            "80 % of trials": [f"{c.low} to {c.high}" for c in flow],
        },
        left=("Sex", "Treatment"),
        note="Formula: of n people of a sequence and sex, n × (1 − h1) × … × (1 − h(p−1)) have an "
        "outcome in period p, where h is the assumed share that leaves after a period; exact for "
        "leaving completely at random. 80 % of trials: central range of a binomial count.",
    )


def _label(plan: "Plan", treatment: str) -> str:
    return one_line(plan.treatments.get(treatment, ""))
