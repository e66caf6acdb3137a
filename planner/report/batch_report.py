"""The report on a finished batch run: what was simulated, what came out, and how to repeat it."""

from pathlib import Path

from planner import __version__
from planner.report.batch_run import endings, estimates, power, type_i
from planner.report.batch_run.plan import plan_sections
from planner.report.batch_run.reproduction import annex_section, reproduction_sections
from planner.report.batch_run.stored_run import StoredRun, stored_run
from planner.report.batch_run.writing import READING, counted, section
from planner.report.model import Chapter, Paragraph, Points, ReportModel, Section
from planner.scenario import scenario_toml
from planner.words.prose import one_line


def batch_report(path: Path) -> ReportModel:
    """The report on the run in a folder, from its stored numbers; nothing is simulated.

    Raises
    ------
    InvalidInput : it holds no finished run, a file was changed, or no point has a result.
    """
    run = stored_run(path)
    scenario = run.batch.scenario
    chapters = (
        Chapter(title="Summary", sections=(_summary(run),)),
        Chapter(title="What was simulated", sections=plan_sections(run)),
        Chapter(title="Results", sections=_results(run)),
        Chapter(title="Reproduction", sections=reproduction_sections(run)),
        Chapter(title="Annex", sections=(annex_section(run),)),
    )
    return ReportModel(
        title=_title(run),
        subtitle="Batch run: operating characteristics at "
        f"{counted(run.manifest['n_points'], 'point')}",
        status="draft",
        fingerprint=scenario.fingerprint(),
        version=__version__,
        chapters=chapters,
        scenario=scenario_toml(scenario),
    )


def _title(run: StoredRun) -> str:
    label = one_line(run.batch.label)
    return label or f"Around {one_line(run.batch.scenario.label) or 'a scenario'}"


def _summary(run: StoredRun) -> Section:
    """The main findings, all computed from the table."""
    found = [
        *power.findings(run),
        *type_i.findings(run),
        *estimates.findings(run),
        *estimates.closed_form_finding(run),
        *endings.findings(run),
    ]
    return section(
        "B01", "Main findings", "ICH E20", [Paragraph(text=READING), Points(items=tuple(found))]
    )


def _results(run: StoredRun) -> tuple[Section, ...]:
    return (
        power.power_section(run),
        type_i.type_i_section(run),
        estimates.estimates_section(run),
        estimates.closed_form_section(run),
        *endings.endings_sections(run),
    )
