"""The full report and the protocol's words on the Report page, run without a browser."""

import io
import json
import re
import time
import tomllib
import zipfile
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from planner.report.bundle import bundle
from planner.report.model import ReportModel
from planner.report.results import Results
from planner.scenario import Scenario, load_scenario, scenario_from
from planner.ui import report_answers
from planner.ui.draft import Draft
from planner.ui.fields.costs import costs
from planner.ui.fields.protocol import texts
from planner.ui.jobs import report_jobs
from tests.ui.pages import named, sound
from tests.ui.test_report_page import report

HOSTILE = "<script>alert(1)</script> $x$ | *b*"


@pytest.fixture(autouse=True)
def no_jobs_left() -> Iterator[None]:
    """Every test computes for itself."""
    report_jobs.clear()
    yield
    report_jobs.clear()


def computed(app: AppTest) -> AppTest:
    """The page once its report has been computed."""
    named(app.button, "Compute the report").click().run()
    until = time.monotonic() + 100
    while not any(b.label == "PDF" for b in app.get("download_button")):
        assert time.monotonic() < until, "the report is not computed in time"
        time.sleep(0.5)
        app.run()
    return sound(app)


def test_every_text_of_a_protocol_has_a_field() -> None:
    scenario = load_scenario("confirmatory")
    asked = {item.path.removeprefix("protocol.") for item in texts(scenario)}
    assert asked | {"costs"} == set(type(scenario.protocol).model_fields)
    stated = {item.path.removeprefix("protocol.costs.") for item in costs(scenario)}
    assert stated == set(type(scenario.protocol.costs).model_fields)


def test_texts_are_written_as_a_file_has_them() -> None:
    base = scenario_from(
        load_scenario("kcl-2025").plain(full=True)
        | {"protocol": {"authors": ["A B, statistician"], "doses": {"A": "x = 1 mg"}}}
    )
    changes = {}
    for item in texts(base):
        key = item.path.removeprefix("protocol.")
        match key:
            case "authors":
                assert item.start == "A B, statistician"
                changes |= item.write("C D, chief investigator\n\nE F, statistician\n")
            case "doses":
                assert item.start == "A = x = 1 mg"
                changes |= item.write("A = y = 2 mg\nB=z")
            case "title":
                changes |= item.write(f" {HOSTILE} ")
    said = base.with_changes(changes).protocol
    assert said.authors == ("C D, chief investigator", "E F, statistician")
    assert said.doses == {"A": "y = 2 mg", "B": "z"}
    assert said.title == HOSTILE


def test_texts_are_kept_saved_and_change_no_number() -> None:
    app = report()
    before = app.sidebar.markdown[0].value
    named(app.text_area, "Title").set_value(f"A randomised crossover {HOSTILE}").run()
    assert sound(app).sidebar.markdown[0].value == before
    app.switch_page("planner/ui/pages/design.py").run()
    app.switch_page("planner/ui/pages/report.py").run()
    assert named(sound(app).text_area, "Title").value.startswith("A randomised crossover")
    scenario = Draft("kcl-2025", load_scenario("kcl-2025"), {"monte_carlo.n_trials": 500}).build()
    lines = [str(c.value) for c in app.code if str(c.value).startswith("planner ")]
    lines.remove("planner validate --out qualification.html")  # of no scenario
    file = f"kcl-2025-{scenario.short_fingerprint}.toml"
    assert lines
    assert all(line.split()[2] == file and "--set" not in line for line in lines)


def test_a_report_is_computed_and_written(monkeypatch: pytest.MonkeyPatch) -> None:
    app = computed(report("kcl-2025"))
    labels = [b.label for b in app.get("download_button")]
    assert {"PDF", "HTML", "DOCX", "Markdown (zip)", "JSON"} <= set(labels)
    base = load_scenario("kcl-2025")
    scenario = Draft("kcl-2025", base, {"monte_carlo.n_trials": 500}).build()
    (job,) = report_jobs()._jobs.values()
    assert job.latest is not None
    assert job.latest.results is not None
    model = report_answers.model(job.key, job.latest.results, final=False)
    assert model.fingerprint == scenario.fingerprint()
    kept = ReportModel.parse(json.loads(report_answers.rendered(job.key, model, "json")))
    assert kept == model
    assert tomllib.loads(kept.scenario)["label"] == base.label
    read_with_its_figures(report_answers.rendered(job.key, model, "zip"), model)
    same_without_computing(scenario, job.latest.results, monkeypatch)


def read_with_its_figures(content: bytes, model: ReportModel) -> None:
    """The archive of Markdown holds every figure that its text shows, and is always the same."""
    report_answers.rendered.clear()
    assert report_answers.rendered("again", model, "zip") == content
    with zipfile.ZipFile(io.BytesIO(content)) as archived:
        text = archived.read("report.md").decode()
        shown = set(re.findall(r"\((figures/[^)]+\.svg)\)", text))
        assert shown
        assert shown | {"report.md"} == set(archived.namelist())
        assert all(archived.read(name).startswith(b"<svg") for name in shown)


def same_without_computing(
    scenario: Scenario, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundle of a computed report computes no numbers again and is that of the command line."""
    monkeypatch.setattr("planner.report.bundle.compute", lambda *_, **__: results)
    expected = bundle(scenario)
    monkeypatch.setattr("planner.report.bundle.compute", None)
    assert report_answers.bundle(scenario, "overall") == expected
    report_jobs.clear()
    with pytest.raises(TypeError):
        report_answers.bundle(scenario, "overall")


def test_a_final_report_is_refused_while_something_is_missing() -> None:
    app = computed(report("kcl-2025"))
    named(app.button_group, "Status").set_value("final").run()
    assert not app.exception
    (problem,) = app.error
    assert "a final report must state" in problem.value
    assert problem.value.endswith("Write it under Protocol texts.")
