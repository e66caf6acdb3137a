"""What ``planner analyse`` prints."""

from planner.cli.tables import Column, number, render
from planner.operating.analyse import DataAnalysis, Result


def text(result: DataAnalysis) -> str:
    """Hypotheses, fixed effects and variance components."""
    between = "" if result.sd_between is None else f", between persons {number(result.sd_between)}"
    share = (
        ""
        if result.female_share is None
        else f"; overall weights women by {result.female_share:.3f}"
    )
    head = (
        f"{result.analysis}: {result.n_subjects} people, {result.n_observations} visits; "
        f"SD within persons {number(result.sd_within)}{between}{share}; {result.status.sentence}"
    )
    return "\n".join(
        [head, "", _table("comparison", result.results), "", _table("term", result.terms)]
    )


def _table(title: str, results: tuple[Result, ...]) -> str:
    return render(
        [
            Column(title, [r.name for r in results], left=True),
            Column("estimate", [f"{r.estimate:.4g}" for r in results]),
            Column("SE", [f"{r.se:.4g}" for r in results]),
            Column("df", [f"{r.df:.2f}" for r in results]),
            Column("t", [f"{r.statistic:.3f}" for r in results]),
            Column("p (two-sided)", [_p(r.p_value) for r in results]),
            Column("95 % interval", [f"{r.lower:.4g} to {r.upper:.4g}" for r in results], rank=1),
        ]
    )


def _p(value: float) -> str:
    return f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
