"""The main answer under other readings of the evidence."""

from dataclasses import dataclass

from planner.engines.model import true_values
from planner.scenario import Scenario
from planner.search.result import SampleSize
from planner.search.sample_size import SizeSearch


@dataclass(frozen=True, slots=True)
class AlternativeSizes:
    """Sizes of the first hypothesis under a scenario's alternative.

    Parameters
    ----------
    effect : of the first hypothesis, on the natural scale.
    standardised_effect : the same over the SD of the within-person difference (d_z).
    """

    name: str
    note: str
    effect: float
    standardised_effect: float
    sizes: tuple[SampleSize, ...]


def alternative_sizes(scenario: Scenario, *, workers: int | None = None) -> list[AlternativeSizes]:
    """Size of the first hypothesis at every power target, under every alternative."""
    results = []
    for alternative in scenario.alternatives:
        changed = scenario.with_changes(alternative.changes, f"alternative {alternative.name!r}")
        search = SizeSearch(changed, workers)
        first, effect = changed.plan.hypothesis_names[0], float(true_values(changed)[0])
        results.append(
            AlternativeSizes(
                alternative.name,
                alternative.note,
                changed.truth.endpoint.to_natural(effect),
                effect / changed.truth.sd_difference,
                tuple(search.find(first, target) for target in changed.plan.power_targets),
            )
        )
    return results
