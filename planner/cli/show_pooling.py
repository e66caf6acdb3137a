"""What ``planner evidence pool`` prints."""

from dataclasses import asdict
from typing import Any

import numpy as np

from planner.cli.tables import Column, number, render, wrap
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.derive_prior import DerivedPrior
from planner.evidence.distribution import Fixed, Flat, NormalMixture
from planner.evidence.effective_size import EffectiveSize
from planner.evidence.pooling import StudyEstimate
from planner.evidence.tabulated import SUMMARY_PROBABILITIES, Summary

POOR_FIT = 0.01
"""Difference of cumulative probabilities from which a mixture is called a poor substitute."""


def text(result: DerivedPrior) -> str:
    """Studies, posterior, mixture, its worth in people, and a piece for a scenario file."""
    shares = result.pooled.scale == "logit"
    kind = "shares, binomial on the logit scale" if shares else "effects, normal"
    head = (
        f"Random-effects pooling of {len(result.studies)} "
        f"{'study' if len(result.studies) == 1 else 'studies'} ({kind}); mean "
        f"{_mean_prior(result)}, between-study SD {_tau_prior(result)}; integrated numerically, "
        f"error of probabilities at most {result.pooled.error:.0e}."
    )
    fit = result.fit
    close = (
        f"Mixture with {len(fit.mixture.weights)} components: Kullback-Leibler divergence "
        f"{fit.divergence:.1e}, cumulative probabilities within {fit.largest_difference:.4f}."
    )
    if fit.largest_difference > POOR_FIT:
        close += " That is poor: prefer the exact quantiles above, or reconsider what is pooled."
    parts = [wrap(head), "", _studies(result), "", _summaries(result), "", wrap(close)]
    parts += [_mixture(result.prior), *_worth(result), "", *_piece(result.prior)]
    return "\n".join(parts)


def _mean_prior(result: DerivedPrior) -> str:
    m = result.mean
    return "flat" if isinstance(m, Flat) else f"N({m.mean:g}, {m.sd:g}²)"


def _tau_prior(result: DerivedPrior) -> str:
    t = result.tau
    return f"fixed at {t.value:g}" if isinstance(t, Fixed) else f"half-normal({t.scale:g})"


def _studies(result: DerivedPrior) -> str:
    names = [study.study for study in result.studies]
    columns = [Column("study", names, left=True)]
    estimates = [s for s in result.studies if isinstance(s, StudyEstimate)]
    if estimates:
        columns += [
            Column("estimate", [f"{s.estimate:.4g}" for s in estimates]),
            Column("SE", [f"{s.se:.3g}" for s in estimates]),
        ]
    counts = [s for s in result.studies if not isinstance(s, StudyEstimate)]
    if counts:
        columns += [
            Column("events", [f"{s.events:g}" for s in counts]),
            Column("total", [f"{s.total:g}" for s in counts]),
            Column("share", [f"{s.events / s.total:.3f}" for s in counts]),
        ]
    columns.append(Column("weight in mean", [f"{w:.3f}" for w in result.pooled.weights]))
    return render(columns)


def _summaries(result: DerivedPrior) -> str:
    shares = result.pooled.scale == "logit"
    rows = [
        ("mean logit" if shares else "mean effect", result.pooled.mean),
        ("between-study SD", result.pooled.tau),
        ("share in a new study" if shares else "effect in a new study", result.predictive),
    ]
    columns = [
        Column("", [name for name, _ in rows], left=True),
        Column("mean", [f"{s.mean:.4g}" for _, s in rows]),
        Column("SD", [f"{s.sd:.3g}" for _, s in rows]),
    ]
    for i, p in enumerate(SUMMARY_PROBABILITIES):
        columns.append(Column(f"{100 * p:g} %", [f"{s.quantiles[i]:.4g}" for _, s in rows]))
    return render(columns)


