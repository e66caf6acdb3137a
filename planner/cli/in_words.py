"""Distributions, priors and decision rules in words."""

from planner.cli.tables import number
from planner.plan.analysis import Posterior
from planner.plan.hypothesis import (
    Criterion,
    Equivalence,
    Objective,
    PosteriorRule,
    TwoSided,
    one_sided_level,
)
from planner.plan.priors import CommonEffect, ExchangeableSexes, SexPrior
from planner.words import distributions
from planner.words.distributions import Distribution


def distribution_in_words(distribution: Distribution) -> str:
    """A distribution with its parameters to three digits."""
    return distributions.distribution_in_words(distribution, number)


def priors_in_words(analysis: Posterior) -> str:
    """The analysis priors, and what is integrated or sampled."""
    priors = analysis.priors
    parts = [
        f"effect {distribution_in_words(priors.effect)}",
        _sexes(priors.sexes),
        f"SD within persons {distribution_in_words(priors.sd_within)}",
        f"SD between persons {distribution_in_words(priors.sd_between)}",
        f"intercept {distribution_in_words(priors.intercept)}",
        f"other means {distribution_in_words(priors.nuisance)}",
    ]
    how = (
        "probabilities are integrated to 0.005 or better"
        if analysis.engine == "quadrature"
        else f"sampled by {analysis.nuts.chains} chains of {analysis.nuts.draws} draws a trial"
    )
    return f"{'; '.join(parts)}; {how}"


def _sexes(sexes: SexPrior) -> str:
    match sexes:
        case ExchangeableSexes(tau=tau):
            return f"sexes exchangeable with τ {distribution_in_words(tau)}"
        case CommonEffect():
            return "one effect for both sexes"
        case _:
            return "sexes independent"


def rule_in_words(objective: Objective, *, bayesian: bool) -> str:
    """What shows a hypothesis."""
    tail = one_sided_level(objective)
    if isinstance(objective, PosteriorRule):
        go = " and ".join(_criterion(c) for c in objective.go)
        stop = " and ".join(_criterion(c) for c in objective.stop)
        return f"go if {go}" + (f"; stop if {stop}" if stop else "")
    if bayesian:
        region = "either side" if isinstance(objective, TwoSided) else "region"
        return f"{objective.kind}, shown if P({region} | data) ≥ {number(1 - tail)}"
    both = "" if isinstance(objective, Equivalence) else f" (two-sided {number(2 * tail)})"
    return f"{objective.kind}, {number(tail)} in each tail tested{both}"


def _criterion(criterion: Criterion) -> str:
    ends = [
        "" if criterion.above is None else f"{number(criterion.above)} < ",
        "effect",
        "" if criterion.below is None else f" < {number(criterion.below)}",
    ]
    return f"P({''.join(ends)}) ≥ {criterion.probability:g}"
