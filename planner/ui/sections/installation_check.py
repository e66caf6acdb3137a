"""Does this installation compute what others computed? Button, progress, groups and document."""

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from planner.ui.jobs import installation_jobs
from planner.ui.sections import progress
from planner.words.prose import escaped

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.report.model import Table
    from planner.ui.installation import InstallationStep
    from planner.ui.jobs import Job

READING = (
    "Whoever relies on these numbers must know that this installation computes them rightly. The "
    "check computes every reference value that ships with the program (PowerTOST, lme4 and "
    "pbkrtest, RBesT, NUTS, published tables, known errors of other programs, calibration) and "
    "says how far off it is. It concerns the program, not the scenario in hand. The document is an "
    "installation qualification (ICH E9 5.8, 21 CFR 11.10(a))."
)
FORMATS = (
    ("html", "Qualification (HTML)", "text/html", "One file that needs no other."),
    ("pdf", "Qualification (PDF)", "application/pdf", "Tagged for assistive technology."),
    ("json", "Qualification (JSON)", "application/json", "Every check as data."),
)


def show(tab: "DeltaGenerator") -> None:
    """Run the check as a job, watch it, and show what it found."""
    from planner.ui import installation

    tab.markdown(READING)
    job = installation_jobs().find(installation.KEY)
    tab.button(
        "Check this installation",
        on_click=installation.start,
        disabled=job is not None and (job.active or job.status == "done"),
        help="Runs in one thread on this machine, a minute or more, and goes on if the page is "
        "closed.",
    )
    if job is None:
        tab.caption("Not checked since the app was started.")
    elif job.active:
        progress.watch(tab, job, _words, "Stops at once; nothing is kept.")
    else:
        _ended(tab, job)
    tab.caption("The same from the command line:")
    tab.code("planner validate --out qualification.html", language=None, wrap_lines=True)


def _words(job: "Job[InstallationStep]") -> str:
    step = job.latest
    if step is None or not step.group:
        return "Loading the program"
    return f"{step.done} of {step.of} groups done · checking {step.group}"


def _ended(tab: "DeltaGenerator", job: "Job[InstallationStep]") -> None:
    from planner.report.qualification.tables import check_table, group_table, numbered_sources
    from planner.report.qualification.words import stopped_by, summary
    from planner.ui import installation

    step = job.latest
    if job.status == "failed":
        tab.error(f"Not checked: {escaped(job.problem)}")
        return
    if job.status == "cancelled" or step is None:
        done = f"{step.done} of {step.of} groups" if step else "the first group"
        tab.info(f"Cancelled after {done}; nothing is kept." if step else "Cancelled.")
        return
    found = installation.validation(step)
    said = summary(found)
    (tab.success if found.passed else tab.error)(
        f"planner {found.version}: {said[0].upper()}{escaped(said[1:])}."
    )
    for group in found.stopped:
        tab.error(f"{escaped(group.name)} stopped before its end: {escaped(stopped_by(group))}")
    if found.failures:
        tab.markdown("**Checks beyond their tolerance**")
        numbers = numbered_sources(found)
        _draw(tab, check_table("", found.failures, numbers, grouped=True))
        sources = {check.source for check in found.failures}
        tab.caption(
            "  \n".join(f"\\[{numbers[s]}\\] {escaped(s)}" for s in numbers if s in sources)
        )
    _draw(tab, group_table(found.groups))
    tab.caption(f"Checked in {job.seconds:.0f} s on {escaped(found.platform)}.")
    row = tab.container(horizontal=True)
    for suffix, label, mime, words in FORMATS:
        row.download_button(
            label,
            partial(installation.document, job.begun, found, suffix),
            file_name=f"qualification.{suffix}",
            mime=mime,
            on_click="ignore",
            help=words,
        )


def _draw(tab: "DeltaGenerator", table: "Table") -> None:
    """A table of the qualification, its first column in bold, with its note."""
    rows = [[escaped(cell) for cell in row] for row in table.rows]
    tab.table(pd.DataFrame(rows, columns=list(table.columns)).set_index(table.columns[0]))
    if table.note:
        tab.caption(escaped(table.note))
