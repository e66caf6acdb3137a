"""Batches on Dask: the same bytes as here, whatever happens to the workers."""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from planner.batch import dask_cluster
from planner.batch.backends import Threads, backend_for
from planner.batch.batch import Batch, batch_from
from planner.batch.dask_cluster import DaskCluster
from planner.batch.runner import BatchStep, batch_steps, run_batch
from planner.batch.task import Task
from planner.errors import InvalidInput, PlannerError
from tests.batch.dask_processes import Cluster, cluster
from tests.browser.server import free_port
from tests.cli.running import run

BATCH = {
    "base": "confirmatory",
    "monte_carlo": {"n_trials": 4_000},
    "grid": {"plan.n_subjects": [24, 28, 32, 36, 40, 44]},
}
OTHER_ENGINE = """
from planner.batch import identity
true = identity.engine_identity()
identity.engine_identity = lambda: {**true, "numpy": "0.1"}
"""
WITHOUT_PLANNER = "import sys; sys.modules['planner'] = None"


def poisoned(what: str) -> str:
    """Preload of a worker on which block 2 of 32 people does something."""
    return f"""
import os, signal
from planner.operating.evaluate import Simulation
def run(self, block, size, true=Simulation.run):
    if block == 2 and self.case.n_subjects == 32:
        {what}
    return true(self, block, size)
Simulation.run = run
"""


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Six sizes and their nulls: 12 cases of 4 blocks."""
    return batch_from(BATCH)


@pytest.fixture(scope="module")
def here(batch: Batch, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files of the run in this process."""
    folder = tmp_path_factory.mktemp("here")
    run_batch(batch, folder / "run", backend=Threads(1))
    return files(folder / "run")


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers that tests leave alive."""
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as found:
        yield found


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a run by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def last_step(steps: Iterator[BatchStep]) -> BatchStep:
    """The last step of a run."""
    *_, last = steps
    return last


def test_reference_a_local_cluster_gives_the_same_bytes_and_leaves_nothing_behind(
    batch: Batch, here: dict[str, bytes], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither processes nor settings nor a word on standard error stay."""
    import distributed
    import psutil

    settings, environment = deepcopy(distributed.config), dict(os.environ)
    before = set(psutil.Process().children(recursive=True))
    run_batch(batch, tmp_path / "run", backend=backend_for("dask", 2))
    assert files(tmp_path / "run") == here
    assert capfd.readouterr() == ("", "")
    assert distributed.config == settings
    assert dict(os.environ) == environment
    left = set(psutil.Process().children(recursive=True)) - before
    assert not [child for child in left if "spawn_main" in " ".join(child.cmdline())]


def test_a_local_cluster_ends_when_the_run_is_closed(batch: Batch, tmp_path: Path) -> None:
    """What was simulated is kept, and no worker goes on."""
    import psutil

    steps: Any = batch_steps(batch, tmp_path / "run", DaskCluster(1, None))
    assert next(steps).done == 0
    kept = next(steps).done
    workers = _spawned()
    assert workers
    steps.close()
    psutil.wait_procs(workers, timeout=20)
    assert not _spawned()
    again = batch_steps(batch, tmp_path / "run", Threads(1), resume=True)
    assert next(again).found >= kept > 0


def _spawned() -> list[Any]:
    import psutil

    children = psutil.Process().children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def test_reference_a_scheduler_that_is_joined_gives_the_same_bytes(
    two_workers: Cluster, batch: Batch, here: dict[str, bytes], tmp_path: Path
) -> None:
    """The cluster goes on after the run."""
    for name in ("first", "second"):
        backend = backend_for("dask", None, two_workers.address)
        run_batch(batch, tmp_path / name, backend=backend)
        assert files(tmp_path / name) == here
    assert all(process.poll() is None for process in two_workers.started)


