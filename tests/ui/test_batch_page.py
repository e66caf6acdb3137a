"""The Batch page: what varies, its file, runs here, and runs that are opened."""

import json
import shlex
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from planner.batch.batch import batch_from
from planner.batch.points import NULL, PLANNING
from planner.charts.style import thousands
from planner.operating.evaluate import Simulation
from planner.report.batch_run.stored_run import stored_run
from planner.report.finished import finished_report
from planner.report.model import Points
from planner.scenario import load_scenario
from planner.ui.batch import asked as answers
from planner.ui.batch import counted as counting
from planner.ui.batch import numbers, runs
from planner.ui.batch.asked import Asked, asked
from planner.ui.batch.settings import ANALYSIS, DESIGN, PEOPLE
from planner.ui.fields.truth import CARRYOVER, PERIOD
from planner.ui.jobs import Job, batch_jobs
from planner.ui.sections import batch_earlier, batch_results
from planner.words.prose import escaped
from tests.cli.running import run
from tests.report.batch_runs import stored
from tests.ui.batch_pages import (
    BATCH,
    DROPOUT,
    SD,
    batch_of,
    finished,
    page,
    small_page,
    until_over,
)
from tests.ui.pages import APP, PAGES, bayesian, command, named, sound

Capture, Patch = pytest.CaptureFixture[str], pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def no_runs_left() -> Iterator[None]:
    """Every test simulates for itself."""
    batch_jobs.clear()
    runs._home.clear()
    runs._begun.clear()
    runs.finished_run.clear()
    counting.pace.clear()
    yield
    batch_jobs.clear()
    runs._home.clear()


@pytest.fixture
def seen(monkeypatch: Patch) -> list[Asked]:
    """Batches that a page has asked for, the latest last."""
    found: list[Asked] = []

    def noted(*given: Any) -> Asked:
        found.append(asked(*given))
        return found[-1]

    monkeypatch.setattr(answers, "asked", noted)
    return found