def _mixture(prior: NormalMixture | BetaMixture) -> str:
    first, second = _parameters(prior)
    return render(
        [
            Column("weight", [f"{w:.4f}" for w in prior.weights]),
            Column(first[0], [f"{v:.4g}" for v in first[1]]),
            Column(second[0], [f"{v:.4g}" for v in second[1]]),
        ]
    )


def _parameters(
    prior: NormalMixture | BetaMixture,
) -> tuple[tuple[str, tuple[float, ...]], tuple[str, tuple[float, ...]]]:
    if isinstance(prior, BetaMixture):
        return ("a", prior.a), ("b", prior.b)
    return ("mean", prior.means), ("SD", prior.sds)


def _worth(result: DerivedPrior) -> list[str]:
    if result.size is None or result.robust_size is None:
        return [wrap("With --sigma, the SD of one person's contribution: how many people it is "
                     "worth.")]  # fmt: skip
    sizes = [("the pooled prior", result.size)]
    if len(result.prior.weights) != len(result.fit.mixture.weights):
        sizes.append(("with its robust component", result.robust_size))
    return [wrap(f"Worth {_people(size)}: {name}.") for name, size in sizes]


def _people(size: EffectiveSize) -> str:
    morita = "none" if np.isnan(size.morita) else number(size.morita)
    return (
        f"{number(size.elir)} people by the expected local-information ratio "
        f"({number(size.moment)} by moments, {morita} by Morita's method)"
    )


def _piece(prior: NormalMixture | BetaMixture) -> list[str]:
    value = inline_table(prior)
    if isinstance(prior, BetaMixture):
        return [" As TOML:", f" share = {value}"]
    return [" For a scenario file with a Bayesian analysis:", " [plan.analysis.priors]",
            f" effect = {value}"]  # fmt: skip


def inline_table(prior: NormalMixture | BetaMixture) -> str:
    """The mixture as a TOML inline table: weights to six decimals that sum to 1 exactly."""
    weights = [round(w, 6) for w in prior.weights]
    largest = int(np.argmax(weights))
    weights[largest] = round(1 - sum(weights[:largest] + weights[largest + 1 :]), 6)
    first, second = _parameters(prior)
    names = ("a", "b") if isinstance(prior, BetaMixture) else ("means", "sds")
    lists = {"weights": weights, names[0]: first[1], names[1]: second[1]}
    body = ", ".join(
        f"{name} = [{', '.join(_toml_number(v) for v in values)}]" for name, values in lists.items()
    )
    return f'{{ kind = "{prior.kind}", {body} }}'


def _toml_number(value: float) -> str:
    """Six significant digits, always with a point: TOML tells 1 from 1.0."""
    shown = f"{value:.6g}"
    return shown if "." in shown or "e" in shown else f"{shown}.0"


def as_data(result: DerivedPrior) -> dict[str, Any]:
    """The same as plain data."""
    pooled, fit = result.pooled, result.fit
    return {
        "scale": pooled.scale,
        "studies": [
            study.plain(full=True) | {"weight": float(weight)}
            for study, weight in zip(result.studies, pooled.weights, strict=True)
        ],
        "priors": {"mean": result.mean.plain(full=True), "tau": result.tau.plain(full=True)},
        "mean": _summary(pooled.mean),
        "tau": _summary(pooled.tau),
        "predictive": _summary(result.predictive),
        "error": pooled.error,
        "mixture": fit.mixture.plain(full=True),
        "divergence": fit.divergence,
        "largest_difference": fit.largest_difference,
        "divergences": list(fit.tried),
        "prior": result.prior.plain(full=True),
        "toml": inline_table(result.prior),
        "effective_size": None if result.size is None else asdict(result.size),
        "robust_effective_size": None if result.robust_size is None else asdict(result.robust_size),
    }


def _summary(summary: Summary) -> dict[str, Any]:
    quantiles = {f"{p:g}": q for p, q in zip(SUMMARY_PROBABILITIES, summary.quantiles, strict=True)}
    return {"mean": summary.mean, "sd": summary.sd, "quantiles": quantiles}