def test_workers_bound_the_tasks_in_hand(
    two_workers: Cluster, batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster has three tasks for every thread in hand, or as many as are given."""
    in_hand: list[int] = []
    submit = dask_cluster._Work.submit

    def counted(work: dask_cluster._Work, task: Task) -> None:
        submit(work, task)
        in_hand.append(len(work.in_hand))

    monkeypatch.setattr(dask_cluster._Work, "submit", counted)
    for given, most in ((None, 6), (1, 1), (4, 4)):
        in_hand.clear()
        backend = DaskCluster(given, two_workers.address)
        last_step(batch_steps(batch, tmp_path / f"run {given}", backend))
        assert max(in_hand) == most


def test_reference_a_worker_killed_in_the_middle_changes_no_byte(
    batch: Batch,
    here: dict[str, bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``planner batch … --backend dask --scheduler`` with one of two workers killed by kill -9."""
    file, folder = tmp_path / "sizes.json", tmp_path / "run"
    file.write_text(json.dumps(BATCH), "utf-8")
    with cluster(tmp_path / "cluster", workers=2) as found:
        victim = found.started[1]
        killed: list[int] = []

        def kill() -> None:
            while not any(path.stat().st_size for path in folder.glob("blocks/*.blocks")):
                time.sleep(0.01)
            assert not (folder / "results.parquet").exists()
            victim.kill()
            killed.append(victim.wait())

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        outcome = run(
            capsys, monkeypatch, "batch", str(file), "--out", str(folder),
            "--backend", "dask", "--scheduler", found.address, "--quiet",
        )  # fmt: skip
        killer.join(60)
    assert (outcome.code, outcome.err) == (0, "")
    assert killed == [-9]
    assert files(folder) == here


def test_a_block_that_fails_on_a_worker_fails_alone(batch: Batch, tmp_path: Path) -> None:
    """Its message arrives; all other points have their results."""
    with cluster(tmp_path / "cluster") as found:
        found.worker(preload=poisoned("raise ZeroDivisionError('poison')"))
        found.wait_for_workers(1)
        outcome = last_step(
            batch_steps(batch, tmp_path / "run", DaskCluster(None, found.address))
        ).outcome
    assert outcome is not None
    assert len(outcome.failed) == 1
    assert "ZeroDivisionError: poison" in outcome.failed[0]


@pytest.mark.slow
def test_a_block_that_kills_its_workers_fails_alone(
    batch: Batch, here: dict[str, bytes], tmp_path: Path
) -> None:
    """Its neighbours do not fail with it; on sound workers the run can be completed."""
    folder = tmp_path / "run"
    with cluster(tmp_path / "cluster", allowed_failures=1) as found:
        preload = poisoned("os.kill(os.getpid(), signal.SIGKILL)")
        for _ in range(2):
            found.worker("--nanny", preload=preload)
        found.wait_for_workers(2)
        last = last_step(batch_steps(batch, folder, DaskCluster(None, found.address)))
    assert (last.failed, last.done) == (2, last.of - 2)
    assert last.outcome is not None
    assert len(last.outcome.failed) == 1
    assert "died while it simulated this block alone" in last.outcome.failed[0]
    run_batch(batch, folder, backend=Threads(1), resume=True)
    assert files(folder) == here


@pytest.mark.parametrize(
    ("preload", "told"),
    [(OTHER_ENGINE, r"numpy 0\.1 there"), (WITHOUT_PLANNER, "has no engine of planner")],
)
def test_workers_of_another_engine_are_refused(
    batch: Batch, tmp_path: Path, preload: str, told: str
) -> None:
    """Their blocks could differ: none is simulated."""
    with cluster(tmp_path / "cluster") as found:
        found.worker(preload=preload)
        found.wait_for_workers(1)
        with pytest.raises(PlannerError, match=rf"Dask worker tcp://.*{told}"):
            last_step(batch_steps(batch, tmp_path / "run", DaskCluster(None, found.address)))
    assert not any(path.stat().st_size for path in (tmp_path / "run" / "blocks").glob("*"))


def test_a_worker_of_another_engine_that_joins_later_is_refused(
    batch: Batch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A run waits for workers, and looks at what every block was simulated with."""
    with cluster(tmp_path / "cluster") as found:
        steps = batch_steps(batch, tmp_path / "run", DaskCluster(None, found.address))
        next(steps)
        joining = threading.Timer(3, found.worker, kwargs={"preload": OTHER_ENGINE})
        joining.start()
        with (
            caplog.at_level(logging.WARNING),
            pytest.raises(PlannerError, match=r"joined has another engine \(numpy 0\.1 there"),
        ):
            last_step(steps)
        joining.join()
    assert "has no worker; waiting 300 seconds" in caplog.text
    assert not any(path.stat().st_size for path in (tmp_path / "run" / "blocks").glob("*"))


def test_a_scheduler_without_workers_is_waited_for_with_a_limit(
    batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(dask_cluster, "PATIENCE", 1.5)
    with (
        cluster(tmp_path / "cluster") as found,
        pytest.raises(PlannerError, match=r"no worker for 2 seconds.*--resume"),
    ):
        last_step(batch_steps(batch, tmp_path / "run", DaskCluster(None, found.address)))


def test_a_scheduler_that_ends_keeps_what_is_done(
    batch: Batch, here: dict[str, bytes], tmp_path: Path
) -> None:
    """One sentence; the run then ends with the same bytes elsewhere."""
    folder = tmp_path / "run"
    with cluster(tmp_path / "cluster", workers=1) as found:
        steps = batch_steps(batch, folder, DaskCluster(None, found.address))
        next(steps)
        assert next(steps).done > 0
        found.scheduler.kill()
        with pytest.raises(
            PlannerError, match=r"the Dask scheduler at tcp://.*go on with --resume"
        ):
            last_step(steps)
    run_batch(batch, folder, backend=Threads(1), resume=True)
    assert files(folder) == here


@pytest.mark.parametrize(
    "address",
    [
        "", " ", "nonsense", "tcp://", "tcp://:8786", "tcp://localhost", "localhost:8786",
        "tcp://localhost:", "tcp://localhost:port", "tcp://localhost:0", "tcp://localhost:65536",
        "tcp://localhost:99999999999999999999", "tcp://localhost:8786/x", "tcp://localhost:8786\n",
        "http://localhost:8786", "inproc://1/2/3", "ucx://localhost:8786", "file:///etc/passwd",
        "tcp://user@localhost:8786", "tcp://local host:8786", "tcp://[::1:8786", "tcp://::1:8786",
        "tcp://localhost:８７８６", "tcp://\x00:8786", "tcp://" + "a" * 100_000 + ":8786",
        "../scheduler.json", "$(reboot):1",
    ],
)  # fmt: skip
def test_malformed_addresses_are_refused_in_a_sentence(address: str) -> None:
    """Value in hand, rule, what to do."""
    with pytest.raises(InvalidInput, match=r"scheduler: .* is not the address .* tcp://HOST:PORT$"):
        DaskCluster(None, address)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 200, "[1.2.3:4:5]", "127.0.0.1"])
def test_unreachable_addresses_are_told_within_seconds(host: str, batch: Batch) -> None:
    """Whatever the resolver or the network says of them."""
    begun = time.monotonic()
    with pytest.raises(PlannerError, match="no Dask scheduler answers at tcp") as refused:
        next(DaskCluster(None, f"tcp://{host}:{free_port()}").run(iter([])))
    assert "\n" not in str(refused.value)
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 4096])
def test_what_is_no_scheduler_is_told_within_seconds(said: bytes) -> None:
    """A server that is silent, or speaks something else."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            with suppress(OSError):  # the server is closed
                while True:
                    connection, _ = server.accept()
                    connection.sendall(said)
                    spoken.append(connection)

        spoken: list[socket.socket] = []
        threading.Thread(target=speak, daemon=True).start()
        begun = time.monotonic()
        backend = DaskCluster(None, f"tcp://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(PlannerError, match="no Dask scheduler answers"):
            next(backend.run(iter([])))
        assert time.monotonic() - begun < 30
        for connection in spoken:
            connection.close()


def test_without_the_extra_it_is_said_how_to_install_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One sentence, and no folder is begun."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    outcome = run(
        capsys, monkeypatch, "batch", "type-i-error-audit", "--out", str(tmp_path / "run"),
        "--backend", "dask",
    )  # fmt: skip
    assert outcome.code == 1
    assert outcome.err.startswith("planner: --backend dask needs the extra")
    assert outcome.err.endswith("pip install 'planner[dask]'\n")
    assert not (tmp_path / "run").exists()


def test_malformed_settings_of_dask_are_told_in_a_sentence(tmp_path: Path) -> None:
    """They are read when Dask is imported."""
    (tmp_path / "dask.yaml").write_text("a: [b", "utf-8")
    words = ["-P", "-m", "planner", "batch", "type-i-error-audit", "--backend", "dask",
             "--out", str(tmp_path / "run")]  # fmt: skip
    outcome = subprocess.run(
        [sys.executable, *words], env={**os.environ, "DASK_CONFIG": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("planner: Dask cannot read its settings (")
    assert outcome.stderr.endswith("; correct them\n")
    assert not (tmp_path / "run").exists()
