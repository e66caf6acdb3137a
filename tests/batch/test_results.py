"""The table of a run has the numbers that the other commands print."""

from pathlib import Path

import pytest

from planner.batch.backends import Threads
from planner.batch.batch import Batch, batch_from
from planner.batch.run_folder import RESULTS
from planner.batch.runner import run_batch
from planner.batch.table import columns, read_table
from planner.batch.task import decoded, encoded
from planner.errors import InvalidInput
from planner.operating.evaluate import Case, Simulation
from planner.operating.power import power
from planner.scenario import load_scenario

BATCH = {
    "base": "confirmatory",
    "monte_carlo": {"n_trials": 2_300, "seed": 7},
    "changes": {"plan.other_analyses": [{"kind": "within-subject-t"}]},
    "grid": {"plan.design": ["AB/BA", "ABBA/BAAB"], "plan.n_subjects": [24, 41]},
}


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Two designs, two sizes, two analyses."""
    return batch_from(BATCH)


@pytest.fixture(scope="module")
def folder(batch: Batch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its finished run."""
    place = tmp_path_factory.mktemp("batch") / "run"
    run_batch(batch, place, backend=Threads(2))
    return place


def test_twin_rows_are_those_of_power(batch: Batch, folder: Path) -> None:
    """Every number of the table is that of `power` for the same scenario, to the last bit."""
    rows = read_table(folder / RESULTS).to_pylist()
    assert len(rows) == 4 * 2 * 2 * 4
    for row in rows:
        scenario = batch.scenario.with_changes(
            {path: row[path] for path in ("plan.design", "plan.n_subjects")}
        )
        at_n = power(scenario, row["n_subjects"])
        own = next(a for a in (at_n, *at_n.others) if a.analysis == row["analysis"])
        found = (
            own[row["hypothesis"]] if row["truth"] == "planning" else own.null[row["hypothesis"]]
        )
        assert (row["success"], row["success_mcse"]) == (found.success.value, found.success.mcse)
        assert (row["bias"], row["bias_mcse"]) == (found.bias.value, found.bias.mcse)
        assert row["coverage"] == found.coverage.value
        if row["truth"] == "planning":
            assert row["trial_success"] == own.trial_success.value
        elif own.familywise_error is not None:
            assert row["any_rejected"] == own.familywise_error.value


def test_every_column_is_described(batch: Batch, folder: Path) -> None:
    """Its name, and in the metadata what it means."""
    table = read_table(folder / RESULTS)
    assert table.column_names == [name for name, _, _ in columns(batch)]
    for field in table.schema:
        assert field.metadata[b"description"]


@pytest.mark.parametrize("design", ["AB/BA", "ABB/BAA"])
def test_tallies_survive_their_bytes(design: str) -> None:
    """Decoded and encoded again they have the same bytes and the same sums."""
    scenario = load_scenario("confirmatory").with_changes({"plan.design": design})
    tally = Simulation(Case(scenario, 24)).run(3, 400)
    content = encoded(tally)
    assert encoded(decoded(content)) == content
    assert encoded(decoded(content) + tally) == encoded(tally + tally)


@pytest.mark.parametrize("cut", [0, 3, 40, -1])
def test_cut_tallies_are_refused(cut: int) -> None:
    """Bytes of another length are no tally."""
    content = encoded(Simulation(Case(load_scenario("confirmatory"), 24)).run(0, 100))
    with pytest.raises(InvalidInput, match="are not a tally"):
        decoded(content[:cut])
