"""Everything that a design report has numbers of, computed once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import InvalidInput
from planner.operating.assurance import assurance
from planner.operating.blocks import power_blocks
from planner.operating.both_schools import with_both_schools
from planner.operating.evaluate import available_workers
from planner.operating.participant_flow import participant_flow
from planner.operating.power import power, power_curve
from planner.operating.sex_estimates import sex_estimates, usual_tau_scale
from planner.operating.sex_questions import sex_conclusions, sex_questions
from planner.operating.stress import stress_scenarios
from planner.report.planned_range import power_range
from planner.report.statement import find_size
from planner.report.writing import Findings
from planner.search.compare import compare, left_out, vary_design
from planner.search.effect_grid import sizes_around, usual_effect_grid
from planner.search.one_way import usual_one_way
from planner.search.sample_size import sample_size
from planner.search.sensitivity import alternative_sizes

if TYPE_CHECKING:
    from planner.operating.assurance_result import Assurance
    from planner.operating.characteristics import OperatingCharacteristics
    from planner.operating.convergence import Trace
    from planner.operating.participant_flow import FlowCell
    from planner.operating.sex_estimates import SexEstimates
    from planner.operating.sex_questions import SexQuestions, SexTable
    from planner.scenario import Scenario
    from planner.search.compare import Comparison
    from planner.search.effect_grid import EffectGrid
    from planner.search.one_way import OneWay
    from planner.search.result import SampleSize
    from planner.search.sensitivity import AlternativeSizes

CURVE_SIZES = 12
"""Sizes along the power curve."""
AROUND = 0.25
"""Relative range of every assumption in the tornado without a design prior."""
CENTRAL = 0.95
"""Central range of a design prior in the tornado."""


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
    sexes : None without sexes; `no_sexes` says why.
    assurance : None without a design prior.
    seconds, workers : time it took, and threads.
    """

    scenario: "Scenario"
    found: Findings
    sizes: "list[SampleSize]"
    alternatives: "list[AlternativeSizes]"
    power: "OperatingCharacteristics"
    curve: "list[OperatingCharacteristics]"
    trace: "Trace"
    stressed: "dict[str, OperatingCharacteristics]"
    designs: "Comparison"
    no_designs: dict[str, str]
    swings: "OneWay"
    grid: "EffectGrid"
    flow: "tuple[FlowCell, ...]"
    sexes: SexResults | None
    no_sexes: str
    assurance: "Assurance | None"
    seconds: float
    workers: int

    @property
    def hypothesis(self) -> str:
        """Name of the hypothesis that the report is about."""
        return self.found.answer.hypothesis

    @property
    def n(self) -> int:
        """People randomised."""
        return self.found.answer.n_randomised


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
    start, say = time.perf_counter(), notify or (lambda _: None)
    say("size")
    answer = find_size(scenario, hypothesis, workers=workers)
    name, n = answer.hypothesis, answer.n_randomised
    span = power_range(scenario, name, n, workers=workers)
    sizes = sample_size(scenario, workers=workers)
    alternatives = alternative_sizes(scenario, workers=workers)
    say("operating characteristics")
    both = with_both_schools(scenario)
    at_n = power(both, n, workers=workers)
    curve = power_curve(
        scenario, sizes_around(scenario, n, CURVE_SIZES), nulls=False, workers=workers
    )
    trace = [step.trace for step in power_blocks(scenario, n)][-1]
    say("stress scenarios")
    stressed = {
        label: power(moved, n, workers=workers) for label, moved in stress_scenarios(both).items()
    }
    say("other designs")
    candidates = vary_design(scenario)
    no_designs = left_out(candidates)
    able = {label: s for label, s in candidates.items() if label not in no_designs}
    designs = compare(able, hypothesis=name, workers=workers)
    say("sensitivity")
    ranges = ("prior", CENTRAL) if scenario.truth_prior else ("plan", AROUND)
    swings = usual_one_way(scenario, n, name, *ranges, workers=workers)
    grid = usual_effect_grid(scenario, name, n, workers=workers)
    say("women and men")
    sexes, no_sexes = _sexes(scenario, name, n, workers)
    say("assurance")
    prior = scenario.truth_prior is not None
    return Results(
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
        flow=participant_flow(scenario, n),
        sexes=sexes,
        no_sexes=no_sexes,
        assurance=assurance(scenario, n, workers=workers) if prior else None,
        seconds=time.perf_counter() - start,
        workers=workers or available_workers(),
    )


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
