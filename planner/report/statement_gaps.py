"""What a scenario leaves out of its sample-size statement."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.plan.analysis import Posterior
from planner.report.basis import CORRELATION, EFFECT, LOSS, SD, SHARE, bases, value_at
from planner.report.model import Gap
from planner.report.planned_range import varied_inputs
from planner.report.text_gaps import smallest_that_matters
from planner.truth.attrition import Mcar
from planner.words.prose import joined, one_line

if TYPE_CHECKING:
    from planner.scenario import Scenario

SOURCES = {
    "the share of women": SHARE,
    "the SD": SD,
    "the correlation between periods": CORRELATION,
    "the target difference": EFFECT,
    "the share that leaves": LOSS,
}
"""Numbers of the statement and where they stand in the scenario."""
WOMEN_AND_MEN, OUTCOME, UNIT = "how many women and men", "the primary outcome", "its unit"
LEAVING = "how many leave"
WASHOUT = "washout and why no carry-over is expected"
IMPORTANCE = "whether the target difference is important to patients, realistic, or both, and why"
DEVIATIONS = "power over plausible deviations from the assumptions"
PRIOR = "why these analysis priors"


def unnamed(letter: str) -> str:
    """The gap that a treatment without a name leaves."""
    return f"what treatment {letter} is"


def without_source(what: str) -> str:
    """The gap that a number of `SOURCES`, or one at a path, leaves without a source."""
    return f"source of {what}"


def statement_gaps(scenario: "Scenario") -> Iterator[Gap]:
    """What the long form marks NOT STATED; the short form marks some of it."""
    yield from _trial(scenario)
    yield from _texts(scenario)
    yield from _sources(scenario)


def _trial(s: "Scenario") -> Iterator[Gap]:
    for letter in s.plan.design.treatments:
        if letter not in s.plan.treatments:
            yield Gap(what=unnamed(letter), add="give plan.treatments")
    if s.truth.female_share is None:
        yield Gap(what=WOMEN_AND_MEN, add="give truth.female_share")
    endpoint = s.truth.endpoint
    if one_line(endpoint.name) in {"", "outcome"}:
        yield Gap(what=OUTCOME, add="give truth.endpoint.name")
    if not one_line(endpoint.unit) and endpoint.scale != "log":
        yield Gap(what=UNIT, add="give truth.endpoint.unit")
    if s.plan.design.n_periods > 1 and not leaves(s) and not bases(s, LOSS):
        yield Gap(what=LEAVING, add="give truth.attrition, or say why nobody does")


def _texts(s: "Scenario") -> Iterator[Gap]:
    said = s.protocol
    if s.plan.design.n_periods > 1 and not one_line(said.rationale):
        yield Gap(
            what=WASHOUT,
            add="give the washout, its basis and the stability of the disease (ICH E9, section "
            "3.1.2) as protocol.rationale",
        )
    if not one_line(said.importance) and not smallest_that_matters(s):
        yield Gap(
            what=IMPORTANCE,
            add="say so as protocol.importance; planner evidence list --quantity mcid shows what "
            "is published",
        )
    if not varied_inputs(s):
        yield Gap(
            what=DEVIATIONS,
            add="cite entries with an interval or range for the SD and the loss (planner evidence "
            "list)",
        )
    if isinstance(s.plan.analysis, Posterior) and not one_line(said.analysis_prior):
        yield Gap(
            what=PRIOR, add="justify them, with how much they weigh, as protocol.analysis_prior"
        )


def _sources(s: "Scenario") -> Iterator[Gap]:
    """Numbers without any source, then citations that give neither evidence nor a note."""
    crossover = s.plan.design.n_periods > 1
    used = {
        "the share of women": s.truth.female_share is not None,
        "the correlation between periods": crossover,
        "the share that leaves": crossover and (leaves(s) or bool(bases(s, LOSS))),
    }
    for what, paths in SOURCES.items():
        found = bases(s, paths)
        if used.get(what, True) and not any(b.has_source for b in found):
            place = joined([b.path for b in found] or [place_of(s, paths)])
            yield Gap(
                what=without_source(what),
                add=f"write {place} as {{ value, evidence, flag, note }} in the scenario",
            )
    for basis in bases(s, sum(SOURCES.values(), ())):
        if not basis.detail():
            yield Gap(
                what=without_source(basis.path),
                add="add evidence and a note to its citation in the scenario",
            )


def leaves(s: "Scenario") -> bool:
    """Whether anybody is assumed to leave."""
    attrition = s.truth.attrition
    return isinstance(attrition, Mcar) and attrition.last_used_period() > 0


def place_of(s: "Scenario", paths: tuple[str, ...]) -> str:
    """Which of the paths the scenario has; a table stands for its numbers."""
    plain = s.plain(full=True)
    values = {path: value_at(plain, path) for path in paths}
    path = next((path for path in paths if values[path] is not None), paths[0])
    return f"each number of {path}" if isinstance(values[path], dict) else path
