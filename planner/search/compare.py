"""Designs or scenarios side by side: size, visits, cost, power, type I error and robustness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from planner.design.catalogue import find_design
from planner.engines.model import planned_model
from planner.errors import InvalidInput, NotEstimable
from planner.operating.characteristics import Z95, MonteCarloEstimate
from planner.operating.evaluate import Case, Progress, evaluate
from planner.operating.stress import STRESSES, stress_scenarios
from planner.plan.costs import Costs, one_currency
from planner.scenario import Scenario
from planner.search.carryover_price import (
    SHARES,
    CarryoverPrice,
    carryover_price,
    known_hypothesis,
    variance_of_protection,
)
from planner.search.result import SampleSize
from planner.search.sample_size import SizeSearch

if TYPE_CHECKING:
    import pandas as pd

WEIGHTS: dict[str, float] = {"optimistic": 0.25, "realistic": 0.5, "adverse": 0.25}
"""Assumed weights of the stress scenarios in the weighted power."""


@dataclass(frozen=True, slots=True)
class ComparedPlan:
    """One scenario of a comparison, at the sample size of one hypothesis and power target.

    Parameters
    ----------
    name, label : as given to the comparison, and the scenario's own label.
    n_randomised, n_evaluable, status, power, type_i_error : of the search for the sample size.
    visits_per_person, visits : periods P, and N × P.
    costs : prices and lengths that it is costed by.
    weeks, cost : of one person's time and of the trial; None where not stated.
    stressed : simulated power at the same N under every stress scenario, by name; trials that
        cannot be analysed count as no success.
    worst : name and power of the least of these.
    weighted_power : their mean with `WEIGHTS`. Its MCSE is the weighted sum of theirs, an upper
        bound, as the stress scenarios share random numbers.
    carryover : bias, power and price under residual carry-over, at the same N.
    protection : factor on the variance by carry-over terms in the analysis, closed form; None
        where they leave the effect not estimable within persons.
    size : the search's full result.
    """

    name: str
    label: str
    fingerprint: str
    design: str
    sequences: tuple[str, ...]
    hypothesis: str
    effect: float
    power_target: float
    n_randomised: int
    n_evaluable: int
    status: Literal["found", "not_reached"]
    visits_per_person: int
    visits: int
    costs: Costs
    weeks: float | None
    cost: float | None
    power: MonteCarloEstimate
    type_i_error: MonteCarloEstimate | None
    stressed: dict[str, MonteCarloEstimate]
    worst: tuple[str, MonteCarloEstimate]
    weighted_power: MonteCarloEstimate
    carryover: tuple[CarryoverPrice, ...]
    protection: float | None
    size: SampleSize

    def row(self) -> dict[str, Any]:
        """One flat row; every simulated number with its MCSE."""
        names = ("name", "label", "fingerprint", "design", "hypothesis", "effect", "power_target",
                 "n_randomised", "n_evaluable", "status", "visits_per_person", "visits", "weeks",
                 "cost")  # fmt: skip
        simulated = {
            "power": self.power,
            "type_i_error": self.type_i_error,
            **{f"power_{name}": estimate for name, estimate in self.stressed.items()},
            "worst_power": self.worst[1],
            "weighted_power": self.weighted_power,
        }
        row: dict[str, Any] = {name: getattr(self, name) for name in names}
        for name, estimate in simulated.items():
            row[name] = estimate.value if estimate else None
            row[f"{name}_mcse"] = estimate.mcse if estimate else None
        return row | {"worst": self.worst[0], "protection": self.protection}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans side by side, in the order given."""

    plans: tuple[ComparedPlan, ...]

    def __getitem__(self, name: str) -> ComparedPlan:
        return next(plan for plan in self.plans if plan.name == name)

    def rows(self) -> list[dict[str, Any]]:
        """One flat row per plan."""
        return [plan.row() for plan in self.plans]

    def to_frame(self) -> "pd.DataFrame":
        """The rows as a pandas data frame."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def compare(
    scenarios: Mapping[str, Scenario],
    costs: Costs | None = None,
    hypothesis: str | None = None,
    *,
    target: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Size every scenario by one hypothesis and see how its plan fares at that size.

    Parameters
    ----------
    scenarios : name → scenario.
    costs : prices and lengths of all of them; default each scenario's own ``protocol.costs``.
    hypothesis : name of the one that the size is for; default each scenario's first.
    target : power to be reached; default each scenario's first power target.
    progress : called with (scenarios done, scenarios in all).

    Raises
    ------
    InvalidInput : no scenario, a hypothesis that one of them does not have, a target outside
        0 to 1, or prices in several currencies.
    NotEstimable : a design cannot estimate its hypotheses.
    """
    _check_question(scenarios, target)
    priced = {k: s.protocol.costs if costs is None else costs for k, s in scenarios.items()}
    one_currency(priced)
    plans = []
    for done, (name, scenario) in enumerate(scenarios.items(), start=1):
        goal = target or scenario.plan.power_targets[0]
        try:
            size = SizeSearch(scenario, workers).find(known_hypothesis(scenario, hypothesis), goal)
            plans.append(_compared(name, scenario, size, priced[name], workers))
        except InvalidInput as error:
            raise error.at(source=name) from None
        if progress:
            progress(done, len(scenarios))
    return Comparison(tuple(plans))


