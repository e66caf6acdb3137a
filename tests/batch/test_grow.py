"""Growing a run: only what is new is simulated, and the numbers are those of a fresh run."""

from pathlib import Path
from typing import Any

import pytest

import planner.batch.identity as identity
from planner.batch.backends import Threads
from planner.batch.run_folder import BATCH, MANIFEST, RESULTS
from planner.batch.runner import run_batch
from planner.batch.status import run_status
from planner.batch.store import Store
from planner.errors import InvalidInput
from tests.batch.runs import raw, small, stored_keys, tree


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Addresses of the blocks that are stored from now on."""
    keys: list[bytes] = []
    store = Store.put

    def counted(self: Store, key: bytes, content: bytes) -> None:
        keys.append(key)
        store(self, key, content)

    monkeypatch.setattr(Store, "put", counted)
    return keys


def check_fresh(folder: Path, alone: Path) -> None:
    """Batch, results and manifest are those of a run of its own, whose blocks are all there."""
    for name in (BATCH, RESULTS, MANIFEST):
        assert (folder / name).read_bytes() == (alone / name).read_bytes()
    assert set(stored_keys(alone)) <= set(stored_keys(folder))


def test_more_trials_add_only_new_blocks(tmp_path: Path, put: list[bytes]) -> None:
    """3 500 trials are blocks 0 to 2 and a short one; 7 000 need 3 to 6 of each of four cases."""
    folder, alone = tmp_path / "run", tmp_path / "alone"
    run_batch(small(3_500), folder, backend=Threads(1))
    assert len(put) == 4 * 4
    before = set(stored_keys(folder))
    put.clear()
    run_batch(small(7_000), folder, backend=Threads(1), resume=True)
    assert len(put) == len(set(put)) == 4 * 4
    assert not before & set(put)
    run_batch(small(7_000), alone, backend=Threads(1))
    check_fresh(folder, alone)


def test_fewer_trials_again_need_no_new_block(tmp_path: Path, put: list[bytes]) -> None:
    """The short last block was kept: back to 3 500 trials, then to 7 000, nothing is simulated."""
    folder, alone = tmp_path / "run", tmp_path / "alone"
    for n_trials in (3_500, 7_000):
        run_batch(small(n_trials), folder, backend=Threads(1), resume=n_trials > 3_500)
    put.clear()
    for n_trials in (3_500, 3_000, 7_000, 3_500):
        run_batch(small(n_trials), folder, backend=Threads(1), resume=True)
    assert not put
    run_batch(small(3_500), alone, backend=Threads(1))
    check_fresh(folder, alone)


@pytest.mark.parametrize(
    ("more", "new"),
    [
        ({"grid": {"plan.n_subjects": [24, 36, 48]}}, 8),
        ({"grid": {"plan.n_subjects": [48]}}, 0),
        ({"grid": {"plan.n_subjects": [48, 24]}}, 0),
        ({"grid": {"plan.n_subjects": [24, 48], "truth.attrition.after_period_1": [0.1, 0.2]}}, 16),
        ({"cases": [{"name": "half", "changes": {"truth.effect": 1.25}}, {"name": "full"}]}, 8),
        ({"truths": ["planning"]}, 0),
        ({"label": "another"}, 0),
    ],
    ids=["a size more", "a size less", "another order", "an axis more", "cases", "no nulls",
         "another label"],
)  # fmt: skip
def test_a_changed_grid_adds_only_new_cases(
    tmp_path: Path, put: list[bytes], more: dict[str, Any], new: int
) -> None:
    """What both have in common is found by its address."""
    folder, alone = tmp_path / "run", tmp_path / "alone"
    run_batch(small(), folder, backend=Threads(1))
    put.clear()
    run_batch(small(**more), folder, backend=Threads(1), resume=True)
    assert len(put) == new
    run_batch(small(**more), alone, backend=Threads(1))
    check_fresh(folder, alone)


@pytest.mark.parametrize(
    ("table", "entry"),
    [("monte_carlo", {"seed": 8}), ("monte_carlo", {"draw": "subjects"}),
     ("truth", {"effect": 2.6})],
    ids=["seed", "draw", "effect"],
)  # fmt: skip
def test_another_base_scenario_is_refused(
    tmp_path: Path, table: str, entry: dict[str, Any]
) -> None:
    """Its blocks would lie beside each other without a number in common; nothing is changed."""
    run_batch(small(), tmp_path / "run", backend=Threads(1))
    before = tree(tmp_path / "run")
    scenario = raw()["scenario"]
    other = small(scenario=scenario | {table: scenario[table] | entry})
    with pytest.raises(
        InvalidInput, match=r"of base scenario \w{6} and this batch is of \w{6}; give another --out"
    ):
        run_batch(other, tmp_path / "run", backend=Threads(1), resume=True)
    assert tree(tmp_path / "run") == before


def test_another_engine_is_refused_with_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version, sources or a library: named as there and here; the old run stays as it is."""
    run_batch(small(), tmp_path / "run", backend=Threads(1))
    before = tree(tmp_path / "run")
    there = identity.engine_identity()
    here = {**there, "numpy": "9.9.9", "sources": "0" * 16}
    monkeypatch.setattr(identity, "engine_identity", lambda: here)
    with pytest.raises(InvalidInput) as refused:
        run_batch(small(), tmp_path / "run", backend=Threads(1), resume=True)
    told = str(refused.value)
    assert f"numpy {there['numpy']} there, 9.9.9 here" in told
    assert f"sources {there['sources']} there, {'0' * 16} here" in told
    assert "planner replay" in told
    assert "scipy" not in told
    assert tree(tmp_path / "run") == before
    assert run_status(tmp_path / "run").state == "other engine"


def test_without_its_identity_blocks_of_another_engine_are_still_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: list[bytes]
) -> None:
    """Every block has its engine in its address."""
    run_batch(small(), tmp_path / "run", backend=Threads(1))
    put.clear()
    (tmp_path / "run" / "identity.json").unlink()
    here = {**identity.engine_identity(), "numpy": "9.9.9"}
    monkeypatch.setattr(identity, "engine_identity", lambda: here)
    run_batch(small(), tmp_path / "run", backend=Threads(1), resume=True)
    assert len(put) == 16


def test_more_trials_are_told_to_be_unfinished_until_they_are(tmp_path: Path) -> None:
    """The old table is not taken for the new run's."""
    from planner.batch.runner import batch_steps

    folder = tmp_path / "run"
    run_batch(small(), folder, backend=Threads(1))
    assert run_status(folder).state == "finished"
    steps = batch_steps(small(7_000), folder, Threads(1), resume=True)
    next(steps)
    steps.close()
    found = run_status(folder)
    assert (found.state, found.there, found.blocks) == ("unfinished", 12, 28)
    run_batch(small(), folder, backend=Threads(1), resume=True)
    assert run_status(folder).state == "finished"
