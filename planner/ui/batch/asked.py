"""The batch that the controls describe, and its file."""

import hashlib
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.batch.batch import Batch, batch_from
from planner.ui.batch.settings import ANALYSIS, PEOPLE, Setting

if TYPE_CHECKING:
    from planner.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Asked:
    """A batch as the page has it.

    Parameters
    ----------
    text : its file, TOML.
    """

    batch: Batch
    text: str
    name: str

    @property
    def key(self) -> str:
        """Digest of everything that it says."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}-batch-{self.key[:6]}.toml"

    def commands(self, workers: int) -> str:
        """Command lines that run the file: as a whole, resumed, and as an array of jobs."""
        file = shlex.quote(self.file)
        folder = shlex.quote(self.file.removesuffix(".toml") + ".run")
        return (
            f"planner batch {file} --workers {workers}\n"
            "# after an interruption, or with more --n-trials\n"
            f"planner batch {file} --workers {workers} --resume\n"
            "# or as 8 jobs of an array, 1/8 to 8/8, and one after all of them\n"
            f"planner batch {file} --shard 1/8\n"
            f"planner batch merge {folder}"
        )

    @property
    def bayesian(self) -> bool:
        """Whether any of its analyses is a posterior."""
        return any(table["kind"] == "posterior" for table in self.analyses)

    @property
    def samples(self) -> bool:
        """Whether any of its posteriors is sampled by NUTS."""
        return any(table.get("engine") == "nuts" for table in self.analyses)

    @property
    def analyses(self) -> list[Mapping[str, Any]]:
        """Every analysis of every point, as plain data."""
        plan = self.batch.scenario.plan
        planned = self.batch.grid.get(ANALYSIS) or (plan.analysis.plain(),)
        return [*planned, *(other.plain() for other in plan.other_analyses)]


def asked(
    scenario: "Scenario",
    name: str,
    n: int,
    found: Sequence[tuple[Setting, Sequence[Any]]],
    truths: Sequence[str],
    n_trials: int,
) -> Asked:
    """The batch of some settings with their values.

    Parameters
    ----------
    n : people, where their number does not vary.

    Raises
    ------
    InvalidInput : it breaks a rule.
    """
    import tomli_w

    changes: dict[str, Any] = {"monte_carlo.n_trials": n_trials}
    for setting, _ in found:
        changes |= setting.before
    if PEOPLE not in {setting.path for setting, _ in found}:
        changes[PEOPLE] = n
    base = scenario.with_changes(changes)
    crossed = " × ".join(setting.label for setting, _ in found)
    raw: dict[str, Any] = {
        "schema_version": 1,
        "label": f"{scenario.label or name}: {crossed or 'one point'}",
        "truths": list(truths),
        "impossible": "skip",
        "grid": {setting.path: list(values) for setting, values in found},
        "scenario": base.plain(),
    }
    text = tomli_w.dumps(raw)
    return Asked(batch_from(tomllib.loads(text)), text, name)