def test_counts_are_those_of_the_command_line(
    seen: list[Asked], tmp_path: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    app = small_page(**{PEOPLE: "2, 24, 40"})
    file = tmp_path / seen[-1].file
    file.write_text(seen[-1].text)
    words = shlex.split(command(app).split("\n")[0])
    assert words[:3] == ["planner", "batch", file.name]
    outcome = run(capsys, monkeypatch, "batch", "check", str(file), "--json")
    found = json.loads(outcome.out)
    assert found["impossible"]
    for label, value in (("Points", found["points"]), ("Cases", found["cases"]),
                         ("Simulated trials", found["cases"] * found["n_trials"])):  # fmt: skip
        assert named(app.metric, label).value == thousands(value)
    (told,) = (w.value for w in app.warning)
    assert told.startswith(f"{len(found['impossible'])} points left out")
    assert "2 people are too few" in told


def test_numbers_are_those_of_the_command_line(
    seen: list[Asked], tmp_path: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    app = finished(small_page())
    batch = seen[-1]
    (tmp_path / batch.file).write_text(batch.text)
    monkeypatch.chdir(tmp_path)
    for line in command(app).split("\n")[:1]:
        assert run(capsys, monkeypatch, *shlex.split(line)[1:], "--json").code == 0
    there = tmp_path / batch.file.replace(".toml", ".run")
    for name in ("batch.json", "results.parquet", "manifest.json"):
        assert runs.file(batch.key, name) == (there / name).read_bytes(), name
    same_numbers(app, there)
    report = finished_report(there)
    assert report is not None
    (listed_findings,) = (
        block.items for block in report.chapters[0].sections[0].blocks if isinstance(block, Points)
    )
    (words,) = (m.value for m in app.markdown if m.value.startswith("- Power for"))
    assert words == "\n".join(f"- {escaped(said)}" for said in listed_findings)
    document = runs.document(batch.key, "html")
    assert run(capsys, monkeypatch, "report", str(there), "--format", "html").code == 0
    assert (tmp_path / "report.html").read_bytes() == document


def same_numbers(app: AppTest, folder: Path) -> None:
    """The table and the data of the chart on the page are those of a run."""
    rows = pq.read_table(folder / "results.parquet").to_pylist()
    by = {(r["point"], r["hypothesis"], r["truth"]): r for r in rows}
    labels = {"female": "women", "male": "men", "interaction": "men − women"}
    (table,) = (d.value for d in app.dataframe if "type I error, %" in d.value.columns)
    assert len(table) == len(rows) / 2
    names = {labels.get(r["hypothesis"], r["hypothesis"]): r["hypothesis"] for r in rows}
    for _, row in table.iterrows():
        planning, null = (by[row["point"], names[row["hypothesis"]], t] for t in (PLANNING, NULL))
        assert row["N"] == planning[PEOPLE]
        assert row["after period 1"] == planning[DROPOUT]
        for column, value in (
            ("power, %", 100 * planning["success"]),
            ("power ± MCSE", 100 * planning["success_mcse"]),
            ("type I error, %", 100 * null["success"]),
            ("type I error ± MCSE", 100 * null["success_mcse"]),
            ("bias", planning["bias"]),
            ("bias ± MCSE", planning["bias_mcse"]),
            ("coverage, %", 100 * planning["coverage"]),
            ("coverage ± MCSE", 100 * planning["coverage_mcse"]),
            ("z of the difference", planning["z"]),
        ):
            assert row[column] == pytest.approx(value, rel=1e-12), column
    (data,) = (d.value for d in app.dataframe if "line" in d.value.columns)
    overall = [r for r in rows if (r["hypothesis"], r["truth"]) == ("overall", PLANNING)]
    assert list(data["N"]) == [r[PEOPLE] for r in overall]
    assert list(data["line"]) == [f"after period 1 {r[DROPOUT]:g}" for r in overall]
    assert list(data["power, %"]) == [round(100 * r["success"], 3) for r in overall]
    assert list(data["± MCSE"]) == [round(100 * r["success_mcse"], 3) for r in overall]


def test_a_cancelled_run_keeps_its_blocks_and_goes_on_to_the_same_bytes(
    seen: list[Asked], tmp_path: Path
) -> None:
    app = small_page(**{"trials": 20_000, "varied": [PEOPLE]})
    batch = seen[-1]
    steps = runs._steps(batch, runs.folder(batch.key))
    kept = [next(steps) for _ in range(4)][-1]
    steps.close()
    assert 0 < kept.done < kept.of
    cancelled = Job[Any](batch.key, latest=kept)
    cancelled.finish("cancelled")
    batch_jobs()._jobs[batch.key] = cancelled
    app.run()
    (told,) = (i.value for i in sound(app).info)
    assert told.startswith(f"Cancelled after {kept.done} of {kept.of} blocks, which are kept.")
    assert not app.dataframe
    named(app.button, "Go on with the run").click().run()
    until_over(app)
    job = batch_jobs().find(batch.key)
    assert job is not None
    assert job.latest is not None
    assert (job.status, job.latest.found) == ("done", kept.done)
    place = stored(batch.batch, tmp_path / "fresh")
    for name in ("results.parquet", "manifest.json"):
        assert runs.file(batch.key, name) == (place / name).read_bytes()


def test_a_finished_run_is_found_again_in_another_session(seen: list[Asked]) -> None:
    finished(small_page())
    again = small_page()
    assert seen[0].key == seen[-1].key
    assert named(again.button, "Run the batch").disabled
    assert any("type I error, %" in d.value.columns for d in again.dataframe)


def test_a_run_is_found_again_after_a_reload_that_loses_its_values(seen: list[Asked]) -> None:
    finished(small_page())
    ours = seen[-1]
    app = sound(page())
    assert seen[-1].key != ours.key
    batches = named(app.selectbox, "Batch")
    assert batches.value is None
    batches.set_value(ours.key).run()
    (table,) = (d.value for d in sound(app).dataframe if "bias" in d.value.columns)
    assert set(table["N"]) == {24, 40}
    assert len(small_page().dataframe) == len(app.dataframe)
    assert not any(s.label == "Batch" for s in small_page().selectbox)


def test_the_pace_of_a_run_tells_the_time_of_the_next(seen: list[Asked]) -> None:
    app = finished(small_page(trials=5_000))
    measured = counting.pace()[False]
    assert measured != counting.PACE[False]
    trials = counting.counted(seen[-1].text).trials
    assert named(app.metric, "Time").value == counting.in_words(trials / measured)


def test_too_many_trials_are_left_to_the_command_line(seen: list[Asked]) -> None:
    app = small_page(**{"trials": 100_000, PEOPLE: "24:48:4"})
    (told,) = (i.value for i in app.info)
    trials = counting.counted(seen[-1].text).trials
    assert trials > counting.MOST_HERE
    assert told.startswith(f"{thousands(trials)} simulated trials are more than the")
    assert "command line" in told
    assert not any(b.label == "Run the batch" for b in app.button)
    assert command(app).startswith("planner batch confirmatory-batch-")


def test_a_batch_of_sampled_posteriors_is_left_to_the_command_line() -> None:
    changes = {"plan.analysis": {"kind": "posterior", "engine": "nuts"}}
    scenario = load_scenario("confirmatory").with_changes(changes)
    batch = asked(scenario, "mine", 24, [], [PLANNING], 1000)
    assert "NUTS" in counting.why_not_here(batch, counting.counted(batch.text))


def test_many_points_are_counted_without_looking_at_each() -> None:
    batch = batch_of(**{PEOPLE: "20:60:2", SD: "5:7:0.2"})
    counted = counting.counted(batch.text)
    assert (counted.points, counted.exact) == (21 * 11, False)
    assert counted.trials == counted.cases * 2_000 >= counted.points * 2 * 2_000


def test_more_than_four_settings_are_refused() -> None:
    paths = [PEOPLE, SD, DROPOUT, DESIGN, ANALYSIS]
    app = page(varied=paths)
    assert not app.exception
    assert [e.value for e in app.error] == [
        "5 things vary at once; take away all but 4, or write the file by hand."
    ]


def test_nothing_varied_is_one_point() -> None:
    app = sound(page(varied=[]))
    assert named(app.metric, "Points").value == "1"
    assert any(c.value.startswith("People randomised: 86") for c in app.caption)
    assert named(finished(app).metric, "Points").value == "1"
    assert not app.get("vega_lite_chart")


def test_values_follow_the_scenario_until_they_are_set() -> None:
    app = sound(page())
    app.switch_page(f"{PAGES}/assumptions.py").run()
    named(app.slider, "SD of within-person").set_value(9.0).run()
    app = sound(app.switch_page(BATCH).run())
    before = named(app.text_input, "People randomised").value
    assert named(app.text_input, "SD of within-person").value == "7.2, 9, 10.8"
    named(app.text_input, "SD of within-person").set_value("9, 10").run()
    app.switch_page(f"{PAGES}/assumptions.py").run()
    named(app.slider, "SD of within-person").set_value(7.0).run()
    app = sound(app.switch_page(BATCH).run())
    assert named(app.text_input, "SD of within-person").value == "9, 10"
    assert named(app.text_input, "People randomised").value != before


@pytest.mark.parametrize("truths", [PLANNING, NULL])
def test_one_truth_alone(truths: str) -> None:
    app = finished(small_page(truths=truths))
    (table,) = (d.value for d in app.dataframe if "bias" in d.value.columns)
    power, mistake = ("power, %" in table.columns), ("type I error, %" in table.columns)
    assert (power, mistake) == (truths == PLANNING, truths == NULL)
    assert bool(app.get("vega_lite_chart")) == (truths == PLANNING)


def test_settings_without_numbers_are_drawn_with_bars(seen: list[Asked]) -> None:
    names = ["mixed model (Kenward-Roger)", "within-subject t (period-adjusted)"]
    app = finished(
        small_page(**{"varied": [DESIGN, ANALYSIS], DESIGN: ["AB/BA", "ABB/BAA"], ANALYSIS: names})
    )
    run_there = runs.finished_run(seen[-1].key)
    found = numbers.axes(run_there)
    assert found == {DESIGN: "design", "analysis": "analysis"}
    assert numbers.along(run_there, found) == DESIGN
    (data,) = (d.value for d in app.dataframe if "line" in d.value.columns)
    assert list(data["design"]) == ["AB/BA", "AB/BA", "ABB/BAA", "ABB/BAA"]
    assert list(data["line"]) == names * 2


def test_panels_split_what_is_drawn() -> None:
    app = finished(small_page(**{"varied": [PEOPLE, SD, DROPOUT], SD: "6, 7.5", PEOPLE: "24, 40"}))
    charts = app.get("vega_lite_chart")
    assert len(charts) == 2
    named(app.selectbox, "A panel per").set_value("").run()
    assert len(sound(app).get("vega_lite_chart")) == 1
    (data,) = (d.value for d in app.dataframe if "line" in d.value.columns)
    assert len(data) == 4
    named(app.selectbox, "Hypothesis shown").set_value("female").run()
    (other,) = (d.value for d in sound(app).dataframe if "line" in d.value.columns)
    assert not other["power, %"].equals(data["power, %"])


def test_points_without_a_result_are_said(seen: list[Asked], monkeypatch: Patch) -> None:
    real = Simulation.run

    def poisoned(self: Simulation, block: int, size: int) -> Any:
        if self.case.n_subjects == 24:
            raise FloatingPointError("poison")
        return real(self, block, size)

    monkeypatch.setattr(Simulation, "run", poisoned)
    app = small_page()
    named(app.button, "Run the batch").click().run()
    until = time.monotonic() + 60
    while any(job.active for job in batch_jobs()._jobs.values()):
        assert time.monotonic() < until
        time.sleep(0.1)
    app.run()
    assert not app.exception
    (told,) = (e.value for e in app.error)
    assert told.startswith("2 points of the batch have no result, as blocks of them failed")
    assert "poison" in told


def test_the_archive_is_the_same_whenever_it_is_made_and_opens_again(
    seen: list[Asked], monkeypatch: Patch
) -> None:
    app = finished(small_page())
    key = seen[-1].key
    content = runs.archive(key)
    assert runs.archive(key) == content
    monkeypatch.setattr(Simulation, "__init__", None)
    runs.finished_run.clear()
    other = sound(page())
    other.file_uploader[0].set_value(("mine *x*.zip", content, "application/zip")).run()
    sound(other)
    assert any(h.value == r"mine \*x\*.zip" for h in other.header)
    ours, theirs = (
        next(d.value for d in a.dataframe if "bias" in d.value.columns) for a in (app, other)
    )
    assert ours.equals(theirs)
    assert batch_results.findings.__wrapped__(key, stored_run(runs.folder(key)))


def test_a_bad_archive_is_said_in_a_sentence() -> None:
    app = sound(page())
    app.file_uploader[0].set_value(("run.zip", b"not a zip", "application/zip")).run()
    assert not app.exception
    (told,) = (e.value for e in app.error)
    assert told.startswith("run.zip: cannot be read as an archive")
    assert batch_earlier.OPENED not in app.session_state


def test_scenario_of_the_page_is_that_in_hand(seen: list[Asked]) -> None:
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = "confirmatory"
    app.session_state["confirmatory:truth.effect.female"] = 1.5
    sound(app.switch_page(BATCH).run())
    batch = batch_from(tomllib.loads(seen[-1].text))
    assert batch.scenario.truth.effect.female == 1.5
    assert named(app.text_input, "People randomised").value != small_page().text_input[0].value


def test_ratios_are_typed_as_ratios(seen: list[Asked]) -> None:
    plan = load_scenario("confirmatory").plain()["plan"]
    truth = {
        "endpoint": {"name": "level", "scale": "log", "unit": "ng/ml"},
        "female_share": 0.6,
        "effect": {"female": 1.1, "male": 1.15},
        "covariance": {"kind": "paired-difference", "sd_difference": 0.3},
    }
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["opened"] = {
        "mine": {"plan": plan, "truth": truth, "monte_carlo": {"n_trials": 200}}
    }
    app.session_state["starter"] = "mine"
    app.session_state["batch:mine:varied"] = ["truth.effect.female", CARRYOVER, PERIOD]
    sound(app.switch_page(BATCH).run())
    grid = seen[-1].batch.grid
    assert grid["truth.effect.female"] == (1.07, 1.1, 1.13)
    assert grid[CARRYOVER] == (1.0, 1.05, 1.1)
    assert grid[PERIOD] == ((1.0, 0.95), (1.0, 1.0), (1.0, 1.05))
    app = finished(app)
    assert any("logarithmic scale" in c.value for c in app.caption)


def test_a_bayesian_plan_varies_its_analysis(seen: list[Asked]) -> None:
    app = bayesian("confirmatory", 200)
    app.session_state["batch:confirmatory:varied"] = [ANALYSIS]
    sound(app.switch_page(BATCH).run())
    assert seen[-1].bayesian
    assert not seen[-1].batch.scenario.plan.other_analyses
    app = finished(app)
    (table,) = (d.value for d in app.dataframe if "bias" in d.value.columns)
    assert sorted(set(table["analysis"])) == [
        "Bayesian mixed model (quadrature)",
        "mixed model (Kenward-Roger)",
        "within-subject t (period-adjusted)",
    ]
