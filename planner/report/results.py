"""Everything that a design report has numbers of, computed once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.engines.model import true_values
from planner.errors import InvalidInput, PlannerError
from planner.operating.assurance import assurance
from planner.operating.blocks import power_blocks
from planner.operating.both_schools import with_both_schools
from planner.operating.evaluate import available_workers
from planner.operating.example_choice import choose_examples
from planner.operating.participant_flow import participant_flow
from planner.operating.power import power, power_curve
from planner.operating.sex_estimates import sex_estimates, usual_tau_scale
from planner.operating.sex_questions import sex_conclusions, sex_questions
from planner.operating.stress import stress_scenarios
from planner.plan.costs import Costs
from planner.plan.hypothesis import Equivalence, NonInferiority
from planner.report.planned_range import power_range
from planner.report.statement import find_size
from planner.report.writing import Findings
from planner.search.compare import ComparedPlan, Comparison, compare, left_out, vary_design
from planner.search.effect_grid import sizes_around, usual_effect_grid
from planner.search.effect_power import effect_power
from planner.search.null_grid import null_grid
from planner.search.one_way import usual_one_way
from planner.search.prior_sensitivity import prior_sensitivity
from planner.search.sample_size import sample_size
from planner.search.sensitivity import alternative_sizes
from planner.search.size_range import size_range, usual_ranges

if TYPE_CHECKING:
    from planner.operating.assurance_result import Assurance
    from planner.operating.characteristics import OperatingCharacteristics
    from planner.operating.convergence import Trace
    from planner.operating.example_choice import ExampleTrial
    from planner.operating.participant_flow import FlowCell
    from planner.operating.sex_estimates import SexEstimates
    from planner.operating.sex_questions import SexQuestions, SexTable
    from planner.scenario import Scenario
    from planner.search.effect_grid import EffectGrid
    from planner.search.effect_power import EffectPower
    from planner.search.null_grid import NullGrid
    from planner.search.one_way import OneWay
    from planner.search.prior_sensitivity import PriorSensitivity
    from planner.search.result import SampleSize
    from planner.search.sensitivity import AlternativeSizes
    from planner.search.size_range import SizeRange

CURVE_SIZES = 12
"""Sizes along the power curve."""
AROUND = 0.25
"""Relative range of every assumption in the tornado without a design prior."""
CENTRAL = 0.95
"""Central range of a design prior in the tornado."""
NO_PRIOR = "the planned analysis is a test and has no prior"


@dataclass(frozen=True, slots=True, eq=False)
class SexResults:
    """What is said of women and men; `estimates` only where the design has them."""

    questions: "SexQuestions"
    characteristics: "OperatingCharacteristics"
    conclusions: "SexTable"
    estimates: "SexEstimates | None"
    no_estimates: str


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """Numbers of a report; simulated ones carry their MCSE.

    Parameters
    ----------
    found : the size of the hypothesis that the report is about, and power over cited ranges.
    sizes, alternatives : as ``planner size`` prints them.
    power : at the size found, by the planned analysis and its Bayesian or frequentist counterpart,
        under planning truth and nulls.
    curve : power by size, planned analysis.
    stressed : name → the same as `power` under harsher or kinder truths.
    designs, no_designs : other designs sized for the same hypothesis; those that cannot, and why.
    swings, grid : one assumption at a time, and size × effect.
    size_range : people needed at both ends of the range of every assumption.
    sexes : None without sexes; `no_sexes` says why.
    assurance : None without a design prior.
    null_grid : type I error of every hypothesis over nuisance parameters, planned analysis.
    effects : power over true effects.
    examples, no_examples : up to three trials of the simulation and why each was chosen; kind →
        why there is none.
    prior_sensitivity : None of a test; `no_prior_sensitivity` says why.
    seconds, workers : time it took, and threads; None in a document that must not depend on them.
    """

    scenario: "Scenario"
    found: Findings
    sizes: "list[SampleSize]"
    alternatives: "list[AlternativeSizes]"
    power: "OperatingCharacteristics"
    curve: "list[OperatingCharacteristics]"
    trace: "Trace"
    stressed: "dict[str, OperatingCharacteristics]"
    designs: Comparison
    no_designs: dict[str, str]
    swings: "OneWay"
    grid: "EffectGrid"
    size_range: "SizeRange"
    flow: "tuple[FlowCell, ...]"
    sexes: SexResults | None
    no_sexes: str
    assurance: "Assurance | None"
    null_grid: "NullGrid"
    effects: "EffectPower"
    examples: "tuple[ExampleTrial, ...]"
    no_examples: dict[str, str]
    prior_sensitivity: "PriorSensitivity | None"
    no_prior_sensitivity: str
    seconds: float | None
    workers: int | None

    @property
    def hypothesis(self) -> str:
        """Name of the hypothesis that the report is about."""
        return self.found.answer.hypothesis

    @property
    def n(self) -> int:
        """People randomised."""
        return self.found.answer.n_randomised

    def untimed(self) -> "Results":
        """The same without how long it took on which machine: equal whenever it is computed."""
        return replace(self, seconds=None, workers=None)


STAGES = (
    "Sizes", "Operating characteristics", "Stress scenarios", "Other designs", "Sensitivity",
    "Women and men", "Type I error, effects and priors", "Example trials", "Assurance",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class ReportStep:
    """What is under way while a report is computed.

    Parameters
    ----------
    stage : under way, or the last one.
    done, of : stages done, and in all.
    results : once everything is computed.
    """

    stage: str
    done: int
    of: int = len(STAGES)
    results: Results | None = None


def compute(
    scenario: "Scenario",
    hypothesis: str | None = None,
    *,
    workers: int | None = None,
    notify: Callable[[str], None] | None = None,
) -> Results:
    """All numbers of a report on a scenario.

    Parameters
    ----------
    hypothesis : whose size the report is about; default the first.
    notify : called with what is computed next.

    Raises
    ------
    UnknownName : the plan has no such hypothesis.
    """
    results = None
    for step in stages(scenario, hypothesis, workers=workers):
        results = step.results
        if notify and results is None:
            notify(step.stage)
    assert results is not None
    return results


def stages(
    scenario: "Scenario", hypothesis: str | None = None, *, workers: int | None = None
) -> Iterator[ReportStep]:
    """`compute` stage by stage; the last step has the results."""
    start, steps = time.perf_counter(), (ReportStep(s, k) for k, s in enumerate(STAGES))
    yield next(steps)
    answer = find_size(scenario, hypothesis, workers=workers)
    name, n = answer.hypothesis, answer.n_randomised
    span = power_range(scenario, name, n, workers=workers)
    sizes = sample_size(scenario, workers=workers)
    alternatives = alternative_sizes(scenario, workers=workers)
    yield next(steps)
    both = with_both_schools(scenario)
    at_n = power(both, n, workers=workers)
    curve = power_curve(
        scenario, sizes_around(scenario, n, CURVE_SIZES), nulls=False, workers=workers
    )
    trace = [step.trace for step in power_blocks(scenario, n)][-1]
    yield next(steps)
    stressed = {
        label: power(moved, n, workers=workers) for label, moved in stress_scenarios(both).items()
    }
    yield next(steps)
    designs, no_designs = _designs(scenario, name, workers)
    yield next(steps)
    ranges = ("prior", CENTRAL) if scenario.truth_prior else ("plan", AROUND)
    swings = usual_one_way(scenario, n, name, *ranges, workers=workers)
    grid = usual_effect_grid(scenario, name, n, workers=workers)
    needed = size_range(scenario, name, n, usual_ranges(scenario, CENTRAL), workers=workers)
    yield next(steps)
    sexes, no_sexes = _sexes(scenario, name, n, workers)
    yield next(steps)
    null_errors = null_grid(scenario, n, workers=workers)
    effects = effect_power(scenario, name, n, workers=workers)
    priors = prior_sensitivity(scenario, name, n, workers=workers)
    yield next(steps)
    examples = choose_examples(scenario, name, n)
    yield next(steps)
    prior = scenario.truth_prior is not None
    results = Results(
        scenario=scenario,
        found=Findings(scenario, answer, span),
        sizes=sizes,
        alternatives=alternatives,
        power=at_n,
        curve=curve,
        trace=trace,
        stressed=stressed,
        designs=designs,
        no_designs=no_designs,
        swings=swings,
        grid=grid,
        size_range=needed,
        flow=participant_flow(scenario, n),
        sexes=sexes,
        no_sexes=no_sexes,
        assurance=assurance(scenario, n, relevant=_planned_effect(scenario, name), workers=workers)
        if prior
        else None,
        null_grid=null_errors,
        effects=effects,
        examples=examples.trials,
        no_examples=examples.missing,
        prior_sensitivity=priors,
        no_prior_sensitivity="" if priors else NO_PRIOR,
        seconds=time.perf_counter() - start,
        workers=workers or available_workers(),
    )
    yield ReportStep(STAGES[-1], len(STAGES), results=results)


def _planned_effect(scenario: "Scenario", hypothesis: str) -> float | None:
    """The planned effect as the smallest relevant one, natural scale.

    None where there is none, and where no effect would be a success.
    """
    objective = next(h for h in scenario.plan.hypotheses if h.name == hypothesis).objective
    if isinstance(objective, Equivalence | NonInferiority):
        return None
    effect = float(true_values(scenario)[scenario.plan.hypothesis_names.index(hypothesis)])
    return scenario.truth.endpoint.to_natural(effect) if effect else None


def _designs(
    scenario: "Scenario", hypothesis: str, workers: int | None
) -> tuple[Comparison, dict[str, str]]:
    """The planned design beside others; those that cannot be compared with the reason."""
    own = {scenario.plan.design.name: scenario}
    try:
        candidates = own | vary_design(scenario)
    except InvalidInput:  # the catalogue compares two treatments
        candidates = own
    reasons = left_out(candidates)
    plans: list[ComparedPlan] = []
    for label, candidate in candidates.items():
        if label in reasons:
            continue
        try:
            plans += compare({label: candidate}, Costs(), hypothesis, workers=workers).plans
        except PlannerError as problem:
            reasons[label] = str(problem)
    return Comparison(tuple(plans)), reasons


def _sexes(
    scenario: "Scenario", hypothesis: str, n: int, workers: int | None
) -> tuple[SexResults | None, str]:
    """What is said of women and men; or why nothing is."""
    try:
        asked = sex_questions(scenario, hypothesis)
    except InvalidInput as problem:
        return None, problem.message
    try:
        estimates, none = sex_estimates(asked, n, 0, usual_tau_scale(asked.scenario)), ""
    except InvalidInput as problem:
        if problem.key != "plan.design":
            raise
        estimates, none = None, problem.message
    at_n = power_curve(asked.scenario, [n], nulls=False, workers=workers)[0]
    return SexResults(asked, at_n, sex_conclusions(asked, n), estimates, none), ""
