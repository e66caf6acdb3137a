"""What ``planner analyse`` prints."""

from planner.cli.tables import Column, number, render
from planner.operating.data_analysis import DataAnalysis, Result


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
    tables = [_table("comparison", result.results, result.level)]
    if result.numerical_error is not None:
        tables = [_posterior_table(result)]
    if result.log:
        tables[0] += "\n Estimates are logarithms of ratios; exponentiate for ratios."
    tables += [_verdicts(result.results)] if result.results[0].verdict else []
    tables += [_table("term", result.terms, result.level)] if result.terms else []
    return "\n\n".join([head, *tables])


def _posterior_table(result: DataAnalysis) -> str:
    """Posterior of every contrast."""
    rows = result.results
    table = render(
        [
            Column("comparison", [r.name for r in rows], left=True),
            Column("posterior mean", [_estimate(r) for r in rows]),
            Column("posterior SD", [f"{r.se:.4g}" for r in rows]),
            Column(
                f"{100 * result.level:g} % credible interval",
                [f"{r.lower:.4g} to {r.upper:.4g}" for r in rows],
            ),
            Column("P(effect > 0)", [f"{r.probability:.4f}" for r in rows]),
        ]
    )
    return f"{table}\n Numerical error of the probabilities at most {result.numerical_error:.1g}."


def _verdicts(results: tuple[Result, ...]) -> str:
    """Planned objectives, each by itself."""
    found = [(r.name, r.verdict) for r in results if r.verdict]
    p_title = "p" if results[0].probability is None else "1 − P(region)"
    return render(
        [
            Column("objective", [f"{name}: {v.objective}" for name, v in found], left=True),
            Column(p_title, [_p(v.p_value) for _, v in found]),
            Column("level", [f"{v.level:g}" for _, v in found]),
            Column("shown", [v.zone or ("yes" if v.rejected else "no") for _, v in found]),
        ]
    )


def _table(title: str, results: tuple[Result, ...], level: float) -> str:
    return render(
        [
            Column(title, [r.name for r in results], left=True),
            Column("estimate", [_estimate(r) for r in results]),
            Column("SE", [f"{r.se:.4g}" for r in results]),
            Column("df", [f"{r.df:.2f}" for r in results]),
            Column("t", [f"{r.statistic:.3f}" for r in results]),
            Column("p (two-sided)", [_p(r.p_value) for r in results]),
            Column(
                f"{100 * level:g} % interval",
                [f"{r.lower:.4g} to {r.upper:.4g}" for r in results],
                rank=1,
            ),
        ]
    )


def _estimate(result: Result) -> str:
    return f"{result.estimate:.4g}" if abs(result.estimate) > 1e-10 * result.se else "0"


def _p(value: float) -> str:
    return f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
