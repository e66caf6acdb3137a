"""Sections of the report on a run, and cells that several tables have."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.report.model import Block, Section
from planner.report.tables import share
from planner.words.prose import people

if TYPE_CHECKING:
    from planner.operating.characteristics import MonteCarloEstimate
    from planner.report.batch_run.stored_run import StoredRun

READING = (
    "Proportions are in %. A number after ± is the Monte-Carlo standard error (MCSE) of the number "
    "before it, of a proportion in percentage points: what the limited number of simulated trials "
    "adds, not the uncertainty of the assumptions. Where all trials agree, their count stands "
    "instead. Formulas and assumptions are named as such."
)
MOST_ROWS = 40
"""Rows of a list of which the table of the run has the rest."""


def section(identity: str, title: str, asked_by: str, blocks: Sequence[Block | None]) -> Section:
    """A section of the blocks that apply."""
    shown = tuple(block for block in blocks if block is not None)
    return Section(id=identity, title=title, asked_by=asked_by, blocks=shown)


def said(estimate: "MonteCarloEstimate") -> str:
    """A simulated proportion in a sentence."""
    return share(estimate) if estimate.mcse == 0 else f"{share(estimate)} MCSE"


def simulated(run: "StoredRun") -> str:
    """How a table came about: simulation, its trials and what ± is."""
    settings = run.batch.scenario.monte_carlo
    return (
        f"Simulated: {people(settings.n_trials)} trials per point and truth, seed {settings.seed}; "
        "± is the Monte-Carlo standard error (MCSE)."
    )


def under(run: "StoredRun") -> str:
    """The truth that estimates are told of, in words."""
    return "under the planning truth" if run.truth == "planning" else "at the edges of the nulls"


def counted(n: int, one: str, many: str = "") -> str:
    """A number of things: ``1 point``, ``2 points``."""
    return f"{people(n)} {one if n == 1 else many or f'{one}s'}"
