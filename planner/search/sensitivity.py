"""The main answer under other readings of the evidence."""

from dataclasses import dataclass

from planner.scenario import Scenario
from planner.search.result import SampleSize
from planner.search.sample_size import SizeSearch


@dataclass(frozen=True, slots=True)
class AlternativeSizes:
    """Sizes of the first hypothesis under a scenario's alternative.

    Parameters
    ----------
    sd_difference : SD of the within-person difference under the alternative.
    """

    name: str
    note: str
    sd_difference: float
    sizes: tuple[SampleSize, ...]


def alternative_sizes(scenario: Scenario, *, workers: int | None = None) -> list[AlternativeSizes]:
    """Size of the first hypothesis at every power target, under every alternative."""
    results = []
    for alternative in scenario.alternatives:
        changed = scenario.with_changes(alternative.changes, f"alternative {alternative.name!r}")
        search = SizeSearch(changed, workers)
        first = changed.plan.hypothesis_names[0]
        results.append(
            AlternativeSizes(
                alternative.name,
                alternative.note,
                changed.truth.sd_difference,
                tuple(search.find(first, target) for target in changed.plan.power_targets),
            )
        )
    return results
