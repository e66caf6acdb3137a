"""The numbers of a finished batch run: findings, power by setting, table, files and report."""

import shlex
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.batch.manifest import outcome_of
from planner.batch.points import PLANNING
from planner.batch.run_folder import MANIFEST, RESULTS
from planner.charts.style import thousands
from planner.report.batch_run import endings, estimates, power, type_i
from planner.report.tables import scale
from planner.ui.batch import counted as counting
from planner.ui.batch import numbers, runs
from planner.ui.sections import batch_chart
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.report.batch_run.stored_run import StoredRun

MOST_TOLD = 5
TABLE = (
    "Click a heading to sort. Simulated: {n} trials per point and truth; ± MCSE: the Monte-Carlo "
    "standard error of the number before it. Proportions are in %; bias is {scale}. An MCSE "
    "of 0: all trials agree. results.parquet has every measure."
)


def show(tab: "DeltaGenerator", key: str, run: "StoredRun", name: str) -> None:
    """Everything about a finished run.

    Parameters
    ----------
    key : of its folder.
    name : of its files.
    """
    _ending(tab, run)
    if run.truth == PLANNING and numbers.axes(run):
        batch_chart.show(tab, key, run)
    tab.header("Every point", anchor=False)
    table = numbers.by_point(run)
    tab.dataframe(table, hide_index=True, column_config=_columns(table), height=360)
    tab.caption(TABLE.format(n=_trials(run), scale=escaped(scale(run.batch.scenario))))
    _files(tab, key, name)
    tab.header("In words", anchor=False)
    tab.markdown("\n".join(f"- {escaped(said)}" for said in findings(key, run)))


@st.cache_data(max_entries=16, show_spinner=False)
def findings(key: str, _run: "StoredRun") -> list[str]:
    """The main findings, in the words of the report."""
    run = _run
    return [
        *power.findings(run),
        *type_i.findings(run),
        *estimates.findings(run),
        *estimates.closed_form_finding(run),
        *endings.findings(run),
    ]


def _trials(run: "StoredRun") -> str:
    return thousands(run.batch.scenario.monte_carlo.n_trials)


def _ending(tab: "DeltaGenerator", run: "StoredRun") -> None:
    """How much was simulated, and which points have no result or were left out."""
    outcome = outcome_of(run.manifest)
    seed = run.batch.scenario.monte_carlo.seed
    tab.markdown(
        f"**{thousands(outcome.n_points)} points, {thousands(outcome.n_cases)} cases, "
        f"{thousands(outcome.n_trials)} simulated trials**, seed {seed}."
    )
    reasons = [point["reason"] for point in run.manifest["impossible"]]
    for words, listed, told, say in (
        ("have no result, as blocks of them failed", outcome.failed, outcome.failed, tab.error),
        ("have more trials than accepted that could not be analysed", outcome.too_many_failures,
         outcome.too_many_failures, tab.warning),
        ("were left out, as they cannot be simulated", reasons,
         counting.reasons_in_words(reasons), tab.info),
    ):  # fmt: skip
        if listed:
            items = [f"- {escaped(entry)}" for entry in told[:MOST_TOLD]]
            rest = [f"- … {MANIFEST} has them all"] if len(told) > MOST_TOLD else []
            head = f"{counting.points_in_words(len(listed))} of the batch {words}:"
            say("\n".join([head, "", *items, *rest]))


def _columns(table: Any) -> dict[str, Any]:
    """Decimals of the numbers that are simulated."""
    number = st.column_config.NumberColumn
    return {
        column: number(format="%.3g" if "bias" in column else "%.1f")
        for column in table.columns
        if "±" in column or ", %" in column or column in ("bias", "z of the difference")
    }


def _files(tab: "DeltaGenerator", key: str, name: str) -> None:
    """Downloads: numbers, the whole run, and the report on it."""
    row = tab.container(horizontal=True)
    for label, build, suffix, mime, words in (
        (RESULTS, partial(runs.file, key, RESULTS), "-results.parquet",
         "application/vnd.apache.parquet", "Every number with its MCSE, described in its schema."),
        (MANIFEST, partial(runs.file, key, MANIFEST), "-manifest.json", "application/json",
         "Versions, settings and digests."),
        ("Whole run (zip)", partial(runs.archive, key), ".run.zip", "application/zip",
         "The folder of the run: to keep, to open here again, or to go on with by the command "
         "line."),
        ("Report (HTML)", partial(runs.document, key, "html"), ".html", "text/html",
         "What was simulated, what came out and how to repeat it; one file."),
        ("Report (PDF)", partial(runs.document, key, "pdf"), ".pdf", "application/pdf",
         "The same, tagged for assistive technology."),
    ):  # fmt: skip
        row.download_button(
            label, build, file_name=f"{name}{suffix}", mime=mime, on_click="ignore", help=words,
            key=f"batch:{key}:{suffix}",
        )  # fmt: skip
    tab.caption("The report from the command line, once the archive is unpacked:")
    folder = shlex.quote(f"{name}.run")
    tab.code(f"planner report {folder} --format html,pdf", language=None, wrap_lines=True)