def _check_question(scenarios: Mapping[str, Scenario], target: float | None) -> None:
    if not scenarios:
        raise InvalidInput("no scenario is given; give one or more", key="scenarios")
    if target is not None and not 0 < target < 1:
        raise InvalidInput(
            f"{target:g} is not a power to be reached; give a number between 0 and 1, such as 0.9",
            key="target",
        )


def _compared(
    name: str, scenario: Scenario, size: SampleSize, costs: Costs, workers: int | None
) -> ComparedPlan:
    design, n, wanted = scenario.plan.design, size.n_randomised, size.hypothesis
    stressed = _stressed_power(scenario, size, workers)
    least = min(stressed, key=lambda stress: stressed[stress].value)
    assert size.effect is not None
    return ComparedPlan(
        name=name,
        label=scenario.label,
        fingerprint=scenario.fingerprint(),
        design=design.name,
        sequences=design.sequences,
        hypothesis=wanted,
        effect=size.effect,
        power_target=size.power_target,
        n_randomised=n,
        n_evaluable=size.n_evaluable,
        status=size.status,
        visits_per_person=design.n_periods,
        visits=costs.visits(n, design.n_periods),
        costs=costs,
        weeks=costs.weeks(design.n_periods),
        cost=costs.total(n, design.n_periods),
        power=size.power,
        type_i_error=size.type_i_error,
        stressed=stressed,
        worst=(least, stressed[least]),
        weighted_power=weighted_power(stressed),
        carryover=carryover_price(scenario, SHARES, wanted, n_subjects=n, workers=workers),
        protection=variance_of_protection(scenario, wanted, n),
        size=size,
    )


def _stressed_power(
    scenario: Scenario, size: SampleSize, workers: int | None
) -> dict[str, MonteCarloEstimate]:
    """Simulated power at the same N under every stress; as planned it is the search's own.

    Under stress any number of trials may fail to be analysed; they count as no success.
    """
    others = {k: s for k, s in stress_scenarios(scenario).items() if s is not scenario}
    cases = [Case(stressed, size.n_randomised, name) for name, stressed in others.items()]
    settings = scenario.monte_carlo.model_copy(update={"max_failures": 1.0})
    found = evaluate(cases, settings, workers=workers)
    power = {
        name: result[size.hypothesis].success for name, result in zip(others, found, strict=True)
    }
    return {stress.name: power.get(stress.name, size.power) for stress in STRESSES}


def weighted_power(
    power: Mapping[str, MonteCarloEstimate], weights: Mapping[str, float] = WEIGHTS
) -> MonteCarloEstimate:
    """Mean of simulated powers with given weights; its MCSE is an upper bound."""
    total = sum(weights.values())
    value = sum(weights[name] * power[name].value for name in weights) / total
    mcse = sum(weights[name] * power[name].mcse for name in weights) / total
    low, high = np.clip([value - Z95 * mcse, value + Z95 * mcse], 0.0, 1.0).tolist()
    return MonteCarloEstimate(value, mcse, min(power[name].n for name in weights), low, high)


