"""What a carry-over that the analysis ignores would cost a plan.

The assumption is a residual effect: in the period after a test treatment a given share of its
overall effect is still there, in women and men alike. In AB/BA with everybody complete the
estimate is then τ − λ/2: the differences between the periods have means π + τ and π + λ − τ, and
the estimate is half the difference of the two (Senn 2002, Cross-over Trials in Clinical Research,
2nd ed., ch. 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.engines.closed_form import ClosedForm
from planner.engines.model import true_values
from planner.errors import InvalidInput, NotEstimable
from planner.operating.characteristics import MonteCarloEstimate, Oracle
from planner.operating.evaluate import Case, evaluate
from planner.plan.hypothesis import sex_weights
from planner.scenario import Scenario
from planner.search.sample_size import PowerCurve, SizeSearch

SHARES = (0.05, 0.1, 0.2)
"""Residual effects looked at unless told otherwise; assumed, no published range."""


@dataclass(frozen=True, slots=True)
class CarryoverPrice:
    """A plan at one N if a share of the effect lasts into the next period.

    Parameters
    ----------
    share : of the overall effect of the preceding treatment; assumed.
    carryover : the same of the first test treatment on the natural scale (a ratio for log-scale
        endpoints).
    bias : simulated mean error of the estimate, on the scale of the analysis.
    expected_bias : its closed form; the expected information stands in for dropout.
    power, oracle : simulated, and its closed form where there is one.
    n_recovered : smallest balanced N that has the power without carry-over again, by the closed
        form; None beyond ``plan.n_limit`` or without a closed form.
    """

    share: float
    carryover: float
    n_subjects: int
    bias: MonteCarloEstimate
    expected_bias: float
    power: MonteCarloEstimate
    oracle: Oracle | None
    n_recovered: int | None


def carryover_price(
    scenario: Scenario,
    shares: Sequence[float] = SHARES,
    hypothesis: str | None = None,
    *,
    n_subjects: int | None = None,
    workers: int | None = None,
) -> tuple[CarryoverPrice, ...]:
    """Bias and power of the planned analysis under residual carry-over, and N to make up for it.

    A carry-over that the truth already has is replaced.

    Parameters
    ----------
    shares : of the overall effect, 0 to below 1.
    hypothesis : its name; default the first.
    n_subjects : people randomised; default ``plan.n_subjects``, or else the sample size at the
        first power target.

    Raises
    ------
    InvalidInput : a share outside its range, an unknown hypothesis, or too few people.
    """
    _check_shares(shares)
    name = known_hypothesis(scenario, hypothesis)
    n = n_subjects or scenario.plan.n_subjects
    if n is None:
        n = SizeSearch(scenario, workers).find(name, scenario.plan.power_targets[0]).n_randomised
    truths = [with_residual(scenario, share) for share in shares]
    cases = [Case(truth, n, "carry-over") for truth in truths]
    found = evaluate(cases, scenario.monte_carlo, workers=workers)
    plain = PowerCurve(with_residual(scenario, 0.0))
    return tuple(
        CarryoverPrice(
            share=share,
            carryover=_lasting(truth),
            n_subjects=n,
            bias=result[name].bias,
            expected_bias=_expected_bias(truth, name, n),
            power=result[name].success,
            oracle=result[name].oracle,
            n_recovered=_recovered(plain, truth, name, n),
        )
        for share, truth, result in zip(shares, truths, found, strict=True)
    )


def _check_shares(shares: Sequence[float]) -> None:
    wrong = [share for share in shares if not 0 <= share < 1]
    if wrong:
        raise InvalidInput(
            f"{wrong[0]:g} is not a share of the effect; give 0 to below 1, such as 0.1",
            key="shares",
        )


def known_hypothesis(scenario: Scenario, name: str | None) -> str:
    """The hypothesis asked for; default the scenario's first.

    Raises
    ------
    InvalidInput : the scenario has none of that name.
    """
    names = scenario.plan.hypothesis_names
    if name is not None and name not in names:
        raise InvalidInput(
            f"{name!r} is not a hypothesis of the scenario; choose {', '.join(names)}",
            key="hypothesis",
        )
    return name or names[0]


def with_residual(scenario: Scenario, share: float) -> Scenario:
    """The scenario with a carry-over of every test treatment: a share of its overall effect."""
    truth, treatments = scenario.truth, scenario.plan.design.treatments
    effects = truth.treatment_effects(treatments, treatments[1])
    overall = sex_weights("overall", scenario.population_share if len(effects) > 1 else None)
    lasting = share * (overall @ effects)
    natural = [truth.endpoint.to_natural(float(value)) for value in lasting[1:]]
    return scenario.with_changes(
        {"truth.carryover": dict(zip(treatments[1:], natural, strict=True))}
    )


def variance_of_protection(scenario: Scenario, hypothesis: str, n_subjects: int) -> float | None:
    """Factor on the variance of an estimate by carry-over terms in the analysis, closed form.

    Everybody is taken to complete. None where the design cannot then estimate it within persons;
    1 with one period, which has no carry-over.
    """
    if scenario.plan.design.n_periods == 1:
        return 1.0
    h = scenario.plan.hypothesis_names.index(hypothesis)
    variances = []
    for protected in (False, True):
        changes = {"truth.attrition": {"kind": "none"}, "plan.analysis.carryover": protected}
        if scenario.plan.analysis.kind == "within-subject-t":
            changes["plan.analysis.adjust_period"] = True
        try:
            precision = ClosedForm(scenario.with_changes(changes)).precision(n_subjects)
        except NotEstimable:
            return None
        if precision is None:
            return None
        variances.append(float(precision.se[h]) ** 2)
    return variances[1] / variances[0]


def _lasting(truth: Scenario) -> float:
    treatments = truth.plan.design.treatments
    lasting = truth.truth.carryover_effects(treatments, treatments[1])
    return truth.truth.endpoint.to_natural(float(lasting[1]))


def _expected_bias(truth: Scenario, name: str, n: int) -> float:
    h = truth.plan.hypothesis_names.index(name)
    precision = ClosedForm(truth).precision(n)
    if precision is None:
        return float("nan")
    return float(precision.estimate[h] - true_values(truth)[h])


def _recovered(plain: PowerCurve, truth: Scenario, name: str, n: int) -> int | None:
    h = truth.plan.hypothesis_names.index(name)
    if abs(_expected_bias(truth, name, n)) < 1e-12:
        return n
    if not plain.has_level(h):
        return None
    step, curve, goal = sum(truth.plan.weights), PowerCurve(truth), plain.power(n, h)
    limit = truth.plan.n_limit // step * step
    if np.isclose(goal, 1) or curve.power(limit, h) < goal:
        return None
    return curve.first(h, goal, step, limit)
