"""The posterior of a trial's data, by the engines used inside the simulations."""

from collections.abc import Sequence

import numpy as np

from planner.design.matrices import Column
from planner.engines.criteria import Criteria, criteria_of
from planner.engines.posterior_model import Regions, posterior_model
from planner.engines.prepare import posterior_engine
from planner.engines.protocol import PosteriorBatch, Status
from planner.errors import NotEstimable
from planner.evidence.distribution import Normal
from planner.operating.comparison import Comparison
from planner.operating.data_analysis import DataAnalysis, Result, Verdict
from planner.plan.analysis import Posterior, describe
from planner.plan.hypothesis import Hypothesis, PosteriorRule, TwoSided, one_sided_level
from planner.rng import Stream, generator
from planner.trials.data import TrialData
from planner.trials.moments import FloatArray
from planner.truth.endpoint import Endpoint

SEED = 1
"""Seed of analyses that sample; the posterior of data does not depend on it but for noise."""


def posterior_of_data(
    analysis: Posterior,
    columns: Sequence[Column],
    data: TrialData,
    named: dict[str, FloatArray],
    share: float | None,
    comparison: Comparison,
    source: str,
) -> DataAnalysis:
    """Posterior of named contrasts [q] of the fixed effects.

    Raises
    ------
    NotEstimable : data and priors do not determine the effects, or the engine failed.
    """
    endpoint = Endpoint(scale="log" if comparison.log else "raw")
    planned = comparison.hypotheses
    criteria = criteria_of(planned, endpoint.to_model) if planned else None
    model = posterior_model(
        _centred(analysis, data.shift),
        columns,
        data.cells,
        np.array([*named.values()]),
        _regions(len(named), criteria, comparison.level),
    )
    batch = posterior_engine(model).fit(data.moments, generator(SEED, Stream.INFERENCE, 0))
    status = Status(int(batch.status[0]))
    if batch.failed[0] or batch.posterior is None:
        raise NotEstimable(
            f"{status.sentence}; give proper priors, drop terms from the model or add people",
            source=source,
        )
    posterior = batch.posterior
    verdicts = (
        _verdicts(planned, criteria, posterior.probability[0, len(named) :]) if criteria else {}
    )
    results = tuple(
        _result(name, h, batch.estimate[0, h], batch.se[0, h], posterior, verdicts.get(name))
        for h, name in enumerate(named)
    )
    between = float(np.sqrt(batch.variance[0, 1]))
    return DataAnalysis(
        n_subjects=data.n_subjects,
        n_observations=data.n_observations,
        analysis=describe(analysis),
        status=status,
        sd_within=float(np.sqrt(batch.variance[0, 0])),
        sd_between=between if between > 0 else None,
        female_share=share,
        log=comparison.log,
        level=comparison.level,
        results=results,
        terms=(),
        numerical_error=float(posterior.error[0]),
    )


def _centred(analysis: Posterior, shift: float) -> Posterior:
    """The analysis of outcomes from which `shift` has been taken."""
    prior = analysis.priors.intercept
    if not isinstance(prior, Normal):
        return analysis
    moved = prior.model_copy(update={"mean": prior.mean - shift})
    priors = analysis.priors.model_copy(update={"intercept": moved})
    return analysis.model_copy(update={"priors": priors})


def _regions(n: int, criteria: Criteria | None, level: float) -> Regions:
    """Above no effect for each of n contrasts, then all criteria."""
    row, lower = np.arange(n, dtype=np.int64), np.zeros(n)
    upper, tail = np.full(n, np.inf), np.full(n, (1 - level) / 2)
    if criteria is None:
        return Regions(row, lower, upper, tail)
    return Regions(
        np.concatenate([row, criteria.row]),
        np.concatenate([lower, criteria.lower]),
        np.concatenate([upper, criteria.upper]),
        tail,
    )


def _result(
    name: str,
    h: int,
    mean: float,
    sd: float,
    posterior: PosteriorBatch,
    verdict: Verdict | None,
) -> Result:
    return Result(
        name=name,
        estimate=float(mean),
        se=float(sd),
        df=np.inf,
        statistic=np.nan,
        p_value=np.nan,
        lower=float(posterior.lower[0, h]),
        upper=float(posterior.upper[0, h]),
        verdict=verdict,
        probability=float(posterior.probability[0, h]),
    )


def _verdicts(
    hypotheses: Sequence[Hypothesis], criteria: Criteria, probability: FloatArray
) -> dict[str, Verdict]:
    """Verdict on every hypothesis from the probability of every criterion, [R]."""
    verdicts = {}
    for h, hypothesis in enumerate(hypotheses):
        objective, tail = hypothesis.objective, one_sided_level(hypothesis.objective)
        first = float(probability[criteria.primary[h]])
        p_value, level = 1 - first, tail
        if isinstance(objective, TwoSided):
            p_value, level = 2 * min(first, 1 - first), 2 * tail
        holds = probability >= criteria.probability
        mine, stop = criteria.row == h, criteria.is_stop
        go = p_value <= level and bool(
            holds[mine & ~stop & (np.arange(len(stop)) != criteria.primary[h])].all()
        )
        zone = ""
        if isinstance(objective, PosteriorRule):
            halts = bool(np.any(mine & stop)) and bool(holds[mine & stop].all())
            zone = "go" if go else "stop" if halts else "consider"
        verdicts[hypothesis.name] = Verdict(objective.kind, p_value, level, go, zone)
    return verdicts