DESIGNS = ("parallel", "AB/BA", "ABB/BAA", "ABBA/BAAB", "Balaam")
"""Designs for two treatments that are compared unless others are named."""
_ONE_PERIOD = ("correlation", "dropout", "carryover")
"""What a design prior cannot vary where there is one period."""


def vary_design(scenario: Scenario, designs: Sequence[str] = DESIGNS) -> dict[str, Scenario]:
    """The same truth and analysis under other designs, by name; its own design is left as it is.

    Sequences are weighted equally. Period effects are cut, or go on as in the last period.
    People leave after each further period as they do after the last one that the scenario
    has; with one period nobody leaves, and carry-over and correlation have no meaning.

    Raises
    ------
    InvalidInput : an unknown design, or one with other treatments than the scenario's.
    """
    mine = scenario.plan.design
    found = {}
    for name in designs:
        design = mine if name == mine.name else find_design(name)
        if design.treatments != mine.treatments:
            raise InvalidInput(
                f"design {design.name} has treatments {', '.join(design.treatments)} but the "
                f"scenario has {', '.join(mine.treatments)}; choose a design with the same",
                key="plan.design",
            )
        own = design.sequences == mine.sequences
        found[design.name] = scenario if own else _under(scenario, design.name, design.n_periods)
    return found


def _under(scenario: Scenario, design: str, n_periods: int) -> Scenario:
    truth, prior = scenario.truth, scenario.truth_prior
    changes: dict[str, Any] = {
        "plan.design": design,
        "plan.sequence_weights": None,
        "truth.attrition": _attrition(scenario, n_periods),
    }
    if truth.period_effects is not None:
        last = truth.period_effects[-1]
        effects = [*truth.period_effects, *[last] * n_periods][:n_periods]
        changes["truth.period_effects"] = effects
    if n_periods == 1:
        changes["plan.analysis.carryover"] = False
        for k in range(len(scenario.plan.other_analyses)):
            changes[f"plan.other_analyses.{k}.carryover"] = False
        kept = {k: v for k, v in prior.plain().items() if k not in _ONE_PERIOD} if prior else {}
        changes["truth_prior"] = kept if set(kept) - {"treatment"} else None
    return scenario.with_changes(changes, design)


def _attrition(scenario: Scenario, n_periods: int) -> dict[str, Any]:
    attrition, stated = scenario.truth.attrition.plain(), scenario.plan.design.n_periods - 1
    if attrition["kind"] == "none" or n_periods == 1 or stated == 0:
        return {"kind": "none"} if n_periods == 1 else attrition
    hazards = [attrition.get(f"after_period_{p}", 0.0) for p in range(1, stated + 1)]
    hazards += [hazards[-1]] * n_periods
    return {"kind": "mcar"} | {f"after_period_{p}": hazards[p - 1] for p in range(1, n_periods)}


def estimable(scenarios: Mapping[str, Scenario]) -> tuple[dict[str, Scenario], dict[str, str]]:
    """Scenarios whose design can estimate every hypothesis; and why the others are left out.

    Raises
    ------
    NotEstimable : there are none; says why of each.
    """
    reasons = left_out(scenarios)
    if scenarios and len(reasons) == len(scenarios):
        names: dict[str, list[str]] = {}
        for name, reason in reasons.items():
            names.setdefault(reason, []).append(name)
        told = "; ".join(f"{', '.join(those)}: {reason}" for reason, those in names.items())
        raise NotEstimable(f"none of the designs can be compared; {told}")
    return {name: s for name, s in scenarios.items() if name not in reasons}, reasons


def left_out(scenarios: Mapping[str, Scenario]) -> dict[str, str]:
    """Scenarios whose design cannot estimate a hypothesis, by name, with the reason."""
    reasons = {}
    for name, scenario in scenarios.items():
        try:
            planned_model(scenario)
        except NotEstimable as error:
            reasons[name] = str(error)
    return reasons
