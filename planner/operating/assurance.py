"""Assurance: the probability of success when the truth itself is uncertain.

Every simulated trial has a truth of its own, drawn from the scenario's design prior, so that the
probabilities below are over truths and data together (O'Hagan, Stevens & Campbell 2005, Pharm
Stat 4:187, 10.1002/pst.175). Any decision rule has an assurance, and all hypotheses of a plan are
judged on the same trials.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.engines.closed_form import ClosedForm
from planner.errors import InvalidInput, TooManyFailures
from planner.operating.assurance_result import (
    SUCCESS,
    AimAssurance,
    Assurance,
    simulated_aim,
)
from planner.operating.assurance_tally import AssuranceTally
from planner.operating.characteristics import OperatingCharacteristics, compare
from planner.operating.evaluate import Case, Progress, evaluate
from planner.operating.expected_power import ExpectedPowerForm, has_expected_power, has_limit
from planner.operating.nulls import null_scenarios
from planner.operating.prior_simulation import PriorCase, PriorSimulation, run_blocks
from planner.plan.analysis import describe
from planner.rng import block_sizes
from planner.scenario import MonteCarlo, Scenario


def assurance(
    scenario: Scenario,
    n_subjects: int | None = None,
    *,
    relevant: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Assurance:
    """Assurance with `n_subjects` randomised.

    Parameters
    ----------
    n_subjects : people randomised; default ``plan.n_subjects``.
    relevant : smallest relevant effect on the natural scale; without it nothing is said of it.
    workers : threads; default all available. Results do not depend on it.
    progress : called with (blocks done, blocks in all).

    Raises
    ------
    InvalidInput : no design prior or size is given, or too few people.
    TooManyFailures : too many simulated trials could not be analysed.
    """
    n = scenario.plan.n_subjects if n_subjects is None else n_subjects
    if n is None:
        raise InvalidInput(
            "no sample size is given; give one, or set plan.n_subjects", key="n_subjects"
        )
    curve = assurance_curve(scenario, [n], relevant=relevant, workers=workers, progress=progress)
    return curve[0]


def assurance_curve(
    scenario: Scenario,
    sizes: Sequence[int],
    *,
    relevant: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Assurance]:
    """`assurance` at several sample sizes; the plan's other analyses see the same trials."""
    require_truth_prior(scenario)
    if relevant is not None and not math.isfinite(relevant):
        raise InvalidInput(f"relevant is {relevant:g}; give a finite effect", key="relevant")
    others = [
        assurance_curve(other, sizes, relevant=relevant, workers=workers, progress=progress)
        for other in scenario.variants()
    ]
    settings, truths = scenario.monte_carlo, null_scenarios(scenario)
    cases = [PriorCase(scenario, n, relevant) for n in sizes]
    nulls = [Case(null, n, "null") for n in sizes for null, _ in truths]
    n_blocks = len(block_sizes(settings.n_trials)) * (len(cases) + len(nulls))

    def after(start: int) -> Progress | None:
        return progress and (lambda done, _: progress(start + done, n_blocks))

    curve = evaluate_assurance(cases, settings, workers=workers, progress=after(0))
    begun = len(block_sizes(settings.n_trials)) * len(cases)
    at_null = evaluate(nulls, settings, workers=workers, progress=after(begun))
    named, limits = [names for _, names in truths], limits_of(scenario)
    for i, result in enumerate(curve):
        own = at_null[i * len(named) : (i + 1) * len(named)]
        full = _with_null(result, own, named, limits, scenario.plan.success_rule)
        curve[i] = replace(full, others=tuple(other[i] for other in others))
    return curve


def _with_null(
    result: Assurance,
    at_null: Sequence[OperatingCharacteristics],
    named: Sequence[tuple[str, ...]],
    limits: Mapping[str, float],
    rule: str,
) -> Assurance:
    """The result with its type I errors, from truths and the hypotheses they are nulls of."""
    levels = {
        name: null[name].success
        for null, names in zip(at_null, named, strict=True)
        for name in names
    }
    if len(at_null) == 1:
        levels[SUCCESS] = at_null[0].trial_success
    elif rule in levels:
        levels[SUCCESS] = levels[rule]
    aims = [replace(a, null=levels.get(a.aim), limit=limits.get(a.aim)) for a in result.aims]
    return replace(result, hypotheses=tuple(aims[:-1]), trial=aims[-1])


