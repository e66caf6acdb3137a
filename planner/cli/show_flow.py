"""What ``planner flow`` prints."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from planner.cli.show_size import title
from planner.cli.tables import Column, grouped, render, wrap
from planner.operating.participant_flow import FlowCell
from planner.scenario import Scenario

_SEXES = {"female": "women", "male": "men", "": "all"}


def text(scenario: Scenario, flow: Sequence[FlowCell], n: int) -> str:
    """A row per sequence, sex and period, with totals and how to read them."""
    labels = scenario.plan.treatments
    given = [": ".join(filter(None, (c.treatment, labels.get(c.treatment, "")))) for c in flow]
    columns = [
        Column("sequence", [c.sequence for c in flow], left=True),
        Column("sex", [_SEXES[c.sex] for c in flow], left=True),
        Column("period", [str(c.period) for c in flow]),
        Column("treatment", given, rank=2, left=True),
        Column("expected", [f"{c.expected:.1f}" for c in flow]),
        Column("SD", [f"{c.sd:.2f}" for c in flow], rank=1),
        Column("80 % of trials", [f"{c.low} to {c.high}" for c in flow]),
    ]
    notes = (_in_all(flow, n), _FORMULA)
    return "\n".join([title(scenario, simulated=False), "", render(columns), "", *map(wrap, notes)])


_FORMULA = (
    "Formula: of n people of a sequence and sex, n × (1 − h1) × … × (1 − h(p−1)) have an outcome "
    "in period p, where h is the assumed share that leaves after a period; exact for leaving "
    "completely at random. 80 % of trials: central range of the people of a row, a binomial count."
)


def _in_all(flow: Sequence[FlowCell], n: int) -> str:
    by_period = totals(flow)
    if len(by_period) == 1:
        return f"{grouped(n)} people randomised, each with one period."
    parts = ", ".join(f"{total:.1f} in period {p}" for p, total in by_period.items())
    last = by_period[max(by_period)]
    return (
        f"All sequences: {parts}. Of {grouped(n)} people randomised, {last:.1f} are expected to "
        f"complete every period and {n - last:.1f} to leave before the last one."
    )


def totals(flow: Sequence[FlowCell]) -> dict[int, float]:
    """People expected in every period, all sequences and sexes together."""
    periods = sorted({c.period for c in flow})
    return {p: sum(c.expected for c in flow if c.period == p) for p in periods}


def data(flow: Sequence[FlowCell], n: int) -> dict[str, Any]:
    """The object of ``planner flow --json`` below its heading."""
    return {
        "n": n,
        "source": "formula",
        "results": [asdict(cell) for cell in flow],
        "totals": [{"period": p, "expected": total} for p, total in totals(flow).items()],
    }
