"""The posterior of one trial as an ArviZ data tree, to look at or to keep as NetCDF."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.design.matrices import Column
from planner.engines.model import planned_model
from planner.engines.nuts import TARGET_ACCEPT, compiled, draw, seeds_of
from planner.engines.posterior_draws import contrast_draws, converged
from planner.engines.posterior_model import PosteriorModel
from planner.engines.protocol import Status
from planner.engines.sums import Sums, sums_of
from planner.errors import NotEstimable
from planner.scenario import Scenario
from planner.trials.moments import Moments

if TYPE_CHECKING:
    from xarray import Dataset, DataTree

LIBRARIES = ("planner", "pymc", "nutpie", "arviz", "numpy")
SAMPLE_STATS = {
    "diverging": "diverging",
    "energy": "energy",
    "logp": "lp",
    "n_steps": "n_steps",
    "depth": "tree_depth",
    "step_size": "step_size",
    "mean_tree_accept": "acceptance_rate",
}
"""Statistics of the sampler: nutpie's names and ArviZ's."""
SAMPLE = ("chain", "draw")
STRATUM = ("group", "stratum")


def example_posterior(
    scenario: Scenario,
    model: PosteriorModel,
    batch: Moments,
    trial: int,
    rng: np.random.Generator | None = None,
) -> "DataTree":
    """Posterior of one trial of a block, with the draws that `NutsEngine.fit` would use.

    Groups posterior (effect, contrast, sd_within, sd_between, tau of exchangeable sexes, and the
    nuisance means), sample_stats, and constant_data (the sums of the trial).

    Raises
    ------
    NotEstimable : the trial does not determine the posterior.
    """
    from xarray import DataTree

    seed = int(seeds_of(rng, batch.n_trials)[trial])
    sums = sums_of(model.strata, model.group, batch)
    drawn = draw(model, compiled(model), sums, trial, seed)
    if isinstance(drawn, Status):
        raise NotEstimable(
            f"trial {trial} has no posterior: {drawn.sentence}; choose another trial"
        )
    tree = DataTree.from_dict(
        {
            "posterior": _posterior(scenario, model, drawn),
            "sample_stats": _sample_stats(drawn),
            "constant_data": _constant_data(scenario, model, sums, trial),
        }
    )
    settings = model.analysis.nuts
    tree.attrs = {
        "fingerprint": scenario.fingerprint(),
        "trial": trial,
        "seed": str(seed),
        "converged": str(converged(model, drawn)),
        "sampler": f"nutpie NUTS, {settings.tune} tuning draws, target_accept {TARGET_ACCEPT}",
        **{f"{name}_version": version(name) for name in LIBRARIES},
    }
    return tree


def _posterior(scenario: Scenario, model: PosteriorModel, drawn: "DataTree") -> "Dataset":
    from xarray import Dataset

    given = drawn["posterior"]
    dims = {
        "effect": ("treatment", "sex"),
        "nuisance": ("fixed_effect",),
        "sd_within": ("group",),
        "sd_between": ("group",),
        "tau": (),
    }
    variables: dict[str, Any] = {
        name: ((*SAMPLE, *names), given[name].to_numpy())
        for name, names in dims.items()
        if name in given
    }
    variables["contrast"] = ((*SAMPLE, "hypothesis"), contrast_draws(model, drawn))
    chains, draws = given["sd_within"].shape[:2]
    sexes = list(scenario.truth.strata) if model.n_sexes > 1 else ["all"]
    coords = {
        "chain": np.arange(chains),
        "draw": np.arange(draws),
        "treatment": list(scenario.plan.design.treatments[1:]),
        "sex": sexes,
        "fixed_effect": _columns(scenario)[: model.n_nuisance],
        "group": _groups(scenario, model),
        "hypothesis": list(scenario.plan.hypothesis_names),
    }
    return Dataset(variables, coords)


def _columns(scenario: Scenario) -> list[str]:
    """Names of the fixed effects, nuisance first, in the order of the model."""
    columns = planned_model(scenario).columns
    effects = sorted((c for c in columns if c.term == "treatment"), key=lambda column: column.level)
    return [_name(c) for c in (*(c for c in columns if c.term != "treatment"), *effects)]


def _name(column: Column) -> str:
    return " ".join(part for part in (column.term, column.level, column.sex) if part)


def _groups(scenario: Scenario, model: PosteriorModel) -> list[str]:
    return list(scenario.truth.strata) if model.n_groups > 1 else ["all"]


def _sample_stats(drawn: "DataTree") -> "Dataset":
    from xarray import Dataset

    stats = drawn["sample_stats"]
    variables = {new: (SAMPLE, stats[old].to_numpy()) for old, new in SAMPLE_STATS.items()}
    return Dataset(variables, {name: np.arange(stats.sizes[name]) for name in SAMPLE})


def _constant_data(scenario: Scenario, model: PosteriorModel, sums: Sums, trial: int) -> "Dataset":
    from xarray import Dataset

    names = _columns(scenario)
    return Dataset(
        {
            "information": ((*STRATUM, "column", "with_column"), sums.information[trial]),
            "score": ((*STRATUM, "column"), sums.score[trial]),
            "squares": (STRATUM, sums.squares[trial]),
            "freedom": (STRATUM, sums.freedom[trial]),
            "multiplier": (("stratum",), model.strata.multiplier),
        },
        {
            "group": _groups(scenario, model),
            "stratum": np.arange(len(model.strata.multiplier)),
            "column": names,
            "with_column": names,
        },
    )
