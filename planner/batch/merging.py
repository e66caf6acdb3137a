"""Put shards together: take in the blocks of other folders and write the results."""

from collections.abc import Sequence
from pathlib import Path

from planner.batch.manifest import Outcome
from planner.batch.run_folder import RunFolder
from planner.batch.runner import finish
from planner.batch.schedule import schedule
from planner.errors import InvalidInput


def merge(folder: Path, others: Sequence[Path] = ()) -> Outcome:
    """Write the results of a run that shards have simulated.

    Parameters
    ----------
    others : folders with further blocks of the same batch; they are left as they are.

    Raises
    ------
    InvalidInput : a folder holds no run or another one, or blocks are missing.
    """
    place = RunFolder(folder)
    batch = (place if place.begun or not others else RunFolder(others[0])).batch()
    sources = [RunFolder(other) for other in others]
    for other in sources:
        other.batch()
        other.check(batch)
    plan = schedule(batch, str(folder))
    place.begin(batch, resume=True)
    with place.store() as store:
        for other in sources:
            with other.store() as source:
                for key in plan.block_keys():
                    content = None if key in store else source.get(key)
                    if content is not None:
                        store.put(key, content)
        missing = sum(key not in store for key in plan.block_keys())
        if missing:
            raise InvalidInput(
                f"{missing} of {plan.n_blocks} blocks are missing; run the shards that are not "
                "done, or `planner batch --resume`",
                source=str(folder),
            )
        return finish(place, plan, store, {})
