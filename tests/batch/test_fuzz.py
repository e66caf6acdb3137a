"""Files that went wrong in thousands of ways: a result or one sentence, never anything else."""

import contextlib
import io
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from planner.batch.batch import load_batch
from planner.cli import main
from planner.errors import PlannerError
from planner.scenario import load_scenario
from tests.batch.mutations import batches, files, scenarios

DOCUMENTED = {0, 1, 2, 3, 4, 5}
EXAMPLES = 3_000
CAREFUL = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)  # fmt: skip


def told(*words: str) -> tuple[int, str]:
    """Exit code and stderr of ``planner WORDS``, in this process."""
    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["planner", *words]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as leave:
        return int(leave.code or 0), err.getvalue()
    finally:
        sys.argv = before
    raise AssertionError("main returned")


def check(code: int, err: str) -> None:
    """A documented exit code, and a sentence with it; nothing that calls itself a fault."""
    assert code in DOCUMENTED, (code, err)
    assert "fault of planner" not in err, err
    assert "Traceback" not in err, err
    if code:
        sentences = [line for line in err.splitlines() if line.startswith("planner: ")]
        assert len(sentences) == 1, err


def expensive(path: Path) -> bool:
    """Whether a valid file asks for more than a test has time for."""
    try:
        scenario = load_scenario(path)
    except PlannerError:
        return False
    sampled = any(
        getattr(a, "engine", "") == "nuts"
        for a in (scenario.plan.analysis, *scenario.plan.other_analyses)
    )
    return sampled or scenario.monte_carlo.draw == "subjects"


@pytest.mark.slow
@given(file=files(scenarios()))
@CAREFUL
def test_property_scenario_files_give_a_result_or_a_sentence(
    file: tuple[str, bytes], tmp_path: Path
) -> None:
    """Checked always, and simulated where the check finds nothing."""
    path = tmp_path / f"scenario{file[0]}"
    path.write_bytes(file[1])
    code, err = told("scenario", "check", str(path))
    check(code, err)
    assert code in (0, 3)
    if code == 0 and not expensive(path):
        check(*told("power", str(path), "--n", "24", "--n-trials", "100", "--workers", "1"))


@pytest.mark.slow
@given(file=files(batches()))
@CAREFUL
def test_property_batch_files_give_a_result_or_a_sentence(
    file: tuple[str, bytes], tmp_path: Path
) -> None:
    """Checked always, and run where the check finds nothing and there is little to do."""
    path, out = tmp_path / f"batch{file[0]}", tmp_path / "run"
    path.write_bytes(file[1])
    code, err = told("batch", "check", str(path))
    check(code, err)
    assert code in (0, 3)
    if code == 0 and small(path):
        shutil.rmtree(out, ignore_errors=True)
        words = ("--n-trials", "100", "--workers", "1", "--quiet")
        check(*told("batch", str(path), "--out", str(out), *words))
        assert not list(tmp_path.rglob("*.part"))


def small(path: Path) -> bool:
    """Whether a valid batch is done in no time."""
    text = path.read_text("utf-8", "replace").replace("n_subjects", "")
    return load_batch(path).n_points <= 6 and "nuts" not in text and "subjects" not in text
