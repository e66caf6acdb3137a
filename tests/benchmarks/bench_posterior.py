"""Time of posteriors by both engines: ``python -m tests.benchmarks.bench_posterior``.

One trial is AB/BA with both sexes, exchangeable effects with τ and 12 % dropout; every posterior
gives probabilities, moments and intervals of four contrasts. All figures come from one run, after
compilation. The last engine is a loop over `pm.sample` with its own settings, the model built and
compiled anew for every trial.
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
from planner.evidence.distribution import HalfNormal, Normal, NormalMixture
from planner.operating.evaluate import Case, evaluate
from planner.operating.power import power_curve
from planner.plan.analysis import Posterior
from planner.plan.priors import ExchangeableSexes, Priors
from planner.scenario import MonteCarlo, Scenario
from tests.benchmarks.bench_engine import seconds
from tests.crossovers import by_sex, leaving
from tests.posterior_trials import bayesian_trial, some_trials

WORKERS = 2
SIZES = (24, 86, 400)
TRIALS = 20_000
CURVE = tuple(range(20, 220, 10))
SEXES = ExchangeableSexes(tau=HalfNormal(scale=2.0))
WITH_TAU = Priors(effect=Normal(mean=2.5, sd=5.0), sexes=SEXES)
ROBUST = Priors(
    effect=NormalMixture(weights=(0.8, 0.2), means=(2.5, 0.0), sds=(1.5, 5.0)), sexes=SEXES
)
FLAT = Priors()
NUTS_TRIALS, LOOP = 60, 3


def scenario(priors: Priors) -> Scenario:
    """The trial that is timed."""
    analysis = Posterior(priors=priors).plain(full=True)
    effect = {"female": 2.1, "male": 3.1}
    truth = {"effect": effect, "attrition": leaving(0.12)}
    return by_sex(plan={"analysis": analysis}, truth=truth)


def quadrature_seconds(priors: Priors, n: int) -> float:
    """Seconds per simulated and analysed trial, on both cores."""
    case, settings = Case(scenario(priors), n), MonteCarlo(n_trials=TRIALS)
    return seconds(lambda: evaluate([case], settings, workers=WORKERS), 3) / TRIALS


def nuts_seconds(n: int) -> float:
    """Seconds per trial of the sampling engine after compilation, on both cores."""
    trial = bayesian_trial(WITH_TAU, n, dropout=0.12)
    moments, engine = trial.moments(NUTS_TRIALS), NutsEngine(trial.model)
    engine.fit(some_trials(moments, 1))
    start = time.perf_counter()
    engine.fit(moments, np.random.default_rng(1))
    return (time.perf_counter() - start) / NUTS_TRIALS


def sample_seconds(n: int) -> float:
    """Seconds per trial of `pm.sample`."""
    import pymc as pm

    trial = bayesian_trial(WITH_TAU, n, dropout=0.12)
    model = trial.model
    sums = sums_of(model.strata, model.group, trial.moments(LOOP))
    start = time.perf_counter()
    for t in range(LOOP):
        coordinates = coordinates_of(model, sums, t)
        assert not isinstance(coordinates, Status)
        with pymc_model(model) as built:
            pm.set_data(data_of(model, sums, t, coordinates), model=built)
            pm.sample(progressbar=False, random_seed=t)
    return (time.perf_counter() - start) / LOOP


def main() -> None:
    """Print all figures."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    print(f"load {os.getloadavg()[0]:.2f}, {len(os.sched_getaffinity(0))} cores")
    evaluate([Case(scenario(WITH_TAU), 40)], MonteCarlo(n_trials=1_000), workers=1)
    fast = {}
    for n in SIZES:
        fast[n], robust, flat = (quadrature_seconds(p, n) for p in (WITH_TAU, ROBUST, FLAT))
        print(
            f"N = {n:3}: {1 / fast[n]:,.0f} posteriors a second with τ, {1 / robust:,.0f} with a "
            f"robust mixture too, {1 / flat:,.0f} with flat priors"
        )
    curve = scenario(WITH_TAU).with_changes({"monte_carlo.n_trials": 2_000})
    took = seconds(lambda: power_curve(curve, CURVE, nulls=False, workers=WORKERS), 3)
    print(f"power curve, {len(CURVE)} sizes of 2 000 trials: {took:.2f} s")
    for n in (24, 400):
        slow = nuts_seconds(n)
        print(f"N = {n}: {1 / slow:.1f} trials a second by NUTS, {slow / fast[n]:,.0f} × as long")
    naive = sample_seconds(24)
    print(f"N = 24: {naive:.1f} s a trial by pm.sample, {naive / fast[24]:,.0f} × as long")
    print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
