"""Power and type I error of a plan at given sample sizes."""

from collections.abc import Sequence
from dataclasses import replace

from planner.errors import InvalidInput
from planner.operating.characteristics import OperatingCharacteristics
from planner.operating.evaluate import Case, Progress, evaluate
from planner.operating.nulls import null_scenarios
from planner.scenario import Scenario


def power(
    scenario: Scenario,
    n_subjects: int | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> OperatingCharacteristics:
    """Operating characteristics with `n_subjects` randomised, under planning truth and nulls.

    Parameters
    ----------
    n_subjects : people randomised; default ``plan.n_subjects``.
    workers : threads; default all available. Results do not depend on it.
    progress : called with (blocks done, blocks in all).

    Raises
    ------
    InvalidInput : no size given, or too few people to estimate every hypothesis.
    TooManyFailures : too many simulated trials could not be analysed.
    """
    n = scenario.plan.n_subjects if n_subjects is None else n_subjects
    if n is None:
        raise InvalidInput(
            "no sample size is given; give one, or set plan.n_subjects", key="n_subjects"
        )
    return power_curve(scenario, [n], workers=workers, progress=progress)[0]


def power_curve(
    scenario: Scenario,
    sizes: Sequence[int],
    *,
    nulls: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[OperatingCharacteristics]:
    """`power` at several sample sizes; with ``nulls=False`` without the type I error.

    The plan's other analyses see the same simulated trials, as every stream of random numbers
    depends on seed and block alone.
    """
    others = [
        power_curve(other, sizes, nulls=nulls, workers=workers, progress=progress)
        for other in scenario.variants()
    ]
    truths = null_scenarios(scenario) if nulls else []
    per_size = 1 + len(truths)
    cases = [
        case
        for n in sizes
        for case in [
            Case(scenario, n),
            *(Case(null, n, "null") for null, _ in truths),
        ]
    ]
    results = evaluate(cases, scenario.monte_carlo, workers=workers, progress=progress)
    curve: list[OperatingCharacteristics] = []
    for start in range(0, len(results), per_size):
        at_size = with_nulls(results[start : start + per_size], [names for _, names in truths])
        beside = tuple(other[len(curve)] for other in others)
        curve.append(replace(at_size, others=beside))
    return curve


def with_nulls(
    results: Sequence[OperatingCharacteristics], named: Sequence[tuple[str, ...]]
) -> OperatingCharacteristics:
    """The first result, under the planning truth, with the others as its nulls.

    Parameters
    ----------
    named : hypotheses that are judged under each null.
    """
    planning, *at_null = results
    null = {
        name: result[name] for result, names in zip(at_null, named, strict=True) for name in names
    }
    familywise = at_null[0].any_rejected if len(at_null) == 1 else None
    return replace(planning, null=null, familywise_error=familywise)
