"""What the Report page asks the engine, remembered by everything it depends on."""

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planner import __version__
from planner.report.planned_range import varied_inputs
from planner.report.writing import Findings
from planner.ui import state
from planner.ui.jobs import report_jobs

if TYPE_CHECKING:
    from planner.report.model import ReportModel
    from planner.report.planned_range import PowerRange
    from planner.report.results import Results
    from planner.scenario import Scenario

_REMEMBERED = 64


def found(scenario: "Scenario", hypothesis: str) -> Findings:
    """The size of a hypothesis, and its power over the ranges of the evidence."""
    answer = state.sample_size(scenario, hypothesis)
    ranges = tuple((v.path, v.low, v.high) for v in varied_inputs(scenario))
    span = _power_range(scenario.fingerprint(), ranges, hypothesis, answer.n_randomised, scenario)
    return Findings(scenario, answer, span)


@st.cache_data(max_entries=_REMEMBERED, show_spinner=False)
def _power_range(
    fingerprint: str,
    ranges: tuple[tuple[str, float, float], ...],
    hypothesis: str,
    n: int,
    _scenario: "Scenario",
) -> "PowerRange | None":
    """The ranges come from citations, which are not part of the fingerprint."""
    from planner.report.planned_range import power_range

    return power_range(_scenario, hypothesis, n)


def bundle(scenario: "Scenario", hypothesis: str) -> bytes:
    """The archive, made when it is asked for, of the numbers of the full report if they are there.

    Without them everything is simulated here; the archive is the same.
    """
    from planner.report.bundle import bundle as build
    from planner.report.bundle import bundle_of

    job = report_jobs().find(report_key(scenario, hypothesis))
    results = job.latest.results if job and job.latest else None
    return build(scenario, hypothesis) if results is None else bundle_of(results)


def scenario_json(scenario: "Scenario") -> str:
    """The scenario as a JSON file that loads to the same fingerprint."""
    from planner.report.payload import dump

    return dump(scenario.plain()) + "\n"


def report_key(scenario: "Scenario", hypothesis: str) -> str:
    """Digest of all that a report depends on: words and sources too, not only the fingerprint."""
    text = json.dumps([scenario.plain(full=True), hypothesis, __version__], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def start_report(key: str, scenario: "Scenario", hypothesis: str) -> None:
    """Compute the numbers of a report as a job."""
    from planner.report.results import stages

    report_jobs().start(key, partial(stages, scenario, hypothesis))


@st.cache_data(max_entries=8, show_spinner=False)
def model(key: str, _results: "Results", *, final: bool) -> "ReportModel":
    """The report on results, in its words.

    Raises
    ------
    InvalidInput : it is to be final and something is missing.
    """
    from planner.report.build import report_model

    return report_model(_results, "final" if final else "draft")


@st.cache_data(max_entries=16, show_spinner=False)
def rendered(key: str, _model: "ReportModel", suffix: str) -> bytes:
    """The report in one format, written when it is asked for.

    Markdown comes as a zip archive with the figures that it refers to.
    """
    from planner.report.bundle import zipped
    from planner.report.formats import render
    from planner.report.formats.markdown import figure_files

    if suffix != "zip":
        return render(_model, [suffix])[suffix]
    return zipped({"report.md": render(_model, ["md"])["md"], **figure_files(_model)})