def limits_of(scenario: Scenario) -> dict[str, float]:
    """Assurance as N → ∞ of every aim that has a closed form."""
    if not has_limit(scenario):
        return {}
    values = ExpectedPowerForm(scenario).limit().tolist()
    limits = dict(zip(scenario.plan.hypothesis_names, values, strict=True))
    rule = scenario.plan.success_rule
    return {**limits, SUCCESS: limits[rule]} if rule in limits else limits


def require_truth_prior(scenario: Scenario) -> None:
    """Refuse a scenario without a design prior."""
    if scenario.truth_prior is None:
        raise InvalidInput(
            "the scenario has no design prior to average over; add a table such as [truth_prior] "
            'effect = { kind = "normal", mean = 2.5, sd = 1.2 }',
            key="truth_prior",
        )


def evaluate_assurance(
    cases: Sequence[PriorCase],
    settings: MonteCarlo,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Assurance]:
    """Assurance of every case, without its type I error.

    Raises
    ------
    TooManyFailures : more trials than ``settings.max_failures`` could not be analysed.
    """
    simulations = [PriorSimulation(case) for case in cases]
    totals: list[AssuranceTally | None] = [None] * len(cases)
    n_blocks = len(cases) * len(block_sizes(settings.n_trials))
    blocks = run_blocks(simulations, settings.n_trials, workers)
    for done, (s, part) in enumerate(blocks, start=1):
        held = totals[s]
        totals[s] = part if held is None else held + part
        if progress:
            progress(done, n_blocks)
    results = [
        _assurance(simulation, total)
        for simulation, total in zip(simulations, totals, strict=True)
        if total is not None
    ]
    for result in results:
        _check_failures(result, settings.max_failures)
    return results


def _assurance(simulation: PriorSimulation, total: AssuranceTally) -> Assurance:
    """Assurance of a finished tally, with its closed form."""
    case, plan = simulation.case, simulation.case.scenario.plan
    names = plan.hypothesis_names
    relevant = simulation.regions.has_relevant
    aims = [
        simulated_aim(name, a, total, has_relevant=bool(relevant[a % len(names)]))
        for a, name in enumerate((*names, SUCCESS))
    ]
    if has_expected_power(case.scenario):
        aims = _with_closed_form(aims, case)
    return Assurance(
        n_subjects=case.n_subjects,
        n_trials=total.n,
        hypotheses=tuple(aims[:-1]),
        trial=aims[-1],
        relevant=case.relevant,
        failures=total.failed,
        analysis=describe(plan.analysis),
    )


def _with_closed_form(aims: list[AimAssurance], case: PriorCase) -> list[AimAssurance]:
    """The aims with expected power, and power at the planning truth, beside them."""
    expected = ExpectedPowerForm(case.scenario).at(case.n_subjects)
    planned = ClosedForm(case.scenario).power(case.n_subjects)
    if expected is None or planned is None:
        return aims
    *hypotheses, trial = aims
    beside = [
        replace(a, oracle=compare(a.success, average, expected.exact), power=power)
        for a, average, power in zip(
            hypotheses, expected.power.tolist(), planned.tolist(), strict=True
        )
    ]
    rule = case.scenario.plan.success_rule
    for same in (a for a in beside if a.aim == rule):
        trial = replace(trial, oracle=same.oracle, power=same.power)
    return [*beside, trial]


def _check_failures(result: Assurance, limit: float) -> None:
    share = result.failures / result.n_trials
    if share > limit:
        raise TooManyFailures(
            f"{share:.1%} of the trials at N = {result.n_subjects} could not be analysed, more "
            f"than the {limit:.1%} accepted; plan more people or a simpler analysis, or raise "
            "monte_carlo.max_failures"
        )
