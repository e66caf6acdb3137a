"""Published powers and sizes for ratios: bioequivalence and non-inferiority on the log scale."""

import math
from collections.abc import Callable, Iterator, Mapping

from planner.engines.student import critical_values, power_between
from planner.scenario import Scenario
from planner.validation.check import Check
from planner.validation.planned_trials import (
    equivalent,
    non_inferior,
    plan,
    power_at,
    precision_at,
    smallest,
)
from planner.validation.reference_values import Case, Reference

LATTICE = {"4x4": 4}
"""Step in which PowerTOST searches, 2 where not named."""


def ratio_trial(inputs: Case) -> Scenario:
    """The planned trial of a case, with PowerTOST's defaults for what it does not say."""
    design, ratio = inputs.get("design", "2x2"), inputs["theta0"]
    cv = inputs.get("CV", inputs.get("CV_upper"))
    if "margin" in inputs:
        objective = non_inferior(inputs["margin"], inputs["alpha"])
    else:
        lower = inputs.get("theta1", 0.8)
        upper = inputs.get("theta2", 1 / lower)
        objective = equivalent(lower, upper, inputs.get("alpha", 0.05))
    covariance = {"kind": "compound-symmetry", "cv_within": cv}
    if design == "parallel":
        covariance["sd_between"] = 0.0
    return plan(design, objective, ratio, covariance, scale="log")


def power_and_size(case: Reference) -> Iterator[Check]:
    """Power at given (possibly unequal) people per sequence, and the smallest balanced N."""
    inputs, expected = case.inputs, case.expected
    planned = ratio_trial(inputs)
    if "target_power" in inputs:
        step = LATTICE.get(inputs.get("design", "2x2"), 2)
        n = smallest(lambda n: power_at(planned, n), inputs["target_power"], step, start=2)
        yield case.check("n", n, expected["n_total"], 0)
    else:
        n = inputs["n"]
    if "power" in expected:
        power = power_at(planned, n)
        yield case.check("power", power, expected["power"], case.tolerance["power"])
    if "power_at_28" in expected:
        power = power_at(planned, 28)
        yield case.check(
            "power with 28 people", power, expected["power_at_28"], case.tolerance["power"]
        )


def one_dropout(case: Reference) -> Iterator[Check]:
    """DO-03: an odd number of completers, spread as evenly as they can be.

    For the partial replicate, with 10, 10 and 9 people, PowerTOST's value belongs to the
    unweighted mean over sequences, with variance (1/6) Σ 1/n_s σ². Least squares, which `planner`
    plans with, has 29/560 σ²; its power is larger by 5e-4.
    """
    inputs, expected, tolerance = case.inputs, case.expected["power"], case.tolerance["power"]
    for design, n in (("2x2x3", 29), ("2x2x4", 19)):
        power = power_at(ratio_trial({**inputs, "design": design}), n)
        yield case.check(f"power in {design}", power, expected[design], tolerance)
    variance = math.log1p(inputs["CV"] ** 2)
    precision = precision_at(ratio_trial({**inputs, "design": "2x3x3"}), [10, 10, 9])
    own = precision.se[0] ** 2 / variance
    yield case.check("variance in 2x3x3 over σ²", own, 29 / 560, 1e-12, "least squares")
    yield case.check("df in 2x3x3", precision.df[0], 55, 1e-9, "least squares")
    unweighted = math.sqrt(variance * (1 / 10 + 1 / 10 + 1 / 9) / 6)
    limits = math.log(0.8), math.log(1.25)
    df = float(precision.df[0])
    power = power_between(math.log(inputs["theta0"]), limits, unweighted, df, 0.05)
    yield case.check("power of unweighted means in 2x3x3", power, expected["2x3x3"], tolerance)


def interval(case: Reference) -> Iterator[Check]:
    """EP-15: 1 − 2α interval from the standard error and df of 13 + 12 people."""
    inputs = case.inputs
    precision = precision_at(ratio_trial({**inputs, "theta0": inputs["pe"]}), inputs["n"])
    reach = float(critical_values(precision.df, inputs["alpha"])[0] * precision.se[0])
    centre = math.log(inputs["pe"])
    for end, key in ((centre - reach, "lower_pct"), (centre + reach, "upper_pct")):
        limit = f"{key.removesuffix('_pct')} limit in %"
        yield case.check(limit, 100 * math.exp(end), case.expected[key], case.tolerance["abs"])


CASES: Mapping[str, Callable[[Reference], Iterator[Check]]] = {
    **dict.fromkeys(
        (
            "NI-01", "NI-02", "NI-05", "NI-06", "NI-07", "NI-08", "NI-09",
            "EQ-01", "EQ-04", "EQ-06", "EQ-07", "EQ-08",
            "HO-01", "HO-03", "HO-05", "HO-06", "HO-08",
            "DO-02", "DO-04", "EP-13",
        ),
        power_and_size,
    ),
    "DO-03": one_dropout,
    "EP-15": interval,
}  # fmt: skip
"""Published case → its checks."""
