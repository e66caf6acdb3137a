"""planner: how large must a confirmatory crossover trial be, and with what design?

A `Scenario` pairs a `Plan` (what the sponsor controls) with a `Truth` (what nature does). For each
block of 1 000 trials, `trials.draw` makes moments; a prepared engine turns them into analyses;
`operating.decide` turns those into successes; a `Tally` adds them up; operating characteristics
read the tally. `search` asks for another N; `cli` and `ui` only show.

Contents
--------
load_scenario, Scenario, Plan, Truth
    A planned trial and a state of nature; scenarios are TOML or JSON files.
sample_size, power, power_curve, detectable_effect
    The smallest N, the operating characteristics at given N, the smallest detectable effect.
assurance, assurance_curve, expected_power, TruthPrior
    Probability of success over a distribution of truths, simulated and in closed form.
assurance_size, precision_size, calibrate
    The smallest N by assurance or by interval width; thresholds with a chosen type I error.
compare, vary_design, Costs, stress_scenarios, carryover_price
    Plans side by side, what they cost, and how they fare if the truth is other than planned.
load_library
    The library of published numbers, `priors/`.
analyse
    The planned analysis on real data.
evaluate_blocks, Simulation, Case
    Simulation block by block, for progress and cancelling.
load_batch, run_batch
    A grid of scenarios, kept block by block in a folder as it is simulated.
replay
    A stored run or report computed again: which numbers moved.
validate
    Every reference value that ships with the program, computed and compared.
PlannerError
    Base of every error meant for the user.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from planner.version import __version__ as __version__

if TYPE_CHECKING:
    from planner.batch.batch import load_batch as load_batch
    from planner.batch.runner import run_batch as run_batch
    from planner.errors import PlannerError as PlannerError
    from planner.evidence.library import load_library as load_library
    from planner.operating.analyse import analyse as analyse
    from planner.operating.assurance import assurance as assurance
    from planner.operating.assurance import assurance_curve as assurance_curve
    from planner.operating.calibrate import calibrate as calibrate
    from planner.operating.comparison import Comparison as Comparison
    from planner.operating.evaluate import Case as Case
    from planner.operating.evaluate import Simulation as Simulation
    from planner.operating.evaluate import evaluate_blocks as evaluate_blocks
    from planner.operating.expected_power import expected_power as expected_power
    from planner.operating.power import power as power
    from planner.operating.power import power_curve as power_curve
    from planner.operating.stress import stress_scenarios as stress_scenarios
    from planner.plan.costs import Costs as Costs
    from planner.plan.plan import Plan as Plan
    from planner.report.replayed import replay as replay
    from planner.scenario import Scenario as Scenario
    from planner.scenario import load_scenario as load_scenario
    from planner.search.assurance_size import assurance_size as assurance_size
    from planner.search.carryover_price import carryover_price as carryover_price
    from planner.search.compare import compare as compare
    from planner.search.compare import vary_design as vary_design
    from planner.search.detect import detectable_effect as detectable_effect
    from planner.search.precision_size import precision_size as precision_size
    from planner.search.sample_size import sample_size as sample_size
    from planner.truth.truth import Truth as Truth
    from planner.truth.truth_prior import TruthPrior as TruthPrior
    from planner.validation.groups import validate as validate

_HOMES = {
    "TruthPrior": "planner.truth.truth_prior",
    "assurance": "planner.operating.assurance",
    "assurance_curve": "planner.operating.assurance",
    "assurance_size": "planner.search.assurance_size",
    "calibrate": "planner.operating.calibrate",
    "carryover_price": "planner.search.carryover_price",
    "compare": "planner.search.compare",
    "load_batch": "planner.batch.batch",
    "run_batch": "planner.batch.runner",
    "vary_design": "planner.search.compare",
    "replay": "planner.report.replayed",
    "validate": "planner.validation.groups",
    "Costs": "planner.plan.costs",
    "stress_scenarios": "planner.operating.stress",
    "expected_power": "planner.operating.expected_power",
    "load_library": "planner.evidence.library",
    "precision_size": "planner.search.precision_size",
    "PlannerError": "planner.errors",
    "Comparison": "planner.operating.comparison",
    "analyse": "planner.operating.analyse",
    "Case": "planner.operating.evaluate",
    "Simulation": "planner.operating.evaluate",
    "evaluate_blocks": "planner.operating.evaluate",
    "power": "planner.operating.power",
    "power_curve": "planner.operating.power",
    "Plan": "planner.plan.plan",
    "Scenario": "planner.scenario",
    "load_scenario": "planner.scenario",
    "detectable_effect": "planner.search.detect",
    "sample_size": "planner.search.sample_size",
    "Truth": "planner.truth.truth",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    """Load public names when first used: `import planner` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
