"""Put the chapters of a report together."""

from collections.abc import Callable
from typing import Literal

from planner import __version__
from planner.errors import InvalidInput
from planner.report.author import Author
from planner.report.chapters import (
    analysis,
    annex,
    comparison,
    design,
    flow,
    front,
    inputs,
    limits,
    operating,
    question,
    reproduction,
    simulation,
    wording,
)
from planner.report.model import Chapter, ReportModel, Section
from planner.report.results import Results
from planner.scenario import scenario_toml

Write = Callable[[Author], tuple[Section, ...]]
CHAPTERS: tuple[tuple[str, Write], ...] = (
    ("Front", front.sections),
    ("Question", question.sections),
    ("Design", design.sections),
    ("Sample-size inputs and result", inputs.sections),
    ("Analysis", analysis.sections),
    ("Simulation plan", simulation.sections),
    ("Operating characteristics", operating.sections),
    ("Comparison", comparison.sections),
    ("Participant flow", flow.sections),
    ("Sample-size statement", wording.sections),
    ("Limits", limits.sections),
    ("Reproduction", reproduction.sections),
)


def report_model(results: Results, status: Literal["draft", "final"] = "draft") -> ReportModel:
    """The report on a scenario's results.

    Raises
    ------
    InvalidInput : the status is final and something is not stated.
    """
    author = Author(results)
    chapters = [Chapter(title=title, sections=write(author)) for title, write in CHAPTERS]
    written = tuple(section for chapter in chapters for section in chapter.sections)
    chapters += [
        Chapter(title="Annex", sections=annex.sections(author, written)),
        Chapter(title="References", sections=(reproduction.references(author),)),
    ]
    scenario = results.scenario
    model = ReportModel(
        title=front.title(author),
        subtitle="Design report: sample size and operating characteristics",
        status="draft",
        fingerprint=scenario.fingerprint(),
        version=__version__,
        chapters=tuple(chapters),
        scenario=scenario_toml(scenario),
    )
    return with_status(model, status)


def with_status(model: ReportModel, status: Literal["draft", "final"]) -> ReportModel:
    """The report as a draft or as final.

    Raises
    ------
    InvalidInput : the status is final and something is not stated.
    """
    if status == "final" and model.gaps:
        identity, gap = model.gaps[0]
        others = len(model.gaps) - 1
        rest = f" (and {others} more)" if others else ""
        raise InvalidInput(
            f"a final report must state {gap.what} ({identity}){rest}; {gap.add}, or make a draft"
        )
    return model.model_copy(update={"status": status})
