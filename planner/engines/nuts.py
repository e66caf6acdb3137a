"""The reference posterior engine: PyMC's model, sampled by nutpie's No-U-Turn sampler.

Compiled once per plan; every trial only swaps data. Trials share one pool of threads however many
blocks are analysed at once, one thread per processor and one trial per thread: that is faster
than the chains of one trial on several.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engines.coordinates import coordinates_of
from planner.engines.posterior_draws import (
    contrast_draws,
    converged,
    mean_variances,
    probabilities,
    summaries,
)
from planner.engines.posterior_model import PosteriorModel
from planner.engines.protocol import AnalysisBatch, PosteriorBatch, Status
from planner.engines.pymc_model import SAVED, data_of, pymc_model
from planner.engines.sums import Sums, sums_of
from planner.trials.moments import FloatArray, IntArray, Moments

if TYPE_CHECKING:
    from xarray import DataTree

TARGET_ACCEPT = 0.9
"""Mean acceptance to which the step size is tuned; at 0.8 one trial in ten has a divergence."""
_COMPILED: dict[tuple[Any, ...], Any] = {}
_COMPILING = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class NutsEngine:
    """Posterior by sampling."""

    model: PosteriorModel

    def fit(self, batch: Moments, rng: np.random.Generator | None = None) -> AnalysisBatch:
        """Analyse every trial of a block; without `rng` the seeds of the chains are fixed."""
        model, seeds = self.model, seeds_of(rng, batch.n_trials)
        sums = sums_of(model.strata, model.group, batch)
        one = partial(_fit_trial, model, compiled(model), sums, seeds)
        return _stack(model, list(_pool().map(one, range(batch.n_trials))))


@dataclass(frozen=True, slots=True, eq=False)
class _TrialFit:
    """Result of one trial.

    Parameters
    ----------
    contrasts : mean, SD, lower and upper end, axes [H, 4].
    probability : of every region, [R].
    variance : as in `AnalysisBatch`, [2].
    """

    status: Status
    contrasts: FloatArray
    probability: FloatArray
    error: float
    variance: FloatArray


def seeds_of(rng: np.random.Generator | None, n_trials: int) -> IntArray:
    """One seed per trial, the first ones the same whatever the number of trials, [T]."""
    rng = np.random.default_rng(0) if rng is None else rng
    return rng.integers(2**63, size=n_trials, dtype=np.int64)


def compiled(model: PosteriorModel) -> Any:
    """The compiled sampler of a model: one for all its cells and sample sizes."""
    import nutpie

    key = (
        model.priors,
        (model.n_nuisance, model.n_sexes, model.locations.shape[1], model.n_groups),
        *(tuple(a.tolist()) for a in (model.strata.multiplier, model.mean, model.precision)),
    )
    with _COMPILING:
        if key not in _COMPILED:
            _COMPILED[key] = nutpie.compile_pymc_model(pymc_model(model), var_names=SAVED)
        return _COMPILED[key]


def draw(
    model: PosteriorModel, sampler: Any, sums: Sums, trial: int, seed: int
) -> "DataTree | Status":
    """Draws of one trial as nutpie returns them, or why there is no posterior."""
    import nutpie

    coordinates = coordinates_of(model, sums, trial)
    if isinstance(coordinates, Status):
        return coordinates
    settings = model.analysis.nuts
    drawn: DataTree = nutpie.sample(
        sampler.with_data(**data_of(model, sums, trial, coordinates)),
        chains=settings.chains,
        draws=settings.draws,
        tune=settings.tune,
        cores=1,
        seed=seed,
        target_accept=TARGET_ACCEPT,
        save_warmup=False,
        progress_bar=False,
    )
    return drawn


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="nuts")


def _fit_trial(
    model: PosteriorModel, sampler: Any, sums: Sums, seeds: IntArray, trial: int
) -> _TrialFit:
    drawn = draw(model, sampler, sums, trial, int(seeds[trial]))
    if isinstance(drawn, Status):
        return _failed(model, drawn)
    if not converged(model, drawn):
        return _failed(model, Status.NOT_CONVERGED)
    contrasts = contrast_draws(model, drawn)
    probability, error = probabilities(model, contrasts)
    people = sums.freedom[trial, :, 1:].sum(axis=1)
    variance = mean_variances(model, drawn, people)
    return _TrialFit(Status.OK, summaries(model, contrasts), probability, error, variance)


def _failed(model: PosteriorModel, status: Status) -> _TrialFit:
    contrasts = np.full((len(model.contrasts), 4), np.nan)
    probability = np.full(len(model.regions.row), np.nan)
    return _TrialFit(status, contrasts, probability, np.nan, np.full(2, np.nan))


def _stack(model: PosteriorModel, fits: list[_TrialFit]) -> AnalysisBatch:
    contrasts = np.array([fit.contrasts for fit in fits]).reshape(-1, len(model.contrasts), 4)
    probability = np.array([fit.probability for fit in fits])
    return AnalysisBatch(
        estimate=contrasts[:, :, 0],
        se=contrasts[:, :, 1],
        df=np.where(np.isnan(contrasts[:, :, 0]), np.nan, np.inf),
        variance=np.array([fit.variance for fit in fits]).reshape(-1, 2),
        status=np.array([fit.status for fit in fits], dtype=np.int8),
        posterior=PosteriorBatch(
            probability=probability.reshape(-1, len(model.regions.row)),
            lower=contrasts[:, :, 2],
            upper=contrasts[:, :, 3],
            error=np.array([fit.error for fit in fits]),
        ),
    )
