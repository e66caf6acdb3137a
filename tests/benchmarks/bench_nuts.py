"""Speed of the sampled posterior: ``python -m tests.benchmarks.bench_nuts``.

AB/BA with both sexes, exchangeable effects with unknown τ, 4 chains of 500 draws. The second
figure is a loop over `pm.sample` with its own settings, the model built and compiled anew for
every trial.
"""

import logging
import os
import time
import warnings

import numpy as np

from planner.engines.coordinates import coordinates_of
from planner.engines.nuts import NutsEngine
from planner.engines.protocol import Status
from planner.engines.pymc_model import data_of, pymc_model
from planner.engines.sums import sums_of
from planner.evidence.distribution import HalfNormal, Normal
from planner.plan.priors import ExchangeableSexes, Priors
from tests.posterior_trials import bayesian_trial, some_trials

PRIORS = Priors(effect=Normal(sd=10.0), sexes=ExchangeableSexes(tau=HalfNormal(scale=2.0)))
SIZES = (24, 400)
TRIALS, LOOP = 60, 3


def compiled_once(n_subjects: int) -> None:
    """Print the time of the first trial, and trials per second after it."""
    trial = bayesian_trial(PRIORS, n_subjects)
    batch, engine = trial.moments(TRIALS), NutsEngine(trial.model)
    start = time.perf_counter()
    engine.fit(some_trials(batch, 1))
    first = time.perf_counter() - start
    start = time.perf_counter()
    result = engine.fit(batch, np.random.default_rng(1))
    took = time.perf_counter() - start
    failed = int(result.failed.sum())
    print(
        f"N = {n_subjects:4}: {TRIALS / took:.1f} trials per second after {first:.1f} s for the "
        f"first; {failed} of {TRIALS} not converged"
    )


def sample_loop(n_subjects: int) -> None:
    """Print seconds per trial of `pm.sample`."""
    import pymc as pm

    trial = bayesian_trial(PRIORS, n_subjects)
    model = trial.model
    sums = sums_of(model.strata, model.group, trial.moments(LOOP))
    start = time.perf_counter()
    for t in range(LOOP):
        coordinates = coordinates_of(model, sums, t)
        assert not isinstance(coordinates, Status)
        with pymc_model(model) as built:
            pm.set_data(data_of(model, sums, t, coordinates), model=built)
            pm.sample(progressbar=False, random_seed=t)
    print(f"N = {n_subjects:4}: {(time.perf_counter() - start) / LOOP:.1f} s a trial by pm.sample")


def main() -> None:
    """Print all figures."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    print(f"load {os.getloadavg()[0]:.2f}, {len(os.sched_getaffinity(0))} cores")
    for n_subjects in SIZES:
        compiled_once(n_subjects)
    sample_loop(SIZES[0])
    print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
