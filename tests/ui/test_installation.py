"""The check of the installation on the Report page: a job in a process beside it."""

import io
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.errors import PlannerError
from planner.report.qualification.words import summary
from planner.ui import installation, installation_worker
from planner.ui.jobs import installation_jobs
from planner.validation.check import Check
from planner.validation.groups import GROUPS, validate
from planner.validation.results import GroupResult
from tests.cli.running import run
from tests.ui.pages import APP, PAGES, named, sound

Capture, Patch = pytest.CaptureFixture[str], pytest.MonkeyPatch
GOOD = Check("prepost", "a", "power", 0.8, 0.8, 1e-9, "R")
FAR = Check("prepost", "b *x*", "power", 0.81, 0.8, 1e-3, "R <2>", mcse=0.002)
GONE = Check("prepost", "c", "df", math.nan, 3.0, 1e-3, "R", trap="another", wrong=-math.inf)


@pytest.fixture(autouse=True)
def not_checked_yet() -> Iterator[None]:
    """Every test checks for itself."""
    installation_jobs.clear()
    yield
    job = installation_jobs().find(installation.KEY)
    if job is not None:
        job.cancel()
    installation_jobs.clear()


def page() -> AppTest:
    """The Report page with few simulated trials."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = "kcl-2025"
    app.session_state["kcl-2025:monte_carlo.n_trials"] = 200
    return sound(app.switch_page(f"{PAGES}/report.py").run())


def worker(lines: Sequence[dict[str, Any]], *, then: str = "") -> tuple[str, ...]:
    """A process that says these lines and then does something else."""
    told = "\n".join(json.dumps(line) for line in lines)
    return (sys.executable, "-c", f"print({told!r}, flush=True)\n{then}")


def groups(*checks: Check, error: str = "") -> list[GroupResult]:
    """All groups, with these checks in one of them."""
    return [
        GroupResult(
            name,
            group.title,
            group.made_by,
            checks if name == "prepost" else (replace(GOOD, group=name),),
            1.5,
            error if name == "lme4" else "",
        )
        for name, group in GROUPS.items()
    ]


def lines_of(results: Sequence[GroupResult]) -> list[dict[str, Any]]:
    """What the worker says of groups."""
    return [
        line for result in results for line in ({"begins": result.name}, {"ended": asdict(result)})
    ]


def checked(monkeypatch: Patch, results: Sequence[GroupResult]) -> AppTest:
    """The page after a check that found these results."""
    monkeypatch.setattr(installation, "WORKER", worker(lines_of(results)))
    app = page()
    named(app.button, "Check this installation").click().run()
    return until_over(app)


def until_over(app: AppTest) -> AppTest:
    until = time.monotonic() + 60
    job = installation_jobs().find(installation.KEY)
    assert job is not None
    while job.active:
        assert time.monotonic() < until, "the check hangs"
        time.sleep(0.05)
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def test_groups_arrive_as_they_were_found(monkeypatch: Patch) -> None:
    results = groups(GOOD, FAR, GONE)
    monkeypatch.setattr(installation, "WORKER", worker(lines_of(results)))
    *_, last = installation.steps()
    assert (last.done, last.of) == (len(GROUPS), len(GROUPS))
    assert repr(last.groups) == repr(tuple(results))


def test_progress_names_the_group_under_way(monkeypatch: Patch) -> None:
    monkeypatch.setattr(installation, "WORKER", worker(lines_of(groups(GOOD))))
    seen = [(step.done, step.group) for step in installation.steps()]
    assert seen[:3] == [(0, "powertost"), (1, "powertost"), (1, "published")]


def test_an_installation_that_passes(monkeypatch: Patch) -> None:
    results = groups(GOOD)
    app = checked(monkeypatch, results)
    sound(app)
    (told,) = (s.value for s in app.success)
    assert f"all {len(GROUPS)} checks" in told
    table = next(t.value for t in app.table if "Largest" in t.value.columns)
    assert list(table.index) == list(GROUPS)
    assert set(table["Verdict"]) == {"pass"}
    labels = [b.label for b in app.get("download_button")]
    assert {f"Qualification ({x})" for x in ("HTML", "PDF", "JSON")} <= set(labels)
    assert named(app.button, "Check this installation").disabled


def test_failures_come_first(monkeypatch: Patch) -> None:
    app = checked(monkeypatch, groups(GOOD, FAR, GONE, error="OSError: no *disk*"))
    job = installation_jobs().find(installation.KEY)
    assert job is not None
    assert job.latest is not None
    found = installation.validation(job.latest)
    verdict, stopped = (e.value for e in app.error)
    assert "FAILED, 2 of 10 checks" in verdict
    assert summary(found)[1:].split(",")[0] in verdict
    assert stopped == r"lme4 stopped before its end: OSError: no \*disk\*"
    assert not app.success
    failed, all_groups = (t.value for t in app.table if "Verdict" in t.value.columns)
    assert list(failed.index) == [r"prepost: b \*x\*", "prepost: c"]
    assert list(failed["Computed"].str.replace("\\", "")) == ["0.81 ± 0.002", "missing"]
    assert all_groups.loc["prepost", "Verdict"] == all_groups.loc["lme4", "Verdict"] == "fail"
    assert any(r"R \<2\>" in c.value for c in app.caption)


def test_documents_hold_what_was_found(monkeypatch: Patch) -> None:
    app = checked(monkeypatch, groups(GOOD, FAR))
    job = installation_jobs().find(installation.KEY)
    assert job is not None
    assert job.latest is not None
    found = installation.validation(job.latest)
    data = json.loads(installation.document(job.begun, found, "json"))
    assert data["verdict"] == "fail"
    assert [(c["computed"], c["verdict"]) for c in data["checks"] if c["group"] == "prepost"] == [
        (0.8, "pass"),
        (0.81, "fail"),
    ]
    assert b"Installation qualification" in installation.document(job.begun, found, "html")
    assert installation.document(job.begun, found, "pdf").startswith(b"%PDF")
    assert any(c.value == "planner validate --out qualification.html" for c in app.code)


def test_a_check_that_is_cancelled_ends_its_process(monkeypatch: Patch) -> None:
    started: list[subprocess.Popen[str]] = []
    real = subprocess.Popen

    def noted(*words: Any, **options: Any) -> subprocess.Popen[str]:
        started.append(real(*words, **options))
        return started[-1]

    monkeypatch.setattr(installation.subprocess, "Popen", noted)
    waits = worker(lines_of(groups(GOOD))[:3], then="import time; time.sleep(600)")
    monkeypatch.setattr(installation, "WORKER", waits)
    app = page()
    named(app.button, "Check this installation").click().run()
    named(sound(app).button, "Cancel").click().run()
    until_over(app)
    (told,) = (i.value for i in sound(app).info)
    assert told.startswith("Cancelled")
    (process,) = started
    assert process.wait(10) is not None
    assert not named(app.button, "Check this installation").disabled


def test_a_process_that_dies_is_said_in_a_sentence(monkeypatch: Patch) -> None:
    monkeypatch.setattr(installation, "WORKER", worker(lines_of(groups(GOOD))[:3]))
    with pytest.raises(PlannerError, match="ended in group published after 1 of 8 groups"):
        list(installation.steps())
    app = page()
    named(app.button, "Check this installation").click().run()
    until_over(app)
    (told,) = (e.value for e in app.error)
    assert told.startswith("Not checked: the check ended in group published")


def test_numbers_are_those_of_the_command_line(capsys: Capture, monkeypatch: Patch) -> None:
    few = {name: GROUPS[name] for name in ("prepost", "carryover")}
    monkeypatch.setattr("planner.validation.groups.GROUPS", few)
    monkeypatch.setattr(installation, "GROUPS", few)
    out = io.StringIO()
    installation_worker._check(out)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    app = checked(monkeypatch, [_result(line["ended"]) for line in told if "ended" in line])
    words = [f"--group={name}" for name in few]
    found = json.loads(run(capsys, monkeypatch, "validate", *words, "--json").out)
    job = installation_jobs().find(installation.KEY)
    assert job is not None
    assert job.latest is not None
    shown = installation.validation(job.latest)
    ours = json.loads(installation.document(job.begun, shown, "json"))
    assert ours["checks"] == found["checks"]
    table = next(t.value for t in app.table if "Largest" in t.value.columns)
    for group in found["groups"]:
        row = table.loc[group["group"]]
        assert row["Cases"] == str(group["cases"])
        assert row["Passed"] == str(group["passed"])
        assert row["Largest"].replace("\\", "") == f"{group['largest']:.3g}"


def _result(told: dict[str, Any]) -> GroupResult:
    return GroupResult(**told | {"checks": tuple(Check(**check) for check in told["checks"])})


@pytest.mark.slow
def test_the_whole_check_passes_here_and_is_that_of_the_library() -> None:
    *_, last = installation.steps()
    assert installation.validation(last).passed
    here = {group.name: group.checks for group in validate(["published", "powertost"]).groups}
    for group in last.groups:
        assert here.get(group.name, group.checks) == group.checks


def test_the_worker_ends_with_the_front_end() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        installation.WORKER, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"begins": "powertost"}
        process.stdin.close()
        assert process.wait(20) == 1
