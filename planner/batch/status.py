"""How far a run is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from planner.batch.identity import base_identity
from planner.batch.manifest import finished
from planner.batch.run_folder import RunFolder
from planner.batch.schedule import schedule
from planner.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class RunStatus:
    """What is in the folder of a run.

    Parameters
    ----------
    state : ``finished``, ``unfinished``, or ``other engine`` where the blocks are not those of the
        installed version.
    blocks, there : blocks of the batch, and those that are stored and whole.
    cases, complete : cases of the batch, and those with all their blocks.
    damaged : places in the store that are not whole records.
    """

    folder: Path
    label: str
    state: Literal["finished", "unfinished", "other engine"]
    points: int
    cases: int
    complete: int
    blocks: int
    there: int
    damaged: int
    n_trials: int


def run_status(folder: Path) -> RunStatus:
    """Look into the folder of a run; nothing is changed.

    Raises
    ------
    InvalidInput : it holds no run.
    """
    place = RunFolder(folder)
    batch = place.batch()
    plan = schedule(batch, str(folder))
    with place.store() as store:
        held = [key in store for key in plan.block_keys()]
        per_case = len(plan.blocks)
        damaged = store.damaged
    complete = sum(all(held[i : i + per_case]) for i in range(0, len(held), per_case))
    try:
        finished(place)
        state: Literal["finished", "unfinished", "other engine"] = "finished"
    except InvalidInput:
        state = "unfinished"
    identity = place.identity()
    if identity is not None and identity["engine"] != base_identity(batch.scenario)["engine"]:
        state = "other engine"
    return RunStatus(
        folder=folder,
        label=batch.label,
        state=state,
        points=len(plan.points),
        cases=len(plan.cases),
        complete=complete,
        blocks=len(held),
        there=sum(held),
        damaged=damaged,
        n_trials=batch.scenario.monte_carlo.n_trials,
    )
