"""Make `planner/validation/reference/nuts_posteriors.json`: data sets and their posteriors.

    python -m tests.validation.make_nuts_posteriors [CASE …]

samples all cases, or the named ones anew, with 4 chains of 40 000 draws after 2 000 of tuning.
Data are those of the lme4 reference files, or simulated visit by visit.
"""

import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from arviz_stats.base import array_stats

import planner.engines.nuts as nuts
from planner.engines.posterior_draws import contrast_draws, mean_variances
from planner.engines.posterior_model import PosteriorModel
from planner.operating.posterior_of_data import SEED
from planner.trials.moments import FloatArray
from planner.validation.posteriors import posterior_of_case, quantities
from tests.reference import Case, reference_case
from tests.twins.simulate import NaiveTruth, simulate_trial
from tests.validation.posterior_cases import CASES, SIMULATED, Simulated

FILE = Path(__file__).parents[2] / "planner/validation/reference/nuts_posteriors.json"
NUTS = {"chains": 4, "draws": 40_000, "tune": 2_000}
LARGEST_RHAT = 1.001
AXES: dict[str, Any] = {"chain_axis": 0, "draw_axis": 1}
PACKAGES = ("pymc", "pytensor", "nutpie", "arviz", "numpy", "numba")
NOTE = (
    "Data sets with the posterior of planned contrasts by the No-U-Turn sampler: the PyMC model of "
    "planner.engines.pymc_model with the priors as they are, subject effects integrated out. "
    "expected: from all draws, on the scale of the analysis; sd_within and sd_between are roots of "
    "the posterior mean of the variance, averaged over people where sexes have their own. mcse: "
    "Monte-Carlo standard errors by ArviZ; of a probability sqrt(p (1 - p) / ESS) at "
    "p = (k + 1/2) / (N + 1). rhat and ess are the worst of all contrasts and standard deviations. "
    "Made by tests/validation/make_nuts_posteriors.py; data simulated for this file or for those "
    "named in data_from."
)


@dataclass(frozen=True)
class Sampled:
    """Draws of one posterior; people of each variance group, [V]."""

    model: PosteriorModel
    drawn: Any
    people: FloatArray

    @property
    def contrasts(self) -> FloatArray:
        """Axes [chain, draw, H]."""
        return contrast_draws(self.model, self.drawn)

    @property
    def sds(self) -> FloatArray:
        """SDs and, where it is a parameter, τ, axes [chain, draw, …]."""
        posterior = self.drawn["posterior"]
        parts = [posterior[name].to_numpy() for name in ("sd_within", "sd_between")]
        if "tau" in posterior:
            parts.append(posterior["tau"].to_numpy()[..., None])
        return np.concatenate([part for part in parts if part.std() > 0], axis=2)

    def variance(self, name: str) -> FloatArray:
        """A variance averaged over people, axes [chain, draw]."""
        squares = self.drawn["posterior"][name].to_numpy() ** 2
        return np.asarray(np.average(squares, axis=2, weights=self.people))


def simulated_data(case: Simulated) -> dict[str, list[Any]]:
    """Long table of a simulated trial, outcomes to four digits."""
    data = simulate_trial(
        np.random.default_rng(case.seed), case.sequences, case.people, NaiveTruth(**case.truth)
    )
    y = np.exp(data["y"]) if case.log else data["y"]
    table = {name: values.tolist() for name, values in data.items()}
    return table | {"y": [float(f"{value:.4g}") for value in y]}


def data_of(case: Case) -> dict[str, list[Any]]:
    """Data of a case, from the file that has them or simulated."""
    if case["data_from"] == "simulated":
        return simulated_data(SIMULATED[case["id"]])
    data = reference_case(*case["data_from"])["data"]
    return {name: data[name] for name in ("subject", "sequence", "period", "treatment", "sex", "y")}


def sampled(case: Case) -> Case:
    """The case with what its draws say."""
    kept: list[Sampled] = []

    def keep(model: PosteriorModel, drawn: Any, people: FloatArray) -> FloatArray:
        kept.append(Sampled(model, drawn, people))
        return mean_variances(model, drawn, people)

    with mock.patch.object(nuts, "mean_variances", keep):
        found = posterior_of_case(case, engine="nuts", nuts=NUTS)
    said, draws = quantities(found), kept[-1]
    errors = monte_carlo_errors(draws, [row.name for row in found.results])
    x = np.concatenate([draws.contrasts, draws.sds], axis=2)
    rhat = float(np.nanmax(array_stats.rhat(x, **AXES)))
    assert rhat < LARGEST_RHAT, (case["id"], rhat)
    return case | {
        "expected": {name: float(f"{value:.7g}") for name, value in said.items()},
        "mcse": {name: float(f"{errors[name]:.3g}") for name in said},
        "rhat": round(rhat, 5),
        "ess": round(float(np.nanmin(array_stats.ess(x, **AXES)))),
        "divergent": int(draws.drawn["sample_stats"]["diverging"].to_numpy().sum()),
    }


def monte_carlo_errors(draws: Sampled, names: list[str]) -> dict[str, float]:
    """Standard errors of all `quantities`."""
    x, regions = draws.contrasts, draws.model.regions
    errors: dict[str, float] = {}
    inside = (x[:, :, regions.row] > regions.lower) & (x[:, :, regions.row] < regions.upper)
    ess = array_stats.ess(inside.astype(float), **AXES, method="mean")
    share = (inside.sum(axis=(0, 1)) + 0.5) / (inside[..., 0].size + 1)
    probability = np.sqrt(share * (1 - share) / ess)
    for h, name in enumerate(names):
        one, tail = x[:, :, h], float(regions.tail[h])
        errors |= {
            f"{name}.mean": mcse(one, "mean"),
            f"{name}.sd": mcse(one, "sd"),
            f"{name}.lower": mcse(one, "quantile", prob=tail),
            f"{name}.upper": mcse(one, "quantile", prob=1 - tail),
            f"{name}.P(above no effect)": float(probability[h]),
            f"{name}.P(region)": float(probability[len(names) + h]),
        }
    for name in ("sd_within", "sd_between"):
        if name == "sd_between" and np.all(draws.model.strata.n_observed == 1):
            continue  # everybody is observed once
        variance = draws.variance(name)
        errors[name] = mcse(variance, "mean") / (2 * float(variance.mean()) ** 0.5)
    return errors


def mcse(draws: FloatArray, method: str, **more: float) -> float:
    """Monte-Carlo standard error of draws, axes [chain, draw]."""
    return float(array_stats.mcse(draws, **AXES, method=method, **more))


def main(names: list[str]) -> None:
    """Sample the named cases, or all, and write the file after each."""
    known = {}
    if FILE.exists():
        known = {case["id"]: case for case in json.loads(FILE.read_text("utf-8"))["cases"]}
    made = {
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "seed": SEED,
        "target_accept": nuts.TARGET_ACCEPT,
        **NUTS,
        **{name: metadata.version(name) for name in PACKAGES},
    }
    for case in CASES:
        if names and case["id"] not in names:
            continue
        start = time.perf_counter()
        done = known[case["id"]] = sampled(case | {"data": data_of(case)})
        seconds = time.perf_counter() - start
        print(
            case["id"], f"{seconds:.0f} s", done["rhat"], done["ess"], done["divergent"], flush=True
        )
        kept = [known[other["id"]] for other in CASES if other["id"] in known]
        text = json.dumps({"note": NOTE, "made": made, "cases": kept}, ensure_ascii=False)
        FILE.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
