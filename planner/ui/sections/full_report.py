"""The design report: computed as a job, then written in the formats that are asked for."""

from functools import partial
from typing import TYPE_CHECKING

from planner.errors import PlannerError
from planner.ui import report_answers
from planner.ui.fields.field import Field
from planner.ui.jobs import report_jobs
from planner.ui.sections import progress
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.report.results import ReportStep
    from planner.scenario import Scenario
    from planner.ui.fields.panel import Panel
    from planner.ui.jobs import Job

STATUS, DRAFT, FINAL = "report.status", "draft", "final"
READING = (
    "The document for sponsor, ethics board and regulator: question, design, every input with its "
    "source, analysis, simulation plan, operating characteristics, comparison with other designs, "
    "expected flow, statement, limits, and how to reproduce it. It is computed once; the formats "
    "hold the same numbers."
)
FORMATS = (
    ("pdf", "PDF", "application/pdf", "Tagged for assistive technology, the scenario attached."),
    ("html", "HTML", "text/html", "One file that needs no other; nothing is loaded from outside."),
    (
        "docx",
        "DOCX",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "For word processors, with native equations and headings.",
    ),
    (
        "zip",
        "Markdown (zip)",
        "application/zip",
        "Plain text with tables as report.md, and its figures; for a repository.",
    ),
    ("json", "JSON", "application/json", "Everything as data; `planner report` renders it again."),
)


def status_field() -> Field:
    """Draft or final."""
    return Field(
        path=STATUS,
        label="Status",
        start=DRAFT,
        kind="switch",
        options=(DRAFT, FINAL),
        show=str.capitalize,
        help="A draft marks what is missing NOT STATED; a final report is refused while anything "
        "is missing. Unit: none. Typical: draft until the protocol is complete. Source: ICH E9; "
        "chosen here.",
    )


def show(place: "DeltaGenerator", panel: "Panel", scenario: "Scenario", hypothesis: str) -> None:
    """Button, progress, and a download per format."""
    place.markdown(READING)
    row = place.container(horizontal=True, vertical_alignment="bottom")
    panel.draw(row.container(width="content"), status_field())
    key = report_answers.report_key(scenario, hypothesis)
    job = report_jobs().find(key)
    row.button(
        "Compute the report",
        on_click=report_answers.start_report,
        args=(key, scenario, hypothesis),
        disabled=job is not None and (job.active or job.status == "done"),
        help="Simulates everything that the report holds, on this machine; it takes some ten "
        "seconds to a minute and goes on if the page is closed.",
    )
    if job is None:
        place.caption("Not computed yet for the scenario in hand.")
    elif job.active:
        progress.watch(place, job, _words, "Stops after the stage under way.")
    else:
        _ended(place, job, panel.values[STATUS], scenario)


def _words(job: "Job[ReportStep]") -> str:
    step = job.latest
    return f"{step.stage} · {step.done} of {step.of} stages done" if step else "Waiting"


def _ended(
    place: "DeltaGenerator", job: "Job[ReportStep]", status: str, scenario: "Scenario"
) -> None:
    results = job.latest.results if job.latest else None
    if job.status == "failed":
        place.error(job.problem)
    elif results is None:
        place.info("Cancelled before everything was computed; nothing is kept of it.")
    else:
        try:
            model = report_answers.model(job.key, results, final=status == FINAL)
        except PlannerError as problem:
            place.error(f"{escaped(str(problem))} Write it under Protocol texts.")
            return
        gaps = len(model.gaps)
        place.caption(
            f"Computed in {job.seconds:.0f} s. "
            + ("Nothing is missing." if not gaps else f"{gaps} things are NOT STATED in it.")
        )
        row = place.container(horizontal=True)
        for suffix, label, mime, words in FORMATS:
            row.download_button(
                label,
                partial(report_answers.rendered, job.key, model, suffix),
                file_name=f"report-{scenario.short_fingerprint}.{suffix}",
                mime=mime,
                on_click="ignore",
                help=words,
            )
