"""Every simulated trial of the planned analysis as a table.

One row per trial and truth: the planning truth, and the edges of the nulls. The trials, their
random numbers and their analyses are those of `planner.operating.power.power`.
"""

import io
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engines.protocol import Status
from planner.operating.evaluate import Case, Simulation, available_workers
from planner.operating.nulls import null_scenarios
from planner.plan.analysis import Posterior, describe
from planner.rng import BLOCK_SIZE, block_sizes
from planner.scenario import Scenario
from planner.trials.moments import FloatArray
from planner.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

PLANNING = "planning"
ROW_GROUP = 65_536
"""Rows per group of the file."""

_Column = tuple[str, str, str]
"""Name, unit, meaning."""


def trial_table(scenario: Scenario, n_subjects: int, *, workers: int | None = None) -> "pa.Table":
    """All simulated trials with `n_subjects` randomised, axes [truths × trials, columns].

    The schema's metadata say where the table comes from, those of its fields their unit and
    meaning.
    """
    import pyarrow as pa

    truths = [(PLANNING, scenario), *((label, null) for label, null, _ in _nulls(scenario))]
    parts = [_simulated(label, case, n_subjects, workers) for label, case in truths]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    told = {name: (unit, meaning) for name, unit, meaning in described(scenario)}
    fields, arrays = [], []
    for name, values in columns.items():
        array = pa.array(values, from_pandas=values.dtype.kind == "f")
        if values.dtype.kind == "U":
            array = array.cast(pa.string())
        unit, meaning = told[name]
        metadata = {"unit": unit, "description": meaning}
        fields.append(pa.field(name, array.type, metadata=metadata))
        arrays.append(array)
    schema = pa.schema(fields, metadata=_origin(scenario, n_subjects))
    return pa.Table.from_arrays(arrays, schema=schema)


def written(table: "pa.Table") -> bytes:
    """The table as a Parquet file: the same bytes for the same table."""
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(
        table,
        file,
        compression="zstd",
        compression_level=9,
        row_group_size=ROW_GROUP,
        use_dictionary=["truth", "status"],
        version="2.6",
    )
    return file.getvalue()


def read(content: bytes) -> "pa.Table":
    """The table in a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table: pa.Table = pq.read_table(pa.BufferReader(content), use_threads=False)
    return table


def described(scenario: Scenario) -> list[_Column]:
    """Name, unit and meaning of every column."""
    bayesian = isinstance(scenario.plan.analysis, Posterior)
    unit = "log ratio" if scenario.truth.endpoint.scale == "log" else scenario.truth.endpoint.unit
    columns: list[_Column] = [
        ("truth", "", "planning truth, or the edge of the null of the hypotheses named"),
        ("trial", "", "number of the trial, from 0; the same in every truth"),
        ("status", "", "how the analysis ended; neither ok nor boundary is no result"),
        ("completers", "people", "people observed in every period"),
        ("success", "", "whether the success rule of the plan holds"),
    ]
    for name in scenario.plan.hypothesis_names:
        columns.append((f"{name}_estimate", unit, "posterior mean" if bayesian else "estimate"))
        columns.append((f"{name}_se", unit, "posterior SD" if bayesian else "standard error"))
        if bayesian:
            columns += [
                (f"{name}_lower", unit, "lower end of the credible interval"),
                (f"{name}_upper", unit, "upper end of the credible interval"),
                (f"{name}_probability", "", "posterior probability of what is to be shown"),
            ]
        else:
            columns += [
                (f"{name}_df", "", "degrees of freedom"),
                (f"{name}_p", "", "p value of the objective, before any multiplicity procedure"),
            ]
        columns += [
            (f"{name}_shown", "", "whether the hypothesis is shown"),
            (f"{name}_stopped", "", "whether its stop rule holds; false without one"),
        ]
    return columns


def _nulls(scenario: Scenario) -> list[tuple[str, Scenario, tuple[str, ...]]]:
    """Label, scenario and hypotheses of every null."""
    return [(f"null of {', '.join(names)}", s, names) for s, names in null_scenarios(scenario)]


def _origin(scenario: Scenario, n_subjects: int) -> dict[str, str]:
    """What the file says of itself."""
    settings = scenario.monte_carlo
    return {
        "planner": __version__,
        "fingerprint": scenario.fingerprint(),
        "analysis": describe(scenario.plan.analysis),
        "n_subjects": str(n_subjects),
        "n_trials": str(settings.n_trials),
        "seed": str(settings.seed),
        "nulls": json.dumps({h: label for label, _, names in _nulls(scenario) for h in names}),
    }


def _simulated(
    label: str, scenario: Scenario, n_subjects: int, workers: int | None
) -> dict[str, Any]:
    """Columns of all trials under one truth."""
    simulation = Simulation(Case(scenario, n_subjects))
    blocks = list(enumerate(block_sizes(scenario.monte_carlo.n_trials)))

    def one(task: tuple[int, int]) -> dict[str, Any]:
        return _block(label, simulation, *task)

    with ThreadPoolExecutor(workers or available_workers()) as pool:
        parts: Sequence[dict[str, Any]] = list(pool.map(one, blocks))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _block(label: str, simulation: Simulation, block: int, size: int) -> dict[str, Any]:
    """Columns of one block; what a failed analysis does not give is NaN."""
    moments, batch = simulation.simulate(block, size)
    rule = simulation.rule
    decisions, p = rule.decide(batch), rule.p_values(batch)
    names = np.array([status.name.lower() for status in Status])
    columns: dict[str, Any] = {
        "truth": np.full(size, label),
        "trial": block * BLOCK_SIZE + np.arange(size),
        "status": names[batch.status],
        "completers": moments.n[:, simulation.complete].sum(axis=1),
        "success": decisions.success,
    }

    def known(values: FloatArray) -> FloatArray:
        return np.where(batch.failed, np.nan, values)

    for h, name in enumerate(rule.names):
        columns[f"{name}_estimate"] = known(batch.estimate[:, h])
        columns[f"{name}_se"] = known(batch.se[:, h])
        if batch.posterior is not None:
            found = batch.posterior
            columns[f"{name}_lower"] = known(found.lower[:, h])
            columns[f"{name}_upper"] = known(found.upper[:, h])
            first = int(rule.criteria.primary[h])
            columns[f"{name}_probability"] = known(found.probability[:, first])
        else:
            columns[f"{name}_df"] = known(batch.df[:, h])
            columns[f"{name}_p"] = known(p[:, h])
        columns[f"{name}_shown"] = decisions.rejected[:, h]
        columns[f"{name}_stopped"] = decisions.stopped[:, h]
    return columns
