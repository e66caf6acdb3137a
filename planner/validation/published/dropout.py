"""Published variance and power with people leaving period by period, of lrstat."""

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from planner.engines.closed_form import ClosedForm
from planner.engines.student import power_above
from planner.scenario import Scenario
from planner.trials.layout import lay_out
from planner.validation.check import Check
from planner.validation.planned_trials import one_sided, plan, within
from planner.validation.published.carryover import lettered
from planner.validation.reference_values import Case, Reference

WITH_CARRYOVER = {"DO-06": True, "DO-07": False}
"""Published case → whether its model has carry-over."""


def dropout_trial(inputs: Case, *, carryover: bool) -> Scenario:
    """Random intercept, fixed sequence effects, cumulative dropout as hazards."""
    staying = 1 - np.array(inputs["cumdrop"])
    hazards = {
        f"after_period_{p + 1}": float(1 - after / before)
        for p, (before, after) in enumerate(pairwise(staying))
        if after < before
    }
    sd = inputs["sd_within"]
    return plan(
        lettered(inputs["design"]),
        one_sided(inputs["alpha_one_sided"]),
        inputs["mean_diff"],
        within(sd, between=sd * math.sqrt(inputs["corr"] / (1 - inputs["corr"]))),
        analysis={"kind": "mixed-model", "sequence_effect": True, "carryover": carryover},
        truth__attrition={"kind": "mcar", **hazards} if hazards else {"kind": "none"},
    )


def plain_variance(planned: Scenario, n: int) -> float:
    """Variance of generalised least squares at known variances.

    `Precision.se` has Kenward & Roger's correction; lrstat plans without it. The inverse of the
    information Σ_k A_k / λ_k over the strata is that uncorrected variance.
    """
    form, layout = ClosedForm(planned), lay_out(planned, n)
    sigma = layout.covariance[0]
    between = float(sigma[0, 1])
    spectrum = float(sigma[0, 0]) - between + form.strata.multiplier * between
    information = form.strata.information(layout.expected_counts) / spectrum[:, None, None]
    contrast = form.model.contrasts[0]
    return float(contrast @ np.linalg.solve(information.sum(axis=0), contrast))


def fixed_subject_df(planned: Scenario, n: int) -> float:
    """Expected observations − people − period − treatment − carry-over effects."""
    layout = lay_out(planned, n)
    counts, design = layout.expected_counts, planned.plan.design
    effects = design.n_periods - 1 + (2 if planned.plan.analysis.carryover else 1)
    return float(counts @ (layout.n_observed - 1)) - effects


def by_period(case: Reference) -> Iterator[Check]:
    """Expected information of the mixed model, with the df of a fixed-subjects analysis."""
    inputs, expected = case.inputs, case.expected
    planned = dropout_trial(inputs, carryover=WITH_CARRYOVER[case.id])
    n, tolerance = inputs["n"], case.tolerance["power"]
    yield case.check("df", fixed_subject_df(planned, n), expected["df"], 1e-9)
    if "var_direct" in expected:
        yield case.check("variance", plain_variance(planned, n), expected["var_direct"], 1e-12)
    yield case.check("power", _power(planned, inputs), expected["power"], tolerance)
    if "power_no_dropout" in expected:
        nobody = {**inputs, "cumdrop": [0] * len(inputs["cumdrop"])}
        complete = dropout_trial(nobody, carryover=WITH_CARRYOVER[case.id])
        power = _power(complete, inputs)
        yield case.check("power without dropout", power, expected["power_no_dropout"], tolerance)


def _power(planned: Scenario, inputs: Case) -> float:
    variance, df = plain_variance(planned, inputs["n"]), fixed_subject_df(planned, inputs["n"])
    se, alpha = math.sqrt(variance), inputs["alpha_one_sided"]
    return float(power_above(inputs["mean_diff"], 0, se, df, alpha))


CASES: Mapping[str, Callable[[Reference], Iterator[Check]]] = {
    "DO-06": by_period,
    "DO-07": by_period,
}
"""Published case → its checks."""
