"""Time of one fit by other means: ``python -m tests.benchmarks.slow_fits``, prints JSON.

The same kind of trial as in `bench_engine`, fitted by statsmodels and by the dense matrices of the
tests. Linear algebra should be single-threaded (``OPENBLAS_NUM_THREADS=1``): matrices are small.
"""

import json
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from statsmodels.regression.mixed_linear_model import MixedLM

from tests.twins.mixed_model import design_matrix, fit_reml, kenward_roger_test
from tests.twins.simulate import NaiveTruth, Trial, simulate_trial

SIZES = (20, 60, 200)
FITS = 40
TERMS = ("period", "treatment*sex")


def naive_trials(n_subjects: int, count: int) -> list[Trial]:
    """Trials drawn person by person."""
    women = round(0.3 * n_subjects)
    people = {
        (sequence, sex): women if sex == "female" else n_subjects // 2 - women
        for sequence in ("AB", "BA")
        for sex in ("female", "male")
    }
    effects = {"female": {"A": 0.0, "B": 2.1}, "male": {"A": 0.0, "B": 3.1}}
    sd = 7.5 / np.sqrt(2)
    truth = NaiveTruth(effects, sd_between=sd, sd_within=sd, dropout_hazard=0.12)
    rng = np.random.default_rng(1)
    return [simulate_trial(rng, ["AB", "BA"], people, truth) for _ in range(count)]


def fit_statsmodels(trial: Trial) -> Any:
    """REML by statsmodels, which has no small-sample degrees of freedom."""
    x, _ = design_matrix(trial, TERMS)
    return MixedLM(trial["y"], x, groups=trial["subject"]).fit(reml=True)


def fit_twin(trial: Trial) -> None:
    """REML and Kenward–Roger tests of four contrasts by dense matrices."""
    x, names = design_matrix(trial, TERMS)
    fit = fit_reml(x, trial["subject"], trial["y"])
    effect, difference = (np.eye(len(names))[names.index(n)] for n in names if "treatmentB" in n)
    for row in (effect + 0.4 * difference, effect, effect + difference, difference):
        kenward_roger_test(fit, row)


def seconds_per_fit(fit: Callable[[Trial], object], trials: list[Trial]) -> float:
    """Median time of one fit."""
    fit(trials[0])
    times = []
    for trial in trials:
        start = time.perf_counter()
        fit(trial)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    """Print {N: {name: seconds}}."""
    warnings.simplefilter("ignore")
    by = {"statsmodels MixedLM": fit_statsmodels, "dense twin": fit_twin}
    table = {}
    for n in SIZES:
        trials = naive_trials(n, FITS)
        table[n] = {name: seconds_per_fit(fit, trials) for name, fit in by.items()}
    print(json.dumps(table))


if __name__ == "__main__":
    main()
